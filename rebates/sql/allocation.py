"""The lines behind payouts and their shares, which add up to them to the cent."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any
from uuid import UUID

from prm.money import allocate, from_units, to_units
from rebates.engine.calculations import NewCustomer
from rebates.engine.periods import Period

from .direct import allocated_sql, earning_lines_sql, payouts_sql, returned_sql
from .inputs import Inputs
from .parameters import Parameters, Sources
from .plan import Plan, Role
from .run import portions

Shares = Mapping[tuple[Any, Period], Decimal]
"""(partner, period) → payout to split"""


ALLOCATED = """
    SELECT id, external_id, sold_on, day, value, allocated, partner_id, period FROM allocated
    ORDER BY external_id COLLATE "C"
    """


@dataclass(frozen=True, slots=True)
class CountedLine:
    """A line that counts for a payout, its contribution to the measure and its share of the payout.

    `day` is the day on which it counts: for a restated return that of its original.
    """

    line_id: int
    external_id: str
    sold_on: date
    day: date
    contribution: Decimal
    amount: Decimal
    partner_id: UUID
    period_start: date


def allocated_rows(
    plan: Plan, sources: Sources, bucket: int, shares: Shares, *, returned: bool = False
) -> Iterator[tuple[Any, ...]]:
    """Rows of a version's lines: (id, external_id, sold_on, day, value, units, partner_id, first day of the span), by
    external id; with `returned` instead the rows of `returned_sql`.
    """
    plan, program = plan.focused(bucket), plan.versions[bucket].program
    if isinstance(program.calculation, NewCustomer):
        lines = sorted(_by_customer(plan, sources, bucket, shares), key=lambda line: str(line[1]))
        yield from _returned_of(plan, sources, bucket, lines) if returned else lines
        return
    p = Parameters()
    payouts = payouts_sql(p, payout_columns(plan, bucket, shares))
    step, final = returned_sql(sources, p, plan) if returned else ("", ALLOCATED)
    yield from portions(allocated_sql(plan, sources, p, bucket, payouts, final, step), p, plan)


def payout_columns(plan: Plan, bucket: int, shares: Shares) -> tuple[Sequence[object], ...]:
    """The columns of `payouts_sql`: the spans of the version stand for its periods."""
    firsts = _firsts(plan, bucket)
    found = [(place, amount) for place, amount in shares.items() if place[1].key in firsts]
    currency = plan.versions[bucket].program.currency
    return (
        [str(partner_id) for (partner_id, _period), _amount in found],
        [firsts[period.key] for (_partner_id, period), _amount in found],
        [to_units(amount, currency) for _place, amount in found],
    )


def _firsts(plan: Plan, bucket: int) -> dict[str, date]:
    return {span.period.key: span.first for span in plan.spans if span.bucket == bucket and span.role is Role.ROW}


def _by_customer(plan: Plan, sources: Sources, bucket: int, shares: Shares) -> Iterator[tuple[Any, ...]]:
    """New customers: a line's part of what its customer earned. These parts are ratios, so they are split here."""
    p, calculation = Parameters(), plan.versions[bucket].program.calculation
    once = isinstance(calculation, NewCustomer) and calculation.amount is not None
    inputs, units = Inputs.load(plan, sources), dict[tuple[str, object], int]()
    for partner_id, first, amount in zip(*payout_columns(plan, bucket, shares), strict=True):
        units[str(partner_id), first] = amount
    rows = portions(earning_lines_sql(plan, sources, p, bucket, once=once), p, plan)
    for (partner_id, first), found in groupby(rows, key=lambda row: (row[0], row[1])):
        if (str(partner_id), first) in units:
            lines = list(found)
            earned = _earned_by(plan, inputs, bucket, (partner_id, first))
            parts = allocate(units[str(partner_id), first], _weights(earned, lines), [line[3] for line in lines])
            for line, part in zip(lines, parts, strict=True):
                yield line[2], line[3], line[4], line[5], line[6], part, partner_id, first


def _weights(earned: Mapping[str, Decimal], lines: Sequence[tuple[Any, ...]]) -> list[Fraction]:
    """What each line contributes: its customer's payout times its part of the customer's earning measure."""
    measures: dict[str, Fraction] = defaultdict(Fraction)
    for line in lines:
        measures[line[7]] += Fraction(line[6])
    return [
        Fraction(earned.get(line[7], 0)) * Fraction(line[6]) / measures[line[7]]
        if line[7] is not None and measures[line[7]]
        else Fraction(0)
        for line in lines
    ]


def _earned_by(plan: Plan, inputs: Inputs, bucket: int, place: tuple[UUID, date]) -> dict[str, Decimal]:
    """By customer what a partner earns in the span that begins on a day."""
    calculation = plan.versions[bucket].program.calculation
    [span] = [
        number
        for number, one in enumerate(plan.spans)
        if one.bucket == bucket and one.role is Role.ROW and one.first == place[1]
    ]
    if not isinstance(calculation, NewCustomer):
        return {}
    return {one.code: calculation.earned_by(one) for one in inputs.customers_in(bucket, place[0], span)}


def _returned_of(
    plan: Plan, sources: Sources, bucket: int, lines: Iterable[tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    """The rows of `returned_sql` for lines that were allocated here."""
    p = Parameters()
    units = {line[1]: line[5] for line in lines}
    # The shares are known already: nothing is allocated, only lines and their returns are listed.
    step, final = returned_sql(sources, p, plan, allocated=False)
    nothing = payouts_sql(p, ([], [], []))
    for row in portions(allocated_sql(plan, sources, p, bucket, nothing, final, step), p, plan):
        yield (*row[:3], units.get(row[1], 0), *row[4:])


def counted_lines(plan: Plan, sources: Sources, bucket: int, shares: Shares) -> Iterator[CountedLine]:
    """The lines of a version with their shares of these payouts, by external id."""
    currency = plan.versions[bucket].program.currency
    for line_id, external_id, sold_on, day, value, units, partner_id, first in allocated_rows(
        plan, sources, bucket, shares
    ):
        amount = from_units(int(units), currency)
        yield CountedLine(line_id, external_id, sold_on, day, value, amount, partner_id, first)
