"""Steps 3 to 5 for each partner and period of a program, and which lines of earlier periods they look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.rebates.oracle.calculations import Subject, raw_payout
from tests.rebates.oracle.customers import Earned, earnings
from tests.rebates.oracle.periods import Period
from tests.rebates.oracle.program import Program
from tests.rebates.oracle.qualifiers import first_failed
from tests.rebates.oracle.scope import Counted, Lines, Market


@dataclass(eq=False)
class Row:
    """One row of accruals.csv in the making.

    `raw` is the payout after steps 3 to 5 (under `year_to_date` that of the year until now), `withheld` tells that a
    qualifier fails or that target or baseline are missing, `units` is the payout in minor units before clawbacks.
    """

    program: Program
    partner: str
    period: Period
    lines: list[Counted]
    raw: Fraction
    reason: str
    withheld: bool
    units: int = 0


@dataclass(frozen=True)
class Evaluator:
    market: Market
    program: Program
    lines: Lines
    baselines: Lines
    """Lines as of `growth`'s earlier periods: without regard to validity."""

    def rows(self) -> list[Row]:
        return [self._row(partner, period) for partner, period in sorted(self.lines.places)]

    def _row(self, partner: str, period: Period) -> Row:
        program, facts = self.program, self.market.facts
        considered = self._considered(partner, period)
        subject = Subject(
            considered,
            sum((line.measure for line in considered), Fraction(0)),
            baseline=self._baseline(partner, period),
            target=self._target(partner, period),
            customers=self._customers(partner, period),
        )
        raw, reason = raw_payout(facts, program, subject)
        failed = first_failed(facts, program, partner, period, considered)
        if failed and raw:
            raw, reason = Fraction(0), f"qualifier {failed}"
        withheld = bool(failed) or self._lacks_something(subject)
        lines = self.lines.counted.get((partner, period), [])
        if not lines:
            # Only at-sale returns brought this row about: the period itself has nothing, also in a year that has.
            raw, reason = Fraction(0), "measure_not_positive"
        return Row(program, partner, period, lines, raw, reason, withheld)

    def _considered(self, partner: str, period: Period) -> list[Counted]:
        periods = self.market.calendar.year_until(period) if self.program.year_to_date else [period]
        return [line for when in periods for line in self.lines.counted.get((partner, when), [])]

    def baseline_periods(self, period: Period) -> Sequence[Period]:
        calendar = self.market.calendar
        if self.program.type != "growth":
            return []
        if self.program.calculation["baseline"] == "previous_period":
            return [calendar.before(period)]
        periods = calendar.year_until(period) if self.program.year_to_date else [period]
        return [calendar.last_year(when) for when in periods]

    def _baseline(self, partner: str, period: Period) -> Fraction | None:
        found = Fraction(0)
        for when in self.baseline_periods(period):
            found += sum(line.measure for line in self.baselines.counted.get((partner, when), []))
        return found if found > 0 else None

    def _target(self, partner: str, period: Period) -> Fraction | None:
        targets = self.market.facts.targets
        periods = self.market.calendar.year_until(period) if self.program.year_to_date else [period]
        found = [targets.get((self.program.code, partner, when.key)) for when in periods]
        return None if found[-1] is None else sum((target for target in found if target is not None), Fraction(0))

    def _customers(self, partner: str, period: Period) -> Sequence[Earned]:
        if self.program.type != "new_customer":
            return []
        return earnings(self.market.facts, self.program, self.lines, partner, period)

    def _lacks_something(self, subject: Subject) -> bool:
        calculation = self.program.calculation
        if self.program.type == "target":
            return subject.target is None
        excluded = calculation.get("without_baseline", "exclude") == "exclude"
        return self.program.type == "growth" and subject.baseline is None and excluded

    def faults(self) -> dict[str, str]:
        """Lines that would count but can't, and those of the baselines of our rows."""
        found: dict[str, str] = {}
        for lines in self.lines.faults.values():
            found |= lines
        for partner, period in self.lines.places:
            for when in self.baseline_periods(period):
                found |= self.baselines.faults.get((partner, when), {})
        return found


def evaluator_of(market: Market, program: Program) -> Evaluator:
    baselines = market.lines(program, always=True) if program.type == "growth" else Lines()
    return Evaluator(market, program, market.lines(program), baselines)
