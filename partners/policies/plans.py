"""Who sees and works on plans, scorecards and reviews: the vendor's people all, a partner's people their company's."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from partners.models import BusinessPlan
from partners.states.plans import Side
from prm.identity.actor import Actor
from prm.identity.rights import Right


def side_of(actor: Actor) -> Side:
    return Side.PARTNER if actor.is_partner else Side.VENDOR


def other_side(side: str) -> Side:
    return Side.PARTNER if side == Side.VENDOR else Side.VENDOR


def require_view(actor: Actor) -> None:
    actor.require(Right.OWN_PLANS_VIEW if actor.is_partner else Right.SCORECARDS_VIEW)


def require_work(actor: Actor) -> None:
    actor.require(Right.OWN_PLANS_EDIT if actor.is_partner else Right.SCORECARDS_EDIT)


def confined(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with a `partner` that the actor may see."""
    require_view(actor)
    return rows.filter(partner_id=actor.partner_id) if actor.is_partner else rows


def plans_visible(actor: Actor) -> QuerySet[BusinessPlan]:
    """A first draft is seen by the side that writes it only."""
    rows = confined(actor, BusinessPlan.objects.all())
    if actor.kind == "system" and not actor.is_partner:
        return rows
    return rows.filter(Q(shown_at__isnull=False) | Q(started_by=side_of(actor)))
