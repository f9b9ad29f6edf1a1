"""The nightly reconciliation: whatever an event may have missed is put right, and what can't be is reported."""

from __future__ import annotations

from celery import shared_task
from celery.utils.log import get_task_logger
from django.core.cache import cache

from prm import clock
from prm.audit.services import record
from prm.identity.actor import Actor
from prm.tenancy.celery import HEADER, TenantTask
from prm.tenancy.models import Tenant
from rebates.proof import accruals_differences
from rebates.recalculation import Cause
from rebates.services.accruals import accruals_update

logger = get_task_logger(__name__)
ACTOR = Actor.system("rebates.reconcile")
SLOT_SECONDS = 3600


@shared_task(name="rebates.reconcile_all")
def reconcile_all() -> int:
    """Send one reconciliation for each vendor; returns how many. Two beats make one run of a slot."""
    slot = clock.now().strftime("%Y-%m-%dT%H")
    tenants = Tenant.objects.filter(is_active=True).values_list("pk", flat=True)
    sent = 0
    for tenant_id in tenants:
        if cache.add(f"rebates.reconcile:{tenant_id}:{slot}", 1, SLOT_SECONDS):
            reconcile.apply_async(headers={HEADER: str(tenant_id)})
            sent += 1
    return sent


@shared_task(base=TenantTask, name="rebates.reconcile")
def reconcile() -> None:
    """Recalculate everything of one vendor, then prove it."""
    change = accruals_update(actor=ACTOR, cause=Cause("rebates.reconciliation", clock.now().date().isoformat()))
    differences = accruals_differences()
    if change.is_empty and not differences:
        return
    facts = {"written": change.written, "deleted": change.deleted, "adjustments": change.adjustments}
    record(ACTOR, "rebates.reconciled", data=facts | {"differences": len(differences)})
    for one in differences:
        logger.error(
            "ledger differs: partner %s program %s %s: ledger %s, engine %s",
            one.partner_code, one.program_code, one.currency, one.ledger, one.engine,
        )  # fmt: skip
