from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prm.errors import Forbidden, Invalid, NotFound
from prm.identity.rights import Role
from prm.ids import new_id
from rebates.models import Accrual, Statement, StatementSale
from rebates.selectors.accruals import (
    accrual_get,
    accrual_lines,
    accrual_list,
    accrual_periods,
    accrual_totals,
    adjustment_list,
    exception_list,
)
from rebates.selectors.earnings import earnings_overview
from rebates.selectors.periods import period_list
from rebates.selectors.statements import statement_get, statement_lines, statement_list, statement_sales
from rebates.services.periods import period_close
from rebates.services.statements import statement_approve

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(world: Any) -> Any:
    world.published("ALL")
    world.published("EUR", currency="EUR", scope={"field": "sale.currency", "op": "eq", "value": "EUR"})
    world.rate("EUR", "USD", "2026-01-01", "2")
    for number in range(7):
        world.sale("A", f"2026-08-{number + 1:02}", "33.33")
    world.sale("A", "2026-08-05", "100", currency="EUR")
    world.sale("B", "2026-08-05", "1000")
    world.update()
    return world


def test_a_partner_sees_its_own_and_others_look_unknown(sold):
    own = sold.actor(Role.PARTNER_SALES, partner=sold.partner("A"))
    other = Accrual.objects.get(partner__code="B")
    assert {one.partner.code for one in accrual_list(own)} == {"A"}
    for read in (accrual_get, accrual_lines):
        with pytest.raises(NotFound):
            read(own, other.pk)
        with pytest.raises(NotFound):
            read(own, new_id())
    with pytest.raises(NotFound):
        accrual_list(own, partner_id=sold.partner("B").pk)
    with pytest.raises(Forbidden):
        exception_list(own)
    with pytest.raises(Forbidden):
        accrual_list(sold.actor(Role.MARKETING))


def test_filters_search_and_totals_of_the_whole_filter(sold):
    finance = sold.actor(Role.FINANCE)
    assert accrual_totals(accrual_list(finance)) == [
        {"currency": "EUR", "payout": Decimal("2.0000"), "count": 1},
        {"currency": "USD", "payout": Decimal("28.6700"), "count": 2},
    ]
    assert [one.partner.code for one in accrual_list(finance, search="partner b")] == ["B"]
    assert [one.version.program.code for one in accrual_list(finance, search="eur")] == ["EUR"]
    assert accrual_list(finance, period_key="2026-Q2").count() == 0
    assert accrual_list(finance, status="closed").count() == 0
    assert accrual_list(finance, status="open").count() == 3
    assert accrual_periods(finance) == ["2026-Q3"]


def test_pages_of_lines_add_up_to_the_payout(sold):
    accrual = Accrual.objects.get(partner__code="A", version__program__code="ALL")
    finance, seen, after = sold.actor(Role.FINANCE), [], ""
    while True:
        page = accrual_lines(finance, accrual.pk, after=after, limit=3)
        seen += page.rows
        after = page.next
        if not after:
            break
    assert len({row.sale.pk for row in seen}) == len(seen) == 8
    assert sum(row.amount for row in seen) == accrual.payout == Decimal("8.67")
    assert sum(row.measure for row in seen) == accrual.measure
    assert [row.sale.sold_on for row in seen] == sorted(row.sale.sold_on for row in seen)
    for wrong in ("x", "e30", "WyJ4IiwieSJd"):
        with pytest.raises(Invalid):
            accrual_lines(finance, accrual.pk, after=wrong)


def test_pages_of_very_many_lines_say_that_they_are_estimated(sold, monkeypatch):
    accrual = Accrual.objects.get(partner__code="A", version__program__code="ALL")
    finance = sold.actor(Role.FINANCE)
    exact = accrual_lines(finance, accrual.pk)
    monkeypatch.setattr("rebates.sql.pages.MANY", 3)
    first = accrual_lines(finance, accrual.pk, limit=5)
    second = accrual_lines(finance, accrual.pk, after=first.next, limit=5)
    assert (exact.estimated, first.estimated, second.estimated) == (False, True, True)
    rows = [*first, *second]
    assert [row.sale.pk for row in rows] == [row.sale.pk for row in exact]
    # 8.67 for a measure of 433.31: 0.6669 for each 33.33, 4.0017 for 200.
    assert {(row.measure, row.amount) for row in rows} == {
        (Decimal("33.33"), Decimal("0.67")), (Decimal(200), Decimal("4.00"))
    }  # fmt: skip
    assert sum(row.amount for row in exact) == accrual.payout == Decimal("8.67")
    assert second.next == ""


