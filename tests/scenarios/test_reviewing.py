"""A reviewer's work by hand: at a desk in English, on a phone in Chinese, in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from partners.models import Application
from partners.policies.applications import applicant
from partners.services.applications import application_answer
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.partners.applying import ANSWERS, sent

OTHER = {
    "legal_name": "苏州平江数码有限公司", "tax_id": "91310000MA1FL0TT05", "website": "pingjiang.example",
    "contact_phone": "139 0013 8001",
}  # fmt: skip


@pytest.mark.parametrize(("language", "device"), [("en", "desktop"), ("zh-hans", "phone")])
def test_taken_asked_and_decided(browser: Callable[..., Any], cast: Cast, language: str, device: str) -> None:
    with tenant_context(cast.tenant):
        wanted, unwanted = sent(), sent("shen@pingjiang.example", **OTHER)

    def said(text: str) -> str:
        with translation.override(language):
            return gettext(text)

    page = browser(cast.user(Role.CHANNEL_MANAGER), device=device, locale="zh-CN" if language == "zh-hans" else "en")
    asked(page, said, wanted)
    with tenant_context(cast.tenant):
        assert Application.objects.get(pk=wanted.pk).paused_at is not None
        application_answer(actor=applicant(wanted), application_id=wanted.pk, text="上海和江苏")
    approved(page, said)
    rejected(page, said, unwanted)
    with tenant_context(cast.tenant):
        ends = Application.objects.order_by("number").values_list("status", "reviewer_label", "reapply")
        assert list(ends) == [("approved", cast.manager.label, ""), ("rejected", cast.manager.label, "never")]
    assert [one for one in page.errors if "422" not in one] == [], "the refusal apart"


def asked(page: Any, said: Callable[[str], str], application: Application) -> None:
    """Found in the queue, taken on, given back with a question: the clock stands still."""
    page.goto("/m/recruitment/")
    fits(page)
    page.get_by_role("link", name=ANSWERS["legal_name"]).click()
    page.get_by_role("button", name=said("Take it on")).click()
    page.get_by_text(said("You review %(number)s now.") % {"number": application}).wait_for()
    assert said("%(left)s left, paused") % {"left": ""} not in page.inner_text("main")
    page.locator("main").get_by_role("link", name=said("Ask"), exact=True).click()
    page.locator("[name=text]").fill("哪些区域？")
    fits(page)
    page.get_by_role("button", name=said("Send the question")).click()
    page.get_by_text(said("The applicant is asked; the clock stands still.")).wait_for()
    page.goto("/m/recruitment/?state=waiting")
    assert ANSWERS["legal_name"] in page.inner_text("main")
    assert (said("%(left)s left, paused") % {"left": "#"}).rpartition("#")[2] in page.inner_text("main")


def approved(page: Any, said: Callable[[str], str]) -> None:
    page.goto("/m/recruitment/")
    page.get_by_role("link", name=ANSWERS["legal_name"]).click()
    assert "上海和江苏" in page.inner_text("main")
    page.locator("main").get_by_role("link", name=said("Approve"), exact=True).click()
    page.get_by_role("button", name=said("Approve"), exact=True).click()
    page.locator("main .pill", has_text=said("Approved")).first.wait_for()


def rejected(page: Any, said: Callable[[str], str], application: Application) -> None:
    """Refused without a reason and words, then with them, and a rule for the next try."""
    page.goto(f"/m/recruitment/{application.pk}/reject/")
    page.get_by_role("button", name=said("Reject"), exact=True).click()
    page.locator(".field-errors").first.wait_for()
    page.locator("[name=reason][value=not_the_right_fit]").check()
    page.locator("[name=text]").fill("目前重合较少。")
    page.locator("[name=reapply]").select_option("never")
    fits(page)
    page.get_by_role("button", name=said("Reject"), exact=True).click()
    page.locator("main .pill", has_text=said("Rejected")).first.wait_for()
    assert "目前重合较少。" in page.inner_text("main")


def fits(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
