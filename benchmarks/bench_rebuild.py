"""A full recalculation of 100,000 lines under 20 programs, its parts taken by one worker process and by two.

Each worker does what a Celery worker does with the events of the parts; both rounds start from a vendor without a row
and must end with the same sums. On a machine with fewer than two idle cores the ratio says nothing.
"""

from __future__ import annotations

import multiprocessing as mp
import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Count, Sum

from benchmarks.bench_evaluate import ACTOR, vendor
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates.models import Accrual, RebuildPart
from rebates.proof import accruals_differences
from rebates.services.rebuild import rebuild_end, rebuild_part, rebuild_start

LINES, LINES_OF_A_PART = 100_000, 12_500


def main() -> dict[str, float]:
    found, seconds = [], []
    for workers in (1, 2):
        tenant = vendor(LINES)
        seconds.append(_rebuild(tenant, workers))
        with tenant_context(tenant):
            assert accruals_differences() == []
            found.append(Accrual.objects.aggregate(rows=Count("id"), payout=Sum("payout"), measure=Sum("measure")))
    assert found[0] == found[1], "two workers find something else"
    assert found[0]["payout"] > Decimal(0)
    print(f"  {found[0]['rows']:,} accruals: one worker {seconds[0]:.1f} s, two {seconds[1]:.1f} s")
    return {"rebuild_two_workers_to_one": seconds[1] / seconds[0]}


def _rebuild(tenant: Tenant, workers: int) -> float:
    with tenant_context(tenant):
        rebuild = rebuild_start(actor=ACTOR, lines_of_a_part=LINES_OF_A_PART)
        parts = list(RebuildPart.objects.filter(rebuild=rebuild).values_list("pk", flat=True))
    fork = mp.get_context("fork")
    waiting: Any = fork.Queue()
    for part_id in (*parts, *[None] * workers):
        waiting.put(part_id)
    # A forked process must not share a connection with this one.
    connections.close_all()
    started = time.perf_counter()
    processes = [fork.Process(target=_work, args=(tenant.pk, waiting)) for _number in range(workers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    with tenant_context(tenant):
        rebuild_end(actor=ACTOR, rebuild_id=rebuild.pk)
    return time.perf_counter() - started


def _work(tenant_id: UUID, waiting: Any) -> None:
    tenant = Tenant.objects.get(pk=tenant_id)
    while (part_id := waiting.get()) is not None:
        with tenant_context(tenant):
            rebuild_part(actor=ACTOR, part_id=part_id)
