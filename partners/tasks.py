"""What time brings about at partners: ends of certificates, due tasks, accounts whose cool-off is over."""

from __future__ import annotations

from celery import Task, shared_task
from django.core.cache import cache

from partners.services.accounts import accounts_take_effect
from partners.services.certificates import certificates_expire, certificates_warn
from partners.services.onboarding import tasks_remind
from prm import clock
from prm.identity.actor import Actor
from prm.tenancy.celery import HEADER, TenantTask
from prm.tenancy.models import Tenant

WATCH = Actor.system("partners.watch")
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


def _send_all(task: Task, slot: str) -> int:
    sent = 0
    for tenant_id in Tenant.objects.filter(is_active=True).values_list("pk", flat=True):
        if cache.add(f"{task.name}:{tenant_id}:{slot}", 1, SLOT_SECONDS):
            task.apply_async(headers={HEADER: str(tenant_id)})
            sent += 1
    return sent
