"""What one place of a bank's file says. Both readers, of the ISO message and of the table, give these."""

from __future__ import annotations

import datetime as dt
import enum
import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from prm.errors import Invalid, Text

MOST_ENTRIES = 10_000
DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d")
_AMOUNT = re.compile(r"-?\d{1,16}(?:\.\d{1,5})?", re.ASCII)
_REFERENCE = re.compile(r"PAY-(\d{6,9})(?:-(\d{1,4}))?", re.IGNORECASE | re.ASCII)


class Verdict(enum.StrEnum):
    """`rejected` is a refusal before the money left and a return after it; `` is a word that is not known."""

    PAID = "paid"
    FAILED = "failed"
    REVERSED = "reversed"
    REJECTED = "rejected"
    PENDING = "pending"
    UNREAD = ""


ISO: dict[str, Verdict] = {
    "ACSC": Verdict.PAID,
    "ACCC": Verdict.PAID,
    "RJCT": Verdict.REJECTED,
    "CANC": Verdict.FAILED,
    **dict.fromkeys(("RCVD", "PDNG", "PATC", "PART", "ACTC", "ACCP", "ACFC", "ACWC", "ACWP", "ACSP"), Verdict.PENDING),
}
"""ISO 20022 payment statuses. `ACSP` is on its way: only `ACSC` and `ACCC` say that the money has left."""


class Unreadable(Invalid):
    """The file as a whole says nothing that could be trusted; nothing of it was taken."""

    code = "unreadable_result"


@dataclass(frozen=True, slots=True)
class Entry:
    """`reference` names a payment; without one it is about all transfers of the answered `message`, or of its `block`.

    `message` is empty in a table, which answers no message. `bank_reference` is the bank's own.
    """

    row: int
    reference: str
    said: str
    verdict: Verdict
    on: dt.date | None = None
    reason: str = ""
    amount: Decimal | None = None
    currency: str = ""
    message: str = ""
    block: str = ""
    instruction: str = ""
    bank_reference: str = ""

    @property
    def number(self) -> int | None:
        """The payment's, None for a text that is no number of ours."""
        found = _REFERENCE.fullmatch(self.reference)
        return int(found[1]) if found else None

    @property
    def attempt(self) -> int | None:
        """Which attempt of the payment is meant, where the file tells."""
        found = [_REFERENCE.fullmatch(text) for text in (self.instruction, self.reference)]
        return next((int(one[2]) for one in found if one and one[2]), None)


@dataclass(frozen=True, slots=True)
class Content:
    """A file as read: its own `message` id where it has one."""

    message: str
    entries: list[Entry]


def amount_of(text: str) -> Decimal | None:
    """Raises `ValueError` for what is no amount."""
    if not text:
        return None
    if not _AMOUNT.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def unreadable(text: Text) -> Unreadable:
    return Unreadable(text, fields={"file": [text]})


def too_many() -> Unreadable:
    return unreadable(_("The file has more than 10,000 entries."))
