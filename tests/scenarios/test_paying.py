"""Finance pays in a browser: what it pays is seen while it is picked, and a payment that failed is tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from rebates.models import Payment, Settlement, Statement
from rebates.services.periods import period_close
from rebates.services.statements import statement_approve
from tests.rebates.world import World
from tests.scenarios.material import this_quarter


def approved(cast: Cast) -> None:
    """Two partners earned 200.00 and 400.00 last quarter, and a second person approved it."""
    last = this_quarter().previous
    with tenant_context(cast.tenant):
        world = World(cast.tenant)
        world.no_review()
        world.published("P1", currency="CNY")
        world.sale("P-1", last.day(1), "10000", currency="CNY")
        world.sale("P-2", last.day(1), "20000", currency="CNY")
        period_close(actor=cast.finance, kind="quarter", key=last.key)
        ids = list(Statement.objects.values_list("pk", flat=True))
        statement_approve(actor=cast.administrator, statement_ids=ids)


def test_a_settlement_is_picked_paid_in_part_and_tried_again(browser: Callable[..., Any], cast: Cast) -> None:
    approved(cast)
    page = browser(cast.user(Role.FINANCE))
    page.goto("/f/settlements/new/")
    assert page.locator("#outcome .sum").all_inner_texts() == ["¥600.00"]
    page.locator("#waiting tbody input[type=checkbox]").first.uncheck()
    page.locator("#outcome .sum").filter(has_text="¥400.00").wait_for()
    page.locator("#waiting tbody input[type=checkbox]").first.check()
    page.locator("#outcome .sum").filter(has_text="¥600.00").wait_for()
    page.locator("#outcome [name=deduct]").first.check()
    page.locator("#outcome .row-sub").filter(has_text="Deduction").wait_for()
    page.locator("#outcome [name=deduct]").first.uncheck()
    page.locator("#outcome .row-sub").filter(has_text="Deduction").wait_for(state="detached")
    page.locator("main [type=submit]").filter(has_text="Prepare settlement").click()
    page.wait_for_url(lambda url: not url.endswith("/new/"))
    with page.expect_download() as download:
        page.locator("form[action$='/export/csv/'] button").click()
    assert download.value.suggested_filename == "S-00001.csv"
    page.goto("/f/payments/")
    page.locator("#list tbody a").filter(has_text="PAY-000001").click()
    page.locator("[data-dialog-open=act-failed]").click()
    dialog = page.locator("dialog#act-failed")
    dialog.locator("[name=reason]").fill("AC04 closed account")
    dialog.locator("[type=submit]").click()
    page.locator("main .note").filter(has_text="AC04").wait_for()
    page.locator("[data-dialog-open=act-retry]").click()
    page.locator("dialog#act-retry [type=submit]").click()
    page.locator("main .page-head .pill").filter(has_text="Prepared").wait_for()
    with tenant_context(cast.tenant):
        assert Settlement.objects.get().status == "exported"
        assert list(Payment.objects.order_by("number").values_list("status", "attempt")) == [
            ("prepared", 2), ("exported", 1),
        ]  # fmt: skip
    assert page.errors == []
