"""What hands do: click twice, go back, use the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from commerce.models import Product
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from rebates.models import Period, Settlement
from tests.scenarios.furnished import Furnished, furnish
from tests.scenarios.walk import RULES

INSIDE = "() => !!document.activeElement.closest('dialog[open]')"


@pytest.fixture
def house(cast: Cast) -> Furnished:
    return furnish(cast)


def watched(page: Any) -> list[str]:
    """Addresses that the page posts to, from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    return sent


def test_two_clicks_send_once(browser: Callable[..., Any], cast: Cast) -> None:
    page = browser(cast.user(Role.CHANNEL_MANAGER))
    page.goto("/m/products/new/")
    page.locator("[name=sku]").fill("Z-1")
    page.locator("[name=name]").fill("Switch")
    sent = watched(page)
    page.locator("main form [type=submit]").dblclick()
    page.wait_for_url("**/m/products/")
    assert len(sent) == 1
    with tenant_context(cast.tenant):
        assert Product.objects.filter(sku="Z-1").count() == 1
    assert page.errors == []


def test_two_clicks_in_a_dialog_act_once(browser: Callable[..., Any], house: Furnished) -> None:
    page = browser(house.cast.user(Role.FINANCE))
    sent = watched(page)
    page.goto(f"/f/settlements/{house.ids['exported_id']}/")
    page.locator("[data-dialog-open=paid]").click()
    dialog = page.locator("dialog#paid")
    dialog.locator("[name=reference]").fill("BANK-2")
    dialog.locator("[type=submit]").dblclick()
    page.locator("dd").filter(has_text="BANK-2").wait_for()
    assert len(sent) == 1
    with tenant_context(house.cast.tenant):
        assert Settlement.objects.filter(status="paid").count() == 2
    assert page.errors == []


def test_back_after_a_post_shows_the_form_again_and_it_still_works(browser: Callable[..., Any], cast: Cast) -> None:
    page = browser(cast.user(Role.CHANNEL_MANAGER))
    page.goto("/m/products/")
    page.goto("/m/products/new/")
    page.locator("[name=sku]").fill("Z-1")
    page.locator("[name=name]").fill("Switch")
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/m/products/")
    page.go_back()
    page.wait_for_url("**/m/products/new/")
    assert page.locator("h1").count() == 1
    submit = page.locator("main form [type=submit]")
    assert submit.get_attribute("aria-disabled") is None
    page.locator("[name=sku]").fill("Z-2")
    page.locator("[name=name]").fill("Switch 2")
    submit.click()
    page.wait_for_url("**/m/products/")
    with tenant_context(cast.tenant):
        assert sorted(Product.objects.values_list("sku", flat=True)) == ["Z-1", "Z-2"]
    assert page.errors == []


def test_back_after_a_refused_post_asks_nothing(browser: Callable[..., Any], cast: Cast) -> None:
    """A refusal is a page of its own address; going back and forth ends at pages, never at an error."""
    page = browser(cast.user(Role.CHANNEL_MANAGER))
    page.goto("/m/products/")
    page.goto("/m/products/new/")
    page.locator("[name=sku]").fill("Z-1")
    page.locator("main form [type=submit]").click()
    page.locator(".field-errors").first.wait_for()
    assert page.locator("[name=sku]").input_value() == "Z-1"
    assert page.locator("[name=name]").get_attribute("aria-invalid") == "true"
    page.go_back()
    page.wait_for_load_state()
    assert page.locator("h1").count() == 1
    assert page.url.endswith(("/m/products/", "/m/products/new/"))


def test_back_to_a_filtered_list(browser: Callable[..., Any], house: Furnished) -> None:
    page = browser(house.cast.user(Role.FINANCE))
    page.goto("/f/statements/")
    page.locator("select[name=status]").select_option("paid")
    page.wait_for_url("**/f/statements/?status=paid")
    page.locator("#list tbody tr").nth(1).wait_for(state="detached")
    page.locator("#list tbody th a").click()
    page.wait_for_url(f"**/f/statements/{house.ids['statement_id']}/")
    page.go_back()
    page.wait_for_url("**/f/statements/?status=paid")
    assert page.locator("#list tbody tr").count() == 1
    assert page.locator("select[name=status]").input_value() == "paid"
    assert page.locator("main h1").count() == 1
    assert page.errors == []


def test_the_keyboard_reaches_the_content_and_the_main_action(browser: Callable[..., Any], cast: Cast) -> None:
    page = browser(cast.user(Role.CHANNEL_MANAGER))
    page.goto("/m/products/")
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    assert skip.evaluate("e => e === document.activeElement")
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _step in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "/m/products/new/":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    page.wait_for_url("**/m/products/new/")
    page.locator("[name=name]").focus()
    page.keyboard.type("Keyboard")
    page.keyboard.press("Tab")
    page.keyboard.type("K-1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/m/products/")
    with tenant_context(cast.tenant):
        assert (Product.objects.get().sku, Product.objects.get().name) == ("K-1", "Keyboard")


def test_a_dialog_holds_the_focus_and_gives_it_back(browser: Callable[..., Any], house: Furnished) -> None:
    page = browser(house.cast.user(Role.ADMINISTRATOR))
    page.goto(f"/f/settlements/{house.ids['exported_id']}/")
    opener = page.locator("[data-dialog-open=paid]")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog#paid")
    dialog.wait_for()
    assert Axe().run(page, options=RULES).response["violations"] == []
    places = set()
    for _step in range(9):
        page.keyboard.press("Tab")
        # Chromium lets the browser's own controls have a turn; the page behind never gets one.
        where = page.evaluate("document.activeElement.tagName + '.' + (document.activeElement.name || '')")
        assert page.evaluate(INSIDE) or where == "BODY."
        places.add(where)
    assert {"INPUT.paid_on", "INPUT.reference"} <= places
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert opener.evaluate("e => e === document.activeElement")
    assert page.errors == []
    with tenant_context(house.cast.tenant):
        assert Settlement.objects.filter(status="exported").count() == 1


def test_dialogs_of_closing_and_undoing_do_nothing_when_left(browser: Callable[..., Any], house: Furnished) -> None:
    page = browser(house.cast.user(Role.ADMINISTRATOR), device="phone", locale="zh-Hans", scheme="dark")
    for address, name in [
        (f"/f/periods/quarter/{house.ids['key']}/", "close"),
        (f"/m/imports/{house.ids['import_id']}/", "undo"),
    ]:
        page.goto(address)
        sent = watched(page)
        page.locator(f"[data-dialog-open={name}]").click()
        page.locator(f"dialog#{name}").wait_for()
        assert Axe().run(page, options=RULES).response["violations"] == []
        box = page.locator(f"dialog#{name}").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        page.locator(f"dialog#{name} [data-dialog-close]").last.click()
        assert not page.locator(f"dialog#{name}").is_visible()
        assert sent == []
    with tenant_context(house.cast.tenant):
        assert not Period.objects.filter(key=house.ids["key"], status="closed").exists()
    assert page.errors == []
