"""From aggregates to payouts: steps 3 to 9 of the order of evaluation for one program, partner and period.

`qualified` answers steps 3 to 5, `best_of` step 6 where only the best of a group pays, `payout_of` steps 7 to 9. The
budget of a program looks at all partners of a period: `rebates.engine.chain`. Everything is exact until the one
rounding; the same inputs give the same cents in any order, at once or in parts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from prm.money import exact, floor_money, minor_units, round_fraction, round_money

from .calculations import Aggregate, Earned, Number
from .program import Program
from .qualifiers import first_failing

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Qualified:
    """The outcome of steps 3 to 5. `calculated` is what the calculation gave, `amount` what the qualifiers left of it,
    neither rounded.

    `voids` says that a qualifier failed, or a target or baseline is missing: then a year to date takes nothing back.
    """

    calculated: Number
    amount: Number
    reason: str
    voids: bool = False


@dataclass(frozen=True, slots=True)
class Payout:
    """What one partner earns from one program in one period, and how it came about.

    `amount` has the currency's digits and is what is owed: `granted`, which the budget left, less `taken_back`, the
    claw-back of at-sale returns (None where there was none). `earlier` is what the year's earlier periods earned.
    """

    calculated: Number
    qualified: Number
    stacked: Number
    earlier: Decimal
    capped: Number
    rounded: Decimal
    granted: Decimal
    reason: str
    taken_back: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        if self.taken_back is None:
            return self.granted
        with exact():
            return self.granted - self.taken_back

    @property
    def raw(self) -> Number:
        return self.stacked

    @property
    def full_reason(self) -> str:
        """The reason with `clawback` added where returns took something back, or tried to."""
        if self.taken_back is None:
            return self.reason
        return f"{self.reason}; clawback" if self.reason else "clawback"


def qualified(program: Program, aggregate: Aggregate) -> Qualified:
    """Steps 3 to 5."""
    with exact():
        return _qualified(program, aggregate)


def payout_of(program: Program, aggregate: Aggregate) -> Payout:
    """Steps 3 to 9 of a program that stands alone, before its budget."""
    with exact():
        return _finished(program, _qualified(program, aggregate), "", ZERO)


def payouts_of(pairs: Iterable[tuple[Program, Aggregate]]) -> list[Payout]:
    """The same for many: entering the exact context once is a fifth of the work."""
    with exact():
        return [_finished(program, _qualified(program, aggregate), "", ZERO) for program, aggregate in pairs]


def finished(program: Program, found: Qualified, *, lost_to: str = "", earlier: Decimal = ZERO) -> Payout:
    """Steps 6 to 9, before the budget, of what steps 3 to 5 found: `lost_to` is the reason why another program of a
    `best` group pays instead, `earlier` the sum that a year-to-date program earned in the year's earlier periods.
    """
    with exact():
        return _finished(program, found, lost_to, earlier)


def _qualified(program: Program, aggregate: Aggregate) -> Qualified:
    found = _calculated(program, aggregate)
    failing = first_failing(program.qualifiers, aggregate) if program.qualifiers else None
    voids = failing is not None or program.calculation.missing_input(aggregate)
    if failing is None or not found.amount:
        return Qualified(found.amount, found.amount if failing is None else ZERO, found.reason, voids)
    return Qualified(found.amount, ZERO, f"qualifier {failing[0].type}", voids)


def _calculated(program: Program, aggregate: Aggregate) -> Earned:
    if aggregate.measure <= 0:
        return Earned(ZERO, "measure_not_positive")
    return program.calculation.apply(aggregate)


def _finished(program: Program, found: Qualified, lost_to: str, earlier: Decimal) -> Payout:
    stacked, reason = (ZERO, lost_to) if lost_to else (found.amount, found.reason)
    due = stacked
    if program.is_year_to_date:
        earlier = ZERO if found.voids else earlier
        due = _rounded(stacked, program.currency) - earlier
    limit = _limit(program)
    capped = due if limit is None or due <= limit else limit
    rounded = _rounded(capped, program.currency)
    if stacked or rounded:
        reason = "cap" if capped != due else ""
    reason = _final_reason(program, rounded, reason)
    return Payout(found.calculated, found.amount, stacked, earlier, capped, rounded, rounded, reason)


def granted(program: Program, payout: Payout, amount: Decimal) -> Payout:
    """The payout as the program's budget leaves it."""
    if amount == payout.rounded:
        return payout
    return replace(payout, granted=amount, reason=_final_reason(program, amount, "program_total"))


def _final_reason(program: Program, amount: Decimal, reason: str) -> str:
    """Below the minimum is told before what lowered the payout: the partner asks why nothing comes."""
    minimum = program.minimum_payout
    return "below_minimum_payout" if minimum is not None and 0 < amount < minimum.amount else reason


def _limit(program: Program) -> Decimal | None:
    if program.cap is None or program.cap.per_period is None:
        return None
    return floor_money(program.cap.per_period, program.currency)


def _rounded(amount: Number, currency: str) -> Decimal:
    if isinstance(amount, Fraction):
        return round_fraction(amount, minor_units(currency))
    rounded = round_money(amount, currency)
    return abs(rounded) if rounded == 0 else rounded


@dataclass(frozen=True, slots=True)
class Contender:
    """A program of a `best` group with what it would pay, and the rate of its currency in base currency."""

    code: str
    amount: Number
    rate: Decimal | None


def best_of(contenders: Iterable[Contender]) -> dict[str, str]:
    """By code, the reason for which a program of a `best` group does not pay what it would.

    The largest payout in base currency wins, a tie the lowest code. A missing rate leaves all of them without payout.
    """
    found = list(contenders)
    if any(one.rate is None for one in found):
        return {one.code: "no_rate" for one in found if one.amount > 0}
    values = {one.code: Fraction(one.amount) * Fraction(one.rate or 0) for one in found}
    winner = min(values, key=lambda code: (-values[code], code))
    if values[winner] <= 0:
        return {}
    return {code: f"best {winner}" for code in values if code != winner and values[code] > 0}
