"""Every page of the manager with history behind it: it answers, shows exact figures, and costs few queries."""

from __future__ import annotations

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.models import Partner
from prm.testing.make import Cast
from rebates.models import Accrual
from tests.portal.vendor import NOW, Vendor, get, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db

# Sign-in, membership, tenant, menu and bell cost about eleven; the rest is the page's own.
BUDGETS = {
    "manager:home": 41,
    "manager:partners": 31,
    "manager:products": 27,
    "manager:sales": 25,
    "manager:rates": 25,
    "manager:exceptions": 27,
    "manager:imports": 25,
    "manager:programs": 27,
    "manager:accruals": 29,
    "manager:statements": 27,
}


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return Vendor(cast, World(cast.tenant))


def queries(vendor: Vendor, name: str) -> int:
    client = vendor.manager
    get(client, name)
    with CaptureQueriesContext(connection) as captured:
        assert get(client, name).status_code == 200
    return len(captured)


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("name", BUDGETS)
def test_lists_cost_the_same_however_long_they_are(vendor: Vendor, name: str) -> None:
    vendor.history(partners=2)
    few = queries(vendor, name)
    with vendor.inside():
        for number in range(10, 40):
            vendor.world.sale(f"X-{number}", "2026-10-06", "12000", currency="CNY", sku=f"S-{number}")
            vendor.world.sale(f"X-{number}", "2026-10-07", "-1", currency="CNY")
            vendor.world.rate(
                "EUR", "CNY", f"2026-01-{number - 9:02}" if number < 38 else f"2026-02-{number - 30:02}", "8"
            )
        vendor.world.published("P2", currency="CNY")
        vendor.world.update()
    assert queries(vendor, name) <= min(few + 2, BUDGETS[name])


@time_machine.travel(NOW, tick=False)
def test_overview_shows_the_quarters_sums_and_what_waits(vendor: Vendor) -> None:
    vendor.history()
    with vendor.inside():
        vendor.world.sale("P-1", "2026-10-09", "-500", currency="CNY")
        vendor.world.update()
    page = text_of(get(vendor.manager, "manager:home"))
    assert "¥39.5K" in page  # net sales of the quarter: 15000 + 25000 - 500
    assert "¥800" in page  # 2 % of 40000; the return without an original counts nowhere
    assert "1 sale line counts nowhere until its fault is resolved." in page
    assert "Program P1" in page


@time_machine.travel(NOW, tick=False)
def test_pages_of_one_thing_show_it_to_the_cent(vendor: Vendor) -> None:
    program = vendor.history()
    with vendor.inside():
        accrual = Accrual.objects.get(period_key="2026-Q4", partner__code="P-2")
        partner = Partner.objects.get(code="P-2")
    pages = {
        "manager:partner": (partner.pk, "¥25,000.00"),
        "manager:program": (program.pk, "You earn 2% of the part up to CNY 50,000"),
        "manager:accrual": (accrual.pk, "¥500.00"),
    }
    for name, (key, expected) in pages.items():
        page = text_of(get(vendor.manager, name, key))
        assert expected in page, name


@time_machine.travel(NOW, tick=False)
def test_a_sale_line_says_where_it_counts_and_why_not_elsewhere(vendor: Vendor) -> None:
    vendor.history()
    with vendor.inside():
        snow = {"field": "product.line", "op": "eq", "value": "Snow"}
        web = {"field": "sale.channel", "op": "eq", "value": "web"}
        vendor.world.published("P9", currency="CNY", scope={"all": [snow, web]})
        line = vendor.world.sale("P-1", "2026-10-20", "100", currency="CNY")
        vendor.world.update()
    client = vendor.manager
    page = text_of(get(client, "manager:sale", line.pk))
    assert "counts in 2026-Q4" in page
    assert "does not count, because this does not hold: the product line is “Snow”; " in page
    client.cookies["django_language"] = "zh-hans"
    assert "不计入，因为不满足：产品线为“Snow”；" in text_of(get(client, "manager:sale", line.pk))


