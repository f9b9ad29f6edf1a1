"""Which tenant the running code works for: one context variable, mirrored into PostgreSQL by `prm.tenancy.context`."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from prm.tenancy.models import Tenant

_tenant: ContextVar[Tenant | None] = ContextVar("prm_tenant", default=None)


class TenantNotSet(RuntimeError):
    """Tenant data was asked for outside any tenant: a programming error, never a user's."""


def current_tenant() -> Tenant | None:
    return _tenant.get()


def require_tenant() -> Tenant:
    tenant = _tenant.get()
    if tenant is None:
        message = "no tenant is active: enter prm.tenancy.context.tenant_context() first"
        raise TenantNotSet(message)
    return tenant


def require_tenant_id() -> UUID:
    return require_tenant().pk


def enter(tenant: Tenant | None) -> Any:
    """Set the tenant of this context; returns the token for `leave`. For `prm.tenancy.context` only."""
    return _tenant.set(tenant)


def leave(token: Any) -> None:
    _tenant.reset(token)
