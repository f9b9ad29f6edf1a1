"""Keyset pages: a page costs the same wherever it lies, and a line that arrives does not shift the next one."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from commerce.models import SaleLine
from prm.errors import Invalid

MAX_LIMIT = 500


@dataclass(frozen=True, slots=True)
class LineShare:
    """A sale line, what it adds to the measure, and its share of the payout. `counts_on` is its original's day for a
    restated return; `measure` is None where it is not shown (`rebates.discretion`).
    """

    sale: SaleLine
    measure: Decimal | None
    amount: Decimal
    counts_on: dt.date


@dataclass(frozen=True, slots=True)
class LinePage:
    """Lines of one page, oldest first. `next` is the `after` of the following page, empty on the last one.

    `estimated`: each share is rounded for itself, the last cents are shared out when the period closes.
    """

    rows: list[LineShare] = field(default_factory=list)
    next: str = ""
    estimated: bool = False

    def __iter__(self) -> Iterator[LineShare]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def limited(limit: int) -> int:
    return max(1, min(limit, MAX_LIMIT))


def cursor_of(*position: object) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in position]).encode()).decode().rstrip("=")


def position_of(cursor: str | None, parts: int) -> list[str] | None:
    """What `cursor_of` was given; None for no cursor. Raises `Invalid` for anything that it did not make."""
    if not cursor:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        found = None
    if not isinstance(found, list) or len(found) != parts or not all(isinstance(part, str) for part in found):
        raise Invalid(fields={"after": [_("This is no position in the list.")]})
    return found
