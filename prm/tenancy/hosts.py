"""Host names: `<slug>.<base domain>` is a tenant, the base domain itself belongs to the platform."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from prm.tenancy.models import Tenant


def slug_of(host: str) -> str | None:
    """The tenant's slug in a host name, or None for the platform's own host. The port does not matter."""
    name = host.rsplit(":", 1)[0].lower().rstrip(".")
    base = "." + settings.PRM_BASE_DOMAIN.lower()
    return name.removesuffix(base) if name.endswith(base) else None


def tenant_url(request: HttpRequest, tenant: Tenant, path: str = "/") -> str:
    """The address of `path` at another tenant, on the scheme and port of this request."""
    _, _, port = request.get_host().partition(":")
    return f"{request.scheme}://{tenant.slug}.{settings.PRM_BASE_DOMAIN}{':' + port if port else ''}{path}"
