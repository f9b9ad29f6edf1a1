"""Signing in order: by the link of the invitation, by members in the portal, and by the vendor at the end.

Everybody waits for the agreement's row, so of two signatures at once the second sees the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners.agreement_consent import CONSENT_VERSION, consent_text
from partners.agreement_pdf import signed_pdf_store
from partners.models import Agreement, AgreementSigner, Signature
from partners.notices.agreements import DECLINED, SIGNED
from partners.services.agreement_life import agreement_activate_due
from partners.services.agreement_steps import agreement_locked, ask_next, locked, release_all, signer_step, step
from partners.services.agreements import reason_set
from partners.signature_chain import digest_of, strokes_read
from partners.states.agreements import (
    OUT,
    SIGNER_ASKED,
    AgreementStatus,
    SignatureMethod,
    SignerSide,
    SignerStatus,
)
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.models import User
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.services import notify
from prm.tokens import token_hash

WAITING = (AgreementStatus.SIGNED, AgreementStatus.COUNTERSIGNED)


@dataclass(frozen=True, slots=True)
class Ink:
    """A signature as given: a typed name, and the strokes where it was drawn."""

    name: str
    strokes: Any = None
    has_read: bool = False
    consents: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What the server saw of who signs."""

    ip: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    ink: Ink
    seen: Seen = field(default_factory=Seen)


@transaction.atomic
def agreement_view_by_link(*, token: str) -> AgreementSigner:
    """Somebody looks at the document behind a link, which is kept as the time. Raises `NotFound`, `Conflict`."""
    signer = signer_of_link(token)
    agreement = locked(signer.agreement_id)
    _viewed(_link_actor(signer), agreement, _fresh(signer))
    return _fresh(signer)


@transaction.atomic
def agreement_view(*, actor: Actor, agreement_id: UUID) -> None:
    """A member who is asked to sign opened the document. For everybody else nothing happens."""
    agreement = agreement_locked(actor, agreement_id)
    own = own_signer(actor, agreement)
    if own is not None:
        _viewed(actor, agreement, own)


@transaction.atomic
def agreement_sign_by_link(*, token: str, proof: Proof) -> Agreement:
    """Sign as the person the link was sent to.

    Raises `NotFound` for a forged link, `Conflict` with the codes `link_expired`, `already_signed`, `not_your_turn` and
    `agreement_closed`, `Invalid` for what is missing.
    """
    signer = signer_of_link(token)
    agreement = locked(signer.agreement_id)
    return _sign(_link_actor(signer), agreement, _fresh(signer), proof)


@transaction.atomic
def agreement_sign(*, actor: Actor, agreement_id: UUID, proof: Proof) -> Agreement:
    """Sign as a member of the partner whom the agreement names. Raises `Forbidden` for others, `Conflict` as above."""
    actor.require(Right.OWN_AGREEMENTS_SIGN)
    agreement = agreement_locked(actor, agreement_id)
    own = own_signer(actor, agreement)
    if own is None:
        raise Forbidden(_("You are not named as a signer of %(number)s.") % {"number": agreement})
    return _sign(actor, agreement, own, proof)


@transaction.atomic
def agreement_countersign(*, actor: Actor, agreement_id: UUID, proof: Proof) -> Agreement:
    """Sign for the vendor, last. The signed paper is made, and the agreement is in force from its first day on.

    Emits `partners.agreement.countersigned`. Raises `Forbidden` for programs, `Conflict` as above.
    """
    actor.require(Right.AGREEMENTS_SIGN)
    if actor.kind != "user" or actor.is_partner:
        raise Forbidden(_("A person signs agreements, not a program."))
    agreement = agreement_locked(actor, agreement_id)
    signer = agreement.signers.select_for_update().get(side=SignerSide.VENDOR)
    _require_turn(agreement, signer)
    if agreement.ends_on and agreement.ends_on < clock.today(require_tenant()):
        raise StateError(_("The term of %(number)s is over.") % {"number": agreement}, code="agreement_closed")
    signer.name, signer.email = proof.ink.name.strip()[:200], actor.label[:254]
    _write(agreement, signer, proof)
    signer.save(update_fields=["name", "email"])
    signer_step(actor, signer, "sign")
    countersigned(actor, agreement)
    return agreement


