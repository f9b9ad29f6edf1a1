"""The metric registry: windows to the day, values of sales, people and imported figures, what is missing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D

import pytest

from commerce.models import ExchangeRate
from partners.metrics import Asked, Value, Window, WindowKind, WindowSpec, metric, metrics, values, values_sql
from partners.metrics.values import values_of
from partners.models import MetricFact, Partner
from partners.services.metrics import metric_fact_set
from prm.errors import Forbidden, Invalid, NotFound
from prm.identity.rights import Role
from prm.testing.importing import SALES, Importer, faults
from prm.testing.make import Cast

DAY = dt.date.fromisoformat
YEAR = Window(DAY("2026-01-01"), DAY("2026-12-31"))


def window(kind: str, day: str, length: int = 0, fiscal: int = 1) -> tuple[str, str]:
    found = WindowSpec(WindowKind(kind), length).window(DAY(day), fiscal)
    return found.since.isoformat(), found.until.isoformat()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("trailing_months", "2026-11-26", 12), ("2025-11-27", "2026-11-26")),
        (("trailing_months", "2026-02-28", 12), ("2025-03-01", "2026-02-28")),
        (("trailing_months", "2026-03-31", 1), ("2026-03-01", "2026-03-31")),
        (("trailing_days", "2026-03-01", 30), ("2026-01-31", "2026-03-01")),
        (("calendar_quarter", "2026-11-26"), ("2026-10-01", "2026-11-26")),
        (("calendar_year", "2026-11-26"), ("2026-01-01", "2026-11-26")),
        (("fiscal_quarter", "2026-11-26", 0, 2), ("2026-11-01", "2026-11-26")),
        (("fiscal_year", "2026-01-15", 0, 4), ("2025-04-01", "2026-01-15")),
        (("last_fiscal_quarter", "2026-01-15", 0, 2), ("2025-08-01", "2025-10-31")),
        (("last_fiscal_year", "2026-11-26", 0, 4), ("2025-04-01", "2026-03-31")),
        (("as_of", "2026-11-26"), ("2026-11-26", "2026-11-26")),
    ],
)
def test_windows_to_the_day(asked: tuple, expected: tuple[str, str]) -> None:
    assert window(*asked) == expected


def test_a_year_before_ends_with_the_month_in_leap_years() -> None:
    found = WindowSpec(WindowKind.TRAILING_MONTHS, 12).window(DAY("2025-02-28"))
    assert (found.since, found.until) == (DAY("2024-03-01"), DAY("2025-02-28"))
    assert found.year_before == Window(DAY("2023-03-01"), DAY("2024-02-29"))
    assert Window(DAY("2026-01-01"), DAY("2026-03-15")).year_before == Window(DAY("2025-01-01"), DAY("2025-03-15"))


@pytest.mark.parametrize(("kind", "length"), [("trailing_months", 0), ("trailing_months", 61), ("as_of", 3)])
def test_windows_of_impossible_length_are_refused(kind: str, length: int) -> None:
    with pytest.raises(ValueError, match="length"):
        WindowSpec(WindowKind(kind), length)


def test_each_metric_says_what_it_is() -> None:
    codes = [one.code for one in metrics()]
    assert {"revenue", "revenue_growth", "orders", "new_customers", "product_lines", "return_rate"} <= set(codes)
    assert {"satisfaction", "deals_registered", "active_people"} <= set(codes)
    assert all(str(one.name) and str(one.definition) and str(one.owner) and str(one.source) for one in metrics())
    with pytest.raises(NotFound):
        metric("nonsense")


def test_revenue_converts_at_the_day_of_sale_and_counts_what_has_no_rate(importer: Importer) -> None:
    ExchangeRate.objects.create(from_currency="USD", to_currency="CNY", valid_from=DAY("2026-02-01"), rate=D("7.0"))
    ExchangeRate.objects.create(from_currency="USD", to_currency="CNY", valid_from=DAY("2026-03-01"), rate=D("7.2"))
    importer.sales(
        "s1,A,X1,2026-01-05,1,100.50,CNY",
        "s2,A,X1,2026-02-28,1,10,USD",
        "s3,A,X1,2026-03-01,1,10,USD",
        "s4,A,X1,2026-01-31,1,10,USD",
        "s5,A,X1,2026-04-01,1,9,EUR",
        "s6,A,X1,2025-12-31,1,5000,CNY",
        "s7,A,X1,2026-05-01,-1,-20,CNY",
        "s8,B,X2,2026-05-01,2,300,CNY",
    )
    found = values("revenue", YEAR)
    a, b = (Partner.objects.get(code=code).pk for code in "AB")
    assert found[a] == Value(D("222.50"), 2)
    assert found[b] == Value(D(300), 0)
    assert {one.value for one in found.values()} == {D("222.50"), D(300), D(0)}
    assert values("revenue", YEAR, [b]) == {b: Value(D(300), 0)}


def test_the_other_figures_of_sales(importer: Importer) -> None:
    header = f"{SALES},invoice_no,customer_code,reverses"
    importer.sales(
        "s0,A,X1,2025-06-01,1,200,CNY,I0,C0,",
        "s1,A,X1,2026-01-05,1,100,CNY,I1,C0,",
        "s2,A,X2,2026-01-05,1,300,CNY,I1,C1,",
        "s3,B,X1,2026-01-04,1,80,CNY,,C2,",
        "s4,A,X1,2026-02-05,1,20,CNY,,C2,",
        "s5,A,X1,2026-02-09,-1,-40,CNY,I9,C1,s1",
        header=header,
    )
    a, b = (Partner.objects.get(code=code).pk for code in "AB")

    def of(code: str) -> tuple[D | None, D | None]:
        found = values(code, YEAR)
        return found[a].value, found[b].value

    assert of("orders") == (D(2), D(1))
    assert of("new_customers") == (D(1), D(1))
    assert of("product_lines") == (D(1), D(1))
    growth, unknown = of("revenue_growth")
    assert (growth, unknown) == (D("0.9"), None)
    rate, none = of("return_rate")
    assert rate is not None
    assert rate.quantize(D("0.0001")) == D("0.0952")
    assert none == D(0)
    assert metric("revenue").freshness() is not None


def test_many_metrics_are_one_statement_with_a_row_for_each_partner(importer: Importer) -> None:
    day = DAY("2026-06-30")
    spec = WindowSpec(WindowKind.TRAILING_MONTHS, 12)
    asked = [Asked.of(one.code, spec, day) for one in metrics()]
    found = values_of(asked)
    assert len(found) == Partner.objects.count()
    assert all(len(one) == len(asked) for one in found.values())
    assert values_sql(asked)[0].count("LEFT JOIN (") >= len(asked)


def test_imported_figures(importer: Importer, cast: Cast) -> None:
    a, b = (Partner.objects.get(code=code) for code in "AB")
    result = importer.now(
        "metric_facts",
        "partner_code,metric,as_of,value\nA,satisfaction,2026-03-31,8.5\nA,satisfaction,2026-06-30,9\n"
        "A,deals_registered,2026-03-31,4\nA,deals_registered,2026-06-30,3\nB,revenue,2026-06-30,1\n"
        "Z,satisfaction,2026-06-30,1\nB,satisfaction,2026-13-30,1\n",
    )
    assert (result.accepted, result.refused) == (4, 3)
    assert [one[1:] for one in faults(result)] == [
        ("metric", "unknown_metric"), ("partner_code", "unknown_partner"), ("as_of", "no_such_day"),
    ]  # fmt: skip
    assert values("satisfaction", YEAR)[a.pk].value == D(9)
    assert values("satisfaction", YEAR)[b.pk].value is None
    assert values("deals_registered", YEAR)[a.pk].value == D(7)
    assert values("deals_registered", Window(DAY("2026-04-01"), DAY("2026-06-30")))[a.pk].value == D(3)

    set_ = {"partner_id": a.pk, "metric": "satisfaction", "as_of": DAY("2026-06-30")}
    metric_fact_set(actor=cast.administrator, value=D("7.5"), **set_)
    assert values("satisfaction", YEAR)[a.pk].value == D("7.5")
    assert MetricFact.objects.filter(metric="satisfaction").count() == 2
    with pytest.raises(Invalid) as refused:
        metric_fact_set(actor=cast.administrator, value=D("0.1234567"), **set_)
    assert "value" in refused.value.fields
    with pytest.raises(Invalid):
        metric_fact_set(actor=cast.administrator, value=D(1), **set_ | {"metric": "revenue"})
    with pytest.raises(Forbidden):
        metric_fact_set(actor=cast.partner_administrator, value=D(1), **set_)


def test_people_with_access(cast: Cast) -> None:
    from prm.tenancy.context import tenant_context

    with tenant_context(cast.tenant):
        found = values("active_people", YEAR)
        partner_roles = [role for role in Role if role.value.startswith("partner")]
        assert found[cast.partner.pk].value == D(len(partner_roles))
        assert found[cast.other_partner.pk].value == D(0)
