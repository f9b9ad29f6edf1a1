"""What time brings about in a partner's life, and the work that rows ask for."""

from __future__ import annotations

from typing import Any

from celery import Task, shared_task
from django.core.cache import cache

from partners.bulk_work import bulk_run
from partners.data_export_work import data_export_run, expired_remove
from partners.services.renewals import renewals_prepare
from partners.services.suspensions import suspensions_apply
from prm import clock
from prm.identity.actor import Actor
from prm.runs.tasks import RunTask, work
from prm.tenancy.celery import HEADER, TenantTask
from prm.tenancy.models import Tenant

RENEWALS = Actor.system("partners.renewals")
WATCH = Actor.system("partners.watch")
SLOT_SECONDS = 3600


@shared_task(name="partners.lifecycle_watch_all")
def watch_all() -> int:
    """Let each vendor look at what is due; returns how many. Two beats make one run of a slot."""
    return _send_all(watch, clock.now().strftime("%Y-%m-%dT%H:%M"))


@shared_task(base=TenantTask, name="partners.lifecycle_watch")
def watch() -> None:
    """Begin and end suspensions, remove archives that have expired."""
    suspensions_apply(actor=WATCH)
    expired_remove()


@shared_task(name="partners.renewals_all")
def renewals_all() -> int:
    """Let each vendor look at whose term is near; returns how many."""
    return _send_all(renewals, clock.now().strftime("%Y-%m-%dT%H"))


@shared_task(base=TenantTask, name="partners.renewals")
def renewals() -> None:
    renewals_prepare(actor=RENEWALS)


@shared_task(base=RunTask, bind=True, name="partners.data_export")
def data_export(self: Any, export_id: str) -> None:
    work(self, data_export_run, export_id)


@shared_task(base=RunTask, bind=True, name="partners.bulk")
def bulk(self: Any, run_id: str) -> None:
    work(self, bulk_run, run_id)


def _send_all(task: Task, slot: str) -> int:
    sent = 0
    for tenant_id in Tenant.objects.filter(is_active=True).values_list("pk", flat=True):
        if cache.add(f"{task.name}:{tenant_id}:{slot}", 1, SLOT_SECONDS):
            task.apply_async(headers={HEADER: str(tenant_id)})
            sent += 1
    return sent
