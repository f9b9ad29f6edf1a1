"""Which signing service a vendor uses."""

from __future__ import annotations

import json

from partners.models import SigningSettings
from partners.signing import BUILT_IN, service
from partners.signing.base import Provider
from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.sealing import unseal


def provider_in_use() -> str:
    found = SigningSettings.objects.filter(is_in_use=True).values_list("provider", flat=True).first()
    return found or BUILT_IN


def signing_settings_get(actor: Actor) -> SigningSettings:
    """Of the service in use, else of one that was; of none for a vendor that never had one. Secrets stay sealed."""
    actor.require(Right.SETTINGS_EDIT)
    return SigningSettings.objects.order_by("-is_in_use", "-created_at").first() or SigningSettings()


def service_of(provider: str) -> Provider:
    """The client with the vendor's settings. Raises `NotFound` when that service is not set up."""
    found = SigningSettings.objects.filter(provider=provider).first()
    if found is None:
        raise NotFound
    return service(provider, found.values, json.loads(unseal(found.secrets_sealed)))
