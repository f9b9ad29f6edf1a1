"""Steps that several services of agreements take: find and lock, ask a signer, tell others."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from partners.models import Agreement, AgreementSigner
from partners.notices.agreements import ACTIVE_BY_LINK, COUNTERSIGN_ASKED, SIGN_ASKED, SIGN_ASKED_BY_LINK
from partners.policies.agreements import agreements_visible
from partners.states.agreements import AGREEMENT_TRANSITIONS, SIGNER_TRANSITIONS, SignerSide, SignerStatus
from prm import clock
from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.catalogue import NoticeKind
from prm.notifications.services import notify, notify_address
from prm.outbox.services import emit
from prm.tokens import token_new
from prm.workflow.services import transition

LINK_VALID_FOR = dt.timedelta(days=30)


def agreement_locked(actor: Actor, agreement_id: UUID) -> Agreement:
    """Of those the actor sees; its row is locked until the transaction ends. Raises `NotFound`."""
    if not agreements_visible(actor).filter(pk=agreement_id).exists():
        raise NotFound
    return locked(agreement_id)


def locked(agreement_id: UUID) -> Agreement:
    rows: QuerySet[Agreement] = Agreement.objects.select_for_update(of=("self",))
    return rows.select_related("partner", "predecessor", "version").get(pk=agreement_id)


def step(actor: Actor, agreement: Agreement, verb: str, done: str, reason: str = "", **facts: Any) -> None:
    """Move the agreement by its table and emit `partners.agreement.<done>`."""
    action = f"partners.agreement.{done}"
    transition(agreement, verb, table=AGREEMENT_TRANSITIONS, actor=actor, action=action, reason=reason)
    tell(agreement, done, **facts)


def tell(agreement: Agreement, done: str, **facts: Any) -> None:
    payload = {"agreement_id": str(agreement.pk), "partner_id": str(agreement.partner_id), **facts}
    emit(f"partners.agreement.{done}", payload)


def tell_both(kind: NoticeKind, agreement: Agreement, once: str, **facts: Any) -> None:
    """Tell the vendor's people and the partner's, each with the way to their own page."""
    data = {
        "agreement_id": str(agreement.pk), "number": str(agreement), "partner": agreement.partner.name,
        "last_on": (agreement.active_to or agreement.starts_on).isoformat(), **facts,
    }  # fmt: skip
    notify(kind, to=users_with(Right.AGREEMENTS_EDIT), data={**data, "side": "m"}, once=once)
    people = users_with(Right.OWN_AGREEMENTS_VIEW, partner_id=agreement.partner_id)
    notify(kind, to=people, data={**data, "side": "p"}, once=once, partner_id=agreement.partner_id)


def signer_step(actor: Actor, signer: AgreementSigner, verb: str, reason: str = "") -> None:
    transition(
        signer, verb, table=SIGNER_TRANSITIONS, actor=actor, action=f"partners.agreement.signer_{verb}", reason=reason
    )


def ask_next(actor: Actor, agreement: Agreement) -> AgreementSigner | None:
    """Ask whoever is next in the order; None when nobody is left."""
    waiting = agreement.signers.filter(status=SignerStatus.WAITING).order_by("position").first()
    if waiting is None:
        return None
    signer_step(actor, waiting, "ask")
    waiting.asked_at = clock.now()
    waiting.save(update_fields=["asked_at"])
    invite(agreement, waiting)
    return waiting


def invite(agreement: Agreement, signer: AgreementSigner) -> None:
    """By the portal where the signer has a place in it, by a link with a new secret otherwise."""
    data = {
        "agreement_id": str(agreement.pk), "number": str(agreement), "partner": agreement.partner.name,
        "signer": str(signer),
    }  # fmt: skip
    if signer.side == SignerSide.VENDOR:
        notify(COUNTERSIGN_ASKED, to=users_with(Right.AGREEMENTS_SIGN), data=data)
        return
    members = users_with(Right.OWN_AGREEMENTS_SIGN, partner_id=agreement.partner_id)
    own = [user for user in members if user.email.lower() == signer.email]
    if own:
        notify(SIGN_ASKED, to=own, data=data, partner_id=agreement.partner_id)
        return
    _send_link(SIGN_ASKED_BY_LINK, signer, data)


def copy_send(agreement: Agreement, signer: AgreementSigner) -> None:
    """The signed document to who signed by a link, by a new one: the old one lay in a mailbox long enough."""
    data = {"number": str(agreement), "partner": agreement.partner.name, "signer": str(signer)}
    _send_link(ACTIVE_BY_LINK, signer, data)


def _send_link(kind: NoticeKind, signer: AgreementSigner, data: dict[str, str]) -> None:
    token, signer.token_hash = token_new()
    signer.token_expires_at = clock.now() + LINK_VALID_FOR
    signer.save(update_fields=["token_hash", "token_expires_at"])
    facts = {**data, "token": token, "until_at": signer.token_expires_at.isoformat()}
    notify_address(kind, email=signer.email, language=signer.language, data=facts)


def release_all(actor: Actor, agreement: Agreement) -> None:
    """Nobody is asked any more: the agreement was voided or declined."""
    for signer in agreement.signers.exclude(status__in=[SignerStatus.SIGNED, SignerStatus.DECLINED]):
        if signer.status != SignerStatus.RELEASED:
            signer_step(actor, signer, "release")
