"""Applications that nobody answers or goes on with, and the personal data of those that are over."""

from __future__ import annotations

from celery import shared_task

from partners.services.application_retention import (
    applications_erase,
    applications_escalate,
    applications_expire,
    applications_remind,
)
from partners.services.company_keys import partner_keys_refresh
from prm.identity.actor import Actor
from prm.tenancy.celery import TenantTask, send_to_all

RECRUITMENT = Actor.system("partners.recruitment")


@shared_task(name="partners.recruitment_all")
def recruitment_all() -> int:
    return send_to_all(recruitment)


@shared_task(base=TenantTask, name="partners.recruitment")
def recruitment() -> None:
    """Tell what is overdue, remind, expire what nobody goes on with, erase personal data, learn names of partners."""
    applications_escalate(actor=RECRUITMENT)
    applications_remind(actor=RECRUITMENT)
    applications_expire(actor=RECRUITMENT)
    applications_erase(actor=RECRUITMENT)
    partner_keys_refresh()
