"""Finance's part of the way from a file to a payment."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import openpyxl

from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.tenancy.context import tenant_context
from tests.scenarios.material import (
    amount,
)
from tests.scenarios.steps import (
    cells,
    facts,
)
from tests.scenarios.way import PAID, Way


def finance_sees_accruals(way: Way) -> None:
    page = way.page(Role.FINANCE)
    page.goto("/f/accruals/")
    assert page.locator("tfoot .sum").all_inner_texts() == ["¥10,791.74"]
    page.locator("select[name=period]").select_option(way.last.key)
    page.wait_for_url(f"**period={way.last.key}*")
    page.locator("tfoot .sum").filter(has_text="¥4,780.01").wait_for()
    assert sorted(row[:6] for row in cells(page, "#list tbody")) == sorted(
        [
            ["山石商贸", way.program, "ROAD-Q v1", way.last.key, "¥30,000.33", "¥600.01"],
            ["蓝港科技", way.program, "ROAD-Q v1", way.last.key, "¥156,000.00", "¥4,180.00"],
        ]
    )


def finance_closes(way: Way) -> None:
    page = way.page(Role.FINANCE)
    page.goto("/f/")
    page.locator(f"a[href='/f/periods/quarter/{way.last.key}/']").first.click()
    assert page.locator("main .row-item .tile-ok").count() == page.locator("main .row-item").count() == 6
    page.get_by_role("link", name=way.said("Close %(key)s", key=way.last.key)).click()
    dialog = page.get_by_role("dialog", name=way.said("Close %(key)s?", key=way.last.key))
    dialog.get_by_role("button", name=way.said("Close %(key)s", key=way.last.key), exact=True).click()
    page.locator("a.btn-primary[href*='/f/statements/']").click()
    page.wait_for_url("**/f/statements/?period=*")
    assert page.locator("tfoot .sum").all_inner_texts() == ["¥4,780.01"]
    assert page.locator("[data-select]").count() == 0


def preparer_cannot_approve(way: Way) -> None:
    """There is nothing to press; who asks for the address all the same is refused, and nothing changes."""
    page = way.page(Role.FINANCE)
    page.locator("#list tbody a").first.click()
    page.locator("main .note").wait_for()
    assert way.button(page, "Approve").count() == 0
    page.goto(f"{page.url}approve/")
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        way.button(page, "Approve").click()
    assert answer.value.status == 403
    page.goto("/f/statements/")
    assert page.locator("#list tbody .pill").all_inner_texts() == [way.said("Prepared")] * 2


def another_person_approves(way: Way) -> None:
    page = way.page(Role.ADMINISTRATOR)
    page.goto("/f/statements/?status=prepared")
    page.locator("[data-select-all]").check()
    assert page.locator("[data-bulk-count]").inner_text() == "2"
    way.button(page, "Approve").click()
    page.wait_for_load_state()
    page.goto("/f/statements/")
    assert page.locator("#list tbody .pill").all_inner_texts() == [way.said("Approved")] * 2


def settlement_is_prepared_and_exported(way: Way) -> None:
    page = way.page(Role.FINANCE)
    page.goto("/f/settlements/new/")
    assert page.locator("#outcome .sum").all_inner_texts() == ["¥4,780.01"]
    way.button(page, "Prepare settlement").click()
    page.wait_for_url(lambda url: not url.endswith("/new/"))
    assert page.locator("tfoot .sum").all_inner_texts() == ["¥4,780.01"]
    assert facts(page)[way.said("The ledger")] == "¥4,780.01"
    with page.expect_download() as download:
        page.locator("form[action$='/export/xlsx/'] button").click()
    sheet = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    assert sheet is not None
    book = [list(row) for row in sheet.iter_rows(values_only=True)]
    with page.expect_download() as download:
        page.locator("form[action$='/export/csv/'] button").click()
    name, text = download.value.suggested_filename, Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert name.endswith(".csv")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == book[0]
    paid = {row[3]: row[9] for row in rows[1:-1]}
    assert paid == {"P-1": "4180.00", "P-3": "600.01"}
    assert rows[-1][9:11] == ["4780.01", "CNY"]
    assert {row[3]: row[9] for row in book[1:-1]} == {"P-1": 4180, "P-3": 600.01}
    assert book[-1][9:11] == [4780.01, "CNY"]
    assert _ledger(way, Account.PAYABLE) == Decimal("4780.01")


def _ledger(way: Way, account: Account) -> Decimal:
    with tenant_context(way.cast.tenant):
        rows = balances(by=("currency",), accounts=[account], periods=[way.last.key])
        [row] = rows
        assert row["currency"] == "CNY"
        return Decimal(row["balance"])


def settlement_is_paid(way: Way) -> None:
    page = way.page(Role.FINANCE)
    page.reload()
    way.link(page, "Mark as paid").click()
    dialog = page.get_by_role("dialog", name=way.said("Mark as paid"))
    dialog.locator("[name=reference]").fill("BANK-2026-77")
    dialog.get_by_role("button", name=way.said("Mark as paid"), exact=True).click()
    page.locator("dd").filter(has_text="BANK-2026-77").wait_for()
    assert page.locator("#list tbody .pill").all_inner_texts() == [way.said("Paid")] * 2
    assert _ledger(way, Account.PAYABLE) == 0
    assert _ledger(way, Account.PAID) == Decimal("4780.01")


def partner_sees_the_payment(way: Way) -> None:
    page = way.page(Role.PARTNER_ADMINISTRATOR)
    page.goto("/p/statements/")
    row = page.locator("main a.row-item")
    assert row.count() == 1
    assert row.locator(".row-value").inner_text() == "¥4,180.00"
    assert row.locator(".pill").inner_text() == PAID[way.language]
    row.click()
    page.wait_for_url("**/p/statements/*/")
    shown = facts(page)
    assert shown[way.said("Total")] == "¥4,180.00"
    assert "BANK-2026-77" in page.locator(".row-item").filter(has_text="PAY-").first.inner_text()
    page.locator("main a.row-item").click()
    page.wait_for_url("**/lines/*/")
    shares = page.locator(".card table").last.locator("tbody td.card-end").all_inner_texts()
    assert (len(shares), sum(map(amount, shares))) == (2, Decimal("4180.00"))


def audit_trail_names_the_steps(way: Way) -> None:
    page = way.page(Role.FINANCE)
    page.goto("/f/audit/")
    text = page.locator("#list").inner_text()
    while page.locator("a[rel=next]").count():
        page.goto(page.locator("a[rel=next]").get_attribute("href"))
        text += page.locator("#list").inner_text()
    for action in [
        "imports.import.uploaded", "imports.import.started", "imports.import.finished", "rebates.program.created",
        "rebates.program.published", "commerce.sales.recorded", "rebates.period.closed", "rebates.statement.approved",
        "rebates.settlement.prepared", "rebates.settlement.exported", "rebates.settlement.paid",
    ]:  # fmt: skip
        assert action in text
    page.goto("/f/audit/?who=administrator")
    assert "rebates.statement.approved" in page.locator("#list").inner_text()
