"""Until when a partner's term runs, as far as a contract says so.

    register(lambda partner_id: …)      # the last day of what is in force, ENDLESS, None while nothing is in force

The day is copied to `Partner.renewal_on`, by which the directory filters and the renewal worklist looks ahead, when
an agreement comes into force, is renewed, changed or over; what has no end clears it. A day that somebody entered stays
while no source says another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import UUID

ENDLESS = dt.date.max
Source = Callable[[UUID], dt.date | None]

_sources: list[Source] = []


def register(source: Source) -> None:
    if source not in _sources:
        _sources.append(source)


def term_of(partner_id: UUID) -> dt.date | None:
    """The latest day that any source gives; `ENDLESS` is later than any."""
    return max(filter(None, (source(partner_id) for source in _sources)), default=None)
