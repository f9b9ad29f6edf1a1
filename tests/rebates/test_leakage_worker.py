"""The leakage report with the real worker: what a kill in the middle leaves is one whole report."""

from __future__ import annotations

import os
import signal

import pytest

from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from prm.testing.processes import WorkerProcesses, wait_until
from rebates.models import LeakageRow, LeakageRun
from rebates.services.leakage import leakage_start
from rebates.services.periods import period_close
from tests.rebates.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_killed_worker_leaves_nothing_and_the_report_is_made_once(
    cast: Cast, celery_worker_process: WorkerProcesses
) -> None:
    with tenant_context(cast.tenant):
        world = World(cast.tenant)
        world.published(currency="CNY")
        world.sale("P-1", "2026-07-10", "1000", currency="CNY")
        world.update()
        period_close(actor=cast.finance, kind="quarter", key="2026-Q3")
        world.sale("P-1", "2026-08-01", "500", currency="CNY")
        run = leakage_start(actor=cast.finance)
        assert leakage_start(actor=cast.finance).pk == run.pk

    def state() -> LeakageRun:
        with tenant_context(cast.tenant):
            return LeakageRun.objects.get()

    for pid in celery_worker_process.pool_pids():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: state().status in ("done", "failed"), 90, f"the report:\n{celery_worker_process.worker.tail()}")
    ended = state()
    assert (ended.status, ended.found) == ("done", 1)
    with tenant_context(cast.tenant):
        # The cause is that of whichever recalculation the worker came to first.
        assert [(row.stated, row.due, row.amount) for row in LeakageRow.objects.all()] == [(20, 30, 10)]
