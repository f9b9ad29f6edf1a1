"""An approved application leads to a draft, the end of a partnership to the end of its agreements."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from partners.models import Agreement, Partner
from partners.selectors.agreements import template_for
from partners.services.agreement_life import agreement_terminate
from partners.services.agreements import agreement_draft, agreement_void
from partners.services.partners import partner_advance
from partners.states.agreements import IN_FORCE, UNDER_WAY
from partners.states.partner import PartnerStatus
from prm.identity.actor import Actor
from prm.identity.models import Invitation, Membership
from prm.outbox.registry import subscribe

ACTOR = Actor.system("partners.agreements")
Payload = dict[str, Any]


@subscribe("partners.application.approved")
def application_approved(payload: Payload) -> None:
    """A draft from the template that fits; without one there is nothing to sign, and onboarding begins."""
    partner = Partner.objects.filter(pk=UUID(payload["partner_id"])).select_for_update().first()
    if partner is None or partner.status != PartnerStatus.CONTRACTING:
        return
    if Agreement.objects.filter(partner=partner).exists():
        return
    template = template_for(partner)
    if template is None:
        partner_advance(actor=ACTOR, partner_id=partner.pk, verb="signed")
        return
    agreement_draft(actor=ACTOR, partner_id=partner.pk, template_id=template.pk, signers=_contacts(partner))


@subscribe("partners.partner.changed")
def partner_changed(payload: Payload) -> None:
    """A partnership that has ended leaves no agreement behind."""
    partner_id = payload.get("partner_id")
    if not partner_id or not Partner.objects.filter(pk=UUID(partner_id), status=PartnerStatus.ENDED).exists():
        return
    reason = _("The partnership has ended.")
    rows = Agreement.objects.filter(partner_id=UUID(partner_id)).order_by("number")
    # One at a time: what adds to an agreement ends with it.
    while live := rows.filter(status__in=IN_FORCE).first():
        agreement_terminate(actor=ACTOR, agreement_id=live.pk, reason=reason)
    for agreement_id in list(rows.filter(status__in=UNDER_WAY).values_list("pk", flat=True)):
        agreement_void(actor=ACTOR, agreement_id=agreement_id, reason=reason)


def _contacts(partner: Partner) -> list[dict[str, str]]:
    """The first person of the partner that is known: the contact of its application."""
    member = Membership.objects.filter(partner=partner, is_active=True).select_related("user").first()
    if member is not None:
        return [{"name": member.user.name, "email": member.user.email, "language": member.user.locale}]
    invited = Invitation.objects.filter(partner=partner, revoked_at=None).order_by("created_at").first()
    # The name stands on the application; until somebody fills it in, the address says who it is.
    return [{"name": invited.email.partition("@")[0], "email": invited.email}] if invited else []
