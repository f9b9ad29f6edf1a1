"""An agreement is drafted at a desk, signed by hand on a phone by somebody without an account, and countersigned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from partners.models import Agreement, Signature
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.browser import PHONE
from prm.testing.make import Cast
from tests.partners.agreement_world import MEI, link_of, make_sent, make_template


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_the_draft_to_the_signed_document(browser: Callable[..., Any], cast: Cast, language: str) -> None:
    locale = "zh-CN" if language == "zh-hans" else "en"
    with tenant_context(cast.tenant):
        template = make_template(cast)

    def said(text: str) -> str:
        with translation.override(language):
            return gettext(text)

    desk = browser(cast.user(Role.CHANNEL_MANAGER), locale=locale)
    desk.goto("/m/agreements/new/")
    desk.locator("[name=partner]").fill("P-1")
    desk.locator("[name=template_id]").select_option(str(template.pk))
    desk.get_by_role("button", name=said("Make the draft")).click()
    desk.wait_for_url("**/edit/")
    desk.locator("[name=name_1]").fill(MEI["name"])
    desk.locator("[name=email_1]").fill(MEI["email"])
    desk.locator("[name=value_minimum_order]").fill("CNY 10,000")
    desk.locator("main form").get_by_role("button", name=said("Save")).click()
    desk.get_by_role("link", name=said("Send to be signed")).click()
    desk.locator("main form").get_by_role("button", name=said("Send")).click()
    desk.get_by_text(said("Sent. The first signer is asked.")).wait_for()

    with tenant_context(cast.tenant):
        token = link_of()
    phone = browser(None, device="phone", locale=locale)
    phone.goto(f"/sign/{token}/")
    sign_by_hand(phone, said)
    phone.get_by_text(said("You have signed. Thank you.")).wait_for()
    with tenant_context(cast.tenant):
        signature = Signature.objects.get()
        assert (signature.method, signature.name) == ("drawn", MEI["name"])
        assert signature.consent.startswith("我已通读" if language == "zh-hans" else "I have read")

    agreement_countersigned(desk, said)
    with tenant_context(cast.tenant):
        agreement = Agreement.objects.get()
        assert (agreement.status, agreement.signed_file is not None) == ("active", True)
    assert desk.errors == phone.errors == []


def sign_by_hand(page: Any, said: Callable[[str], str]) -> None:
    """Read to the end, draw, agree. Before the end has been seen the box cannot be ticked."""
    read, pad = page.locator("[name=has_read]"), page.locator("[data-sign-pad]")
    page.locator("[data-document-end]").scroll_into_view_if_needed()
    page.wait_for_function("!document.querySelector('[name=has_read]').disabled")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 20 + step * 18, box["y"] + 60 + (25 if step % 2 else -25))
    page.mouse.up()
    read.check()
    page.locator("[name=consents]").check()
    page.get_by_role("button", name=said("Sign"), exact=True).click()


def agreement_countersigned(desk: Any, said: Callable[[str], str]) -> None:
    desk.reload()
    desk.get_by_role("link", name=said("Countersign")).click()
    desk.locator("[data-document-end]").scroll_into_view_if_needed()
    desk.wait_for_function("!document.querySelector('[name=has_read]').disabled")
    desk.locator("[name=name]").fill("Ada Vendor")
    desk.locator("[name=has_read]").check()
    desk.locator("[name=consents]").check()
    desk.get_by_role("button", name=said("Sign"), exact=True).click()
    desk.get_by_text(said("Signed. Everybody has signed now.")).wait_for()


def test_without_scripts_a_typed_name_signs(browser: Callable[..., Any], live_site: Any, cast: Cast) -> None:
    with tenant_context(cast.tenant):
        make_sent(cast)
        token = link_of()
    context = browser(None).context.browser.new_context(
        **PHONE, java_script_enabled=False, base_url=live_site.url("", "acme"), locale="en"
    )
    page = context.new_page()
    page.goto(f"/sign/{token}/")
    assert not page.locator("[data-sign-pad]").is_visible()
    page.locator("[name=has_read]").check()
    page.locator("[name=consents]").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_text("You have signed. Thank you.").wait_for()
    context.close()
    with tenant_context(cast.tenant):
        assert Signature.objects.get().method == "typed"
