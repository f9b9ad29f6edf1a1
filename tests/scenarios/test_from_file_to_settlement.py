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
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from prm.identity.rights import Right, Role
from prm.tenancy.context import tenant_context
from prm.testing.api import make_key
from prm.testing.make import Cast
from prm.testing.processes import SiteProcess, WorkerProcesses
from tests.rebates.world import World
from tests.scenarios.finance_steps import (
    another_person_approves,
    audit_trail_names_the_steps,
    finance_closes,
    finance_sees_accruals,
    partner_sees_the_payment,
    preparer_cannot_approve,
    settlement_is_paid,
    settlement_is_prepared_and_exported,
)
from tests.scenarios.material import (
    amount,
    partners_file,
    products_file,
    rates_file,
    sales_file,
)
from tests.scenarios.steps import (
    cells,
    outcome,
    post_json,
    reload_until,
    sign_in_by_form,
    start,
    swap,
    upload,
)
from tests.scenarios.way import ADDED, GAINS, NAMES, Way


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
