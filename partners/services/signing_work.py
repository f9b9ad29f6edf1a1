"""Calling a signing service: prepared in one transaction, called outside of any, the outcome written in another.

No row is locked while the service answers, or does not. A call that was lost half-way is made again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from uuid import UUID

from django.utils import translation

from partners.models import Agreement, AgreementSigner, Signature, SigningSettings
from partners.selectors.signing import service_of
from partners.services.agreement_life import agreement_activate_due
from partners.services.agreement_steps import locked, signer_step, step
from partners.services.signing import CALLBACK_PATH
from partners.services.signing_todo import FIELDS, is_due, service_ask, service_set
from partners.signature_chain import digest_of
from partners.signing.base import Order, Party, SigningFailed
from partners.states.agreements import AgreementStatus, ServiceTodo, SignatureMethod, SignerSide
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.files.services import file_open, file_store
from prm.identity.actor import Actor
from prm.tenancy.context import tenant_context
from prm.tenancy.hosts import public_url
from prm.tenancy.models import Tenant

CLAIM = dt.timedelta(minutes=5)
"""Longer than all calls for one thing take together; afterwards whoever called is taken for dead."""


@dataclass(frozen=True, slots=True)
class Call:
    """`do` calls the service and reads no database."""

    todo: str
    do: Callable[[], str | bytes | None]


def service_work(tenant: Tenant, agreement_id: UUID) -> None:
    """Do what is to be done for the agreement at its service; what fails is noted and stays to be done."""
    with translation.override(tenant.locale):
        with tenant_context(tenant):
            call = _claimed(agreement_id)
        if call is None:
            return
        try:
            outcome = call.do()
            with tenant_context(tenant):
                DONE[call.todo](locked(agreement_id), outcome)
        except Exception as error:
            with tenant_context(tenant):
                _failed(agreement_id, call.todo, error)
            if not isinstance(error, SigningFailed):
                raise


def _claimed(agreement_id: UUID) -> Call | None:
    agreement = locked(agreement_id)
    claimed, now = agreement.service_claimed_at, clock.now()
    if not agreement.service_todo or (claimed is not None and claimed > now - CLAIM):
        return None
    if not is_due(agreement, agreement.service_todo):
        service_set(agreement, "")
        return None
    agreement.service_claimed_at = now
    agreement.save(update_fields=["service_claimed_at"])
    service, envelope = service_of(agreement.provider), agreement.envelope
    if agreement.service_todo == ServiceTodo.HAND_OVER:
        return Call(agreement.service_todo, partial(service.create, _order(agreement)))
    if agreement.service_todo == ServiceTodo.CALL_BACK:
        return Call(agreement.service_todo, partial(service.void, envelope, agreement.end_reason))
    return Call(agreement.service_todo, partial(service.download, envelope))


def _failed(agreement_id: UUID, todo: str, error: Exception) -> None:
    agreement = locked(agreement_id)
    if agreement.service_todo != todo:
        return
    agreement.service_tries = min(agreement.service_tries + 1, 1000)
    said = error.message if isinstance(error, SigningFailed) else type(error).__name__
    agreement.service_error, agreement.service_claimed_at = str(said)[:500], None
    agreement.save(update_fields=FIELDS)


def _order(agreement: Agreement) -> Order:
    document = agreement.documents.get()
    with file_open(document.file) as paper:
        content = paper.read()
    settings = SigningSettings.objects.get(provider=agreement.provider)
    return Order(
        reference=str(agreement.pk), title=f"{agreement} {document.title_en}", file_name=f"{agreement}.pdf",
        document=content, parties=[_party(one, settings) for one in agreement.signers.order_by("position")],
        callback=public_url(require_tenant(), CALLBACK_PATH.format(provider=agreement.provider)),
    )  # fmt: skip


def _handed_over(agreement: Agreement, envelope: str | bytes | None) -> None:
    """The envelope is there; of an agreement that was voided meanwhile it is called back."""
    if agreement.envelope:
        return
    agreement.envelope = str(envelope)
    agreement.save(update_fields=["envelope"])
    service_set(agreement, "")
    record(_actor(agreement), "partners.agreement.handed_over", agreement, {"provider": agreement.provider})
    service_ask(agreement_id=agreement.pk, todo=ServiceTodo.CALL_BACK)


def _called_back(agreement: Agreement, _outcome: str | bytes | None) -> None:
    if agreement.service_todo == ServiceTodo.CALL_BACK:
        service_set(agreement, "")


def _taken_in(agreement: Agreement, content: str | bytes | None) -> None:
    """Keep the signed paper, write the signatures, put it into force."""
    if agreement.service_todo != ServiceTodo.TAKE_IN or not isinstance(content, bytes):
        return
    service_set(agreement, "")
    if not is_due(agreement, ServiceTodo.TAKE_IN):
        return
    actor, name = _actor(agreement), f"{agreement}-signed.pdf"
    agreement.signed_file = file_store(actor=actor, name=name, content=BytesIO(content), purpose="agreement")
    agreement.signed_at = agreement.countersigned_at = clock.now()
    agreement.save(update_fields=["signed_file", "signed_at", "countersigned_at"])
    settings = SigningSettings.objects.get(provider=agreement.provider)
    for signer in agreement.signers.order_by("position"):
        _sign(actor, agreement, signer, settings)
    if agreement.status == AgreementStatus.SENT:
        step(actor, agreement, "view", "viewed")
    step(actor, agreement, "sign", "signed")
    step(actor, agreement, "countersign", "countersigned")
    agreement_activate_due(actor, agreement)


DONE: dict[str, Callable[[Agreement, str | bytes | None], None]] = {
    ServiceTodo.HAND_OVER: _handed_over, ServiceTodo.CALL_BACK: _called_back, ServiceTodo.TAKE_IN: _taken_in,
}  # fmt: skip


def _sign(actor: Actor, agreement: Agreement, signer: AgreementSigner, settings: SigningSettings) -> None:
    party = _party(signer, settings)
    document, last = agreement.documents.get(), agreement.signatures.order_by("-position").first()
    signature = Signature(
        agreement=agreement, signer=signer, position=signer.position, name=party.name, email=party.email,
        method=SignatureMethod.PROVIDER, text=party.name, consent="", consent_version=agreement.provider, ip="",
        user_agent=agreement.envelope, at=clock.now(), sha256=document.sha256,
        previous=last.digest if last else document.sha256,
    )  # fmt: skip
    signature.digest = digest_of(signature)
    signature.save(force_insert=True)
    signer.name, signer.email = party.name, party.email
    signer.save(update_fields=["name", "email"])
    if signer.status == "waiting":
        signer_step(actor, signer, "ask")
    signer_step(actor, signer, "sign")


def _party(signer: AgreementSigner, settings: SigningSettings) -> Party:
    if signer.side == SignerSide.VENDOR:
        return Party(signer.position, settings.signer_name, settings.signer_email)
    return Party(signer.position, signer.name, signer.email)


def _actor(agreement: Agreement) -> Actor:
    return Actor.system(f"signing.{agreement.provider}")
