"""A page of the lines behind a large payout, at a cost that doesn't grow with the number of lines.

Allocation to the cent ranks all lines of a payout, so it costs all of them for each page. While a period is open the
payout is an estimate anyway: a page of many lines shows each line's part rounded for itself, which is at most one
minor unit from its share. Closed periods have frozen shares.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db import connection

from prm.money import minor_units, round_fraction
from rebates.engine.calculations import LineRate, NewCustomer
from rebates.engine.periods import Period
from rebates.engine.program import Program
from rebates.engine.versions import Version

from .allocation import CountedLine
from .direct import counted_sql, with_steps
from .evaluation import Scope
from .parameters import Parameters, Sources
from .plan import Plan, make_plan

MANY = 1_000
"""Sale lines of a partner in a period from which on a page is worked out alone"""

Position = tuple[date, str]


def is_paged(program: Program) -> bool:
    """Whether a line's part of the payout is its measure's part of the period's, with nothing else to be known."""
    return not isinstance(program.calculation, LineRate | NewCustomer) and program.returns != "at_sale_rate"


def has_many_lines(scope: Scope, partner_id: UUID, period: Period) -> bool:
    """Whether the partner sold on `MANY` lines or more in the period."""
    found = _day_of(scope, partner_id, period.start, MANY)
    return found is not None and found <= period.end


def paged_lines(
    versions: Sequence[Version],
    version: Version,
    scope: Scope,
    *,
    partner_id: UUID,
    period: Period,
    rate: Fraction,
    after: Position | None = None,
    limit: int,
) -> list[CountedLine]:
    """At most `limit` lines behind a payout, in order of (sold_on, external_id), each with its measure times `rate`
    (payout by measure), rounded. `versions` are the version's family.
    """
    plan, bucket = _plan(versions, version, scope, partner_id, period)
    start, looked = after[0] if after else period.start, limit
    while True:
        # Lines that don't count are skipped: the next try looks at four times as many.
        looked *= 4
        until = _day_of(scope, partner_id, start, looked)
        if until is not None and until > period.end:
            until = None
        lines = _counted(plan, scope.sources, (bucket, period), (after, until), limit)
        if until is None or len(lines) == limit:
            digits = minor_units(version.program.currency)
            return [replace(line, amount=round_fraction(Fraction(line.contribution) * rate, digits)) for line in lines]


def _plan(
    versions: Sequence[Version], version: Version, scope: Scope, partner_id: UUID, period: Period
) -> tuple[Plan, int]:
    bucket = next(index for index, one in enumerate(versions) if one.id == version.id)
    windows = [(period.start, period.end) if index == bucket else None for index in range(len(versions))]
    plan = make_plan(
        versions, calendar=scope.calendar, base_currency=scope.base_currency, windows=windows, partner_ids=[partner_id]
    )
    if plan is None:
        raise ValueError(f"{version.program.code} does not govern {period.key}")
    return plan.focused(bucket), bucket


def _day_of(scope: Scope, partner_id: UUID, start: date, number: int) -> date | None:
    """The day of the partner's `number`th sale line from a day on; None when there are fewer."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT sold_on FROM {scope.sources.lines} WHERE partner_id = %s AND sold_on >= %s"
            " ORDER BY sold_on OFFSET %s LIMIT 1",
            [partner_id, start, number - 1],
        )
        found = cursor.fetchone()
    return found[0] if found else None


def _counted(
    plan: Plan, sources: Sources, place: tuple[int, Period], sold: tuple[Position | None, date | None], limit: int
) -> list[CountedLine]:
    """The first lines of (bucket, period) behind a position and sold until a day."""
    p, (bucket, period), (after, until) = Parameters(), place, sold
    spans = [number for number, one in enumerate(plan.spans) if one.bucket == bucket and one.period == period]
    listed, behind = ["TRUE"], "TRUE"
    if after is not None:
        day, external_id = p(after[0], "date"), p(after[1], "text")
        listed.append(f"s.sold_on >= {day}")
        behind = f'(sold_on, external_id COLLATE "C") > ({day}, {external_id} COLLATE "C")'
    if until is not None:
        listed.append(f"s.sold_on <= {p(until, 'date')}")
    counted = counted_sql(plan, sources, p, bucket, listed=" AND ".join(listed))
    final = f"""
        SELECT id, external_id, sold_on, day, value, partner_id, period FROM counted
        WHERE value IS NOT NULL AND role = 'row' AND span = ANY({p(spans, "int[]")}) AND {behind}
        ORDER BY sold_on, external_id COLLATE "C" LIMIT {p(limit)}"""
    sql = with_steps(plan, sources, p, {"counted": counted}, final)
    with connection.cursor() as cursor:
        cursor.execute(sql, p.values)
        rows = cursor.fetchall()
    return [
        CountedLine(line_id, external_id, sold_on, counts_on, value, Decimal(0), partner_id, first)
        for line_id, external_id, sold_on, counts_on, value, partner_id, first in rows
    ]
