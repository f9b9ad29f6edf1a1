"""Freezing a period: statements, their lines, and the share of every sale line, all from one snapshot.

The sale lines of the period are copied aside first. An import that commits in the middle is then either wholly in the
statements or wholly a late fact; a share can never belong to a line that the measure does not contain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max, Sum

from partners.models import Partner
from prm import clock
from prm.db.scope import require_tenant_id
from prm.identity.actor import Actor
from prm.money import from_units, round_digits
from rebates.engine.calculations import NewCustomer
from rebates.engine.periods import Period
from rebates.engine.reach import is_simple
from rebates.engine.versions import Version
from rebates.models import Accrual, Adjustment, Forfeit, Statement, StatementLine, StatementSale
from rebates.models import Period as PeriodRow
from rebates.recalculation import MEASURE_DIGITS
from rebates.sql import CountedLine, Evaluated, Evaluation, Sources
from rebates.sql.allocation import Shares, payout_columns
from rebates.sql.direct import allocated_sql, payouts_sql
from rebates.sql.parameters import Parameters
from rebates.sql.run import working_memory
from rebates.sql.shares import counted_for
from rebates.states import StatementLineKind
from rebates.versions import versions_in_force

SNAPSHOT = "rebates_closing_line"

SNAPSHOT_SQL = f"""
    CREATE TEMPORARY TABLE {SNAPSHOT} ON COMMIT DROP AS
    WITH inside AS (SELECT * FROM commerce_saleline WHERE sold_on BETWEEN %(first)s AND %(last)s)
    SELECT * FROM inside
    UNION ALL
    SELECT r.* FROM commerce_saleline r JOIN inside o ON o.external_id = r.reverses
    WHERE r.reverses <> '' AND r.sold_on NOT BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT o.* FROM commerce_saleline o
    WHERE o.sold_on NOT BETWEEN %(first)s AND %(last)s
      AND o.external_id IN (SELECT reverses FROM inside WHERE reverses <> '')
"""  # noqa: S608 (a constant)

EVERYTHING_SQL = f"CREATE TEMPORARY TABLE {SNAPSHOT} ON COMMIT DROP AS SELECT * FROM commerce_saleline"  # noqa: S608 (a constant)

REBATE_LINES_SQL = """
    INSERT INTO rebates_statementline
        (id, tenant_id, created_at, statement_id, version_id, kind, period_key, measure, amount, reason, explanation)
    SELECT uuidv7(), a.tenant_id, %(now)s, s.id, a.version_id, 'rebate', a.period_key, a.measure, a.payout, a.reason,
           a.explanation
    FROM rebates_accrual a
    JOIN rebates_statement s ON s.tenant_id = a.tenant_id AND s.partner_id = a.partner_id AND s.currency = a.currency
    WHERE a.tenant_id = %(tenant)s AND s.period_id = %(period)s AND a.period_kind = %(kind)s AND a.period_key = %(key)s
"""
ADJUSTMENT_LINES_SQL = """
    INSERT INTO rebates_statementline
        (id, tenant_id, created_at, statement_id, version_id, kind, adjustment_id, period_key, measure, amount, reason,
         explanation)
    SELECT uuidv7(), a.tenant_id, %(now)s, s.id, a.version_id, 'adjustment', a.id, a.origin_period_key, 0, a.amount,
           '', '{}'
    FROM rebates_adjustment a
    JOIN rebates_statement s ON s.tenant_id = a.tenant_id AND s.partner_id = a.partner_id AND s.currency = a.currency
    WHERE a.tenant_id = %(tenant)s AND s.period_id = %(period)s AND a.booked_period_key = %(key)s
    ORDER BY a.created_at, a.id
"""
FORFEIT_LINES_SQL = """
    INSERT INTO rebates_statementline
        (id, tenant_id, created_at, statement_id, version_id, kind, period_key, measure, amount, reason, explanation)
    SELECT uuidv7(), f.tenant_id, %(now)s, s.id, f.version_id, 'forfeit', f.period_key, 0, -f.amount,
           'below_minimum_payout', '{}'
    FROM rebates_forfeit f
    JOIN rebates_statement s ON s.tenant_id = f.tenant_id AND s.partner_id = f.partner_id AND s.currency = f.currency
    WHERE f.tenant_id = %(tenant)s AND s.period_id = %(period)s AND f.period_key = %(key)s
