"""Agreements that are signed at a signing service: the settings, and what the services tell."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import Agreement, SigningSettings
from partners.services.agreement_steps import locked, release_all, step, tell
from partners.signing import BUILT_IN, SERVICES
from partners.signing.base import COMPLETED, DECLINED, Event
from partners.signing.http import host_allowed
from partners.states.agreements import OUT
from prm.audit.services import record
from prm.errors import Invalid
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.sealing import seal, unseal

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
