"""Where agreements are signed: on our own pages, or at a signing service that a vendor has set up."""

from __future__ import annotations

from collections.abc import Mapping

from partners.signing.base import Provider
from partners.signing.docusign import DocuSign
from partners.signing.esign import ESign

BUILT_IN = "builtin"
SERVICES: Mapping[str, type[DocuSign] | type[ESign]] = {"docusign": DocuSign, "esign": ESign}


def service(code: str, values: Mapping[str, str], secrets: Mapping[str, str]) -> Provider:
    """Raises `KeyError` for a service that does not exist."""
    return SERVICES[code](values, secrets)
