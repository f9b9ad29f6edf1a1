"""The work of one data export: claim it, write the archive from one snapshot, keep it and say where it can be had."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.core.files.base import File
from django.utils import translation
from django.utils.translation import gettext as _

from partners.models import DataExport, Partner
from partners.own_data import Archive, parts, reader_of
from prm import clock
from prm.files.services import file_remove, file_store
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.runs.progress import clear, progress_set
from prm.runs.states import RUN_ACTIVE, RUN_TRANSITIONS, RunStatus
from prm.runs.work import Work, snapshot
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import transition

ACTOR = Actor.system("partners.data_exports")
MAX_ATTEMPTS = 5
KEPT = dt.timedelta(days=30)
"""How long the archive can be fetched; its link opens as long."""


def data_export_run(tenant: Tenant, export_id: UUID) -> None:
    """Write the archive, unless it has ended. Raises `Busy`, and whatever goes wrong, to be tried again."""
    with translation.override(tenant.locale):
        export = WORK.claim(tenant, export_id)
    if export is None:
        return
    try:
        with TemporaryDirectory(prefix="own-data-") as folder:
            path = Path(folder) / "archive.zip"
            _write(tenant, export, path)
            _keep(tenant, export_id, path)
    finally:
        clear(export_id)


def _write(tenant: Tenant, export: DataExport, path: Path) -> None:
    found = parts()
    with snapshot(tenant), translation.override(export.language):
        WORK.hold(export.pk)
        partner = Partner.objects.get(pk=export.partner_id)
        reader, archive = reader_of(partner), Archive(path, path.parent)
        for number, part in enumerate(found):
            progress_set(export.pk, number, len(found))
            part.write(reader, partner, archive)
        archive.close()


def _keep(tenant: Tenant, export_id: UUID, path: Path) -> None:
    with tenant_context(tenant):
        export = DataExport.objects.select_for_update().filter(pk=export_id, status=RunStatus.RUNNING).first()
        if export is None:
            return
        with path.open("rb") as content:
            stored = file_store(
                actor=ACTOR, name=export.name, content=File(content, export.name), purpose="own_data"
            )  # fmt: skip
        export.file, export.sha256, export.size = stored, stored.sha256, stored.size
        export.finished_at, export.expires_at = clock.now(), clock.now() + KEPT
        export.save(update_fields=["file", "sha256", "size", "finished_at", "expires_at"])
        transition(export, "finish", table=RUN_TRANSITIONS, actor=ACTOR, action="partners.data_export.finished")
        emit("partners.data_export.finished", {"data_export_id": str(export.pk), "partner_id": str(export.partner_id)})


def _fail(export: DataExport) -> None:
    with translation.override(export.language):
        export.message = _("The archive could not be written in %(count)d attempts. Ask for it again.") % {
            "count": MAX_ATTEMPTS
        }
    export.finished_at = clock.now()
    export.save(update_fields=["message", "finished_at"])
    transition(
        export, "fail", table=RUN_TRANSITIONS, actor=ACTOR, action="partners.data_export.failed", reason=export.message
    )
    emit("partners.data_export.failed", {"data_export_id": str(export.pk), "partner_id": str(export.partner_id)})


WORK = Work("partners.data_export", DataExport, RUN_TRANSITIONS, RUN_ACTIVE, MAX_ATTEMPTS, ACTOR, _fail)


def expired_remove() -> int:
    """Remove the archives that have expired; that they were made, and their checksums, stay. Returns how many went."""
    expired = DataExport.objects.filter(expires_at__lte=clock.now(), file__isnull=False)
    found = list(expired.select_related("file").select_for_update(of=("self",), skip_locked=True))
    for export in found:
        file, export.file, export.token_hash = export.file, None, ""
        export.save(update_fields=["file", "token_hash"])
        file_remove(file)
    return len(found)