@transaction.atomic
def agreement_decline_by_link(*, token: str, reason: str) -> Agreement:
    signer = signer_of_link(token)
    agreement = locked(signer.agreement_id)
    return _decline(_link_actor(signer), agreement, _fresh(signer), reason)


@transaction.atomic
def agreement_decline(*, actor: Actor, agreement_id: UUID, reason: str) -> Agreement:
    """The partner does not sign; nobody is asked any more. Emits `partners.agreement.declined`."""
    actor.require(Right.OWN_AGREEMENTS_SIGN)
    agreement = agreement_locked(actor, agreement_id)
    own = own_signer(actor, agreement)
    if own is None:
        raise Forbidden(_("You are not named as a signer of %(number)s.") % {"number": agreement})
    return _decline(actor, agreement, own, reason)


def signer_of_link(token: str) -> AgreementSigner:
    """Raises `NotFound` for a link that was never made or was replaced, `Conflict` for one that has expired."""
    rows = AgreementSigner.objects.filter(token_hash=token_hash(token)).select_related("agreement")
    signer: AgreementSigner | None = rows.first()
    if signer is None:
        raise NotFound(_("This link is not valid. Look for the newest message about the agreement."))
    expired = signer.token_expires_at is None or signer.token_expires_at <= clock.now()
    waits = signer.status == SignerStatus.SIGNED and signer.agreement.status in {*OUT, *WAITING}
    if expired and not waits:
        text = _("This link has expired. Ask %(vendor)s for a new one.") % {"vendor": require_tenant().name}
        raise Conflict(text, code="link_expired")
    return signer


def own_signer(actor: Actor, agreement: Agreement) -> AgreementSigner | None:
    """The place in which the actor signs: a place with the address of the actor's account."""
    user = User.objects.filter(pk__in=[actor.id]).first() if actor.kind == "user" and actor.is_partner else None
    if user is None:
        return None
    rows = agreement.signers.filter(side=SignerSide.PARTNER, email=user.email.lower())
    found: AgreementSigner | None = rows.first()
    return found


def countersigned(actor: Actor, agreement: Agreement) -> None:
    """Everybody has signed: the signed paper, and what follows on its first day."""
    now = clock.now()
    agreement.countersigned_at = now
    agreement.signed_file = signed_pdf_store(actor, agreement)
    agreement.save(update_fields=["countersigned_at", "signed_file"])
    step(actor, agreement, "countersign", "countersigned")
    agreement_activate_due(actor, agreement)


def partner_signed(actor: Actor, agreement: Agreement) -> None:
    """The next one is asked; after the last of the partner it is the vendor's turn."""
    following = ask_next(actor, agreement)
    if following is not None and following.side == SignerSide.PARTNER:
        return
    agreement.signed_at = clock.now()
    agreement.save(update_fields=["signed_at"])
    step(actor, agreement, "sign", "signed")


def viewed_if_sent(actor: Actor, agreement: Agreement) -> None:
    if agreement.status == AgreementStatus.SENT:
        step(actor, agreement, "view", "viewed")


def _viewed(actor: Actor, agreement: Agreement, signer: AgreementSigner) -> None:
    if agreement.status not in OUT or signer.status != SignerStatus.ASKED:
        return
    signer_step(actor, signer, "view")
    signer.viewed_at = clock.now()
    signer.save(update_fields=["viewed_at"])
    viewed_if_sent(actor, agreement)


