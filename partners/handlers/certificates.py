"""People's places follow their memberships; who holds a certificate, and the partner's administrators, hear of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import pgettext

from partners.effects import Step
from partners.models import Certificate, Partner
from partners.notices import certificates as notices
from partners.selectors.endings import steps
from partners.services.people import places_follow
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.identity.models import User
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.catalogue import NoticeKind
from prm.notifications.services import notify, notify_address
from prm.outbox.registry import subscribe
from prm.workflow.models import Transition

ACTOR = Actor.system("partners.certificates")
Payload = dict[str, Any]
Loss = tuple[NoticeKind, dict[str, Any]]


@subscribe("identity.membership.changed")
def membership_changed(payload: Payload) -> None:
    places_follow(actor=ACTOR, membership_id=UUID(payload["membership_id"]))


@subscribe("partners.certificate.awarded")
def certificate_awarded(payload: Payload) -> None:
    certificate = _certificate(payload)
    _tell_person(certificate, _partner(payload), notices.AWARDED, _data(certificate, _partner(payload)))


@subscribe("partners.certificates.expiring")
def certificates_expiring(payload: Payload) -> None:
    """Each person of the own certificate, the administrators of each with what it takes along."""
    partner = _partner(payload)
    losses = _losses(partner) if partner else {}
    administrators = _administrators(partner) if partner else []
    today = clock.today(require_tenant())
    for one in payload["endings"]:
        certificate = _certificate(one)
        ends_on = certificate.expires_on or today
        data = _data(certificate, partner) | {"days": (ends_on - today).days}
        once = f"{certificate.pk}:{one['days']}"
        _tell_person(certificate, partner, notices.EXPIRING_OWN, data, once)
        if partner is not None:
            kind, loss = losses.get(certificate.pk, (notices.EXPIRING, {"before": 0, "after": 0}))
            others = [user for user in administrators if user.pk != certificate.person.user_id]
            notify(kind, to=others, data=data | loss, once=once, partner_id=partner.pk)


@subscribe("partners.certificate.expired")
def certificate_expired(payload: Payload) -> None:
    _tell_all(payload, notices.EXPIRED, {})


@subscribe("partners.certificate.revoked")
def certificate_revoked(payload: Payload) -> None:
    rows = Transition.objects.filter(target_id=payload["certificate_id"], verb="revoke").order_by("-at")
    _tell_all(payload, notices.REVOKED, {"reason": rows[0].reason})


def _tell_all(payload: Payload, kind: NoticeKind, more: dict[str, Any]) -> None:
    certificate, partner = _certificate(payload), _partner(payload)
    data = _data(certificate, partner) | more
    _tell_person(certificate, partner, kind, data)
    if partner is not None:
        others = [one for one in _administrators(partner) if one.pk != certificate.person.user_id]
        notify(kind, to=others, data=data, once=str(certificate.pk), partner_id=partner.pk)


def _tell_person(
    certificate: Certificate, partner: Partner | None, kind: NoticeKind, data: dict[str, Any], once: str = ""
) -> None:
    person = certificate.person
    about = once or str(certificate.pk)
    if person.user is not None:
        notify(kind, to=[person.user], data=data, once=about, partner_id=partner.pk if partner else None)
    else:
        language = require_tenant().locale
        notify_address(kind, email=person.email, language=language, data=data, once=about)


def _losses(partner: Partner) -> dict[UUID, Loss]:
    """By certificate what goes with it, as the simulator sees it."""
    with translation.override(require_tenant().locale):
        found = steps([partner.pk]).get(partner.pk, [])
        return {one.id: _loss(step) for step in found for one in step.change.endings}


def _loss(step: Step) -> Loss:
    change = step.change
    counts: dict[str, Any] = {"before": change.before.get("", 0), "after": change.after.get("", 0)}
    told = dict.fromkeys(str(one) for one in step.effects if one.kind in ("tier", "lead"))
    tier = {"tier": pgettext("between clauses", "; ").join(told)} if told else {}
    rebates = [one for one in step.effects if one.kind == "rebate" and one.amount]
    if not rebates:
        return notices.EXPIRING_TIER if tier else notices.EXPIRING, counts | tier
    dearest = max(rebates, key=lambda one: one.amount or 0)
    costs = {"programs": str(dearest.text), "worth_amount": [str(dearest.amount), dearest.currency]}
    return notices.EXPIRING_BOTH if tier else notices.EXPIRING_COSTLY, counts | tier | costs


def _administrators(partner: Partner) -> list[User]:
    return users_with(Right.OWN_TEAM_MANAGE, partner_id=partner.pk)


def _certificate(payload: Payload) -> Certificate:
    rows = Certificate.objects.select_related("person__user", "certification")
    return rows.get(pk=UUID(payload["certificate_id"]))


def _partner(payload: Payload) -> Partner | None:
    return Partner.objects.filter(pk=UUID(payload["partner_id"])).first() if payload["partner_id"] else None


def _data(certificate: Certificate, partner: Partner | None) -> dict[str, Any]:
    with translation.override(require_tenant().locale):
        name = certificate.certification.name
    return {
        "certification": name, "person": str(certificate.person), "partner": partner.name if partner else "—",
        "expires_on": certificate.expires_on.isoformat() if certificate.expires_on else "",
    }  # fmt: skip
