"""Step 4: the payout of each type of calculation, not yet rounded, and why it is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from tests.rebates.oracle.conditions import holds
from tests.rebates.oracle.customers import Earned
from tests.rebates.oracle.facts import Facts
from tests.rebates.oracle.program import Object, Program, value
from tests.rebates.oracle.scope import Counted

ZERO = Fraction(0)
Band = tuple[Fraction, Fraction]
"""Where it begins, and its rate or amount."""
Raw = tuple[Fraction, str]
"""A payout, and the reason why there is none."""


@dataclass(frozen=True)
class Subject:
    """What is reckoned with: the lines, their measure, and what only some calculations ask for.

    `baseline` and `target` are None when there is none.
    """

    lines: Sequence[Counted]
    measure: Fraction
    baseline: Fraction | None = None
    target: Fraction | None = None
    customers: Sequence[Earned] = ()


def raw_payout(facts: Facts, program: Program, subject: Subject) -> Raw:
    """Steps 3 and 4."""
    if subject.measure <= 0:
        return ZERO, "measure_not_positive"
    reckon = {
        "line_rate": _line_rate, "growth": _growth, "target": _target, "new_customer": _new_customer, "spiff": _spiff,
    }.get(program.type, _banded)  # fmt: skip
    payout, reason = reckon(facts, program, subject)
    if payout > 0:
        return payout, ""
    return ZERO, reason or "nothing_earned"


def bands_of(calculation: Object, name: str) -> list[Band]:
    return [(value(band, "from"), value(band, name)) for band in calculation["bands"]]


def highest(bands: Sequence[Band], reached: Fraction) -> Fraction:
    """The rate of the band that is reached; 0 below the first."""
    return next((rate for start, rate in reversed(bands) if reached >= start), ZERO)


def slices(bands: Sequence[Band], measure: Fraction) -> Fraction:
    """Each band's rate on the part of the measure inside the band."""
    ends = [start for start, _ in bands[1:]] + [max(measure, bands[-1][0])]
    return sum(
        (max(ZERO, min(measure, end) - start) * rate for (start, rate), end in zip(bands, ends, strict=True)), ZERO
    )


def _banded(_facts: Facts, program: Program, subject: Subject) -> Raw:
    calculation, measure = program.calculation, subject.measure
    kind = calculation["mode"] if program.type == "per_unit" else program.type
    bands = bands_of(calculation, "amount" if program.type in ("per_unit", "milestone") else "rate")
    if measure < bands[0][0]:
        return ZERO, "below_first_band"
    reached = [rate for start, rate in bands if measure >= start]
    if kind == "marginal":
        payout = slices(bands, measure)
    elif kind == "retroactive":
        payout = reached[-1] * measure
    elif kind == "total":
        payout = sum(reached) * measure
    elif kind == "rolling":
        tops = [start for start, _ in bands[1:]] + [measure]
        payout = sum((rate * min(measure, top) for rate, top in zip(reached, tops, strict=False)), ZERO)
    else:
        payout = sum(reached, ZERO) if calculation.get("cumulative", False) else reached[-1]
    return payout, ""


def line_rate(facts: Facts, program: Program, line: Counted) -> Fraction | None:
    """The rate of the first condition that the line meets; None when it meets none."""
    for rate in program.calculation["rates"]:
        if holds(facts, rate.get("when", {}), line.seen, line.day):
            return value(rate, "rate")
    return None


def _line_rate(facts: Facts, program: Program, subject: Subject) -> Raw:
    rates = [(line.measure, line_rate(facts, program, line)) for line in subject.lines]
    if all(rate is None for _, rate in rates):
        return ZERO, "no_rate_matches"
    return sum((measure * rate for measure, rate in rates if rate is not None), ZERO), ""


def _paid_on(calculation: Object, measure: Fraction, aim: Fraction) -> Fraction:
    """All of the measure, or what exceeds the aim."""
    return max(ZERO, measure - aim) if calculation.get("pay_on", "all") == "excess" else measure


def _growth(_facts: Facts, program: Program, subject: Subject) -> Raw:
    calculation, measure, baseline = program.calculation, subject.measure, subject.baseline
    bands = bands_of(calculation, "rate")
    if baseline is None:
        if calculation.get("without_baseline", "exclude") == "first_band":
            return bands[0][1] * measure, ""
        return ZERO, "no_baseline"
    growth = measure / baseline - 1
    if growth < bands[0][0]:
        return ZERO, "below_first_band"
    return highest(bands, growth) * _paid_on(calculation, measure, baseline), ""


def _target(_facts: Facts, program: Program, subject: Subject) -> Raw:
    calculation, measure, target = program.calculation, subject.measure, subject.target
    if target is None:
        return ZERO, "no_target"
    attainment, paid_on = measure / target, _paid_on(calculation, measure, target)
    if "bands" in calculation:
        bands = bands_of(calculation, "rate")
        if attainment < bands[0][0]:
            return ZERO, "below_first_band"
        return highest(bands, attainment) * paid_on, ""
    points = [(value(point, "attainment"), value(point, "factor")) for point in calculation["curve"]]
    if attainment < points[0][0]:
        return ZERO, "below_first_band"
    return value(calculation, "rate") * factor(points, attainment) * paid_on, ""


def factor(points: Sequence[Band], attainment: Fraction) -> Fraction:
    """Straight lines between the points, flat after the last."""
    for (left, low), (right, high) in pairwise(points):
        if left <= attainment <= right:
            return low + (high - low) * (attainment - left) / (right - left)
    return points[-1][1]


def _new_customer(_facts: Facts, _program: Program, subject: Subject) -> Raw:
    if not subject.customers:
        return ZERO, "no_new_customer"
    return sum((earned.amount for earned in subject.customers), ZERO), ""


def _spiff(_facts: Facts, program: Program, subject: Subject) -> Raw:
    return value(program.calculation, "amount") * subject.measure, ""
