"""What time brings about in a partner's life, and the work that rows ask for."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from partners.bulk_work import bulk_run
from partners.data_export_work import data_export_run, expired_remove
from partners.services.renewals import renewals_prepare
from partners.services.suspensions import suspensions_apply
from prm.identity.actor import Actor
from prm.runs.tasks import RunTask, work
from prm.tenancy.celery import TenantTask, send_to_all

RENEWALS = Actor.system("partners.renewals")
WATCH = Actor.system("partners.watch")


@shared_task(name="partners.lifecycle_watch_all")
def watch_all() -> int:
    return send_to_all(watch)


@shared_task(base=TenantTask, name="partners.lifecycle_watch")
def watch() -> None:
    """Begin and end suspensions, remove archives that have expired."""
    suspensions_apply(actor=WATCH)
    expired_remove()


@shared_task(name="partners.renewals_all")
def renewals_all() -> int:
    return send_to_all(renewals, "%Y-%m-%dT%H")


@shared_task(base=TenantTask, name="partners.renewals")
def renewals() -> None:
    renewals_prepare(actor=RENEWALS)


@shared_task(base=RunTask, bind=True, name="partners.data_export")
def data_export(self: Any, export_id: str) -> None:
    work(self, data_export_run, export_id)


@shared_task(base=RunTask, bind=True, name="partners.bulk")
def bulk(self: Any, run_id: str) -> None:
    work(self, bulk_run, run_id)
