"""`line_rate`: every line earns its measure times the rate of the first `when` that it meets."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from prm.money import plain
from rebates.engine.conditions import Condition, condition_json, parse_condition
from rebates.engine.reading import Node
from rebates.engine.trace import Step

from .base import ZERO, Aggregate, Calculation, Earned, earned


@dataclass(frozen=True, slots=True)
class Rate:
    when: Condition
    rate: Decimal


@dataclass(frozen=True)
class LineRate(Calculation):
    rates: tuple[Rate, ...]

    type: ClassVar[str] = "line_rate"
    fields: ClassVar[tuple[str, ...]] = ("rates",)

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        rates = []
        for item in members["rates"].items(minimum=1):
            found = item.object(("when", "rate"))
            rates.append(Rate(parse_condition(found["when"]), found["rate"].amount()))
        return cls(tuple(rates))

    def to_json(self) -> dict[str, Any]:
        return {"rates": [{"when": condition_json(one.when), "rate": plain(one.rate)} for one in self.rates]}

    def conditions(self) -> tuple[Condition, ...]:
        return tuple(one.when for one in self.rates)

    def apply(self, aggregate: Aggregate) -> Earned:
        if all(part is None for part in aggregate.rated):
            return Earned(ZERO, "no_rate_matches")
        return earned(self._sum(aggregate))

    def steps(self, aggregate: Aggregate) -> list[Step]:
        steps = [
            Step("line_rate", part * one.rate, {"number": Decimal(number), "rate": one.rate, "part": part})
            for number, (one, part) in enumerate(zip(self.rates, aggregate.rated, strict=False), 1)
            if part
        ]
        below = self._sum(aggregate)
        return [*steps, Step("not_below_zero", -below)] if below < 0 else steps

    def _sum(self, aggregate: Aggregate) -> Decimal:
        pairs = zip(self.rates, aggregate.rated, strict=False)
        return sum((part * one.rate for one, part in pairs if part is not None), ZERO)
