"""A year's plan on two screens: drafted at the desk, agreed and worked by on the phone; then a review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from partners import fiscal
from partners.models import BusinessPlan, GoalEntry, ReviewPack
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.scenarios.furnished import furnish


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_plan_then_review(browser: Callable[..., Any], cast: Cast, language: str) -> None:
    furnish(cast)
    locale = "zh-CN" if language == "zh-hans" else "en"
    with tenant_context(cast.tenant):
        today = fiscal.today()
        year = fiscal.year_named(fiscal.year_of(today))
        quarter = fiscal.quarter_of(today)

    def said(text: str) -> str:
        with translation.override(language):
            return gettext(text)

    def press(page: Any, text: str) -> None:
        page.locator("main form").get_by_role("button", name=said(text), exact=True).click()

    desk = browser(cast.user(Role.CHANNEL_MANAGER), locale=locale)
    desk.goto("/m/plans/new/")
    desk.locator("[name=partner]").fill("P-1")
    desk.locator("[name=title]").fill("携手增长")
    press(desk, "Begin the draft")
    desk.wait_for_url("**/m/plans/*-*/")
    with tenant_context(cast.tenant):
        plan = BusinessPlan.objects.get()
    desk.get_by_role("link", name=said("Add goal")).click()
    desk.locator("[name=title]").fill("签约客户")
    desk.locator("[name=target]").fill("12")
    press(desk, "Add")
    desk.get_by_role("link", name=said("Add action")).click()
    desk.locator("[name=title]").fill("招聘两人")
    desk.locator("[name=owner]").select_option(f"partner:{cast.user(Role.PARTNER_SALES).pk}")
    desk.locator("[name=due_on]").fill(year.end.isoformat())
    press(desk, "Add")
    desk.get_by_role("link", name=said("Propose"), exact=True).click()
    press(desk, "Propose")

    phone = browser(cast.user(Role.PARTNER_ADMINISTRATOR), device="phone", locale=locale)
    phone.goto("/p/plan/")
    phone.get_by_role("link", name=said("Read and agree")).click()
    phone.get_by_text("签约客户").wait_for()
    press(phone, "Agree")
    phone.wait_for_url(f"**/p/plans/{plan.pk}/")
    phone.locator("h1 .pill").filter(has_text=said("Agreed")).wait_for()
    phone.get_by_role("link", name=said("Enter"), exact=True).click()
    phone.locator("[name=value]").fill("3")
    press(phone, "Enter")
    phone.get_by_role("link", name=said("Done"), exact=True).click()
    press(phone, "Mark as done")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    with tenant_context(cast.tenant):
        assert GoalEntry.objects.get().value == 3

    desk.goto("/m/reviews/new/")
    desk.locator("[name=partner]").fill("P-1")
    desk.locator("[name=period]").select_option(quarter.key)
    press(desk, "Prepare")
    desk.get_by_role("link", name=said("Share with the partner"), exact=True).click()
    press(desk, "Share with the partner")
    phone.goto("/p/reviews/")
    phone.get_by_role("link", name=quarter.key).click()
    phone.locator("[name=text]").fill("需要样机")
    press(phone, "Save")
    desk.get_by_role("link", name=said("Held"), exact=True).click()
    press(desk, "Freeze it")
    desk.locator("h1 .pill").filter(has_text=said("Held")).wait_for()
    assert (phone.errors, desk.errors) == ([], [])
    with tenant_context(cast.tenant):
        assert ReviewPack.objects.get().document["texts"]["partner_words"] == "需要样机"
