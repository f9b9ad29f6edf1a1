"""How partners are paid whatever their programs say."""

from __future__ import annotations

from uuid import UUID

from partners.selectors.partners import partner_get
from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates.models import PayoutChoice


def payout_choice_get(actor: Actor, partner_id: UUID) -> str:
    """`deduction`, or empty: as its programs say. A partner's people see their own; raises `NotFound`."""
    actor.require(Right.OWN_STATEMENTS_VIEW if actor.is_partner else Right.STATEMENTS_VIEW)
    partner = partner_get(actor, partner_id)
    return str(PayoutChoice.objects.filter(partner=partner).values_list("form", flat=True).first() or "")
