from __future__ import annotations

from uuid import UUID

from partners.models import Partner
from partners.services.renewals import term_set
from partners.terms import term_of
from prm.identity.actor import Actor
from prm.outbox.registry import Payload, subscribe

ACTOR = Actor.system("partners.terms")


@subscribe("partners.agreement.activated")
@subscribe("partners.agreement.ended")
def term_follow(payload: Payload) -> None:
    """The partner's term is that of what is in force now."""
    partner_id = UUID(payload["partner_id"])
    ends_on = term_of(partner_id)
    if ends_on is not None and Partner.objects.filter(pk=partner_id).exists():
        term_set(actor=ACTOR, partner_id=partner_id, ends_on=ends_on)
