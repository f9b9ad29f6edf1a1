"""What time brings about for partners."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache

from partners.services.agreement_watch import agreements_watch
from prm import clock
from prm.identity.actor import Actor
from prm.tenancy.celery import HEADER, TenantTask
from prm.tenancy.models import Tenant

WATCH = Actor.system("partners.watch")
SLOT_SECONDS = 3600


@shared_task(name="partners.agreements_watch_all")
def agreements_watch_all() -> int:
    """Let each vendor's agreements begin, renew and end; returns how many vendors. Two beats make one run of a slot."""
    slot, sent = clock.now().strftime("%Y-%m-%dT%H:%M"), 0
    for tenant_id in Tenant.objects.filter(is_active=True).values_list("pk", flat=True):
        if cache.add(f"partners.agreements_watch:{tenant_id}:{slot}", 1, SLOT_SECONDS):
            watch_agreements.apply_async(headers={HEADER: str(tenant_id)})
            sent += 1
    return sent


@shared_task(base=TenantTask, name="partners.agreements_watch")
def watch_agreements() -> None:
    agreements_watch(actor=WATCH)
