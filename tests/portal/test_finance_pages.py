"""Finance's way from estimate to payment through the pages: close, approve, settle, export, pay; and the proof."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from prm.identity.rights import Role
from prm.ledger.models import Account, Entry
from prm.testing.make import Cast
from rebates.models import Accrual, CloseRun, Period, SaleException, Settlement, Statement, StatementLine
from rebates.services.leakage import leakage_start
from rebates.services.reviews import review_settings_change
from rebates.services.statements import statement_approve
from tests.portal.vendor import NOW, QUARTER, Vendor, get, post, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db

BUDGETS = {
    "finance:home": 29,
    "finance:accruals": 23,
    "finance:statements": 21,
    "finance:settlements": 21,
    "finance:settlement_new": 19,
    "finance:audit": 19,
    "finance:exceptions": 21,
    "finance:programs": 21,
}


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return Vendor(cast, World(cast.tenant))


def stream_of(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def queries(vendor: Vendor, name: str) -> int:
    client = vendor.finance
    get(client, name)
    with CaptureQueriesContext(connection) as captured:
        assert get(client, name).status_code == 200
    return len(captured)


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("name", BUDGETS)
def test_lists_cost_the_same_however_long_they_are(vendor: Vendor, name: str) -> None:
    statements = vendor.closed()
    few = queries(vendor, name)
    with vendor.inside():
        for number in range(10, 40):
            vendor.world.sale(f"X-{number}", "2026-10-06", "12000", currency="CNY")
        vendor.world.update()
    post(vendor.administrator, "finance:statements_approve", statement=[str(one.pk) for one in statements])
    post(vendor.finance, "finance:settlement_new", statement=[str(one.pk) for one in statements])
    assert queries(vendor, name) <= min(few + 3, BUDGETS[name])


@time_machine.travel(NOW, tick=False)
def test_accruals_are_filtered_sorted_and_totalled_as_a_whole(vendor: Vendor) -> None:
    program = vendor.history(partners=60)
    page = get(vendor.finance, "finance:accruals", period="2026-Q4", sort="-payout")
    assert len(page.context["page"].object_list) == 50
    with vendor.inside():
        payouts = list(Accrual.objects.filter(period_key="2026-Q4").values_list("payout", flat=True))
    assert page.context["totals"] == [{"currency": "CNY", "payout": sum(payouts), "count": 60}]
    shown = [row.payout for row in page.context["page"]]
    assert shown == sorted(payouts, reverse=True)[:50]
    narrowed = get(vendor.finance, "finance:accruals", program=str(program.pk), q="P-12", status="open")
    assert [row.partner.code for row in narrowed.context["page"]] == ["P-12"] * 2


@time_machine.travel(NOW, tick=False)
def test_a_period_is_closed_once_and_only_when_it_is_over(vendor: Vendor) -> None:
    vendor.history()
    checklist = get(vendor.finance, "finance:period", "quarter", "2026-Q3")
    assert checklist.context["may_close"]
    early = post(vendor.finance, "finance:period_close", "quarter", "2026-Q4")
    assert early.status_code == 422
    assert not get(vendor.finance, "finance:period", "quarter", "2026-Q4").context["may_close"]
    first = post(vendor.finance, "finance:period_close", "quarter", "2026-Q3")
    assert (first.status_code, first.url) == (302, "/f/periods/quarter/2026-Q3/")
    told = post(vendor.administrator, "finance:period_close", "quarter", "2026-Q3")
    assert told.status_code == 422
    assert "2026-Q3 is being closed, by finance@acme.test." in text_of(told)
    working = get(vendor.finance, "finance:period", "quarter", "2026-Q3")
    assert not working.context["may_close"]
    bar = reverse("finance:closing", args=[working.context["run"].pk])
    assert f'hx-get="{bar}"' in text_of(working)
    assert "Waiting for its turn" in text_of(vendor.finance.get(bar))
    assert "Being closed" in text_of(get(vendor.finance, "finance:home"))
    vendor.carry_out()
    over = vendor.finance.get(bar)
    assert (over.status_code, over["HX-Redirect"]) == (204, "/f/periods/quarter/2026-Q3/")
    assert "2 statements" in text_of(get(vendor.finance, "finance:period", "quarter", "2026-Q3"))
    assert post(vendor.finance, "finance:period_close", "quarter", "2026-Q3").status_code == 422
    with vendor.inside():
        assert [row.key for row in Period.objects.filter(status="closed")] == ["2026-Q3"]
        assert Statement.objects.count() == 2
    assert get(vendor.finance, "finance:period", "quarter", "2030-Q9").status_code == 404


@time_machine.travel(NOW, tick=False)
def test_open_exceptions_need_a_waiver_with_a_reason(vendor: Vendor) -> None:
    vendor.history()
    with vendor.inside():
        vendor.world.sale("P-1", "2026-08-09", "-5", currency="CNY")
        vendor.world.update()
    url = ("finance:period_close", "quarter", "2026-Q3")
    assert post(vendor.finance, *url).status_code == 422
    unreasoned = post(vendor.finance, *url, accept_exceptions="on", reason="")
    assert list(unreasoned.context["form"].errors) == ["reason"]
    assert post(vendor.finance, *url, accept_exceptions="on", reason="Known").status_code == 302
    with vendor.inside():
        vendor.world.sale("P-2", "2026-08-09", "5", currency="EUR")
        SaleException.objects.all().delete()
        CloseRun.objects.update(accept_exceptions=False)
        vendor.world.update()
    vendor.carry_out()
    failed = text_of(get(vendor.finance, "finance:period", "quarter", "2026-Q3"))
    assert "changed nothing: 2 lines of the period are on the exceptions list." in failed
    assert post(vendor.finance, *url, accept_exceptions="on", reason="Known").status_code == 302


@time_machine.travel(NOW, tick=False)
def test_whoever_closed_does_not_approve(vendor: Vendor) -> None:
    one, _two = vendor.closed()
    page = text_of(get(vendor.finance, "finance:statement", one.pk))
    assert "somebody else has to approve it" in page
    assert f"{one.pk}/approve/" not in page
    refused = post(vendor.finance, "finance:statement_approve", one.pk)
    assert refused.status_code == 403
    with vendor.inside():
        assert {row.status for row in Statement.objects.all()} == {"prepared"}


@time_machine.travel(NOW, tick=False)
def test_bulk_approval_is_all_or_nothing_and_comes_back_to_the_filter(vendor: Vendor) -> None:
    one, two = vendor.closed()
    back = "/f/statements/?period=2026-Q3&status=prepared"
    ids = [str(one.pk), str(two.pk), str(one.pk)]
    done = post(vendor.administrator, "finance:statements_approve", statement=ids, next=back)
    assert (done.status_code, done.url) == (302, back)
    again = post(vendor.administrator, "finance:statements_approve", statement=ids, next="https://evil.test/f/")
    assert again.status_code == 409
    nothing = post(vendor.administrator, "finance:statements_approve", next="//evil.test/f/")
    assert nothing.url == "/f/statements/"
    nonsense = post(vendor.administrator, "finance:statements_approve", statement="x")
    assert nonsense.status_code == 404


@time_machine.travel(NOW, tick=False)
def test_the_statement_shows_its_lines_down_to_each_sale(vendor: Vendor) -> None:
    one, two = vendor.closed()
    page = text_of(get(vendor.finance, "finance:statement", one.pk))
    assert "¥200.00" in page
    with vendor.inside():
        line = StatementLine.objects.get(statement=one)
    detail = text_of(get(vendor.finance, "finance:statement_line", one.pk, line.pk))
    assert "¥10,000.00" in detail
    assert "Hospital" in detail
    assert get(vendor.finance, "finance:statement_line", two.pk, line.pk).status_code == 404


def settled(vendor: Vendor) -> Settlement:
    statements = [str(one.pk) for one in vendor.closed()]
    post(vendor.administrator, "finance:statements_approve", statement=statements)
    response = post(vendor.finance, "finance:settlement_new", statement=statements)
    assert response.status_code == 302
    with vendor.inside():
        return Settlement.objects.get()


@time_machine.travel(NOW, tick=False)
def test_settlement_to_payment_equals_the_ledger_to_the_cent(vendor: Vendor) -> None:
    batch = settled(vendor)
    page = get(vendor.finance, "finance:settlement", batch.pk)
    assert [(row.currency, row.stated, row.ledger, row.holds) for row in page.context["proof"]] == [
        ("CNY", Decimal(600), Decimal(600), True)
    ]
    unexported = post(vendor.finance, "finance:settlement_pay", batch.pk, paid_on="2026-11-20", reference="B-1")
    assert unexported.status_code == 422

    text = stream_of(post(vendor.finance, "finance:settlement_export", batch.pk, "csv")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[-1][9:11] == ["600.00", "CNY"]
    book = stream_of(post(vendor.finance, "finance:settlement_export", batch.pk, "xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    assert [cell.value for cell in list(sheet.rows)[-1]][9:11] == [600, "CNY"]

    future = post(vendor.finance, "finance:settlement_pay", batch.pk, paid_on="2027-01-01", reference="B-1")
    assert list(future.context["form"].errors) == ["paid_on"]
    for _click in range(2):
        paid = post(vendor.finance, "finance:settlement_pay", batch.pk, paid_on="2026-11-20", reference="B-1")
        assert paid.status_code == 302
    other = post(vendor.finance, "finance:settlement_pay", batch.pk, paid_on="2026-11-20", reference="B-2")
    assert other.status_code == 422
    with vendor.inside():
        entries = Entry.objects.filter(account=Account.PAID)
        assert sum(entry.credit - entry.debit for entry in entries) == 600
        assert {row.status for row in Statement.objects.all()} == {"paid"}
    assert "Equal to the cent" in text_of(get(vendor.finance, "finance:settlement", batch.pk))


@time_machine.travel(NOW, tick=False)
def test_a_settlement_is_prepared_once(vendor: Vendor) -> None:
    settled(vendor)
    with vendor.inside():
        ids = [str(one.pk) for one in Statement.objects.all()]
    again = post(vendor.finance, "finance:settlement_new", statement=ids)
    assert again.status_code == 422
    assert post(vendor.finance, "finance:settlement_new").status_code == 422
    with vendor.inside():
        assert Settlement.objects.count() == 1


@time_machine.travel(NOW, tick=False)
def test_unknown_export_format(vendor: Vendor) -> None:
    batch = settled(vendor)
    client = vendor.finance
    answer = post(client, "finance:settlement_export", batch.pk, "exe")
    assert answer.status_code == 302
    assert "There is no such format." in text_of(client.get(answer.url))


@time_machine.travel(NOW, tick=False)
def test_audit_trail_is_filtered_by_who_what_and_day(vendor: Vendor) -> None:
    statements = [str(one.pk) for one in vendor.closed()]
    post(vendor.administrator, "finance:statements_approve", statement=statements)
    page = get(vendor.finance, "finance:audit", action="statements", who="administrator@")
    assert {entry.action for entry in page.context["page"]} == {"rebates.statement.approved"}
    assert page.context["page"].paginator.count == 2
    assert page.context["page"][0].details[0] == ("", "Prepared → Approved")
    # 04:00 UTC is noon of the same day in Shanghai.
    assert get(vendor.finance, "finance:audit", since="2026-11-23", until="2026-11-23").context["page"].paginator.count
    assert not get(vendor.finance, "finance:audit", until="2026-11-22").context["page"].paginator.count
    assert get(vendor.client(Role.CHANNEL_MANAGER), "finance:audit").status_code == 403


def test_a_rate_is_entered_once_a_day(vendor: Vendor) -> None:
    data = {"from_currency": "eur", "to_currency": "CNY", "valid_from": "2026-10-01", "rate": "7,85"}
    grouped = post(vendor.finance, "finance:rate_new", **data | {"rate": "7.85"})
    assert grouped.status_code == 302
    assert post(vendor.finance, "finance:rate_new", **data | {"rate": "8"}).status_code == 422
    for wrong, field in (
        ({"rate": "-1"}, "rate"),
        ({"rate": "abc"}, "rate"),
        ({"from_currency": "EEE"}, "from_currency"),
    ):
        refused = post(vendor.finance, "finance:rate_new", **data | {"valid_from": "2026-11-01"} | wrong)
        assert refused.status_code == 422
        assert list(refused.context["form"].errors) == [field]


@time_machine.travel(NOW, tick=False)
def test_nothing_to_close_says_what_makes_a_period(vendor: Vendor) -> None:
    page = text_of(get(vendor.finance, "finance:home"))
    assert "There is nothing to close yet" in page
    assert QUARTER["key"] not in page


@time_machine.travel(NOW, tick=False)
def test_audit_trail_speaks_the_readers_language(vendor: Vendor) -> None:
    first = vendor.closed()[0]
    with vendor.inside():
        statement_approve(actor=vendor.cast.administrator, statement_ids=[first.pk])
    client = vendor.finance
    client.cookies["django_language"] = "zh-hans"
    shown = text_of(get(client, "finance:audit", action="rebates.statement.approved"))
    assert "已编制 → 已批准" in shown
    assert "prepared" not in shown


@time_machine.travel(NOW, tick=False)
def test_the_trail_is_narrowed_by_areas(vendor: Vendor) -> None:
    vendor.closed()
    with vendor.inside():
        leakage_start(actor=vendor.cast.finance)
        review_settings_change(actor=vendor.cast.administrator, review_days=5, reminder_days=1, dispute_days=9)
    shown = {
        area: [entry.action for entry in get(vendor.finance, "finance:audit", action=area).context["page"]]
        for area in ("books", "settings", "periods", "what-ifs")
    }
    assert shown["books"] == ["rebates.leakage.requested"]
    assert shown["settings"] == ["rebates.review_settings.changed"]
    assert shown["periods"] == ["rebates.period.closed"]
    assert shown["what-ifs"] == []


@time_machine.travel(NOW, tick=False)
def test_a_bar_whose_session_ended_leads_to_the_sign_in_and_back(vendor: Vendor) -> None:
    vendor.history()
    post(vendor.finance, "finance:period_close", "quarter", "2026-Q3")
    with vendor.inside():
        bar = reverse("finance:closing", args=[CloseRun.objects.get().pk])
    page = "/f/periods/quarter/2026-Q3/"
    stranger, host = vendor.cast.client(None), "acme.localhost"
    asked = stranger.get(bar, headers={"HX-Request": "true", "HX-Current-URL": f"http://{host}{page}"})
    assert (asked.status_code, asked.content) == (204, b"")
    assert asked.headers["HX-Redirect"].endswith("?next=/f/periods/quarter/2026-Q3/")
    elsewhere = stranger.get(bar, headers={"HX-Request": "true", "HX-Current-URL": "https://evil.test/f/"})
    assert elsewhere.headers["HX-Redirect"].endswith(f"?next={bar}")
    assert stranger.get(bar).status_code == 302
