"""The whole way in Chromium: files go in, a program is written, the partner sees the money, finance settles and pays.

Real web server, Celery worker and relay. Once in English at a desk, once in Chinese with the partner on a phone.
The figures are worked out in `material.py`.
"""

from __future__ import annotations

import csv
import io
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from prm.identity.rights import Right, Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.tenancy.context import tenant_context
from prm.testing.api import make_key
from prm.testing.make import Cast
from prm.testing.processes import SiteProcess, WorkerProcesses
from tests.rebates.world import World
from tests.scenarios.material import (
    Quarter,
    amount,
    partners_file,
    products_file,
    rates_file,
    sales_file,
    this_quarter,
)
from tests.scenarios.steps import (
    cells,
    facts,
    outcome,
    post_json,
    reload_until,
    said,
    sign_in_by_form,
    start,
    swap,
    upload,
)

NAMES = {"en": "Road quarterly", "zh-hans": "道路季度返利"}
GAINS = {
    "en": "Sell ¥149,765.44 more and you earn ¥4,492.96 more, at 5%.",
    "zh-hans": "再卖 ¥149,765.44，即可多赚 ¥4,492.96（按 5%）。",
}
ADDED = {"en": ["row", "column", "reason"], "zh-hans": ["行", "列", "原因"]}
PAID = {"en": "Paid", "zh-hans": "已付"}


@dataclass
class Way:
    """One walk: who walks in which language, and on what the partner reads."""

    language: str
    device: str
    cast: Cast
    open: Callable[..., Any]
    worker: WorkerProcesses
    site: SiteProcess
    pages: dict[str, Any] = field(default_factory=dict)

    @property
    def now(self) -> Quarter:
        return this_quarter()

    @property
    def last(self) -> Quarter:
        return self.now.previous

    @property
    def program(self) -> str:
        return NAMES[self.language]

    def page(self, role: Role, *, signed_in: bool = True) -> Any:
        if role not in self.pages:
            device = self.device if role is Role.PARTNER_ADMINISTRATOR else "desktop"
            locale = "zh-Hans" if self.language == "zh-hans" else "en"
            self.pages[role] = self.open(self.cast.user(role) if signed_in else None, device=device, locale=locale)
        return self.pages[role]

    def said(self, text: str, **values: object) -> str:
        return said(self.language, text, **values)

    def button(self, page: Any, text: str) -> Any:
        return page.get_by_role("button", name=self.said(text), exact=True)

    def link(self, page: Any, text: str) -> Any:
        return page.locator("main").get_by_role("link", name=self.said(text), exact=True)


@pytest.mark.parametrize(("language", "device"), [("en", "desktop"), ("zh-hans", "phone")])
def test_from_file_to_settlement(
    language: str,
    device: str,
    cast: Cast,
    browser: Callable[..., Any],
    celery_worker_process: WorkerProcesses,
    live_site: SiteProcess,
) -> None:
    with tenant_context(cast.tenant):
        World(cast.tenant).no_review()
    way = Way(language, device, cast, browser, celery_worker_process, live_site)
    with tenant_context(way.cast.tenant):
        World(way.cast.tenant).no_review()
    manager_signs_in(way)
    files_go_in(way)
    refused_rows_are_told(way)
    program_is_written(way)
    program_is_published(way)
    partner_sees_the_money(way)
    partner_sees_every_line(way)
    a_new_sale_arrives(way)
    finance_sees_accruals(way)
    finance_closes(way)
    preparer_cannot_approve(way)
    another_person_approves(way)
    settlement_is_prepared_and_exported(way)
    settlement_is_paid(way)
    partner_sees_the_payment(way)
    audit_trail_names_the_steps(way)
    for role, page in way.pages.items():
        unexpected = [error for error in page.errors if "403" not in error]
        assert (role, unexpected) == (role, [])


def manager_signs_in(way: Way) -> None:
    page = way.page(Role.CHANNEL_MANAGER, signed_in=False)
    sign_in_by_form(page, way.cast.user(Role.CHANNEL_MANAGER).email)
    assert page.url.endswith("/m/")
    assert page.locator("html").get_attribute("lang") == way.language


