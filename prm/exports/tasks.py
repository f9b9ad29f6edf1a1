"""The task that writes an export, and the housekeeping by beat."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import shared_task
from celery.utils.log import get_task_logger

from prm import clock
from prm.exports.models import Export
from prm.exports.work import Busy, export_run
from prm.files.services import file_remove
from prm.tenancy.celery import HEADER, TenantTask
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant

logger = get_task_logger(__name__)

BUSY_SECONDS = 2
BUSY_RETRIES = 5


class ExportTask(TenantTask):
    abstract = True
    own_transactions = True


@shared_task(base=ExportTask, bind=True, name="exports.run")
def run(self: Any, export_id: str) -> None:
    """Nothing when it has ended; when another process is at it, look again shortly, then leave it to that one."""
    tenant = self.tenant
    try:
        export_run(tenant, UUID(export_id))
    except Busy:
        # A killed worker's connection holds the lock a moment longer.
        if self.request.retries < BUSY_RETRIES:
            raise self.retry(countdown=BUSY_SECONDS, headers={HEADER: str(tenant.pk)}) from None
    except Exception:  # the row stays as it is; whoever watches it sends it again, until its attempts are used up
        logger.exception("export %s could not be written", export_id)


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
