"""What a partner may on a day, because an agreement says so."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from partners.models import Entitlement
from partners.selectors.partners import partner_get
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor


def entitlements_of(partner_id: UUID, *, on: dt.date | None = None) -> QuerySet[Entitlement]:
    """Those that hold on a day, today when left out; by kind and value. For rules: nobody is authorised here."""
    day = on or clock.today(require_tenant())
    rows = Entitlement.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), partner_id=partner_id)
    return rows.filter(valid_from__lte=day).select_related("agreement").order_by("kind", "value", "valid_from")


def is_entitled(partner_id: UUID, kind: str, value: str, *, on: dt.date | None = None) -> bool:
    return entitlements_of(partner_id, on=on).filter(kind=kind, value=value).exists()


def entitlement_list(actor: Actor, partner_id: UUID, *, on: dt.date | None = None) -> QuerySet[Entitlement]:
    """For whoever may see the partner. Raises `NotFound`."""
    return entitlements_of(partner_get(actor, partner_id).pk, on=on)
