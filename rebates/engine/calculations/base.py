"""What every calculation is: read from a document, turned back into it, applied to aggregates, explained."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from rebates.engine.reading import Node
from rebates.engine.trace import Step

from .bands import Bands


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What the sale lines of one program, partner and period add up to.

    `measure` is in the program's currency (or in units), not rounded; `lines` counts the sale lines in it.
    """

    measure: Decimal
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Earned:
    """The raw payout of a calculation, not rounded. `reason` says why it is 0, else it is empty."""

    amount: Decimal
    reason: str = ""


class Calculation(ABC):
    """A strategy. `apply` and `steps` run inside `prm.money.exact()` with a measure above 0."""

    type: ClassVar[str]
    fields: ClassVar[tuple[str, ...]]
    optional_fields: ClassVar[tuple[str, ...]] = ()

    @classmethod
    @abstractmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        """From the members of the `calculation` object, `type` apart."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """The canonical members, `type` apart."""

    @abstractmethod
    def apply(self, aggregate: Aggregate) -> Earned: ...

    @abstractmethod
    def steps(self, aggregate: Aggregate) -> list[Step]:
        """The parts of the raw payout; their amounts add up to it exactly."""

    def ladder(self) -> Bands | None:
        """The bands of the measure that a partner climbs, None where there are none."""
        return None