@time_machine.travel("2026-10-02T04:00:00Z", tick=False)
def test_statements_reach_the_partner_when_approved(sold):
    finance = sold.actor(Role.FINANCE)
    period_close(actor=finance, kind="quarter", key="2026-Q3")
    own = sold.actor(Role.PARTNER_FINANCE, partner=sold.partner("A"))
    statement = Statement.objects.get(partner__code="A", currency="USD")
    assert not statement_list(own).exists()
    with pytest.raises(NotFound):
        statement_get(own, statement.pk)
    statement_approve(actor=sold.actor(Role.FINANCE, "second"), statement_ids=[statement.pk])
    assert [one.pk for one in statement_list(own)] == [statement.pk]
    [line] = statement_lines(own, statement.pk)
    pages = [statement_sales(own, line.pk, limit=5)]
    pages.append(statement_sales(own, line.pk, after=pages[0].next, limit=5))
    assert [len(page) for page in pages] == [5, 3]
    assert pages[1].next == ""
    assert sum(row.amount for page in pages for row in page) == line.amount == Decimal("8.67")
    with pytest.raises(NotFound):
        statement_sales(own, StatementSale.objects.exclude(statement_line=line).first().statement_line_id)
    with pytest.raises(Forbidden):
        statement_list(sold.actor(Role.PARTNER_SALES, partner=sold.partner("A")))
    accrual = Accrual.objects.get(partner__code="A", version__program__code="ALL")
    assert [row.amount for row in accrual_lines(own, accrual.pk)] == [row.amount for page in pages for row in page]


def queries(read: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        read()
    return len(captured)


@time_machine.travel("2026-08-20T04:00:00Z", tick=False)
def test_query_budgets(sold):
    own, finance = sold.actor(Role.PARTNER_SALES, partner=sold.partner("A")), sold.actor(Role.FINANCE)
    accrual = Accrual.objects.get(partner__code="A", version__program__code="ALL")
    assert queries(lambda: earnings_overview(own)) <= 4
    assert queries(lambda: list(accrual_list(finance)[:50])) == 1
    assert queries(lambda: accrual_lines(own, accrual.pk, limit=5)) <= 6
    assert queries(lambda: period_list(finance)) == 3
    assert queries(lambda: list(adjustment_list(finance)[:50])) == 1
    partner = sold.partner("A")
    sold.sale("A", "2026-08-06", "5")
    day = accrual.period_start.replace(month=8, day=6)
    # Lock, window, versions, evaluation, rows, closed periods, programs, exceptions, journal, entries, message.
    assert queries(lambda: sold.update(partner_ids=[partner.pk], since=day, until=day)) <= 26


# Enough rows that the planner has to choose; the application's role may not ANALYZE.
FILL = """
    INSERT INTO partners_partner (id, tenant_id, created_at, updated_at, code, name, legal_name, type, region, country,
                                  tags, status)
    SELECT uuidv7(), %(tenant)s, now(), now(), 'C' || n, '', '', '', '', '', '{}', 'active'
    FROM generate_series(1, 300) n;
    INSERT INTO rebates_period (id, tenant_id, created_at, kind, key, starts_on, ends_on, status, closed_by_label)
    VALUES (%(period)s, %(tenant)s, now(), 'quarter', '2020-Q1', '2020-01-01', '2020-03-31', 'open', '');
    INSERT INTO rebates_statement (id, tenant_id, created_at, number, period_id, partner_id, currency, total, status,
                                   prepared_by_label, approved_by_label, agreed_by_label)
    SELECT uuidv7(), %(tenant)s, now(), row_number() OVER (), %(period)s, p.id, 'X' || n, 1, 'prepared', '', '', ''
    FROM partners_partner p, generate_series(10, 29) n;
    INSERT INTO rebates_adjustment (id, tenant_id, created_at, version_id, partner_id, origin_period_key,
                                    booked_period_key, amount, currency, cause_type, cause_id)
    SELECT uuidv7(), %(tenant)s, now(), v.id, p.id, 'K' || n, 'K', 1, 'USD', 'x', 'x'
    FROM partners_partner p, rebates_programversion v, generate_series(10, 29) n;
"""


@pytest.mark.parametrize(
    ("table", "rest", "index"),
    [
        ("rebates_accrual", "partner_id = %(id)s ORDER BY period_start DESC LIMIT 20", "accrual_partner"),
        ("rebates_statement", "partner_id = %(id)s ORDER BY number DESC LIMIT 20", "statement_"),
        ("rebates_statementsale", "statement_line_id = %(id)s AND id > 5 ORDER BY id LIMIT 20", "statementsale_page"),
        ("rebates_adjustment", "partner_id = %(id)s AND origin_period_key = 'K10'", "adjustment_origin"),
    ],
)
def test_pages_read_by_index_under_row_security(world, table, rest, index):
    world.published()
    values = {"id": new_id(), "period": new_id(), "tenant": world.tenant.pk}
    with connection.cursor() as cursor:
        cursor.execute(FILL, values)
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT * FROM {table} WHERE tenant_id = %(tenant)s AND {rest}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan
    assert "Index Cond" in plan


@time_machine.travel("2026-05-20T04:00:00Z", tick=False)
def test_a_partner_stands_where_the_year_so_far_is_in_a_program_on_the_year(world: Any) -> None:
    bands = [{"from": "0", "rate": "0.01"}, {"from": "1000", "rate": "0.02"}, {"from": "1200", "rate": "0.03"}]
    world.published(calculation={"type": "retroactive", "bands": bands}, accumulate="year_to_date")
    world.sale("A", "2026-02-05", "900")
    world.sale("A", "2026-04-05", "200")
    world.update()
    (one,) = earnings_overview(world.system, world.partner("A").pk).programs
    assert (one.accrual.measure, one.accrual.payout) == (Decimal(200), Decimal("13.00"))
    assert one.next_band is not None
    assert (one.standing, one.reached, one.next_band.missing) == (Decimal(1100), 1, Decimal(100))
    assert one.progress == Decimal(1100) / Decimal(1200)
