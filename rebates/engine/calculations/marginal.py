"""`marginal`: each band's rate on the slice of the measure inside the band (分步)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from rebates.engine.reading import Node
from rebates.engine.trace import Step

from .bands import Band, Bands, parse_bands
from .base import Aggregate, Calculation, Earned


@dataclass(frozen=True)
class Marginal(Calculation):
    bands: Bands

    type: ClassVar[str] = "marginal"
    fields: ClassVar[tuple[str, ...]] = ("bands",)

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        return cls(parse_bands(members["bands"]))

    def to_json(self) -> dict[str, Any]:
        return {"bands": self.bands.to_json()}

    def ladder(self) -> Bands:
        return self.bands

    def apply(self, aggregate: Aggregate) -> Earned:
        amount = sum((_part(band, aggregate.measure) * band.value for band in self.bands), Decimal(0))
        if amount == 0:
            return Earned(
                amount, "below_first_band" if self.bands.reached(aggregate.measure) is None else "nothing_earned"
            )
        return Earned(amount)

    def steps(self, aggregate: Aggregate) -> list[Step]:
        found = [(band, _part(band, aggregate.measure)) for band in self.bands]
        return [
            Step(
                "band",
                part * band.value,
                {"from": band.start, "to": band.end, self.bands.value_key: band.value, "part": part},
            )
            for band, part in found
            if part
        ]


def _part(band: Band, measure: Decimal) -> Decimal:
    """The slice of the measure that lies inside the band."""
    if measure <= band.start:
        return Decimal(0)
    return (measure if band.end is None or measure < band.end else band.end) - band.start
