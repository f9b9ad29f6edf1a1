"""What other rules would have cost: past periods replayed, who wins and who loses, and where a cent makes a jump."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from prm.money import from_units
from rebates import fiscal
from rebates.engine.calculations import Aggregate
from rebates.engine.evaluate import payout_of
from rebates.engine.periods import Period, PeriodKind
from rebates.engine.program import Program as Rules
from rebates.engine.versions import Version
from rebates.evaluations import evaluation_of
from rebates.sql import Evaluated
from rebates.versions import sides_of
from rebates.whatif.bands import BandCount, band_counts
from rebates.whatif.names import Partners, Who

MOST_PERIODS = 8
HYPOTHESIS = "(what if)"
NEAR = Decimal("0.98")
WITH_CLIFFS = ("retroactive", "rolling", "total", "milestone", "per_unit")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a period cost by the rules of its time, and by the new ones."""

    period: Period
    currency: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Move:
    """What a partner earned over all periods by the rules of their time, and by the new ones."""

    partner: Who
    currency: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class NearMiss:
    partner: Who
    period: Period
    measure: Decimal
    missing: Decimal


@dataclass(frozen=True, slots=True)
class Cliff:
    """The start of a band at which one more minor unit, or unit, pays `jump` more."""

    start: Decimal
    below: Decimal
    at: Decimal
    near: list[NearMiss]

    @property
    def jump(self) -> Decimal:
        return self.at - self.below


@dataclass(frozen=True, slots=True)
class Replay:
    """Rules, as if they had been in force in all of `periods`, the oldest first. `has_group`: other programs may win
    what this one loses.
    """

    periods: list[Period]
    has_group: bool
    costs: list[Cost]
    moves: list[Move]
    cliffs: list[Cliff]
    bands: list[BandCount]

    def totals(self) -> list[tuple[str, Decimal, Decimal]]:
        """(currency, before, after) of all periods."""
        found: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for one in self.costs:
            found[one.currency][0] += one.before
            found[one.currency][1] += one.after
        return [(currency, before, after) for currency, (before, after) in sorted(found.items())]


def replay(rules: Rules, days: list[Period]) -> Replay:
    """What past periods of the program with this code would have cost by these rules. Writes nothing.

    Programs of the same `best` or `priority` group are part of both sides: what one loses another may win.
    """
    rules = replace(rules, valid_from=None, valid_to=None)
    then, others = sides_of(rules)
    now = [*others, Version(HYPOTHESIS, rules, None, None)]
    before, after = _within(then, days), _within(now, days)
    partners = Partners({one.partner_id for one in (*before, *after)})
    own = [one for one in after if one.version_id == HYPOTHESIS]
    return Replay(
        days, rules.stacking.rule != "stack", _costs(days, before, after), _moves(partners, before, after),
        cliffs_of(rules, own, partners), band_counts(rules, days, then, before, own),
    )  # fmt: skip


def past_periods(kind: PeriodKind, count: int, day: dt.date | None = None) -> list[Period]:
    """The last whole periods before the day, today unless told otherwise; at most 8, the oldest first."""
    calendar = fiscal.calendar()
    found = [calendar.previous(calendar.period(kind, day or fiscal.today()))]
    while len(found) < min(max(count, 1), MOST_PERIODS):
        found.insert(0, calendar.previous(found[0]))
    return found


def _within(versions: Sequence[Version], periods: Sequence[Period]) -> list[Evaluated]:
    if not versions:
        return []
    since, until = periods[0].start, periods[-1].end
    found = evaluation_of(versions, settled=False, since=since, until=until)
    return [one for one in found if since <= one.period.start and one.period.end <= until]


def _costs(periods: Sequence[Period], before: Iterable[Evaluated], after: Iterable[Evaluated]) -> list[Cost]:
    then, now = (_sums(side, lambda one: (one.period, one.currency)) for side in (before, after))
    currencies = sorted({currency for _period, currency in then.keys() | now.keys()})
    inside = {*periods, *(period for period, _currency in then.keys() | now.keys())}
    ordered = sorted(inside, key=lambda period: (period.start, period.end))
    return [
        Cost(period, currency, then.get((period, currency), Decimal(0)), now.get((period, currency), Decimal(0)))
        for currency in currencies
        for period in ordered
    ]


def _moves(partners: Partners, before: Iterable[Evaluated], after: Iterable[Evaluated]) -> list[Move]:
    """Partners for whom something changes, the largest change first."""
    then = _sums(before, lambda one: (one.partner_id, one.currency))
    now = _sums(after, lambda one: (one.partner_id, one.currency))
    moves = [
        Move(partners[place[0]], place[1], then.get(place, Decimal(0)), now.get(place, Decimal(0)))
        for place in then.keys() | now.keys()
    ]
    changed = [one for one in moves if one.difference]
    return sorted(changed, key=lambda one: (-abs(one.difference), one.partner.code, one.currency))


def _sums(results: Iterable[Evaluated], key: Any) -> dict[Any, Decimal]:
    found = defaultdict[Any, Decimal](Decimal)
    for one in results:
        found[key(one)] += one.payout
    return found


def cliffs_of(rules: Rules, results: Sequence[Evaluated], partners: Partners) -> list[Cliff]:
    """The edges at which the payout jumps, and who stood within 2 % below them. Marginal bands have none."""
    calculation = rules.calculation
    if calculation.type not in WITH_CLIFFS or getattr(calculation, "mode", "") == "marginal":
        return []
    unit = Decimal(1) if rules.measure == "quantity" else from_units(1, rules.currency)
    # Qualifiers look at more than the measure; the edge is meant for who meets them.
    bare = replace(rules, qualifiers=())
    cliffs = []
    for band in calculation.ladder() or ():
        if band.start > 0:
            below, at = (payout_of(bare, Aggregate(measure)).amount for measure in (band.start - unit, band.start))
            cliffs.append(Cliff(band.start, below, at, _near(band.start, results, partners)))
    return [one for one in cliffs if one.jump]


def _near(start: Decimal, results: Sequence[Evaluated], partners: Partners) -> list[NearMiss]:
    found = [
        NearMiss(partners[one.partner_id], one.period, one.aggregate.measure, start - one.aggregate.measure)
        for one in results
        if start * NEAR <= one.aggregate.measure < start
    ]
    return sorted(found, key=lambda one: (one.missing, one.partner.code, one.period.key))
