"""Opening a vendor: the tenant, and the invitation of its first administrator."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from prm.audit.services import record
from prm.errors import Forbidden, Invalid
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.identity.services.invitations import invitation_create
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant


@transaction.atomic
def vendor_create(*, actor: Actor, administrator_email: str, **fields: Any) -> Tenant:
    """Make a tenant of `fields` and invite its administrator. Raises `Invalid` per field."""
    if actor.kind != "operator":
        raise Forbidden
    tenant = Tenant(**fields)
    try:
        tenant.full_clean()
    except ValidationError as error:
        raise Invalid(fields=error.message_dict) from error
    tenant.save(force_insert=True)
    with tenant_context(tenant):
        record(actor, "tenancy.tenant.created", tenant, {"slug": tenant.slug})
        invitation_create(actor=actor, email=administrator_email, role=Role.ADMINISTRATOR)
    return tenant
