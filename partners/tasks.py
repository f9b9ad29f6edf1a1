"""What time brings about in the lives of partners."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache

from partners.services.application_retention import applications_erase, applications_escalate, applications_expire
from partners.services.company_keys import partner_keys_refresh
from prm import clock
from prm.identity.actor import Actor
from prm.tenancy.celery import HEADER, TenantTask
from prm.tenancy.models import Tenant

RECRUITMENT = Actor.system("partners.recruitment")
SLOT_SECONDS = 3600


@shared_task(name="partners.recruitment_all")
def recruitment_all() -> int:
    """Let each vendor look at what is due; returns how many. Two beats make one run of a slot."""
    slot, sent = clock.now().strftime("%Y-%m-%dT%H:%M"), 0
    for tenant_id in Tenant.objects.filter(is_active=True).values_list("pk", flat=True):
        if cache.add(f"{recruitment.name}:{tenant_id}:{slot}", 1, SLOT_SECONDS):
            recruitment.apply_async(headers={HEADER: str(tenant_id)})
            sent += 1
    return sent


@shared_task(base=TenantTask, name="partners.recruitment")
def recruitment() -> None:
    """Tell what is overdue, expire what nobody goes on with, erase personal data, learn the names of new partners."""
    applications_escalate(actor=RECRUITMENT)
    applications_expire(actor=RECRUITMENT)
    applications_erase(actor=RECRUITMENT)
    partner_keys_refresh()
