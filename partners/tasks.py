"""What time brings about at partners: certificates near their end and past it."""

from __future__ import annotations

from celery import Task, shared_task
from django.core.cache import cache

from partners.services.certificates import certificates_expire, certificates_warn
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
    """Expire certificates whose last day is over, and warn of those whose end is near."""
    certificates_expire(actor=WATCH)
    certificates_warn(actor=WATCH)


def _send_all(task: Task, slot: str) -> int:
    sent = 0
    for tenant_id in Tenant.objects.filter(is_active=True).values_list("pk", flat=True):
        if cache.add(f"{task.name}:{tenant_id}:{slot}", 1, SLOT_SECONDS):
            task.apply_async(headers={HEADER: str(tenant_id)})
            sent += 1
    return sent
