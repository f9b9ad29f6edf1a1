"""What time brings about at partners: applications, ends of certificates, due tasks, accounts that have cooled off."""

from __future__ import annotations

from celery import Task, shared_task
from django.core.cache import cache

from partners.services.accounts import accounts_take_effect
from partners.services.application_retention import (
    applications_erase,
    applications_escalate,
    applications_expire,
    applications_remind,
)
from partners.services.certificates import certificates_expire, certificates_warn
from partners.services.company_keys import partner_keys_refresh
from partners.services.onboarding import tasks_remind
from prm import clock
from prm.identity.actor import Actor
from prm.tenancy.celery import HEADER, TenantTask
from prm.tenancy.models import Tenant

WATCH = Actor.system("partners.watch")
RECRUITMENT = Actor.system("partners.recruitment")
SLOT_SECONDS = 3600


@shared_task(name="partners.watch_all")
def watch_all() -> int:
    """Let each vendor look at what is due; returns how many. Two beats make one run of a slot."""
    return _send_all(watch, clock.now().strftime("%Y-%m-%dT%H:%M"))


@shared_task(base=TenantTask, name="partners.watch")
def watch() -> None:
    """Expire certificates whose last day is over, warn of those whose end is near, remind of onboarding tasks."""
    certificates_expire(actor=WATCH)
    certificates_warn(actor=WATCH)
    tasks_remind(actor=WATCH)


@shared_task(name="partners.accounts_all")
def accounts_all() -> int:
    """Let each vendor put into force what has cooled off; returns how many vendors."""
    return _send_all(accounts, clock.now().strftime("%Y-%m-%dT%H:%M"))


@shared_task(base=TenantTask, name="partners.accounts")
def accounts() -> None:
    accounts_take_effect(actor=WATCH)


@shared_task(name="partners.recruitment_all")
def recruitment_all() -> int:
    """Let each vendor look at its applications; returns how many vendors."""
    return _send_all(recruitment, clock.now().strftime("%Y-%m-%dT%H:%M"))


@shared_task(base=TenantTask, name="partners.recruitment")
def recruitment() -> None:
    """Tell what is overdue, remind, expire what nobody goes on with, erase personal data, learn names of partners."""
    applications_escalate(actor=RECRUITMENT)
    applications_remind(actor=RECRUITMENT)
    applications_expire(actor=RECRUITMENT)
    applications_erase(actor=RECRUITMENT)
    partner_keys_refresh()


def _send_all(task: Task, slot: str) -> int:
    sent = 0
    for tenant_id in Tenant.objects.filter(is_active=True).values_list("pk", flat=True):
        if cache.add(f"{task.name}:{tenant_id}:{slot}", 1, SLOT_SECONDS):
            task.apply_async(headers={HEADER: str(tenant_id)})
            sent += 1
    return sent
