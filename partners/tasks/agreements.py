"""Agreements begin, are renewed and end on their days."""

from __future__ import annotations

from celery import shared_task

from partners.services.agreement_watch import agreements_watch
from prm.identity.actor import Actor
from prm.tenancy.celery import TenantTask, send_to_all

WATCH = Actor.system("partners.watch")


@shared_task(name="partners.agreements_watch_all")
def watch_all() -> int:
    return send_to_all(watch)


@shared_task(base=TenantTask, name="partners.agreements_watch")
def watch() -> None:
    agreements_watch(actor=WATCH)
