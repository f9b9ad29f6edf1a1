from __future__ import annotations

from prm.tenancy.models import Tenant


def tenant_by_slug(slug: str) -> Tenant | None:
    """The active tenant of this subdomain."""
    return Tenant.objects.filter(slug=slug, is_active=True).first() if slug else None
