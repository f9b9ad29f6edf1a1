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


def public_url(tenant: Tenant, path: str = "/") -> str:
    """The address of `path` at a tenant where no request tells scheme and port: in mails and tasks."""
    port = f":{settings.PRM_PUBLIC_PORT}" if settings.PRM_PUBLIC_PORT else ""
    return f"{settings.PRM_PUBLIC_SCHEME}://{tenant.slug}.{settings.PRM_BASE_DOMAIN}{port}{path}"


def tenant_url(request: HttpRequest, slug: str, path: str = "/") -> str:
    """The address of `path` at another tenant, on the scheme and port of this request; the platform's for no slug."""
    port = request.get_host().rpartition("]")[2].partition(":")[2]
    host = f"{slug}.{settings.PRM_BASE_DOMAIN}" if slug else settings.PRM_BASE_DOMAIN
    return f"{request.scheme}://{host}{':' + port if port else ''}{path}"
