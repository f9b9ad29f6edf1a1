"""What every calculation is: read from a document, turned back into it, applied to aggregates, explained."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Self

from rebates.engine.reading import Node
from rebates.engine.trace import Step

from .bands import Band, Bands

if TYPE_CHECKING:
    from rebates.engine.conditions import Condition

Number = Decimal | Fraction
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a partner is on the last day of a period. `certified` counts people by certification, "" counts all."""

    tier: str | None = None
    certified: Mapping[str, int] = field(default_factory=dict)
    agreement_signed: bool = False
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Customer:
    """An end customer that this partner sold to first, with a line that can earn in the period.

    `order` is what its first order in scope came to, `opens` says that this order is in the period; `before` and `now`
    are the measure of its lines in the window up to the period before, and up to this one.
    """

    code: str
    order: Decimal
    opens: bool
    before: Decimal
    now: Decimal


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What the sale lines of one program, partner and period add up to.

    `measure` is in the program's currency (or in units), not rounded; `lines` counts the sale lines in it. `rated`
    splits the measure by the first `when` that a line meets (None: no line meets it), `mixes` holds the part of each
    `mix` qualifier, `distinct` the count of each `distinct` one, both in the order of the qualifiers.
    """

    measure: Decimal
    lines: int = 0
    rated: tuple[Decimal | None, ...] = ()
    mixes: tuple[Decimal, ...] = ()
    distinct: tuple[int, ...] = ()
    baseline: Decimal | None = None
    target: Decimal | None = None
    customers: tuple[Customer, ...] = ()
    standing: Standing = Standing()


@dataclass(frozen=True, slots=True)
class Earned:
    """The raw payout of a calculation, not rounded. `reason` says why it is 0, else it is empty."""

    amount: Number
    reason: str = ""


class Calculation(ABC):
    """A strategy. `apply` and `steps` run inside `prm.money.exact()` with a measure above 0."""

    type: ClassVar[str]
    fields: ClassVar[tuple[str, ...]]
    optional_fields: ClassVar[tuple[str, ...]] = ()
    measures: ClassVar[tuple[str, ...]] = ("net_amount", "quantity", "margin")
    """What may be added up; the first is the default."""

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
        """The bands as they are written, None where there are none."""
        return None

    def rungs(self, aggregate: Aggregate) -> list[Band]:
        """The bands that a partner climbs, with their starts in the measure; empty where there are none."""
        ladder = self.ladder()
        return list(ladder) if ladder else []

    def missing_input(self, aggregate: Aggregate) -> bool:
        """Whether a target or a baseline that it needs is not there."""
        return False

    def conditions(self) -> "tuple[Condition, ...]":
        """The `when` of each rate, for a calculation that tells lines apart."""
        return ()


def earned(amount: Number) -> Earned:
    """A payout of step 4: nothing below 0."""
    return Earned(amount) if amount > 0 else Earned(ZERO, "nothing_earned")
