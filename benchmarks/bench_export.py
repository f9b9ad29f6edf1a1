"""An export of sale lines by a worker against `COPY ... TO` of the same rows by the same role, in the same run.

Both write a file; the product also counts, tells its progress, guards texts, hashes and stores. Memory is that of a
process of its own that writes nothing else, at its highest, for a tenth of the rows and for all of them.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.db import connection, transaction

from benchmarks.bench_evaluate import vendor
from prm.exports.kinds import kind_named, rows_of
from prm.exports.models import Export
from prm.exports.services import export_request
from prm.exports.work import export_run
from prm.exports.writers import paths_of
from prm.identity.actor import Actor
from prm.runs.work import snapshot
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant

LINES = 300_000
ACTOR = Actor.system("benchmark")
CHILD = "import sys, django; django.setup(); from benchmarks.bench_export import alone; alone(*sys.argv[1:])"
HIGH_WATER = re.compile(r"(\d+) KB")


def main(lines: int = LINES) -> dict[str, float]:
    """{"export_300k": ratio of seconds}; both are measured three times, in turn, and the best of each counts."""
    tenant = vendor(lines)
    with TemporaryDirectory() as folder:
        bare, product = [], []
        for _ in range(3):
            bare.append(_timed(lambda: copy(tenant, Path(folder) / "bare.csv")))
            product.append(_timed(lambda: export_run(tenant, asked(tenant, "csv"))))
    part = {"until": _day_of_part(tenant, 0.1)}
    few, many = high_water(tenant, "csv", part), high_water(tenant, "csv", {})
    workbook = _timed(lambda: export_run(tenant, asked(tenant, "xlsx", {"until": _day_of_part(tenant, 0.2)})))
    size = _last(tenant)
    print(f"  {lines:,} lines: COPY TO {min(bare):.2f} s, export {min(product):.2f} s (CSV)")
    print(f"  a process that exports at most {few // 1024} MB for a tenth of the rows, {many // 1024} MB for all")
    print(f"  a workbook of {size.rows:,} lines: {workbook:.1f} s")
    _empty(tenant)
    return {"export_300k": min(product) / min(bare)}


def asked(tenant: Tenant, format_: str, filters: dict[str, str] | None = None) -> UUID:
    with tenant_context(tenant):
        export = export_request(actor=ACTOR, kind="sales", format=format_, filters=filters or {})
    key: UUID = export.pk
    return key


def copy(tenant: Tenant, path: Path) -> None:
    """The same query, unguarded, streamed to a file and nothing else."""
    kind = kind_named("sales")
    with snapshot(tenant), path.open("wb") as file, connection.cursor() as cursor:
        rows = rows_of(kind, ACTOR, {}).values_list(*paths_of(kind.chosen(kind.usual)))
        text = cursor.mogrify(*rows.query.sql_with_params()).decode()
        cursor.copy_expert(f"COPY ({text}) TO STDOUT (FORMAT csv)", file)


def high_water(tenant: Tenant, format_: str, filters: dict[str, str]) -> int:
    """Kilobytes of a fresh process that writes one export."""
    key = asked(tenant, format_, filters)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tenant.pk), str(key)], capture_output=True, text=True, check=False
    )
    found = HIGH_WATER.search(done.stdout)
    assert found, done.stderr
    return int(found[1])


def alone(tenant_id: str, export_id: str) -> None:
    """What the process of `high_water` does."""
    export_run(Tenant.objects.get(pk=tenant_id), UUID(export_id))
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss} KB")


def _day_of_part(tenant: Tenant, part: float) -> str:
    """The day until which about this part of the lines was sold."""
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_disc(%s) WITHIN GROUP (ORDER BY sold_on)::text FROM commerce_saleline", [part]
        )
        return str(cursor.fetchone()[0])


def _last(tenant: Tenant) -> Export:
    with tenant_context(tenant):
        found: Export = Export.objects.latest("created_at")
        return found


def _empty(tenant: Tenant) -> None:
    from prm.files.services import file_remove

    with tenant_context(tenant):
        for export in Export.objects.select_related("file"):
            file, export.file = export.file, None
            export.save(update_fields=["file"])
            if file is not None:
                file_remove(file)
    transaction.get_connection("owner").close()


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
