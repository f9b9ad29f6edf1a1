"""What if, by hand in a browser: a partner on a phone tries one more sale, a vendor at its desk other rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commerce.models import SaleLine
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from prm.testing.processes import WorkerProcesses
from rebates.models import WhatIfRun
from rebates.services.programs import program_amend
from tests.rebates.world import World, definition
from tests.scenarios.material import Quarter, this_quarter
from tests.scenarios.steps import cells, said

LANGUAGES = [("en", "en"), ("zh-hans", "zh-Hans")]


@pytest.fixture
def quarter(cast: Cast) -> Quarter:
    """P-1 has sold 15,000 this quarter: ¥300 at 2 %, and 4 % on what is above 50,000."""
    now = this_quarter()
    world = World(cast.tenant)
    with tenant_context(cast.tenant):
        world.published("P1", currency="CNY", name={"en": "Road", "zh-hans": "公路车返利"})
        world.product("X", name="R-7")
        world.sale("P-1", now.day(1), "15000", quantity="15", currency="CNY")
        world.sale("P-2", now.day(1), "90000", quantity="90", currency="CNY")
        world.update()
    return now


def is_too_wide(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def rows(page: Any) -> list[str]:
    return [" ".join(text.split()) for text in page.locator("#outcome .kv dd, #outcome .row-item").all_inner_texts()]


@pytest.mark.parametrize(("language", "locale"), LANGUAGES)
def test_a_partner_tries_a_sale(
    browser: Callable[..., Any], cast: Cast, quarter: Quarter, language: str, locale: str
) -> None:
    page = browser(cast.user(Role.PARTNER_SALES), device="phone", locale=locale)
    page.goto("/p/earnings/")
    page.locator("main a[href='/p/earnings/what-if/']").click()
    page.wait_for_url("**/p/earnings/what-if/")
    assert not is_too_wide(page)
    last = page.locator("[name=sold_on]").input_value()
    sale = "Sell %(amount)s of %(product)s by %(day)s and you earn %(gains)s more."
    page.locator("[name=amount]").fill("40,000")
    told = said(language, sale, amount="¥40,000.00", product="R-7", day=last, gains="¥900.00")
    page.locator("#outcome .lead").filter(has_text=told).wait_for()
    # 15,000 → 55,000: 50,000 at 2 % and 5,000 at 4 %.
    name = "RO Road" if language == "en" else "公 公路车返利"
    assert rows(page)[:3] == ["¥300.00", "¥1,200.00", "¥900.00"]
    assert rows(page)[3:] == [f"{name} {quarter.key} ¥300.00 → ¥1,200.00 +¥900.00"]
    assert not is_too_wide(page)
    # Twice is once: the question is only read.
    page.get_by_role("button", name=said(language, "Work it out")).dblclick()
    page.locator("#outcome .lead").filter(has_text=told).wait_for()
    assert page.locator("#outcome").count() == 1
    with tenant_context(cast.tenant):
        assert SaleLine.objects.count() == 2
    assert page.errors == []


@pytest.mark.parametrize(("language", "locale"), LANGUAGES)
def test_what_a_partner_typed_stays(
    browser: Callable[..., Any], cast: Cast, quarter: Quarter, language: str, locale: str
) -> None:
    page = browser(cast.user(Role.PARTNER_SALES), device="phone", locale=locale)
    page.goto("/p/earnings/what-if/")
    refusal = said(language, "Write a number such as 25000 or 12.5.")
    page.locator("[name=amount]").fill("much more")
    page.locator("#outcome .note").filter(has_text=refusal).wait_for()
    assert page.locator("[name=amount]").input_value() == "much more"
    # The address is the question: opened anew, the form has what was typed, and the refusal at its field.
    page.goto("/p/earnings/what-if/?line=Road&amount=much+more&sold_on=" + quarter.day(1))
    field = page.locator("[name=amount]")
    assert field.input_value() == "much more"
    assert field.get_attribute("aria-invalid") == "true"
    assert page.locator("[name=sold_on]").input_value() == quarter.day(1)
    assert page.locator(".field-errors").first.inner_text().strip() == refusal
    assert not is_too_wide(page)
    assert page.errors == []


STEP = {"type": "retroactive", "bands": [{"from": "0", "rate": "0.01"}, {"from": "20400", "rate": "0.03"}]}


@pytest.fixture
def amended(cast: Cast) -> tuple[Quarter, str]:
    """The quarter that is over, with 10,000 of P-1 and 20,000 of P-2 at 2 %, and a draft of STEP. (quarter, program)"""
    over = this_quarter().previous
    world = World(cast.tenant)
    with tenant_context(cast.tenant):
        program = world.published("P1", currency="CNY", name={"en": "Road", "zh-hans": "公路车返利"})
        world.sale("P-1", over.day(2), "10000", currency="CNY")
        world.sale("P-2", over.day(3), "20000", currency="CNY")
        document = definition("P1", currency="CNY", calculation=STEP, valid_from=this_quarter().day(1))
        program_amend(actor=cast.manager, program_id=program.pk, definition=document)
    return over, str(program.pk)


@pytest.mark.parametrize(("language", "locale"), LANGUAGES)
def test_a_vendor_replays_a_draft(
    browser: Callable[..., Any],
    cast: Cast,
    celery_worker_process: WorkerProcesses,
    amended: tuple[Quarter, str],
    language: str,
    locale: str,
) -> None:
    over, program = amended
    page = browser(cast.user(Role.CHANNEL_MANAGER), locale=locale)
    page.goto(f"/m/programs/{program}/")
    page.locator(f"main a[href='/m/programs/{program}/what-if/']").click()
    page.wait_for_url("**/what-if/")
    # What is no program is refused, and stays to be mended.
    page.locator("main details summary").click()
    document = page.locator("[name=definition]").input_value()
    page.locator("[name=definition]").fill('{"code": "P1"')
    page.locator("[name=periods]").select_option("1")
    replay = page.get_by_role("button", name=said(language, "Replay"))
    replay.click()
    page.locator(".field-errors").wait_for()
    assert page.locator("[name=definition]").input_value() == '{"code": "P1"'
    assert page.locator("[name=periods]").input_value() == "1"
    # Chromium calls the refusal's 422 an error.
    assert ["422" in one for one in page.errors] == [True]
    page.errors.clear()
    page.locator("[name=definition]").fill(document)
    replay.dblclick()
    page.wait_for_url("**/programs/what-if/*/")
    page.locator("#what-if .stats").wait_for(timeout=30_000)
    # 600 at 2 % → 300 at 1 %; P-2 stood 400 below 20,400, where 204.00 jump to 612.00.
    assert page.locator("#what-if .stat-value").all_inner_texts() == ["¥600.00", "¥300.00", "-¥300.00"]
    assert [row[1:] for row in cells(page, "#what-if table.cards >> nth=0 >> tbody")] == [
        ["¥400.00", "¥200.00", "-¥200.00"], ["¥200.00", "¥100.00", "-¥100.00"],
    ]  # fmt: skip
    edge = cells(page, "#what-if table.cards >> nth=1 >> tbody")[0]
    assert edge[:4] == ["¥20,400.00", "¥204.00", "¥612.00", "¥408.00"]
    assert f"{over.key} · {said(language, '%(missing)s missing', missing='¥400.00')}" in edge[4]
    page.locator("#bands .chart-table summary").click()
    assert cells(page, "#bands tbody") == [["¥0+", "2", "2"], ["¥50,000+ → ¥20,400+", "0", "0"]]
    assert not is_too_wide(page)
    with page.expect_download() as started:
        page.locator("#what-if a[data-download]").click()
    assert Path(started.value.path()).read_text("utf-8-sig").splitlines()[1].endswith("CNY,400.00,200.00,-200.00")
    page.goto(f"/m/programs/{program}/what-if/")
    assert page.locator("#history tbody tr").count() == 1
    with tenant_context(cast.tenant):
        assert WhatIfRun.objects.count() == 1
    assert page.errors == []
