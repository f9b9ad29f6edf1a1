"""Programs built by hand in a browser: growth, rates by days to pay, a template; what is read is what was meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from rebates.models import ProgramVersion
from tests.rebates.world import World
from tests.scenarios.steps import said, swap


@pytest.fixture
def world(cast: Cast) -> World:
    """A vendor whose partners sold in the last quarters."""
    world = World(cast.tenant)
    with tenant_context(cast.tenant):
        for year, amount in ((2025, "1000"), (2026, "1200")):
            world.sale("P-1", f"{year}-08-01", amount, currency="CNY", days_to_pay=20)
    return world


def definition_of(cast: Cast) -> dict[str, Any]:
    with tenant_context(cast.tenant):
        return dict(ProgramVersion.objects.get().definition)


def press(page: Any, language: str, text: str, part: str) -> None:
    swap(page, part, page.get_by_role("button", name=said(language, text), exact=True).first.click)


def save(page: Any, language: str) -> None:
    page.locator(".submit-bar").get_by_role("button", name=said(language, "Save draft"), exact=True).click()
    page.wait_for_url(lambda url: "/new/" not in url)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_growth_program(browser: Callable[..., Any], cast: Cast, world: World, language: str) -> None:
    page = browser(cast.user(Role.CHANNEL_MANAGER), locale="en" if language == "en" else "zh-Hans")
    page.goto("/m/programs/new/")
    page.locator("[name=code]").fill("GROW-Q")
    swap(page, "parts", page.locator("#kind-growth").check)
    page.locator("#bands-0-start").fill("5")
    page.locator("#bands-0-value").fill("2")
    press(page, language, "Add a band", "calculation")
    page.locator("#bands-1-start").fill("20")
    page.locator("#bands-1-value").fill("3.5")
    page.locator("[name=pay_on]").select_option("excess")
    page.locator("#preview blockquote").filter(has_text="3.5%").first.wait_for()
    assert page.locator("#preview blockquote").count() == 2
    page.locator("#cost .cost").wait_for()
    save(page, language)
    assert definition_of(cast)["calculation"] == {
        "type": "growth",
        "baseline": "same_period_last_year",
        "bands": [{"from": "0.05", "rate": "0.02"}, {"from": "0.2", "rate": "0.035"}],
        "pay_on": "excess",
        "without_baseline": "exclude",
    }
    assert page.errors == []


def test_rates_by_days_to_pay(browser: Callable[..., Any], cast: Cast, world: World) -> None:
    page = browser(cast.user(Role.CHANNEL_MANAGER), device="phone")
    page.goto("/m/programs/new/")
    page.locator("[name=code]").fill("PAY-Q")
    swap(page, "parts", page.locator("#kind-line_rate").check)
    page.locator("#rates-0-rate").fill("3")
    swap(page, "calculation", lambda: page.locator("#rates-0-when-0-field").select_option("sale.days_to_pay"))
    swap(page, "calculation", lambda: page.locator("#rates-0-when-0-op").select_option("between"))
    low, high = page.locator("[name='rates.0.when.0.value']").all()
    low.fill("0")
    high.fill("30")
    press(page, "en", "Add a rate", "calculation")
    page.locator("#rates-1-rate").fill("1")
    page.locator("#preview blockquote").filter(has_text="1% for every other line").wait_for()
    save(page, "en")
    assert definition_of(cast)["calculation"]["rates"] == [
        {"when": {"all": [{"field": "sale.days_to_pay", "op": "between", "value": ["0", "30"]}]}, "rate": "0.03"},
        {"when": {}, "rate": "0.01"},
    ]
    assert page.locator(".rate-list li").count() == 2
    assert page.errors == []


def test_a_fault_stands_at_its_row_and_nothing_typed_is_lost(
    browser: Callable[..., Any], cast: Cast, world: World
) -> None:
    page = browser(cast.user(Role.CHANNEL_MANAGER))
    page.goto("/m/programs/new/?template=target")
    page.locator("#bands-1-start").fill("80")
    page.locator(".submit-bar [type=submit]").click()
    page.locator("#bands-1-start[aria-invalid=true]").wait_for()
    assert page.locator("#bands-1-start-error").is_visible()
    assert page.locator("#bands-1-start").input_value() == "80"
    assert page.locator("[name=accumulate]").input_value() == "year_to_date"
    page.locator("#bands-1-start").fill("100")
    page.locator(".submit-bar [type=submit]").click()
    page.wait_for_url(lambda url: "/new/" not in url)
    assert definition_of(cast)["accumulate"] == "year_to_date"


def test_a_template_is_chosen_and_saved(browser: Callable[..., Any], cast: Cast, world: World) -> None:
    page = browser(cast.user(Role.CHANNEL_MANAGER), locale="zh-Hans")
    page.goto("/m/programs/templates/")
    cards = page.locator(".template-card")
    assert cards.count() == 7
    cards.filter(has_text=said("zh-hans", "Collection speed")).click()
    page.locator("#cost .cost-sum strong").filter(has_text="24").wait_for()
    save(page, "zh-hans")
    found = definition_of(cast)
    assert (found["code"], found["name"]["zh-hans"]) == ("COLLECT-Q", "回款返利")
    assert [one["rate"] for one in found["calculation"]["rates"]] == ["0.02", "0.01", "0.005"]
    assert page.errors == []
