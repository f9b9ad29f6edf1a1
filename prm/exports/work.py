"""The work of one export: claim it, write its file from one snapshot, keep the file. Three transactions.

A worker that is killed in any of them leaves either nothing or the whole: the file becomes the export's in the last
one. Attempts are counted before the work, so that an export which kills its worker fails after `MAX_ATTEMPTS`.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.core.files.base import File
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from prm import clock
from prm.exports.kinds import kind_named, rows_of
from prm.exports.models import ACTIVE, EXPORT_TRANSITIONS, Export, ExportStatus, FileFormat
from prm.exports.progress import clear, progress_set, stop_asked
from prm.exports.services import keep_until
from prm.exports.writers import write_csv, write_xlsx
from prm.files.services import file_store
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import transition

ACTOR = Actor.system("exports")
MAX_ATTEMPTS = 5
TOLD_EVERY = 0.5


class Busy(Exception):
    """Another process works on the export."""


class Stopped(Exception):
    """Somebody has cancelled the export."""


def export_run(tenant: Tenant, export_id: UUID) -> None:
    """Write the export's file, unless it has ended. Raises `Busy`, and whatever goes wrong, to be tried again."""
    export = _claim(tenant, export_id)
    if export is None:
        return
    try:
        with TemporaryDirectory(prefix="export-") as folder:
            path = Path(folder) / export.name
            rows = _write(tenant, export, path)
            _keep(tenant, export_id, path, rows)
    except Stopped:
        return
    finally:
        clear(export_id)


def _claim(tenant: Tenant, export_id: UUID) -> Export | None:
    with tenant_context(tenant), translation.override(tenant.locale):
        _hold(export_id)
        export: Export | None = (
            Export.objects.select_for_update().filter(pk=export_id, status__in=ACTIVE).first()
        )  # fmt: skip
        if export is None:
            return None
        if export.attempts >= MAX_ATTEMPTS:
            _fail(export)
            return None
        export.attempts += 1
        export.started_at = export.started_at or clock.now()
        export.save(update_fields=["attempts", "started_at"])
        if export.status == ExportStatus.QUEUED:
            transition(export, "run", table=EXPORT_TRANSITIONS, actor=ACTOR, action="exports.export.started")
        return export


def _fail(export: Export) -> None:
    with translation.override(export.language):
        export.message = _("The file could not be written in %(count)d attempts. Try again, or export fewer rows.") % {
            "count": MAX_ATTEMPTS
        }
    export.finished_at = clock.now()
    export.save(update_fields=["message", "finished_at"])
    transition(export, "fail", table=EXPORT_TRANSITIONS, actor=ACTOR, action="exports.export.failed")
    emit("exports.export.failed", {"export_id": str(export.pk)})


def _hold(export_id: UUID) -> None:
    """Until the transaction ends; a killed process lets go of it with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"exports.export:{export_id}"])
        if not cursor.fetchone()[0]:
            raise Busy


@contextmanager
def snapshot(tenant: Tenant) -> Generator[None]:
    """One state of the database for everything that is read in the block; inside a transaction, that one's."""
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with tenant_context(tenant):
            yield


def _write(tenant: Tenant, export: Export, path: Path) -> int:
    kind = kind_named(export.kind)
    columns = kind.chosen(export.columns)
    with snapshot(tenant), translation.override(export.language):
        _hold(export.pk)
        rows = rows_of(kind, ACTOR, export.filters)
        tell = Teller(export.pk, rows.count())
        tell(0)
        if export.format == FileFormat.CSV:
            return write_csv(path, rows, columns, tell)
        return write_xlsx(path, rows, columns, tell, title=str(kind.label))


class Teller:
    """Tells how far it is, now and then, and hears of a cancellation."""

    def __init__(self, export_id: UUID, total: int) -> None:
        self._export_id, self._total = export_id, total
        self._next = 0.0

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + TOLD_EVERY
        progress_set(self._export_id, done, self._total)
        if stop_asked(self._export_id):
            raise Stopped


def _keep(tenant: Tenant, export_id: UUID, path: Path, rows: int) -> None:
    """Make the file the export's, unless it was cancelled meanwhile."""
    with tenant_context(tenant):
        export = Export.objects.select_for_update().filter(pk=export_id, status=ExportStatus.RUNNING).first()
        if export is None:
            return
        with path.open("rb") as content:
            stored = file_store(actor=ACTOR, name=export.name, content=File(content, export.name), purpose="export")
        export.file, export.sha256, export.size, export.rows = stored, stored.sha256, stored.size, rows
        export.finished_at, export.expires_at = clock.now(), keep_until()
        export.save(update_fields=["file", "sha256", "size", "rows", "finished_at", "expires_at"])
        transition(export, "finish", table=EXPORT_TRANSITIONS, actor=ACTOR, action="exports.export.finished")
        emit("exports.export.finished", {"export_id": str(export.pk), "kind": export.kind, "sha256": export.sha256})
