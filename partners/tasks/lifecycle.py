"""Suspensions that begin and end, and archives of a partner's own data."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from partners.data_export_work import data_export_run, expired_remove
from partners.services.suspensions import suspensions_apply
from prm.identity.actor import Actor
from prm.runs.tasks import RunTask, work
from prm.tenancy.celery import TenantTask, send_to_all

WATCH = Actor.system("partners.watch")


@shared_task(name="partners.lifecycle_watch_all")
def watch_all() -> int:
    return send_to_all(watch)


@shared_task(base=TenantTask, name="partners.lifecycle_watch")
def watch() -> None:
    """Begin and end suspensions, remove archives that have expired."""
    suspensions_apply(actor=WATCH)
    expired_remove()


@shared_task(base=RunTask, bind=True, name="partners.data_export")
def data_export(self: Any, export_id: str) -> None:
    work(self, data_export_run, export_id)
