"""The calculation `new_customer`: what each end customer earns in each period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from tests.rebates.oracle.facts import Facts, Sale
from tests.rebates.oracle.periods import Period
from tests.rebates.oracle.program import Program, value
from tests.rebates.oracle.scope import Counted, Lines


@dataclass(frozen=True)
class Earned:
    """By one customer in one period: an amount, and the lines that earned it."""

    amount: Fraction
    lines: list[Counted]


def earnings(facts: Facts, program: Program, lines: Lines, partner: str, period: Period) -> list[Earned]:
    """Of the new customers that have an earning line of this partner in this period."""
    ours: dict[str, dict[Period, list[Counted]]] = {}
    for (seller, when), counted in lines.counted.items():
        for line in counted if seller == partner else ():
            ours.setdefault(line.seen.cells.get("customer_code", ""), {}).setdefault(when, []).append(line)
    found = []
    for customer, by_period in sorted(ours.items()):
        first = facts.first_sales.get(customer)
        if first is not None and first.partner == partner and period in by_period:
            earned = _of_customer(program, first, by_period, period)
            if earned.lines:
                found.append(earned)
    return found


def _of_customer(program: Program, first: Sale, by_period: dict[Period, list[Counted]], period: Period) -> Earned:
    everything = [line for lines in by_period.values() for line in lines]
    order = [line for line in everything if _in_first_order(first, line.seen)]
    calculation = program.calculation
    if "amount" in calculation:
        lines = [line for line in by_period[period] if _in_first_order(first, line.seen)]
        earned = _capped(program, value(calculation, "amount")) if lines else Fraction(0)
    else:
        last = first.sold_on + timedelta(days=int(calculation["window_days"]) - 1)
        lines = [line for line in by_period[period] if first.sold_on <= line.seen.sold_on <= last]
        window = {
            when: sum((x.measure for x in lines if first.sold_on <= x.seen.sold_on <= last), Fraction(0))
            for when, lines in by_period.items()
        }
        earned = _until(program, window, period, including=True) - _until(program, window, period, including=False)
    return Earned(earned if _big_enough(program, order) else Fraction(0), lines)


def _in_first_order(first: Sale, seen: Sale) -> bool:
    """The lines of that partner and customer are given; the day and the invoice decide."""
    return seen.sold_on == first.sold_on and seen.cells.get("invoice_no") == first.cells.get("invoice_no")


def _big_enough(program: Program, order: Sequence[Counted]) -> bool:
    if not program.uses_money:
        return sum(line.measure for line in order) > 0
    net = sum((line.net for line in order), Fraction(0))
    return net > 0 and net >= value(program.calculation, "min_first_order")


def _until(program: Program, window: dict[Period, Fraction], period: Period, *, including: bool) -> Fraction:
    """What the customer has earned up to the end of the period, or of the one before."""
    bought = sum(
        (x for when, x in window.items() if when.first < period.first or (including and when == period)), Fraction(0)
    )
    return _capped(program, max(Fraction(0), value(program.calculation, "rate") * bought))


def _capped(program: Program, earned: Fraction) -> Fraction:
    if "cap_per_customer" in program.calculation:
        return min(earned, value(program.calculation, "cap_per_customer"))
    return earned


def contributions(facts: Facts, program: Program, lines: Lines, partner: str, period: Period) -> dict[str, Fraction]:
    """Of each earning line: its part of what its customer earned in the period."""
    found = {}
    for earned in earnings(facts, program, lines, partner, period):
        weights = [line.measure for line in earned.lines]
        if not sum(weights):
            weights = [abs(weight) for weight in weights]
        if not sum(weights):
            weights = [Fraction(1)] * len(weights)
        for line, weight in zip(earned.lines, weights, strict=True):
            found[line.sale.external_id] = earned.amount * weight / sum(weights)
    return found