def files_go_in(way: Way) -> None:
    page = way.page(Role.CHANNEL_MANAGER)
    upload(page, "m", "partners", ("partners.csv", partners_file()), update=True)
    assert "GB18030" in page.locator("form.mapping").inner_text()
    start(page, "import")
    assert outcome(page)[:3] == ["3", "2", "0"]
    upload(page, "m", "products", ("products.xlsx", products_file()))
    start(page, "import")
    assert outcome(page) == ["2", "2", "0", "0"]

    finance = way.page(Role.FINANCE)
    upload(finance, "f", "rates", ("rates.csv", rates_file()))
    start(finance, "import")
    assert outcome(finance) == ["1", "1", "0", "0"]

    upload(page, "m", "sales", ("sales.csv", sales_file(way.last, way.now)), sender="SAP")
    assert page.locator("[name=map_partner_code]").input_value() == "经销商编码"
    assert page.locator("[name=map_sku]").get_attribute("aria-invalid") == "true"
    start(page, "check", {"sku": "型号"})
    assert outcome(page)[:3] == ["9", "6", "0"]
    page.goto("/m/sales/")
    assert page.locator("main table").count() == 0
    page.goto("/m/imports/")
    page.get_by_role("link", name="sales.csv").click()
    _import_while_watched(way, page)


def _import_while_watched(way: Way, page: Any) -> None:
    """The worker is held so that the bar is certain to be seen; the page goes on by itself when it is done."""
    assert page.locator("[name=map_sku]").input_value() == "型号"
    os.kill(way.worker.worker.pid, signal.SIGSTOP)
    try:
        start(page, "import")
        bar = page.locator("#import-progress")
        bar.wait_for()
        assert way.said("Waiting for a free worker") in bar.inner_text()
        with page.expect_response("**/progress/") as asked:
            pass
        assert asked.value.status == 200
    finally:
        os.kill(way.worker.worker.pid, signal.SIGCONT)
    assert outcome(page)[:3] == ["9", "6", "0"]


def refused_rows_are_told(way: Way) -> None:
    page = way.page(Role.CHANNEL_MANAGER)
    table = cells(page, "#errors tbody")
    assert [row[:2] for row in table] == [["8", "sku"], ["9", "sold_on"], ["10", "partner_code"]]
    assert "NOPE" in table[0][2]
    assert f"{way.last.start.year}-02-31" in table[1][2]
    assert "P-9" in table[2][2]
    with page.expect_download() as download:
        page.locator("#errors").get_by_role("link", name=way.said("Download")).click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert rows[0] == [
        *ADDED[way.language],
        "行号",
        "经销商编码",
        "型号",
        "销售日期",
        "数量",
        "金额",
        "币种",
        "客户名称",
    ]
    assert [row[:2] + row[3:4] for row in rows[1:]] == [
        ["8", "sku", "S-7"],
        ["9", "sold_on", "S-8"],
        ["10", "partner_code", "S-9"],
    ]
    assert "'=1+1" in rows[1]


def program_is_written(way: Way) -> None:
    page = way.page(Role.CHANNEL_MANAGER)
    page.goto("/m/programs/")
    page.locator("main a[href='/m/programs/new/']").first.click()
    for name, value in {
        "code": "ROAD-Q", "name_en": NAMES["en"], "name_zh": NAMES["zh-hans"], "currency": "cny",
        "valid_from": way.last.day(1),
    }.items():  # fmt: skip
        page.locator(f"[name={name}]").fill(value)
    swap(page, "scope", way.button(page, "Add a condition").click)
    swap(page, "scope", lambda: page.locator("#scope-0-field").select_option("product.line"))
    page.locator(".picker input[value=Road]").check()
    for index, (begin, rate) in enumerate([("0", "2"), ("50,000", "3"), ("200000", "5%")]):
        if index:
            swap(page, "calculation", way.button(page, "Add a band").click)
        page.locator(f"#bands-{index}-start").fill(begin)
        page.locator(f"#bands-{index}-value").fill(rate)
    page.locator("#preview blockquote").filter(has_text="200,000").first.wait_for()
    texts = page.locator("#preview blockquote").all_inner_texts()
    assert len(texts) == 2
    assert all("Road" in text and "2%" in text and "3%" in text and "5%" in text for text in texts)
    way.button(page, "Save draft").click()
    page.wait_for_url(lambda url: not url.endswith("/new/"))
    assert page.locator("h1").inner_text().split("\n")[0] == way.program
    assert page.locator("blockquote").all_inner_texts() == texts
    assert cells(page, "main .scroll:has(th.desk-only) tbody") == [
        ["¥0.00", "¥50,000.00", "2%", "¥0.00"],
        ["¥50,000.00", "¥200,000.00", "3%", "¥1,000.00"],
        ["¥200,000.00", way.said("no end"), "5%", "¥5,500.00"],
    ]


