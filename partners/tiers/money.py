"""What tiers are worth, and what another scheme would have cost: apps above that pay by tier tell it here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
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
WorthOf = Callable[[UUID, str, str, dt.date, dt.date], Worth]
"""(partner, tier now, other tier, first day, last day) → how much more the other tier would have brought."""

_costs: dict[str, tuple[Text, CostOf]] = {}
_worths: dict[str, WorthOf] = {}


def register_cost(code: str, label: Text, cost: CostOf) -> None:
    _costs[code] = (label, cost)


def register_worth(code: str, worth: WorthOf) -> None:
    _worths[code] = worth


def costs_of(histories: Mapping[UUID, History], since: dt.date, until: dt.date) -> list[Cost]:
    """All that apps tell, by code and currency."""
    if not histories:
        return []
    found = [one for _label, cost in _costs.values() for one in cost(histories, since, until)]
    return sorted(found, key=lambda one: (one.code, one.currency))


def cost_label(code: str) -> Text:
    return _costs[code][0] if code in _costs else code


def worth_of(partner_id: UUID, tier: str, other: str, since: dt.date, until: dt.date) -> dict[str, Decimal]:
    """How much more the other tier would have brought the partner between the days, by currency."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for worth in _worths.values():
        for currency, amount in worth(partner_id, tier, other, since, until).items():
            total[currency] += amount
    return {currency: amount for currency, amount in sorted(total.items()) if amount}
