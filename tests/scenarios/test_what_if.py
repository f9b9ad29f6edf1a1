"""What if, by hand in a browser: a partner on a phone tries out one more sale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from commerce.models import SaleLine
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.rebates.world import World
from tests.scenarios.material import Quarter, this_quarter
from tests.scenarios.steps import said

LANGUAGES = [("en", "en"), ("zh-hans", "zh-Hans")]
PHONE_WIDTH = 390


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


def width(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


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
    assert width(page) == PHONE_WIDTH
    last = page.locator("[name=sold_on]").input_value()
    sale = "Sell %(amount)s of %(product)s by %(day)s and you earn %(gains)s more."
    page.locator("[name=amount]").fill("40,000")
    told = said(language, sale, amount="¥40,000.00", product="R-7", day=last, gains="¥900.00")
    page.locator("#outcome .lead").filter(has_text=told).wait_for()
    # 15,000 → 55,000: 50,000 at 2 % and 5,000 at 4 %.
    name = said(language, "Road") if language == "en" else "公路车返利"
    key = quarter.key
    assert rows(page)[:3] == ["¥300.00", "¥1,200.00", "¥900.00"]
    assert rows(page)[3:] == [f"{name[:1].upper()} {name} {key} ¥300.00 → ¥1,200.00 +¥900.00"]
    assert width(page) == PHONE_WIDTH
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
    assert width(page) == PHONE_WIDTH
    assert page.errors == []
