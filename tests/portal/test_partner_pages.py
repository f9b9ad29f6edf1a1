"""What a partner's people see: the money, why, every line, and nobody else's."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prm.identity.rights import Role
from prm.testing.make import Cast
from rebates.models import Accrual, Statement
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.services.statements import statement_approve
from tests.portal.vendor import NOW, Vendor, get, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db

BUDGETS = {"partner:home": 28, "partner:earnings": 27, "partner:programs": 25, "partner:statements": 22}


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return Vendor(cast, World(cast.tenant))


def accrual_of(vendor: Vendor, code: str, period: str) -> Accrual:
    with vendor.inside():
        return Accrual.objects.get(partner__code=code, period_key=period)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@time_machine.travel(NOW, tick=False)
def test_home_shows_the_quarter_so_far_and_what_is_within_reach(vendor: Vendor) -> None:
    vendor.history()
    shown = words(text_of(get(vendor.client(Role.PARTNER_SALES), "partner:home")))
    # 15,000 at 2 % so far; 35,000 more reach 50,000, where the marginal payout is 1,000: 700 more.
    assert "Earned in 2026-Q4, estimate ¥300.00" in shown
    assert "150% of what 2026-Q3 brought" in shown
    assert "Sell ¥35,000.00 more and you earn ¥700.00 more, at 4%." in shown


@time_machine.travel(NOW, tick=False)
def test_the_reason_of_an_amount_is_its_steps_its_lines_and_the_sentence(vendor: Vendor) -> None:
    vendor.history()
    accrual = accrual_of(vendor, "P-1", "2026-Q4")
    shown = words(text_of(get(vendor.client(Role.PARTNER_SALES), "partner:earning", accrual.pk)))
    assert "Earned so far in 2026-Q4 ¥300.00" in shown
    assert "¥15,000.00 between ¥0.00 and ¥50,000.00 at 2%" in shown
    assert "Payout ¥300.00" in shown
    assert "¥35,000.00 more to reach 4%" in shown
    with vendor.inside():
        vendor.world.sale("P-1", "2026-10-06", "0.50", currency="CNY")
        vendor.world.update()
    after = words(text_of(get(vendor.client(Role.PARTNER_SALES), "partner:earning", accrual.pk)))
    assert "Rounding" not in after
    assert "¥0.01" in after  # the second line's share


@time_machine.travel(NOW, tick=False)
def test_lines_come_page_by_page_and_their_shares_add_up(vendor: Vendor) -> None:
    with vendor.inside():
        vendor.world.published("P1", currency="CNY")
        for number in range(60):
            vendor.world.sale("P-1", "2026-10-05", f"{100 + number}.37", currency="CNY")
        vendor.world.update()
    accrual, client = accrual_of(vendor, "P-1", "2026-Q4"), vendor.client(Role.PARTNER_FINANCE)
    shares, after, pages = [], "", 0
    while pages == 0 or after:
        html = text_of(client.get(f"/p/earnings/{accrual.pk}/", {"after": after}, headers={"hx-request": "true"}))
        shares += [float(found) for found in re.findall(r'card-end">¥([\d.]+)<', html)]
        following = re.search(r"\?after=([\w-]+)", html)
        after, pages = following[1] if following else "", pages + 1
    assert pages == 3
    assert len(shares) == 60
    assert f"{sum(shares):.2f}" == f"{accrual.payout:.2f}"


@time_machine.travel(NOW, tick=False)
def test_a_statement_is_seen_once_approved_and_says_when_it_was_paid(vendor: Vendor) -> None:
    first = vendor.closed()[0]
    client, finance, second = vendor.client(Role.PARTNER_FINANCE), vendor.cast.finance, vendor.cast.administrator
    assert get(client, "partner:statement", first.pk).status_code == 404
    with vendor.inside():
        statement_approve(actor=second, statement_ids=[first.pk])
        settlement = settlement_prepare(actor=finance, statement_ids=[first.pk])
        settlement_export(actor=finance, settlement_id=settlement.pk, format="csv")
        settlement_mark_paid(
            actor=finance, settlement_id=settlement.pk, paid_on=first.period.ends_on, reference="BANK-7"
        )
        line = Statement.objects.get(pk=first.pk).lines.get()
    shown = words(text_of(get(client, "partner:statement", first.pk)))
    assert "¥200.00" in shown
    assert "2026-09-30 · BANK-7" in shown
    assert "¥10,000.00 between ¥0.00 and ¥50,000.00 at 2%" in words(
        text_of(get(client, "partner:statement_line", first.pk, line.pk))
    )


@time_machine.travel(NOW, tick=False)
def test_another_partners_money_looks_like_money_that_does_not_exist(vendor: Vendor) -> None:
    vendor.history()
    foreign = accrual_of(vendor, "P-2", "2026-Q4")
    client = vendor.client(Role.PARTNER_ADMINISTRATOR)
    hidden, missing = get(client, "partner:earning", foreign.pk), get(client, "partner:earning", uuid4())
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert words(text_of(hidden)) == words(text_of(missing))


@time_machine.travel(NOW, tick=False)
def test_sales_people_see_earnings_but_no_statements(vendor: Vendor) -> None:
    vendor.closed()
    client = vendor.client(Role.PARTNER_SALES)
    assert get(client, "partner:statements").status_code == 403
    assert "/p/statements/" not in text_of(get(client, "partner:home"))


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("query", [{"period": "nonsense"}, {"period": "2026-Q9"}, {"period": "0000-13"}])
def test_a_period_that_does_not_exist_is_not_found(vendor: Vendor, query: dict[str, str]) -> None:
    assert get(vendor.client(Role.PARTNER_SALES), "partner:earnings", **query).status_code == 404


@time_machine.travel(NOW, tick=False)
def test_pages_are_kind_before_anything_was_sold(vendor: Vendor) -> None:
    client = vendor.client(Role.PARTNER_ADMINISTRATOR)
    assert "Nothing earned in this quarter yet" in text_of(get(client, "partner:home"))
    assert "No program yet" in text_of(get(client, "partner:programs"))
    assert "No statement yet" in text_of(get(client, "partner:statements"))


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("page", BUDGETS)
def test_pages_cost_the_same_however_much_was_sold(vendor: Vendor, page: str) -> None:
    vendor.history()
    client = vendor.client(Role.PARTNER_ADMINISTRATOR)

    def queries() -> int:
        get(client, page)
        with CaptureQueriesContext(connection) as captured:
            assert get(client, page).status_code == 200
        return len(captured)

    few = queries()
    with vendor.inside():
        for number in range(20):
            vendor.world.published(f"MORE-{number}", currency="CNY", period="month")
            vendor.world.sale("P-1", "2026-11-02", "900", currency="CNY")
        vendor.world.update()
    assert queries() == few <= BUDGETS[page]
