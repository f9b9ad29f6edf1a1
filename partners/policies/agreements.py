"""Which agreements an actor sees: the vendor's people all, a partner's people those of their company that were sent."""

from __future__ import annotations

from django.db.models import QuerySet

from partners.models import Agreement
from partners.states.agreements import AgreementStatus
from prm.errors import Forbidden
from prm.identity.actor import Actor
from prm.identity.rights import Right


def agreements_visible(actor: Actor) -> QuerySet[Agreement]:
    """Drafts are the vendor's own business, also those that were given up before they were sent."""
    if actor.is_partner:
        actor.require(Right.OWN_AGREEMENTS_VIEW)
        rows = Agreement.objects.filter(partner__in=[actor.partner_id])
        return rows.exclude(status=AgreementStatus.DRAFT).filter(sent_at__isnull=False)
    actor.require(Right.AGREEMENTS_VIEW)
    return Agreement.objects.all()


def require_agreements_edit(actor: Actor) -> None:
    if actor.is_partner:
        raise Forbidden
    actor.require(Right.AGREEMENTS_EDIT)
