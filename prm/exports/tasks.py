"""The task that writes an export, and the housekeeping by beat."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from prm import clock
from prm.exports.models import Export
from prm.exports.work import export_run
from prm.files.services import file_remove
from prm.runs.tasks import RunTask, work
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant


@shared_task(base=RunTask, bind=True, name="exports.run")
def run(self: Any, export_id: str) -> None:
    work(self, export_run, export_id)


@shared_task(name="exports.prune", acks_late=True)
def prune() -> None:
    """Remove the files that have expired; what was exported, by whom, and its checksum stay."""
    for tenant in Tenant.objects.filter(is_active=True):
        with tenant_context(tenant):
            expired_remove()


def expired_remove() -> int:
    """Returns how many files went."""
    expired = Export.objects.filter(expires_at__lte=clock.now(), file__isnull=False)
    found = list(expired.select_related("file").select_for_update(of=("self",), skip_locked=True))
    for export in found:
        file, export.file = export.file, None
        export.save(update_fields=["file"])
        file_remove(file)
    return len(found)
