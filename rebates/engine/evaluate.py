"""From aggregates to payouts: steps 3 to 9 of the order of evaluation for one program, partner and period.

Everything is exact until the one rounding; the same inputs give the same cents in any order, at once or in parts.
"""

from dataclasses import dataclass
from decimal import Decimal

from prm.money import exact, round_money

from .calculations import Aggregate, Earned
from .program import Program
from .trace import NextBand, Step, Trace


@dataclass(frozen=True, slots=True)
class Payout:
    """What one partner earns from one program in one period. `raw` is not rounded, `amount` has the currency's
    digits.
    """

    raw: Decimal
    amount: Decimal
    reason: str


def payout_of(program: Program, aggregate: Aggregate) -> Payout:
    """The payout of one program, partner and period. A measure that is not positive earns nothing."""
    with exact():
        earned = _earned(program, aggregate)
        amount = round_money(earned.amount, program.currency)
        return Payout(earned.amount, abs(amount) if amount == 0 else amount, earned.reason)


def _earned(program: Program, aggregate: Aggregate) -> Earned:
    if aggregate.measure <= 0:
        return Earned(Decimal(0), "measure_not_positive")
    return program.calculation.apply(aggregate)


def trace_of(program: Program, aggregate: Aggregate) -> Trace:
    """The explanation of `payout_of(program, aggregate)`."""
    payout = payout_of(program, aggregate)
    with exact():
        steps = program.calculation.steps(aggregate) if aggregate.measure > 0 else []
        rounding = payout.amount - sum((step.amount for step in steps), Decimal(0))
        if rounding:
            steps = [*steps, Step("rounding", rounding)]
        return Trace(
            type=program.calculation.type,
            measure_kind=program.measure,
            measure=aggregate.measure,
            currency=program.currency,
            steps=tuple(steps),
            payout=payout.amount,
            reason=payout.reason,
            next_band=next_band(program, aggregate),
        )


def next_band(program: Program, aggregate: Aggregate) -> NextBand | None:
    """The next band of the measure and what reaching it exactly would add; None at the top or where there are no
    bands.
    """
    ladder = program.calculation.ladder()
    band = ladder.next_after(max(aggregate.measure, Decimal(0))) if ladder else None
    if band is None:
        return None
    with exact():
        there = payout_of(program, Aggregate(band.start, aggregate.lines))
        gain = there.amount - payout_of(program, aggregate).amount
        return NextBand(band.start, band.value, band.start - aggregate.measure, gain)