def program_is_published(way: Way) -> None:
    page = way.page(Role.CHANNEL_MANAGER)
    way.link(page, "Publish").click()
    assert page.locator("h1").inner_text() == way.said("Publish %(code)s version %(number)s?", code="ROAD-Q", number=1)
    page.locator(".note").filter(has_text="¥4,780.01").wait_for()
    way.button(page, "Publish").click()
    page.wait_for_url(lambda url: not url.endswith("/publish/"))
    assert page.locator("main .page-head .pill").first.inner_text() == way.said("Published")
    page.goto(f"/m/accruals/?period={way.last.key}")
    reload_until(page, "main tfoot .sum", "¥4,780.01")


def partner_sees_the_money(way: Way) -> None:
    page = way.page(Role.PARTNER_ADMINISTRATOR)
    page.goto("/p/")
    reload_until(page, ".wallet-value", "¥1,007.04")
    assert way.now.key in page.locator(".wallet-label").inner_text()
    row = page.locator("main a.row-item").filter(has=page.locator(".row-value"))
    assert row.count() == 1
    assert row.locator(".row-title").inner_text() == way.program
    assert row.locator(".row-value").inner_text() == "¥1,007.04"
    assert row.locator(".pill").inner_text() == "3%"
    row.click()
    page.wait_for_url("**/p/earnings/*/")
    assert page.locator("h1").inner_text().split("\n")[0] == way.program
    assert page.locator(".wallet-value").inner_text() == "¥1,007.04"
    reached = page.locator(".ladder-bands li[aria-current=step]")
    assert reached.locator("b").inner_text() == "3%"
    assert page.locator(".ladder-bands li b").all_inner_texts() == ["2%", "3%", "5%"]
    assert page.locator(".ladder-gain").inner_text().strip() == GAINS[way.language]


def partner_sees_every_line(way: Way) -> None:
    page = way.page(Role.PARTNER_ADMINISTRATOR)
    steps = page.locator(".card table").filter(has=page.locator("tfoot")).first
    amounts = [Decimal(text.replace(",", "")) for text in steps.locator("tbody td.number").all_inner_texts()]
    assert sum(amounts) == Decimal("1007.04")
    assert steps.locator("tfoot td").inner_text() == "¥1,007.04"
    lines = page.locator(".card table").last
    shares = [amount(text) for text in lines.locator("tbody td.card-end").all_inner_texts()]
    assert len(shares) == 2
    assert sum(shares) == Decimal("1007.04")
    text = lines.inner_text()
    assert "S-5" in text
    assert "¥41,234.56" in text
    assert "S-6" in text
    assert "US$1,250.00" in text or "$1,250.00" in text
    page.goto("/p/programs/")
    assert page.locator("main .soft").inner_text() in page.content()
    assert page.locator("main .soft").count() == 1
    page.goto("/p/")


def a_new_sale_arrives(way: Way) -> None:
    """One line through the REST API, with a key; the same request again changes nothing."""
    page = way.page(Role.PARTNER_ADMINISTRATOR)
    line = {
        "external_id": "S-10", "partner_code": "P-1", "sku": "X-100", "sold_on": way.now.day(1), "quantity": "5",
        "net_amount": "160000.00", "currency": "CNY",
    }  # fmt: skip
    headers = {
        "Authorization": f"Bearer {make_key(way.cast, [Right.SALES_EDIT, Right.SALES_VIEW])}",
        "Idempotency-Key": "line-10",
    }
    answers = [post_json(way.site, "/api/v1/sales/", line, headers) for _ in range(2)]
    assert [status for status, _body in answers] == [201, 201]
    assert Decimal(answers[0][1]["net_amount"]) == 160000
    assert answers[0] == answers[1]
    assert reload_until(page, ".wallet-value", "¥6,011.73") < 10
    page.locator("main a.row-item").filter(has=page.locator(".row-value")).first.click()
    page.wait_for_url("**/p/earnings/*/")
    assert page.locator(".ladder-bands li[aria-current=step] b").inner_text() == "5%"
    assert page.locator(".ladder-gain").count() == 0
    shares = page.locator(".card table").last.locator("tbody td.card-end").all_inner_texts()
    assert (len(shares), sum(map(amount, shares))) == (3, Decimal("6011.73"))


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