def _sign(actor: Actor, agreement: Agreement, signer: AgreementSigner, proof: Proof) -> Agreement:
    _require_turn(agreement, signer)
    _viewed(actor, agreement, signer)
    _write(agreement, signer, proof)
    signer_step(actor, signer, "sign")
    partner_signed(actor, agreement)
    data = {"agreement_id": str(agreement.pk), "number": str(agreement), "partner": agreement.partner.name}
    staff = users_with(Right.AGREEMENTS_EDIT)
    notify(SIGNED, to=staff, data={**data, "signer": signer.name}, once=str(signer.pk))
    return agreement


def _decline(actor: Actor, agreement: Agreement, signer: AgreementSigner, reason: str) -> Agreement:
    _require_turn(agreement, signer)
    reason_set(agreement, reason)
    signer_step(actor, signer, "decline", agreement.end_reason)
    release_all(actor, agreement)
    step(actor, agreement, "decline", "declined", agreement.end_reason)
    data = {
        "agreement_id": str(agreement.pk), "number": str(agreement), "partner": agreement.partner.name,
        "signer": signer.name, "reason": agreement.end_reason,
    }  # fmt: skip
    notify(DECLINED, to=users_with(Right.AGREEMENTS_EDIT), data=data, once=str(signer.pk))
    return agreement


def _require_turn(agreement: Agreement, signer: AgreementSigner) -> None:
    """Raises `Conflict` with the code of what stands in the way."""
    if signer.status == SignerStatus.SIGNED:
        raise Conflict(_("%(name)s has signed already.") % {"name": signer}, code="already_signed")
    if agreement.status not in {*OUT, AgreementStatus.SIGNED}:
        text = _("%(number)s is %(state)s, so it is not signed any more.")
        names = {"number": agreement, "state": agreement.get_status_display()}
        raise Conflict(text % names, code="agreement_closed")
    if signer.status not in SIGNER_ASKED:
        first = agreement.signers.filter(status__in=SIGNER_ASKED).first()
        text = _("It is not your turn yet: %(name)s signs first.") % {"name": first or ""}
        raise Conflict(text, code="not_your_turn")
    if agreement.provider != "builtin":
        raise Conflict(_("It is signed at the signing service."), code="elsewhere")


def _write(agreement: Agreement, signer: AgreementSigner, proof: Proof) -> Signature:
    """The row that is the signature. Raises `Invalid` for what is missing."""
    ink, name = proof.ink, proof.ink.name.strip()
    faults = {}
    if not name or len(name) > 200:
        faults["name"] = [_("Type your full name.")]
    if not ink.has_read:
        faults["has_read"] = [_("Read the document to its end first.")]
    if not ink.consents:
        faults["consents"] = [_("Your consent is needed to sign electronically.")]
    if faults:
        raise Invalid(fields=faults)
    strokes = strokes_read(ink.strokes) if ink.strokes else []
    document = agreement.documents.get()
    last = agreement.signatures.order_by("-position").first()
    signature = Signature(
        agreement=agreement, signer=signer, position=signer.position, name=signer.name or name, email=signer.email,
        method=SignatureMethod.DRAWN if strokes else SignatureMethod.TYPED, text=name, strokes=strokes,
        consent=consent_text(), consent_version=CONSENT_VERSION, ip=proof.seen.ip[:45],
        user_agent=proof.seen.user_agent[:400], at=clock.now(), sha256=document.sha256,
        previous=last.digest if last else document.sha256,
    )  # fmt: skip
    signature.digest = digest_of(signature)
    signature.save(force_insert=True)
    return signature


def _fresh(signer: AgreementSigner) -> AgreementSigner:
    """As it is now that the agreement is locked. A link that was replaced meanwhile is no longer valid."""
    now = AgreementSigner.objects.filter(pk=signer.pk, token_hash=signer.token_hash).first()
    if now is None:
        raise NotFound
    return now


def _link_actor(signer: AgreementSigner) -> Actor:
    return Actor("link", None, f"{signer.name} <{signer.email}>", frozenset())
