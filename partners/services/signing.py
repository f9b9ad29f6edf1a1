"""Agreements that are signed at a signing service: handed over, called back, taken in again when they are signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import Agreement, AgreementSigner, Signature, SigningSettings
from partners.selectors.signing import service_of
from partners.services.agreement_life import agreement_activate_due
from partners.services.agreement_steps import locked, release_all, signer_step, step, tell
from partners.signature_chain import digest_of
from partners.signing import BUILT_IN, SERVICES
from partners.signing.base import COMPLETED, DECLINED, Event, Order, Party
from partners.signing.http import host_allowed
from partners.states.agreements import OUT, AgreementStatus, SignatureMethod, SignerSide
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Invalid
from prm.files.services import file_open, file_store
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.sealing import seal, unseal
from prm.tenancy.hosts import public_url

CALLBACK_PATH = "/signing/{provider}/callback/"
Texts = Mapping[str, str]


@transaction.atomic
def signing_settings_set(
    *, actor: Actor, provider: str, values: Texts, secrets: Texts, signer_name: str = "", signer_email: str = ""
) -> SigningSettings | None:
    """Where agreements are signed from now on; those under way stay where they are. Empty secrets keep what is there.

    None for our own pages. Raises `Invalid` with `fields` for what is missing, and for addresses that are not allowed.
    """
    actor.require(Right.SETTINGS_EDIT)
    found = None if provider == BUILT_IN else _filled(provider, values, secrets, signer_name, signer_email)
    SigningSettings.objects.filter(is_in_use=True).update(is_in_use=False)
    if found is not None:
        found.is_in_use = True
        found.save()
    record(actor, "partners.signing.set", None, {"provider": provider})
    return found


def _filled(provider: str, values: Texts, secrets: Texts, signer_name: str, signer_email: str) -> SigningSettings:
    """The row of the service with what was entered, not saved yet. Raises `Invalid`."""
    rows = SigningSettings.objects.select_for_update().filter(provider=provider)
    found: SigningSettings = rows.first() or SigningSettings(provider=provider)
    kept = json.loads(unseal(found.secrets_sealed)) if found.secrets_sealed else {}
    merged = {**kept, **{name: value.strip() for name, value in secrets.items() if value.strip()}}
    found.signer_name, found.signer_email = signer_name.strip(), signer_email.strip()
    found.values = {name: value.strip() for name, value in values.items() if value.strip()}
    _check(found, merged)
    about = SERVICES[provider]
    found.values = {name: found.values[name] for name in about.values}
    found.secrets_sealed = seal(json.dumps({name: merged[name] for name in about.secrets}))
    return found


@transaction.atomic
def agreement_hand_over(*, agreement_id: UUID) -> None:
    """Make the envelope at the service; once, also when the message comes twice. Raises `SigningFailed`."""
    agreement = locked(agreement_id)
    if agreement.envelope or agreement.status not in OUT or agreement.provider == BUILT_IN:
        return
    document = agreement.documents.get()
    with file_open(document.file) as paper:
        content = paper.read()
    settings = SigningSettings.objects.get(provider=agreement.provider)
    callback = public_url(require_tenant(), CALLBACK_PATH.format(provider=agreement.provider))
    order = Order(
        reference=str(agreement.pk), title=f"{agreement} {document.title_en}", file_name=f"{agreement}.pdf",
        document=content, parties=[_party(one, settings) for one in agreement.signers.order_by("position")],
        callback=callback,
    )  # fmt: skip
    agreement.envelope = service_of(agreement.provider).create(order)
    agreement.save(update_fields=["envelope"])
    record(_actor(agreement), "partners.agreement.handed_over", agreement, {"provider": agreement.provider})


@transaction.atomic
def agreement_call_back(*, agreement_id: UUID) -> None:
    """The vendor voided it: call it back at the service, too. Raises `SigningFailed`."""
    agreement = locked(agreement_id)
    if agreement.envelope and agreement.status == AgreementStatus.VOIDED:
        service_of(agreement.provider).void(agreement.envelope, agreement.end_reason)


@transaction.atomic
def envelope_event(*, provider: str, event: Event) -> None:
    """What a service tells. Unknown envelopes and repeated news change nothing; signed papers are fetched later."""
    found = Agreement.objects.filter(provider=provider, envelope=event.envelope).exclude(envelope="").first()
    if found is None or not event.what:
        return
    agreement = locked(found.pk)
    if agreement.status not in OUT:
        return
    if event.what == COMPLETED:
        tell(agreement, "signed_elsewhere")
        return
    actor = _actor(agreement)
    agreement.end_reason = (event.reason or str(_("At the signing service.")))[:500]
    agreement.save(update_fields=["end_reason"])
    release_all(actor, agreement)
    verb, done = ("decline", "declined") if event.what == DECLINED else ("void", "voided")
    step(actor, agreement, verb, done, agreement.end_reason)


@transaction.atomic
def agreement_take_in(*, agreement_id: UUID) -> None:
    """Fetch the signed paper, write the signatures, put it into force. Raises `SigningFailed`."""
    agreement = locked(agreement_id)
    if agreement.status not in OUT or not agreement.envelope:
        return
    actor, content = _actor(agreement), service_of(agreement.provider).download(agreement.envelope)
    name = f"{agreement}-signed.pdf"
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


def _check(found: SigningSettings, secrets: Texts) -> None:
    if found.provider not in SERVICES:
        raise Invalid(fields={"provider": [_("There is no such signing service.")]})
    about, needed = SERVICES[found.provider], _("Please fill this in.")
    faults = {name: [needed] for name in about.values if not found.values.get(name)}
    faults |= {name: [needed] for name in about.secrets if not secrets.get(name)}
    for name, value in found.values.items():
        if name in about.values and name.endswith("_url") and not host_allowed(value):
            faults[name] = [_("This address is not one of the service's, or not https.")]
    if "private_key" in about.secrets and "private_key" not in faults and not _is_key(secrets["private_key"]):
        faults["private_key"] = [_("This is no RSA key in PEM format.")]
    faults |= {} if found.signer_name else {"signer_name": [needed]}
    try:
        validate_email(found.signer_email)
    except ValidationError:
        faults["signer_email"] = [_("This is no e-mail address.")]
    if faults:
        raise Invalid(fields=faults)


def _is_key(text: str) -> bool:
    try:
        return isinstance(serialization.load_pem_private_key(text.encode(), password=None), rsa.RSAPrivateKey)
    except (ValueError, TypeError):
        return False


def _actor(agreement: Agreement) -> Actor:
    return Actor.system(f"signing.{agreement.provider}")
