"""What a signing service does for us. The built-in one needs none of it: it signs on our own pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from prm.errors import DomainError, Unavailable

COMPLETED, DECLINED, VOIDED = "completed", "declined", "voided"


@dataclass(frozen=True, slots=True)
class Party:
    """Who signs; smaller orders sign first."""

    order: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Order:
    """An envelope to be made. `reference` is ours: making it twice makes one, where the service knows how."""

    reference: str
    title: str
    file_name: str
    document: bytes
    parties: Sequence[Party]
    callback: str


@dataclass(frozen=True, slots=True)
class Event:
    """What a service tells of an envelope: `what` is one of the words above, or empty for news we need not act on."""

    envelope: str
    what: str
    reason: str = ""


class SigningFailed(Unavailable):
    """The service did not do it; the same call may succeed later."""

    code = "signing_service"


class CallbackRefused(DomainError):
    """The callback does not carry the right signature, or nothing that can be read."""

    code = "callback_refused"


class Provider(Protocol):
    code: str

    def create(self, order: Order) -> str:
        """Send the document out to be signed; returns the service's id of the envelope. Raises `SigningFailed`."""

    def void(self, envelope: str, reason: str) -> None:
        """Call it back. Raises `SigningFailed`."""

    def download(self, envelope: str) -> bytes:
        """The signed PDF. Raises `SigningFailed`."""

    def read_callback(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Event:
        """Check the signature in constant time and read it. Raises `CallbackRefused`."""
