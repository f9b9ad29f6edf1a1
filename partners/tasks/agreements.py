"""Agreements begin, are renewed and end on their days; signing services are called."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import shared_task

from partners.services.agreement_watch import agreements_watch
from partners.services.signing_work import service_work
from prm.identity.actor import Actor
from prm.tenancy.celery import TenantTask, send_to_all

WATCH = Actor.system("partners.watch")


class OwnTransactionsTask(TenantTask):
    abstract = True
    own_transactions = True


@shared_task(name="partners.agreements_watch_all")
def watch_all() -> int:
    return send_to_all(watch)


@shared_task(base=OwnTransactionsTask, bind=True, name="partners.agreements_watch")
def watch(self: Any) -> None:
    agreements_watch(actor=WATCH, tenant=self.tenant)


@shared_task(base=OwnTransactionsTask, bind=True, name="partners.agreement_at_service")
def at_service(self: Any, agreement_id: str) -> None:
    service_work(self.tenant, UUID(agreement_id))
