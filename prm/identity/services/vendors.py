"""Opening a vendor: the tenant, and the invitation of its first administrator."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from prm.audit.services import record
from prm.db.scope import require_tenant, require_tenant_id
from prm.errors import Forbidden, Invalid
from prm.identity.actor import Actor
from prm.identity.rights import Right, Role
from prm.identity.services.invitations import invitation_create
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.calendar import COUNTRIES


@transaction.atomic
def workday_calendar_set(*, actor: Actor, country: str) -> None:
    """Whose working days the vendor's clocks count from now on; empty for Monday to Friday. Raises `Invalid`."""
    actor.require(Right.SETTINGS_EDIT)
    if country and country not in COUNTRIES:
        raise Invalid(fields={"workday_calendar": [_("Choose a country from the list.")]})
    tenant = Tenant.objects.select_for_update().get(pk=require_tenant_id())
    before = tenant.workday_calendar
    if before == country:
        return
    tenant.workday_calendar = require_tenant().workday_calendar = country
    tenant.save(update_fields=["workday_calendar"])
    record(actor, "tenancy.tenant.workdays_changed", tenant, {"before": before, "country": country})


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
