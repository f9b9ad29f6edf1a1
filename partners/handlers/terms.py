from __future__ import annotations

import datetime as dt
from uuid import UUID

from partners.models import Partner
from partners.selectors.agreements import agreements_in_force_of
from partners.services.renewals import term_set
from partners.terms import ENDLESS, register, term_of
from prm.identity.actor import Actor
from prm.outbox.registry import Payload, subscribe


def _agreed_until(partner_id: UUID) -> dt.date | None:
    """The last day of the agreement that ends last."""
    found = agreements_in_force_of([partner_id]).get(partner_id)
    return (found.active_to or ENDLESS) if found is not None else None


register(_agreed_until)
ACTOR = Actor.system("partners.terms")


@subscribe("partners.agreement.activated")
@subscribe("partners.agreement.renewed")
@subscribe("partners.agreement.changed")
@subscribe("partners.agreement.ended")
def term_follow(payload: Payload) -> None:
    """The partner's term is that of what is in force now."""
    partner_id = UUID(payload["partner_id"])
    ends_on = term_of(partner_id)
    if ends_on is not None and Partner.objects.filter(pk=partner_id).exists():
        term_set(actor=ACTOR, partner_id=partner_id, ends_on=None if ends_on == ENDLESS else ends_on)
