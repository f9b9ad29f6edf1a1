"""How many partners stood in which band, by the rules of the time and by others."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rebates.engine.calculations import Growth, Target
from rebates.engine.periods import Period
from rebates.engine.program import Program as Rules
from rebates.engine.versions import Version
from rebates.sql import Evaluated

SHARE, QUANTITY = "share", "quantity"
Band = tuple[str, Decimal | None]
"""(unit, start as the program writes it); no start: below the first band, or without what the bands are measured by"""


@dataclass(frozen=True, slots=True)
class BandCount:
    """Partners with sales that count, by the highest band they reached in the period; None where a side has no such
    band. `unit` of the start is a currency, `quantity`, or `share` of an earlier period or a target.
    """

    period: Period
    unit: str
    start: Decimal | None
    before: int | None
    after: int | None


def band_counts(
    rules: Rules, periods: Iterable[Period], then: Sequence[Version], before: Sequence[Evaluated],
    after: Sequence[Evaluated],
) -> list[BandCount]:  # fmt: skip
    """By period and start; `after` are results of `rules`, `before` also of other programs, which are left out."""
    old = [one for one in then if one.program.code == rules.code]
    was = [one for one in before if one.version.program.code == rules.code]
    found: list[BandCount] = []
    for period in periods:
        in_force = [one.program for one in old if one.days_of(period)]
        left, right = _counted(in_force, was, period), _counted([rules], after, period)
        found += [
            BandCount(period, unit, start, left.get((unit, start)), right.get((unit, start)))
            for unit, start in sorted(left.keys() | right.keys(), key=_order)
        ]
    return found


def _counted(programs: Iterable[Rules], results: Iterable[Evaluated], period: Period) -> dict[Band, int]:
    """Every band of the programs, also those that nobody reached."""
    counts = Counter[Band]({(_unit(rules), start): 0 for rules in programs for start in _starts(rules)})
    for one in results:
        if one.period == period and _starts(one.version.program):
            counts[_unit(one.version.program), _reached(one)] += 1
    return dict(counts)


def _reached(one: Evaluated) -> Decimal | None:
    rungs = one.version.program.calculation.rungs(one.aggregate)
    place = bisect_right([rung.start for rung in rungs], one.aggregate.measure)
    return _starts(one.version.program)[place - 1] if place else None


def _starts(rules: Rules) -> list[Decimal]:
    calculation = rules.calculation
    if isinstance(calculation, Target) and calculation.bands is None:
        return [one.attainment for one in calculation.curve]
    return [band.start for band in calculation.ladder() or ()]


def _unit(rules: Rules) -> str:
    if isinstance(rules.calculation, (Growth, Target)):
        return SHARE
    return QUANTITY if rules.measure == "quantity" else rules.currency


def _order(band: Band) -> tuple[str, bool, Decimal]:
    unit, start = band
    return unit, start is not None, start or Decimal(0)
