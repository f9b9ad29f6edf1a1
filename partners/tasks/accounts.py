"""Bank accounts that have cooled off take effect."""

from __future__ import annotations

from celery import shared_task

from partners.services.accounts import accounts_take_effect
from prm.identity.actor import Actor
from prm.tenancy.celery import TenantTask, send_to_all

WATCH = Actor.system("partners.watch")


@shared_task(name="partners.accounts_all")
def accounts_all() -> int:
    return send_to_all(accounts)


@shared_task(base=TenantTask, name="partners.accounts")
def accounts() -> None:
    accounts_take_effect(actor=WATCH)
