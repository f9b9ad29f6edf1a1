"""The first success of a partner: its first deal, and until there are any, its first sale. Apps register what they see.

`order` decides which is looked at first; the first one that knows a day for a partner is believed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from uuid import UUID

First = Callable[[Collection[UUID]], Mapping[UUID, dt.date]]

_firsts: dict[str, tuple[int, First]] = {}


def register_first(name: str, order: int, query: First) -> None:
    _firsts[name] = (order, query)


def first_successes(partner_ids: Collection[UUID]) -> dict[UUID, tuple[str, dt.date]]:
    """(deal or sale, day) by partner; partners without either are left out."""
    found: dict[UUID, tuple[str, dt.date]] = {}
    for name, (_order, query) in sorted(_firsts.items(), key=lambda item: item[1][0]):
        missing = [one for one in partner_ids if one not in found]
        if missing:
            found.update({key: (name, day) for key, day in query(missing).items()})
    return found
