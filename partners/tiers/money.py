"""What tiers are worth, and what another scheme would have cost: apps above that pay by tier tell it here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from prm.errors import Text

History = Sequence[tuple[dt.date, str]]
"""(from this day on, the tier), in the order of the days."""
Worth = Mapping[str, Decimal]
"""Currency → amount."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What something cost in a currency as tiers were, and what it would have cost."""

    code: str
    currency: str
    before: Decimal
    after: Decimal


CostOf = Callable[[Mapping[UUID, History], dt.date, dt.date], Iterable[Cost]]
"""(the other tier histories of the partners that move, first day, last day) → costs; writes nothing."""
BroughtOf = Callable[[Mapping[UUID, str], dt.date, dt.date], Mapping[UUID, Worth]]
"""(the tier that each partner is thought to have always had, first day, last day) → what that would have brought."""
Question = tuple[UUID, str, str]
"""(partner, tier now, other tier)"""

_costs: dict[str, tuple[Text, CostOf]] = {}
_brought: dict[str, BroughtOf] = {}


def register_cost(code: str, label: Text, cost: CostOf) -> None:
    _costs[code] = (label, cost)


def register_worth(code: str, brought: BroughtOf) -> None:
    _brought[code] = brought


def costs_of(histories: Mapping[UUID, History], since: dt.date, until: dt.date) -> list[Cost]:
    """All that apps tell, by code and currency."""
    if not histories:
        return []
    found = [one for _label, cost in _costs.values() for one in cost(histories, since, until)]
    return sorted(found, key=lambda one: (one.code, one.currency))


def cost_label(code: str) -> Text:
    return _costs[code][0] if code in _costs else code


def worths_of(questions: Collection[Question], since: dt.date, until: dt.date) -> dict[Question, Worth]:
    """How much more the other tier would have brought the partner between the days, by currency: for any number of
    partners as many replays as one of them has tiers to compare.
    """
    sides = {(one[0], code) for one in questions if one[1] != one[2] for code in one[1:]}
    brought = _brought_by(sides, since, until)
    return {one: _difference(brought.get((one[0], one[2]), {}), brought.get((one[0], one[1]), {})) for one in questions}


def _brought_by(sides: Iterable[tuple[UUID, str]], since: dt.date, until: dt.date) -> dict[tuple[UUID, str], Worth]:
    waiting: dict[UUID, list[str]] = defaultdict(list)
    for partner_id, code in sorted(sides):
        waiting[partner_id].append(code)
    found: dict[tuple[UUID, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    while waiting:
        tiers = {partner_id: codes.pop() for partner_id, codes in waiting.items()}
        waiting = {partner_id: codes for partner_id, codes in waiting.items() if codes}
        for brought in _brought.values():
            for partner_id, amounts in brought(tiers, since, until).items():
                for currency, amount in amounts.items():
                    found[partner_id, tiers[partner_id]][currency] += amount
    return dict(found)


def _difference(other: Worth, now: Worth) -> Worth:
    nothing = Decimal(0)
    more = {one: other.get(one, nothing) - now.get(one, nothing) for one in sorted(other.keys() | now.keys())}
    return {currency: amount for currency, amount in more.items() if amount}
