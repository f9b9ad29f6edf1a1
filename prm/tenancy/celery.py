"""Tasks carry their tenant in the message headers and run inside it, in one transaction unless they say otherwise."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import Task
from django.core.cache import cache

from prm import clock
from prm.db.scope import TenantNotSet, current_tenant
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant

HEADER = "prm_tenant"
SLOT_SECONDS, DAY_SECONDS = 3600, 26 * 3600
"""Longer than the slot lasts: a day has up to 25 hours."""


class TenantTask(Task):
    """Base of every task that touches tenant data. Sending or running it without a tenant raises `TenantNotSet`."""

    abstract = True
    acks_late = True
    reject_on_worker_lost = True
    own_transactions = False
    """True: the task gets the tenant as `self.tenant` and opens `tenant_context` itself, once for each unit of work."""

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        headers = dict(options.pop("headers", None) or {})
        if HEADER not in headers:
            tenant = current_tenant()
            if tenant is None:
                raise TenantNotSet(f"task {self.name} was sent without a tenant")
            headers[HEADER] = str(tenant.pk)
        return super().apply_async(args, kwargs, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        tenant = self.tenant
        # `run`, not super().__call__: that pushes a request without headers, and thereby without tenant.
        if self.own_transactions:
            return self.run(*args, **kwargs)
        with tenant_context(tenant):
            return self.run(*args, **kwargs)

    @property
    def tenant(self) -> Tenant:
        value = (self.request.headers or {}).get(HEADER)
        if not value:
            raise TenantNotSet(f"task {self.name} was started without a tenant")
        return Tenant.objects.get(pk=UUID(value))


def send_to_all(task: Any, slot: str = "%Y-%m-%dT%H:%M") -> int:
    """Send a task of `TenantTask` for each active vendor; returns how many. Two beats make one run of a slot."""
    now = clock.now().strftime(slot)
    return sum(_send_once(task, tenant, now, SLOT_SECONDS) for tenant in Tenant.objects.filter(is_active=True))


def send_daily(task: Any) -> int:
    """As `send_to_all`, but once for each vendor in the hour after its midnight."""
    active = Tenant.objects.filter(is_active=True)
    return sum(_send_once(task, tenant, str(clock.today(tenant)), DAY_SECONDS) for tenant in active)


def _send_once(task: Any, tenant: Tenant, slot: str, seconds: int) -> int:
    key = f"{task.name}:{tenant.pk}:{slot}"
    if not cache.add(key, 1, seconds):
        return 0
    try:
        task.apply_async(headers={HEADER: str(tenant.pk)})
    except Exception:
        # The next beat tries again: a broker that was away must not cost a vendor its day.
        cache.delete(key)
        raise
    return 1
