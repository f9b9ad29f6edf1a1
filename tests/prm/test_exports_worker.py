"""Exports with the real worker: the whole way, and what a kill in the middle leaves."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import signal
from typing import Any

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.db import connection

from prm.exports.models import Export
from prm.exports.services import export_cancel, export_download, export_request
from prm.files.models import StoredFile
from prm.files.services import file_open
from prm.runs.progress import progress_get
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from prm.testing.processes import WorkerProcesses, wait_until
from tests.prm.test_exports import lines_make
from tests.rebates.world import World

pytestmark = pytest.mark.django_db(transaction=True)

LINES = 30_000


@pytest.fixture
def vendor(cast: Cast) -> Cast:
    with tenant_context(cast.tenant):
        lines_make(World(cast.tenant), "A", LINES)
    return cast


def asked(cast: Cast, format_: str) -> Export:
    with tenant_context(cast.tenant):
        return export_request(
            actor=cast.finance, kind="sales", format=format_, columns=["external_id", "net_amount", "invoice_no"]
        )


def reread(cast: Cast, export: Export) -> Export:
    with tenant_context(cast.tenant):
        return Export.objects.select_related("file").get(pk=export.pk)


def content(cast: Cast, export: Export) -> bytes:
    with tenant_context(cast.tenant), file_open(export_download(actor=cast.finance, export_id=export.pk)) as file:
        return file.read()


def wait_ended(cast: Cast, export: Export, worker: WorkerProcesses, seconds: float = 60) -> Export:
    ended = ("done", "failed", "cancelled")
    wait_until(lambda: reread(cast, export).status in ended, seconds, f"the export; its log:\n{worker.worker.tail()}")
    return reread(cast, export)


def test_a_worker_writes_what_was_asked_for(vendor: Cast, celery_worker_process: WorkerProcesses) -> None:
    export = wait_ended(vendor, asked(vendor, "csv"), celery_worker_process)
    body = content(vendor, export)
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert (export.status, export.rows, len(rows)) == ("done", LINES, LINES + 1)
    assert (export.sha256, export.size) == (hashlib.sha256(body).hexdigest(), len(body))
    assert sum(int(row[1]) for row in rows[1:]) == LINES * (LINES + 1) // 2


@pytest.mark.slow
def test_a_kill_in_the_middle_leaves_one_whole_file(vendor: Cast, celery_worker_process: WorkerProcesses) -> None:
    export = asked(vendor, "xlsx")
    wait_until(lambda: progress_get(export.pk).done > 0, 120, "the first rows", step=0.01)
    for pid in celery_worker_process.pool_pids():
        os.kill(pid, signal.SIGKILL)
    with tenant_context(vendor.tenant):
        assert not StoredFile.objects.exists()
    ended = wait_ended(vendor, export, celery_worker_process, 90)
    assert (ended.status, ended.rows, ended.attempts) == ("done", LINES, 2)
    sheet = openpyxl.load_workbook(io.BytesIO(content(vendor, ended)), read_only=True).worksheets[0]
    values = [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert (len(values), sum(values)) == (LINES, LINES * (LINES + 1) // 2)
    with tenant_context(vendor.tenant):
        assert [default_storage.size(file.path) for file in StoredFile.objects.all()] == [ended.size]


def test_a_cancelled_export_stops_while_it_runs(vendor: Cast, celery_worker_process: WorkerProcesses) -> None:
    export = asked(vendor, "xlsx")
    wait_until(lambda: progress_get(export.pk).done > 0, 120, "the first rows", step=0.01)
    with tenant_context(vendor.tenant):
        export_cancel(actor=vendor.finance, export_id=export.pk)
    celery_worker_process.wait_idle(20)
    ended = reread(vendor, export)
    assert (ended.status, ended.file, ended.rows) == ("cancelled", None, None)


def test_rows_are_of_one_moment(vendor: Cast, monkeypatch: Any) -> None:
    """What is committed between the count and the rows is in neither."""
    from prm.exports import work

    export, write = asked(vendor, "csv"), work.write_csv

    def after_another_sale(*args: Any) -> int:
        connection.cursor().execute("SELECT 1")
        from concurrent.futures import ThreadPoolExecutor

        def sell() -> None:
            with tenant_context(vendor.tenant):
                lines_make(World(vendor.tenant), "B", 7)
            connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(sell).result()
        return write(*args)

    monkeypatch.setattr(work, "write_csv", after_another_sale)
    work.export_run(vendor.tenant, export.pk)
    assert reread(vendor, export).rows == LINES
