"""A statement in review on a phone: a line is disputed with a photo, finance decides, the partner reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from rebates.models import Adjustment, Dispute
from tests.scenarios.furnished import furnish

PHOTO = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_the_line_to_the_decision(browser: Callable[..., Any], cast: Cast, tmp_path: Path, language: str) -> None:
    house = furnish(cast)
    locale = "zh-CN" if language == "zh-hans" else "en"
    photo = tmp_path / "invoice.png"
    photo.write_bytes(PHOTO)

    def said(text: str) -> str:
        with translation.override(language):
            return gettext(text)

    phone = browser(cast.user(Role.PARTNER_FINANCE), device="phone", locale=locale)
    phone.goto(f"/p/statements/{house.ids['reviewed_id']}/")
    phone.get_by_role("link", name=said("Dispute this line")).click()
    form = phone.locator(".dispute-form")
    form.locator("[name=reason]").select_option("wrong_rate")
    form.locator("[name=claimed]").fill("1,000")
    form.locator("[name=text]").fill("F-7")
    form.locator("[name=files]").set_input_files(photo)
    form.get_by_text("invoice.png").wait_for()
    form.get_by_role("button", name=said("Open the dispute")).click()
    phone.wait_for_url("**/p/disputes/*/")
    phone.get_by_role("link", name="invoice.png").wait_for()
    with tenant_context(cast.tenant):
        dispute = Dispute.objects.get(number=2)
        wanted = dispute.claimed - dispute.stated

    desk = browser(cast.user(Role.FINANCE), locale=locale)
    desk.goto("/f/disputes/?state=open")
    desk.get_by_role("link", name="D-00002").click()
    desk.get_by_role("link", name=said("Decide")).click()
    desk.get_by_label(said("Accepted"), exact=True).check()
    desk.locator("[name=text]").fill("OK")
    desk.locator("main form").get_by_role("button", name=said("Decide")).click()
    desk.wait_for_url(f"**/f/disputes/{dispute.pk}/")

    phone.reload()
    assert phone.locator("h1 .pill").inner_text() == said("Accepted")
    phone.get_by_text(said("It is an adjustment of your next statement.")).wait_for()
    phone.goto(f"/p/statements/{house.ids['reviewed_id']}/")
    phone.get_by_role("button", name=said("Agree to the rest")).click()
    phone.locator("h1 .pill").filter(has_text=said("Approved")).wait_for()
    assert (phone.errors, desk.errors) == ([], [])
    with tenant_context(cast.tenant):
        assert Adjustment.objects.get(cause_type="rebates.dispute").amount == wanted
