"""Who sees and changes products, rates and sale lines."""

from __future__ import annotations

from django.db.models import QuerySet

from commerce.models import SaleLine
from prm.errors import Forbidden
from prm.identity.actor import Actor
from prm.identity.rights import Right


def visible_sales(actor: Actor) -> QuerySet[SaleLine]:
    """The vendor's people see all lines; a partner's people with access to its earnings see its own."""
    if actor.is_partner:
        actor.require(Right.OWN_EARNINGS_VIEW)
        return SaleLine.objects.filter(partner_id__in=[actor.partner_id])
    actor.require(Right.SALES_VIEW)
    return SaleLine.objects.all()


def require_vendor(actor: Actor, right: Right) -> None:
    if actor.is_partner:
        raise Forbidden
    actor.require(right)
