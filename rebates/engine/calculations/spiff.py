"""`spiff`: an amount per unit, owed to the person named on the line."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from prm.money import plain
from rebates.engine.reading import Node
from rebates.engine.trace import Step

from .base import Aggregate, Calculation, Earned, earned


@dataclass(frozen=True)
class Spiff(Calculation):
    amount: Decimal

    type: ClassVar[str] = "spiff"
    fields: ClassVar[tuple[str, ...]] = ("amount",)
    measures: ClassVar[tuple[str, ...]] = ("quantity",)

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        return cls(members["amount"].amount())

    def to_json(self) -> dict[str, Any]:
        return {"amount": plain(self.amount)}

    def apply(self, aggregate: Aggregate) -> Earned:
        return earned(aggregate.measure * self.amount)

    def steps(self, aggregate: Aggregate) -> list[Step]:
        return [Step("spiff", aggregate.measure * self.amount, {"amount_each": self.amount, "part": aggregate.measure})]
