"""An approved application leads to a draft, the end of a partnership to the end of its agreements."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import Agreement, Application, Partner
from partners.selectors.agreements import template_for
from partners.services.agreement_life import agreement_terminate
from partners.services.agreements import agreement_draft, agreement_void
from partners.services.partners import partner_advance
from partners.services.signing_todo import WATCH, service_again, service_ask
from partners.states.agreements import IN_FORCE, UNDER_WAY, ServiceTodo
from partners.states.partner import PartnerStatus
from prm.identity.actor import Actor
from prm.outbox.registry import subscribe
from prm.outbox.services import emit

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
    """The contact of its application; whoever drafts for a partner without one names the signers."""
    application = Application.objects.filter(partner=partner).order_by("-number").first()
    if application is None or not application.email:
        return []
    name = application.contact_name or application.email.partition("@")[0]
    return [{"name": name, "email": application.email, "language": application.language}]


@subscribe("partners.agreement.handed_over")
def handed_over(payload: Payload) -> None:
    service_ask(agreement_id=UUID(payload["agreement_id"]), todo=ServiceTodo.HAND_OVER)


@subscribe("partners.agreement.voided")
def voided(payload: Payload) -> None:
    """What the vendor voided while it was at the service; what the service voided is over there, too."""
    if payload.get("envelope"):
        service_ask(agreement_id=UUID(payload["agreement_id"]), todo=ServiceTodo.CALL_BACK)


@subscribe("partners.agreement.signed_elsewhere")
def signed_elsewhere(payload: Payload) -> None:
    service_ask(agreement_id=UUID(payload["agreement_id"]), todo=ServiceTodo.TAKE_IN)


@subscribe(WATCH)
def service_watch(payload: Payload) -> None:
    """Send the task, and again later and later until it is done: a broker forgets, the outbox does not."""
    from partners.tasks.agreements import at_service

    found = Agreement.objects.filter(pk=UUID(payload["agreement_id"]), service_todo=payload["todo"]).first()
    if found is None:
        return
    if not payload.get("once") and not found.is_given_up:
        emit(WATCH, payload, delay=service_again(found))
    transaction.on_commit(partial(at_service.apply_async, args=[str(found.pk)]))
