"""The work of one export: claim it, write its file from one snapshot, keep the file: it becomes the export's last."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.core.files.base import File
from django.utils import translation
from django.utils.translation import gettext as _

from prm import clock
from prm.exports.kinds import kind_named, rows_of
from prm.exports.models import ACTIVE, EXPORT_TRANSITIONS, Export, ExportStatus, FileFormat
from prm.exports.services import keep_until
from prm.exports.writers import write_csv, write_xlsx
from prm.files.services import file_store
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.runs.progress import Stopped, Teller, clear
from prm.runs.work import Work, snapshot
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import transition

ACTOR = Actor.system("exports")
MAX_ATTEMPTS = 5


def export_run(tenant: Tenant, export_id: UUID) -> None:
    """Write the export's file, unless it has ended. Raises `Busy`, and whatever goes wrong, to be tried again."""
    with translation.override(tenant.locale):
        export = WORK.claim(tenant, export_id)
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


def _fail(export: Export) -> None:
    with translation.override(export.language):
        export.message = _("The file could not be written in %(count)d attempts. Try again, or export fewer rows.") % {
            "count": MAX_ATTEMPTS
        }
    export.finished_at = clock.now()
    export.save(update_fields=["message", "finished_at"])
    transition(export, "fail", table=EXPORT_TRANSITIONS, actor=ACTOR, action="exports.export.failed")
    emit("exports.export.failed", {"export_id": str(export.pk)})


WORK = Work("exports.export", Export, EXPORT_TRANSITIONS, ACTIVE, MAX_ATTEMPTS, ACTOR, _fail)


def _write(tenant: Tenant, export: Export, path: Path) -> int:
    kind = kind_named(export.kind)
    columns = kind.chosen(export.columns)
    with snapshot(tenant), translation.override(export.language):
        WORK.hold(export.pk)
        rows = rows_of(kind, ACTOR, export.filters)
        tell = Teller(export.pk, rows.count())
        tell(0)
        if export.format == FileFormat.CSV:
            return write_csv(path, rows, columns, tell)
        return write_xlsx(path, rows, columns, tell, title=str(kind.label))


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
