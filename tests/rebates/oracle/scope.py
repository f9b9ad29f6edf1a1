"""Steps 1 to 3: which lines count for which program, in which period, with which measure, and which can't count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.rebates.oracle.conditions import holds
from tests.rebates.oracle.facts import Facts, Sale
from tests.rebates.oracle.periods import Calendar, Period
from tests.rebates.oracle.program import Program
from tests.rebates.oracle.returns import original_of, seen_as

Place = tuple[str, Period]
"""A partner and a period."""


@dataclass(frozen=True, eq=False)
class Counted:
    """A line that counts.

    `seen` is the line whose fields and day it takes, `day` the one on which its partner is looked at, `net` is its net
    amount in the program's currency, 0 where the program uses no money.
    """

    sale: Sale
    seen: Sale
    day: date
    measure: Fraction
    net: Fraction


@dataclass
class Lines:
    """Of one program: the lines that count, those that can't and why, and returns that stand outside, by place."""

    counted: dict[Place, list[Counted]] = field(default_factory=dict)
    faults: dict[Place, dict[str, str]] = field(default_factory=dict)
    clawbacks: dict[Place, list[Sale]] = field(default_factory=dict)

    @property
    def places(self) -> set[Place]:
        return self.counted.keys() | self.clawbacks.keys()


@dataclass(frozen=True)
class Market:
    """Facts, calendar and all programs: what decides about a line."""

    facts: Facts
    calendar: Calendar
    programs: Sequence[Program]
    orphans: Collection[str]

    def partner_day(self, program: Program, seen: Sale) -> date:
        if not program.at_period_end:
            return seen.sold_on
        last = self.calendar.of(program.period, seen.sold_on).last
        return min(last, self.facts.as_of or last)

    def meets(self, program: Program, sale: Sale, *, always: bool) -> bool:
        """Scope and validity; `always` leaves validity aside."""
        seen = seen_as(self.facts, program, sale)
        if not (always or program.valid_on(seen.sold_on)):
            return False
        return holds(self.facts, program.scope, seen, self.partner_day(program, seen))

    def in_scope(self, program: Program, sale: Sale, *, always: bool = False) -> bool:
        if not self.meets(program, sale, always=always):
            return False
        if program.rule != "priority":
            return True
        # A return goes where its original went.
        original = original_of(self.facts, sale)
        rivals = [
            (rival.priority, rival.code)
            for rival in self.programs
            if rival.group == program.group and self.meets(rival, original, always=always)
        ]
        return bool(rivals) and min(rivals) == (program.priority, program.code)

    def lines(self, program: Program, *, always: bool = False) -> Lines:
        found = Lines()
        for name, sale in self.facts.sales.items():
            if name not in self.orphans and self.in_scope(program, sale, always=always):
                self._put(program, sale, found)
        return found

    def _put(self, program: Program, sale: Sale, found: Lines) -> None:
        seen = seen_as(self.facts, program, sale)
        outside = sale.is_return and program.returns == "at_sale_rate"
        period = self.calendar.of(program.period, sale.sold_on if outside else seen.sold_on)
        place = sale.partner, period
        if outside:
            found.clawbacks.setdefault(place, []).append(sale)
            return
        measured = measure(self.facts, program, sale, seen)
        if isinstance(measured, str):
            found.faults.setdefault(place, {})[sale.external_id] = measured
        else:
            counted = Counted(sale, seen, self.partner_day(program, seen), *measured)
            found.counted.setdefault(place, []).append(counted)


def measure(facts: Facts, program: Program, sale: Sale, seen: Sale) -> tuple[Fraction, Fraction] | str:
    """The measure and the net amount of a line in the program's currency, or the reason why it can't count."""
    if program.type == "spiff" and "sold_by" not in seen.cells:
        return "no_sold_by"
    if not program.uses_money:
        return sale.quantity, Fraction(0)
    rate = facts.rate(sale.currency, program.currency, seen.sold_on)
    if rate is None:
        return f"no_rate {sale.currency}->{program.currency} on {seen.sold_on}"
    net = sale.net_amount * rate
    if program.measure == "margin":
        cost = _cost(facts, program, sale, seen)
        return cost if isinstance(cost, str) else (net - cost, net)
    return (sale.quantity if program.measure == "quantity" else net), net


def _cost(facts: Facts, program: Program, sale: Sale, seen: Sale) -> Fraction | str:
    cost = facts.products[sale.sku].unit_cost
    if cost is None:
        return "no_unit_cost"
    rate = facts.rate(facts.base_currency, program.currency, seen.sold_on)
    if rate is None:
        return f"no_rate {facts.base_currency}->{program.currency} on {seen.sold_on}"
    return sale.quantity * cost * rate
