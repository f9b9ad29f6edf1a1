"""`growth`: how much the measure grew over an earlier period decides the rate.

The growth `g = M / baseline - 1` reaches a band exactly when `M >= baseline × (1 + from)`: no division.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from rebates.engine.reading import Node
from rebates.engine.trace import Step

from .bands import Band, Bands, parse_bands
from .base import ZERO, Aggregate, Calculation, Earned

BASELINES = ("same_period_last_year", "previous_period")
PAY_ON = ("all", "excess")
WITHOUT_BASELINE = ("exclude", "first_band")
ONE = Decimal(1)


@dataclass(frozen=True)
class Growth(Calculation):
    baseline: str
    bands: Bands
    pay_on: str = "all"
    without_baseline: str = "exclude"

    type: ClassVar[str] = "growth"
    fields: ClassVar[tuple[str, ...]] = ("baseline", "bands")
    optional_fields: ClassVar[tuple[str, ...]] = ("pay_on", "without_baseline")

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        without = members.get("without_baseline")
        return cls(
            members["baseline"].choice(BASELINES),
            parse_bands(members["bands"]),
            members["pay_on"].choice(PAY_ON) if "pay_on" in members else "all",
            without.choice(WITHOUT_BASELINE) if without else "exclude",
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "baseline": self.baseline, "bands": self.bands.to_json(), "pay_on": self.pay_on,
            "without_baseline": self.without_baseline,
        }  # fmt: skip

    def ladder(self) -> Bands:
        return self.bands

    def rungs(self, aggregate: Aggregate) -> list[Band]:
        base = aggregate.baseline
        if base is None or base <= 0:
            return []
        return [
            Band(base * (ONE + band.start), None if band.end is None else base * (ONE + band.end), band.value)
            for band in self.bands
        ]

    def missing_input(self, aggregate: Aggregate) -> bool:
        return self.without_baseline == "exclude" and not self._base(aggregate)

    def apply(self, aggregate: Aggregate) -> Earned:
        if self.missing_input(aggregate):
            return Earned(ZERO, "no_baseline")
        band = self._reached(aggregate)
        if band is None:
            return Earned(ZERO, "below_first_band")
        amount = self._part(aggregate) * band.value
        return Earned(amount, "" if amount else "nothing_earned")

    def steps(self, aggregate: Aggregate) -> list[Step]:
        band = self._reached(aggregate)
        if self.missing_input(aggregate) or band is None:
            return []
        part, base = self._part(aggregate), self._base(aggregate)
        facts = {"baseline": base or None, "from": band.start, "rate": band.value, "part": part}
        return [Step("growth" if base else "growth_without_baseline", part * band.value, facts)]

    def _base(self, aggregate: Aggregate) -> Decimal:
        """0 for none: a baseline at or below 0 is no baseline."""
        return max(aggregate.baseline or ZERO, ZERO)

    def _reached(self, aggregate: Aggregate) -> Band | None:
        base = self._base(aggregate)
        if not base:
            return next(iter(self.bands))
        reached = [band for band in self.bands if aggregate.measure >= base * (ONE + band.start)]
        return reached[-1] if reached else None

    def _part(self, aggregate: Aggregate) -> Decimal:
        base = self._base(aggregate)
        return max(aggregate.measure - base, ZERO) if base and self.pay_on == "excess" else aggregate.measure
