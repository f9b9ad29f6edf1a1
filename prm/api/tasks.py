from __future__ import annotations

import datetime as dt

from celery import shared_task

from prm import clock
from prm.api.models import IdempotencyRecord
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant

KEEP = dt.timedelta(days=7)


@shared_task(name="api.prune_idempotency")
def prune_idempotency() -> int:
    """Forget keys that no client repeats any more; returns how many."""
    gone = 0
    for tenant in Tenant.objects.order_by("id"):
        with tenant_context(tenant):
            gone += IdempotencyRecord.objects.filter(created_at__lt=clock.now() - KEEP).delete()[0]
    return gone
