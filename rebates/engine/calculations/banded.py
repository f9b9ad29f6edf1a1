"""The four readings of one list of rates: `marginal` 分步, `retroactive` 累积, `rolling` 滚动, `total` 总计.

With 10 % from 0 and 25 % from 1,000 a measure of 2,000 earns 350, 500, 600 and 700.
"""

from abc import abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from rebates.engine.reading import Node
from rebates.engine.trace import Step

from .bands import Band, Bands, parse_bands
from .base import ZERO, Aggregate, Calculation, Earned

Part = tuple[Band, Decimal]
"""A band and the part of the measure that it pays for."""


@dataclass(frozen=True)
class Banded(Calculation):
    """Bands of the measure, each paying its value on a part of it."""

    bands: Bands

    fields: ClassVar[tuple[str, ...]] = ("bands",)

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        return cls(parse_bands(members["bands"]))

    def to_json(self) -> dict[str, Any]:
        return {"bands": self.bands.to_json()}

    def ladder(self) -> Bands:
        return self.bands

    @abstractmethod
    def parts(self, measure: Decimal) -> list[Part]:
        """How much of the measure each band pays its value on."""

    def apply(self, aggregate: Aggregate) -> Earned:
        if self.bands.reached(aggregate.measure) is None:
            return Earned(ZERO, "below_first_band")
        amount = sum((part * band.value for band, part in self.parts(aggregate.measure)), ZERO)
        return Earned(amount, "" if amount else "nothing_earned")

    def steps(self, aggregate: Aggregate) -> list[Step]:
        return [
            Step("band", part * band.value, self.bands.facts(band, part))
            for band, part in self.parts(aggregate.measure)
            if part
        ]


class Marginal(Banded):
    """Each band's rate on the slice of the measure inside the band."""

    type: ClassVar[str] = "marginal"

    def parts(self, measure: Decimal) -> list[Part]:
        return [(band, band.part(measure)) for band in self.bands]


class Retroactive(Banded):
    """The rate of the band that the measure reaches, on all of the measure."""

    type: ClassVar[str] = "retroactive"

    def parts(self, measure: Decimal) -> list[Part]:
        band = self.bands.reached(measure)
        return [(band, measure)] if band else []


class Rolling(Banded):
    """Every band reached: its rate on the measure up to the band's upper bound, summed."""

    type: ClassVar[str] = "rolling"

    def parts(self, measure: Decimal) -> list[Part]:
        return [(band, band.upper(measure)) for band in self.bands.all_reached(measure)]


class Total(Banded):
    """Every band reached: its rate on all of the measure, summed."""

    type: ClassVar[str] = "total"

    def parts(self, measure: Decimal) -> list[Part]:
        return [(band, measure) for band in self.bands.all_reached(measure)]


@dataclass(frozen=True)
class PerUnit(Banded):
    """An amount per unit of quantity, read as `marginal` or as `retroactive`."""

    mode: str = "marginal"

    type: ClassVar[str] = "per_unit"
    fields: ClassVar[tuple[str, ...]] = ("mode", "bands")
    measures: ClassVar[tuple[str, ...]] = ("quantity",)

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        return cls(parse_bands(members["bands"], "amount"), members["mode"].choice(("marginal", "retroactive")))

    def to_json(self) -> dict[str, Any]:
        return {"mode": self.mode, "bands": self.bands.to_json()}

    def parts(self, measure: Decimal) -> list[Part]:
        reading = Marginal if self.mode == "marginal" else Retroactive
        return reading(self.bands).parts(measure)


@dataclass(frozen=True)
class Milestone(Banded):
    """A fixed amount for the highest band reached, or the sum of all reached."""

    cumulative: bool = False

    type: ClassVar[str] = "milestone"
    optional_fields: ClassVar[tuple[str, ...]] = ("cumulative",)

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        cumulative = members["cumulative"].boolean() if "cumulative" in members else False
        return cls(parse_bands(members["bands"], "amount"), cumulative)

    def to_json(self) -> dict[str, Any]:
        return {"bands": self.bands.to_json(), "cumulative": self.cumulative}

    def parts(self, measure: Decimal) -> list[Part]:
        reached = self.bands.all_reached(measure)
        return [(band, Decimal(1)) for band in (reached if self.cumulative else reached[-1:])]

    def steps(self, aggregate: Aggregate) -> list[Step]:
        return [
            Step("milestone", band.value, {"from": band.start, "amount_fixed": band.value})
            for band, _one in self.parts(aggregate.measure)
        ]
