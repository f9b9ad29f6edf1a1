"""The payout of a program over what it goes by, as it is: a band that reaches back to the first sale is a step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portal.shared.program_text import share_text
from prm.web import text
from prm.web.charts.scale import nice_step
from rebates.engine.calculations import Aggregate, Growth, Target
from rebates.engine.evaluate import payout_of
from rebates.engine.program import Program

POINTS = 12
REFERENCE = Decimal(100_000)
"""The earlier period or the target that a curve of growth or attainment is drawn for."""
JUST_BELOW = Decimal("0.000001")


def curve_of(rules: Program) -> dict[str, Any] | None:
    """The payout somewhat beyond the last band, as a line chart; None where it does not hang on one number."""
    starts = _starts(rules)
    if not starts:
        return None
    step, points = _points(rules, starts)
    values = [payout_at(rules, point) for point in points]
    return {
        "title": _("What it pays"),
        "desc": _curve_text(rules),
        "cats": [_point_text(rules, point) for point in points],
        "series": [{"name": _("Payout"), "values": values, "line": list(_line(rules, starts, step, points))}],
        "area": True,
        "fmt": "money",
        "currency": rules.currency,
    }


def payout_at(rules: Program, at: Decimal) -> Decimal:
    """The payout at a point of the measure, of growth or of attainment, whoever the partner is."""
    open_to_all = replace(rules, qualifiers=(), accumulate="period")
    return payout_of(open_to_all, _aggregate(rules, at)).amount


def is_share(rules: Program) -> bool:
    """Whether bands start at a percentage of something else."""
    return isinstance(rules.calculation, (Growth, Target))


def reference_text(rules: Program) -> str:
    if rules.measure == "quantity":
        return text.compact(REFERENCE)
    return text.money_compact(REFERENCE, rules.currency)


def _line(
    rules: Program, starts: Sequence[Decimal], step: Decimal, points: Sequence[Decimal]
) -> Iterator[tuple[Decimal, Decimal]]:
    """(place among the points, payout) wherever the payout bends; a step has two at one place."""
    bends = {start for start in starts if points[0] < start <= points[-1]}
    for point in sorted({*points, *bends}):
        if point in bends:
            yield point / step, payout_at(rules, point - JUST_BELOW)
        yield point / step, payout_at(rules, point)


def _aggregate(rules: Program, at: Decimal) -> Aggregate:
    match rules.calculation:
        case Growth():
            return Aggregate(REFERENCE * (1 + at), baseline=REFERENCE)
        case Target():
            return Aggregate(REFERENCE * at, target=REFERENCE)
    return Aggregate(at)


def _starts(rules: Program) -> list[Decimal]:
    calculation = rules.calculation
    if isinstance(calculation, Target) and calculation.bands is None:
        return [point.attainment for point in calculation.curve]
    return [band.start for band in calculation.ladder() or ()]


def _curve_text(rules: Program) -> str:
    reference = {"reference": reference_text(rules)}
    match rules.calculation:
        case Growth():
            return _("Payout by growth, when the earlier period had %(reference)s") % reference
        case Target():
            return _("Payout by attainment, for a target of %(reference)s") % reference
    return _("Payout by what was counted in one period")


def _point_text(rules: Program, point: Decimal) -> str:
    if is_share(rules):
        return share_text(point)
    return text.compact(point) if rules.measure == "quantity" else text.money_compact(point, rules.currency)


def _points(rules: Program, starts: Sequence[Decimal]) -> tuple[Decimal, list[Decimal]]:
    """Round steps from nothing to half as much again as the last band's start, and how long one is."""
    top = max([*starts, Decimal(0)]) * Decimal("1.5") or (Decimal("0.5") if is_share(rules) else REFERENCE)
    step = Decimal(str(nice_step(float(top), POINTS)))
    count = int(top / step) + 1
    return step, [step * index for index in range(count + 1)]
