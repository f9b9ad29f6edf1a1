"""`target` 任务返利: how much of a target was attained decides the rate, by bands or along a curve."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar, Self

from prm.money import plain
from rebates.engine.reading import Fault, Node
from rebates.engine.trace import Step

from .bands import Band, Bands, parse_bands
from .base import ZERO, Aggregate, Calculation, Earned, Number
from .growth import PAY_ON


@dataclass(frozen=True, slots=True)
class Point:
    attainment: Decimal
    factor: Decimal


@dataclass(frozen=True)
class Target(Calculation):
    """Either `bands`, or `rate` and `curve`: the rate times a factor interpolated between the points, flat after the
    last, 0 before the first.
    """

    bands: Bands | None = None
    rate: Decimal | None = None
    curve: tuple[Point, ...] = ()
    pay_on: str = "all"

    type: ClassVar[str] = "target"
    fields: ClassVar[tuple[str, ...]] = ()
    optional_fields: ClassVar[tuple[str, ...]] = ("bands", "rate", "curve", "pay_on")

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        pay_on = members["pay_on"].choice(PAY_ON) if "pay_on" in members else "all"
        if "bands" in members:
            for key in ("rate", "curve"):
                if key in members:
                    members[key].fail("not_beside", other="bands")
            return cls(bands=parse_bands(members["bands"]), pay_on=pay_on)
        for key in ("rate", "curve"):
            if key not in members:
                raise Fault(_sibling(members, key), "missing_key")
        return cls(rate=members["rate"].amount(), curve=_parse_curve(members["curve"]), pay_on=pay_on)

    def to_json(self) -> dict[str, Any]:
        if self.bands is not None:
            return {"bands": self.bands.to_json(), "pay_on": self.pay_on}
        points = [{"attainment": plain(one.attainment), "factor": plain(one.factor)} for one in self.curve]
        return {"rate": plain(self.rate or ZERO), "curve": points, "pay_on": self.pay_on}

    def ladder(self) -> Bands | None:
        return self.bands

    def rungs(self, aggregate: Aggregate) -> list[Band]:
        target = aggregate.target
        if target is None:
            return []
        if self.bands is None:
            rate = self.rate or ZERO
            return [Band(target * one.attainment, None, rate * one.factor) for one in self.curve]
        return [
            Band(target * band.start, None if band.end is None else target * band.end, band.value)
            for band in self.bands
        ]

    def missing_input(self, aggregate: Aggregate) -> bool:
        return aggregate.target is None

    def apply(self, aggregate: Aggregate) -> Earned:
        target = aggregate.target
        if target is None:
            return Earned(ZERO, "no_target")
        if aggregate.measure < target * self._lowest:
            return Earned(ZERO, "below_first_band")
        part, band = self._part(aggregate.measure, target), self._band(aggregate.measure, target)
        amount: Number = band.value * part if band else self._curved(aggregate.measure, target) * Fraction(part)
        return Earned(amount, "" if amount else "nothing_earned")

    def steps(self, aggregate: Aggregate) -> list[Step]:
        found, target = self.apply(aggregate), aggregate.target
        if target is None or not found.amount:
            return []
        facts = {"target": target, "part": self._part(aggregate.measure, target)}
        if self.bands is None:
            return [Step("target_curve", found.amount, facts | {"rate": self.rate})]
        band = self._band(aggregate.measure, target)
        return [Step("target", found.amount, facts | {"from": band.start, "rate": band.value} if band else facts)]

    @property
    def _lowest(self) -> Decimal:
        return next(iter(self.bands)).start if self.bands is not None else self.curve[0].attainment

    def _part(self, measure: Decimal, target: Decimal) -> Decimal:
        return max(measure - target, ZERO) if self.pay_on == "excess" else measure

    def _band(self, measure: Decimal, target: Decimal) -> Band | None:
        reached = [band for band in self.bands or () if measure >= target * band.start]
        return reached[-1] if reached else None

    def _curved(self, measure: Decimal, target: Decimal) -> Fraction:
        return Fraction(self.rate or 0) * self._factor(Fraction(measure) / Fraction(target))

    def _factor(self, attainment: Fraction) -> Fraction:
        for low, high in pairwise(self.curve):
            if attainment < high.attainment:
                slope = Fraction(high.factor - low.factor) / Fraction(high.attainment - low.attainment)
                return Fraction(low.factor) + slope * (attainment - Fraction(low.attainment))
        return Fraction(self.curve[-1].factor)


def _sibling(members: dict[str, Node], key: str) -> str:
    """The path of a member that is not there, beside those that are."""
    parent = members["type"].path.removesuffix(".type")
    return f"{parent}.{key}"


def _parse_curve(node: Node) -> tuple[Point, ...]:
    points: list[Point] = []
    for item in node.items(minimum=1):
        members = item.object(("attainment", "factor"))
        point = Point(members["attainment"].amount(), members["factor"].amount())
        if points and point.attainment <= points[-1].attainment:
            raise Fault(members["attainment"].path, "curve_not_sorted")
        points.append(point)
    return tuple(points)