@time_machine.travel(NOW, tick=False)
def test_a_return_stands_for_its_original_and_an_orphan_counts_nowhere(vendor: Vendor) -> None:
    vendor.history()
    with vendor.inside():
        sold = vendor.world.sale("P-1", "2026-08-03", "100", currency="CNY", external_id="SO-1")
        back = vendor.world.sale("P-1", "2026-10-20", "-100", currency="CNY", reverses="SO-1")
        orphan = vendor.world.sale("P-1", "2026-10-21", "-100", currency="CNY")
        vendor.world.update()
    page = text_of(get(vendor.manager, "manager:sale", back.pk))
    assert "counts in 2026-Q3" in page
    assert reverse("manager:sale", args=[sold.pk]) in page
    assert "It counts in no program." in text_of(get(vendor.manager, "manager:sale", orphan.pk))


@time_machine.travel(NOW, tick=False)
def test_exceptions_are_grouped_with_what_to_do(vendor: Vendor) -> None:
    vendor.history()
    with vendor.inside():
        vendor.world.sale("P-1", "2026-10-20", "100", currency="EUR")
        vendor.world.update()
    page = text_of(get(vendor.manager, "manager:exceptions"))
    assert "No exchange rate EUR → CNY on 2026-10-20" in page
    assert "Enter the rate. The line is counted at once." in page
    assert "rates/new" not in page  # the channel manager may not enter rates
    finance = text_of(get(vendor.finance, "finance:exceptions"))
    assert "/f/rates/new/?from_currency=EUR&amp;to_currency=CNY&amp;valid_from=2026-10-20" in finance


@time_machine.travel(NOW, tick=False)
def test_sales_are_paged_by_key_and_filters_survive(vendor: Vendor) -> None:
    with vendor.inside():
        for number in range(60):
            vendor.world.sale("P-1", "2026-10-01", "10", currency="CNY", external_id=f"K-{number:03}")
        vendor.world.sale("P-2", "2026-10-01", "10", currency="CNY", external_id="OTHER")
    first = get(vendor.manager, "manager:sales", q="K-")
    assert len(first.context["rows"].rows) == 50
    assert "OTHER" not in text_of(first)
    following = get(vendor.manager, "manager:sales", q="K-", after=first.context["rows"].after)
    assert len(following.context["rows"].rows) == 10
    assert not following.context["rows"].has_next


@pytest.mark.parametrize("query", ["after=x", "after=99999999999999999999", "since=2026-02-31", "partner=nonsense"])
def test_unreadable_filters_show_the_list(vendor: Vendor, query: str) -> None:
    assert vendor.manager.get(f"{reverse('manager:sales')}?{query}").status_code == 200


@pytest.mark.parametrize("sort", ["name", "-name", "nonsense", "-", "name,-code", "password"])
def test_unknown_sorts_fall_back(vendor: Vendor, sort: str) -> None:
    assert get(vendor.manager, "manager:partners", sort=sort).status_code == 200


def test_empty_vendor_says_what_to_do_next(vendor: Vendor) -> None:
    said = {
        "manager:sales": "Import the invoice lines of your ERP.",
        "manager:programs": "Write the first one",
        "manager:accruals": "An accrual appears as soon as a program is published",
        "manager:statements": "Closing a period makes one",
        "manager:imports": "Begin with partners and products",
        "manager:exceptions": "Every sale line is accounted for",
        "manager:products": "Import the product list first.",
        "manager:rates": "Sales in the currency of a program need none.",
    }
    for name, sentence in said.items():
        assert sentence in text_of(get(vendor.manager, name)), name


def test_names_are_escaped(vendor: Vendor) -> None:
    with vendor.inside():
        Partner.objects.filter(code="P-1").update(name="<script>alert(1)</script>")
    page = text_of(get(vendor.manager, "manager:partners"))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
