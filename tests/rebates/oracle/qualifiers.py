"""Step 5: what a partner in a period must meet to be paid."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.rebates.oracle.conditions import field_value, holds
from tests.rebates.oracle.facts import Facts
from tests.rebates.oracle.periods import Period
from tests.rebates.oracle.program import Object, Program, value
from tests.rebates.oracle.scope import Counted


def first_failed(facts: Facts, program: Program, partner: str, period: Period, lines: Sequence[Counted]) -> str:
    """The type of the first qualifier, in the order of the file, that does not hold; empty when all hold."""
    for qualifier in program.qualifiers:
        if not _holds(facts, qualifier, partner, period, lines):
            return str(qualifier["type"])
    return ""


def _holds(facts: Facts, qualifier: Object, partner: str, period: Period, lines: Sequence[Counted]) -> bool:
    total = sum((line.measure for line in lines), Fraction(0))
    kind = qualifier["type"]
    if kind == "min_measure":
        return total >= value(qualifier, "value")
    if kind == "mix":
        inside = [line.measure for line in lines if holds(facts, qualifier["scope"], line.seen, line.day)]
        return sum(inside) >= value(qualifier, "min_share") * total
    if kind == "distinct":
        return _distinct(facts, qualifier["field"], lines) >= value(qualifier, "min")
    if kind == "tier":
        return facts.partners[partner].tier(min(period.last, facts.as_of or period.last)) in qualifier["in"]
    # In files nobody is certified, nothing is signed, nothing is overdue.
    return kind == "no_overdue" or (kind == "certified_people" and value(qualifier, "min") <= 0)


def _distinct(facts: Facts, field: str, lines: Sequence[Counted]) -> int:
    measures: dict[Any, Fraction] = {}
    for line in lines:
        found = field_value(facts, line.seen, line.day, field)
        if found is not None:
            measures[found] = measures.get(found, Fraction(0)) + line.measure
    return sum(1 for measure in measures.values() if measure > 0)
