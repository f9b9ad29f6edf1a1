"""`retroactive`: the rate of the band that the measure reaches, on all of the measure (累积)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from rebates.engine.reading import Node
from rebates.engine.trace import Step

from .bands import Bands, parse_bands
from .base import Aggregate, Calculation, Earned


@dataclass(frozen=True)
class Retroactive(Calculation):
    bands: Bands

    type: ClassVar[str] = "retroactive"
    fields: ClassVar[tuple[str, ...]] = ("bands",)

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        return cls(parse_bands(members["bands"]))

    def to_json(self) -> dict[str, Any]:
        return {"bands": self.bands.to_json()}

    def ladder(self) -> Bands:
        return self.bands

    def apply(self, aggregate: Aggregate) -> Earned:
        band = self.bands.reached(aggregate.measure)
        if band is None:
            return Earned(Decimal(0), "below_first_band")
        amount = aggregate.measure * band.value
        return Earned(amount, "" if amount else "nothing_earned")

    def steps(self, aggregate: Aggregate) -> list[Step]:
        band = self.bands.reached(aggregate.measure)
        if band is None:
            return []
        facts = {"from": band.start, "to": band.end, self.bands.value_key: band.value, "part": aggregate.measure}
        return [Step("band", aggregate.measure * band.value, facts)]