"""


@contextmanager
def snapshot(period: Period) -> Iterator[Sources]:
    """The sale lines that can count in the period, returns and their originals included, as they are now; all lines
    where a program of the kind looks at other periods, too.
    """
    alone = all(is_simple(one.program) for one in versions_in_force() if one.program.period == period.kind)
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT_SQL if alone else EVERYTHING_SQL, {"first": period.start, "last": period.end})
        cursor.execute(f"ANALYZE {SNAPSHOT}")
    yield Sources(lines=SNAPSHOT)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {SNAPSHOT}")


def statements_write(actor: Actor, row: PeriodRow) -> list[Statement]:
    """A statement for each partner and currency with an amount to state, numbered on without gaps."""
    totals = _totals(row)
    codes = dict(Partner.objects.filter(pk__in={partner_id for partner_id, _ in totals}).values_list("pk", "code"))
    # Whoever closes holds the tenant's accrual lock, so nobody else takes the next number.
    number = Statement.objects.aggregate(last=Max("number"))["last"] or 0
    ordered = sorted(totals, key=lambda place: (codes[place[0]], place[1]))
    statements = [
        Statement(
            number=number + offset, period=row, partner_id=partner_id, currency=currency,
            total=totals[partner_id, currency], prepared_by_id=actor.person_id,
            prepared_by_label=actor.label[:254],
        )
        for offset, (partner_id, currency) in enumerate(ordered, 1)
    ]  # fmt: skip
    Statement.objects.bulk_create(statements, batch_size=2000)
    values: dict[str, Any] = {
        "now": clock.now(), "tenant": require_tenant_id(), "period": row.pk, "kind": row.kind, "key": row.key,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(REBATE_LINES_SQL, values)
        cursor.execute(ADJUSTMENT_LINES_SQL, values)
        cursor.execute(FORFEIT_LINES_SQL, values)
    return statements


def _totals(row: PeriodRow) -> dict[tuple[UUID, str], Decimal]:
    """(partner, currency) → total of those with an amount that is not 0."""
    totals = defaultdict[tuple[UUID, str], Decimal](Decimal)
    accruals = Accrual.objects.filter(period_kind=row.kind, period_key=row.key).exclude(payout=0)
    adjustments = Adjustment.objects.filter(booked_period_key=row.key)
    forfeits = Forfeit.objects.filter(period_key=row.key)
    for rows, amount, sign in ((accruals, "payout", 1), (adjustments, "amount", 1), (forfeits, "amount", -1)):
        for partner_id, currency, total in rows.values_list("partner_id", "currency").annotate(Sum(amount)):
            totals[partner_id, currency] += sign * total
    return totals


def shares_write(row: PeriodRow, period: Period, evaluated: Evaluation, results: Sequence[Evaluated]) -> None:
    """Freeze the share of every line behind every rebate line; the shares of a line add up to its amount."""
    by_version = defaultdict[Hashable, list[Evaluated]](list)
    stated = set(Statement.objects.filter(period=row).values_list("partner_id", "currency"))
    for result in results:
        if result.period == period and (result.partner_id, result.currency) in stated:
            by_version[result.version_id].append(result)
    for found in by_version.values():
        version = found[0].version
        shares = {(one.partner_id, one.period): one.result.granted for one in found}
        if isinstance(version.program.calculation, NewCustomer):
            _write_lines(row, version.id, counted_for(evaluated, version, shares))
        else:
            _insert_shares(row, evaluated, version, shares)
        _write_lines(row, version.id, _returned(evaluated, version, period, {one.partner_id for one in found}))


def _insert_shares(row: PeriodRow, evaluated: Evaluation, version: Version, shares: Shares) -> None:
    """Set-based, because a vendor may have a million lines in a period."""
    bucket = next(index for index, one in enumerate(evaluated.versions) if one.id == version.id)
    for plan in evaluated.plans():
        if not any(span.bucket == bucket for span in plan.spans):
            continue
        own, p = plan.focused(bucket), Parameters()
        payouts = payouts_sql(p, payout_columns(plan, bucket, shares))
        line = p(str(row.pk), "uuid"), p(str(version.id), "uuid"), p(from_units(1, version.program.currency), "numeric")
        final = _insert_sql(*line, p(str(require_tenant_id()), "uuid"))
        sql = allocated_sql(own, evaluated.scope.sources, p, bucket, payouts, final)
        with working_memory(), connection.cursor() as cursor:
            cursor.execute(sql, p.values)


def _returned(
    evaluated: Evaluation, version: Version, period: Period, partner_ids: Collection[UUID]
) -> Iterator[CountedLine]:
    """Returns that took something back in the period."""
    for line in evaluated.taken_back:
        bucket, key, partner_id = line.place
        if evaluated.versions[bucket].id == version.id and key == period.key and partner_id in partner_ids:
            yield CountedLine(
                line.line_id, line.external_id, line.sold_on, line.sold_on, Decimal(0), line.amount,
                partner_id, period.start,  # type: ignore[arg-type]
            )  # fmt: skip


def _write_lines(row: PeriodRow, version_id: Hashable, lines: Iterable[CountedLine]) -> None:
    found = StatementLine.objects.filter(
        statement__period=row,
        version_id=version_id,
        kind=StatementLineKind.REBATE,  # type: ignore[misc]
    ).values_list("statement__partner_id", "pk")
    places = dict(found)
    shares = [
        StatementSale(
            statement_line_id=places[line.partner_id], sale_line_id=line.line_id,
            measure=round_digits(line.contribution, MEASURE_DIGITS), amount=line.amount,
        )
        for line in sorted(lines, key=lambda line: (str(line.partner_id), line.sold_on, line.external_id))
        if line.partner_id in places
    ]  # fmt: skip
    StatementSale.objects.bulk_create(shares, batch_size=2000)


def _insert_sql(period: str, version: str, unit: str, tenant: str) -> str:
    """Lines in reading order, so that a page of them is a range of the index."""
    return f"""
        INSERT INTO rebates_statementsale (tenant_id, statement_line_id, sale_line_id, measure, amount)
        SELECT l.tenant_id, l.id, a.id, round(a.value, 6), a.allocated * {unit}
        FROM allocated a
        JOIN rebates_statement s ON s.tenant_id = {tenant} AND s.period_id = {period} AND s.partner_id = a.partner_id
        JOIN rebates_statementline l ON l.tenant_id = {tenant} AND l.statement_id = s.id
             AND l.version_id = {version} AND l.kind = 'rebate'
        ORDER BY l.id, a.sold_on, a.external_id COLLATE "C"
    """  # noqa: S608 (placeholders only)
