"""Housekeeping, by beat: files nobody imported, imports nobody finished, row errors nobody looks at any more."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.utils import translation
from django.utils.translation import gettext as _

from prm import clock
from prm.files.services import file_remove
from prm.identity.actor import Actor
from prm.imports.models import IMPORT_TRANSITIONS, Import, ImportRowError, ImportStatus
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import transition

FORGOTTEN = dt.timedelta(days=7)
STUCK = dt.timedelta(days=1)
ERRORS_KEPT = dt.timedelta(days=90)


@shared_task(name="imports.prune", acks_late=True)
def prune() -> None:
    for tenant in Tenant.objects.filter(is_active=True):
        with tenant_context(tenant), translation.override(tenant.locale):
            forgotten_remove()
            stuck_fail()
            old = Import.objects.filter(finished_at__lt=clock.now() - ERRORS_KEPT)
            ImportRowError.objects.filter(import_run__in=old.values("pk")).delete()


def forgotten_remove() -> None:
    """Uploads that were never started, with their files."""
    uploaded = Import.objects.filter(status=ImportStatus.UPLOADED, created_at__lt=clock.now() - FORGOTTEN)
    for run in uploaded.select_related("file").select_for_update(of=("self",), skip_locked=True):
        run.delete()
        file_remove(run.file)


def stuck_fail() -> None:
    """Imports whose delivery was parked after its attempts: failed, so that they can be started again."""
    queued = Import.objects.filter(status=ImportStatus.QUEUED)
    for run in queued.select_related("file").select_for_update(of=("self",), skip_locked=True):
        if _last_moved(run) < clock.now() - STUCK:
            run.message = _("The import could not be finished. Please start it again.")
            run.save(update_fields=["message"])
            transition(
                run, "fail", table=IMPORT_TRANSITIONS, actor=Actor.system("imports"), action="imports.import.failed"
            )


def _last_moved(run: Import) -> dt.datetime:
    from prm.workflow.models import Transition

    moves = Transition.objects.filter(target_type="imports.import", target_id=str(run.pk)).order_by("-at")
    last = moves.values_list("at", flat=True).first()
    return last or run.created_at
