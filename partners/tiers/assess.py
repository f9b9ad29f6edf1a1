"""Which tier a partner's values reach, and what is missing for each: in Python for one, `sql.py` for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from partners.metrics import metric
from partners.tiers.scheme import Criterion, Key, Scheme, Tier

ValuesByKey = Mapping[Key, Decimal | None]
FULL = Decimal(1)


@dataclass(frozen=True, slots=True)
class Check:
    """A criterion against a value. `share` says how far it is, 0 to 1; `missing` how much more (or less) it takes."""

    criterion: Criterion
    value: Decimal | None

    @property
    def is_met(self) -> bool:
        return self.criterion.is_met(self.value)

    @property
    def missing(self) -> Decimal | None:
        """None when it is met, or when nothing is known from which it could be told."""
        if self.is_met or self.value is None:
            return None
        low = self.criterion.at_least
        if low is not None and self.value < low:
            return low - self.value
        return self.criterion.at_most - self.value if self.criterion.at_most is not None else None

    @property
    def share(self) -> Decimal:
        if self.is_met:
            return FULL
        low, high = self.criterion.at_least, self.criterion.at_most
        if self.value is None or self.value <= 0:
            return Decimal(0)
        if low is not None and self.value < low:
            return self.value / low if low > 0 else Decimal(0)
        return high / self.value if high is not None and high > 0 else Decimal(0)

    @property
    def is_close(self) -> bool:
        """Met, with less than a tenth to spare: what may be lost next."""
        low = self.criterion.at_least
        if not self.is_met or self.value is None or low is None or low <= 0:
            return False
        return self.value < low * Decimal("1.1")


@dataclass(frozen=True, slots=True)
class TierResult:
    tier: Tier
    rank: int
    checks: list[Check]

    @property
    def points(self) -> int:
        return sum(one.criterion.points for one in self.checks if one.is_met)

    @property
    def is_reached(self) -> bool:
        musts = all(one.is_met for one in self.checks if one.criterion.is_must)
        return musts and self.points >= self.tier.pass_mark

    @property
    def open(self) -> list[Check]:
        """What stands between the partner and the tier."""
        needs_points = self.points < self.tier.pass_mark
        return [one for one in self.checks if not one.is_met and (one.criterion.is_must or needs_points)]


@dataclass(frozen=True, slots=True)
class Assessment:
    """`rank` is that of the highest tier reached, 0 for none."""

    results: list[TierResult]

    @property
    def rank(self) -> int:
        return max((one.rank for one in self.results if one.is_reached), default=0)

    @property
    def code(self) -> str:
        return next((one.tier.code for one in self.results if one.rank == self.rank), "")

    def of(self, rank: int) -> TierResult | None:
        return next((one for one in self.results if one.rank == rank), None)


def assess(scheme: Scheme, values: ValuesByKey) -> Assessment:
    return Assessment(
        [
            TierResult(tier, rank, [Check(one, values.get(one.key)) for one in tier.criteria])
            for rank, tier in enumerate(scheme.tiers, 1)
        ]
    )


def changed(values: ValuesByKey, changes: Mapping[str, Decimal]) -> dict[Key, Decimal | None]:
    """The values with more (or less) of some metrics, in each of their windows. Figures that nothing can simply be
    added to, such as growth, take the change as their new value.
    """
    found = dict(values)
    for key, value in values.items():
        change = changes.get(key.metric)
        if change is None:
            continue
        figure = metric(key.metric)
        moved = (value or Decimal(0)) + change if figure.adds else change
        lowest = figure.lowest if figure.lowest is not None else moved
        found[key] = max(moved, lowest)
    return found
