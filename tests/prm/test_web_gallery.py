"""The gallery in a real browser: accessible in every state, no wider than the phone, nothing blocked by the policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from prm.identity.rights import Role
from prm.testing.make import PASSWORD, Cast

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


# Four states in which each pair of device, language and colours meets once.
STATES = [
    ("phone", "zh-Hans", "light"),
    ("phone", "en", "dark"),
    ("desktop", "en", "light"),
    ("desktop", "zh-Hans", "dark"),
]


def violations(page: Any, rules: dict[str, Any] | None = None) -> list[str]:
    found = Axe().run(page, options=rules or RULES).response["violations"]
    return [f"{v['id']}: {node['html'][:120]}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize(("device", "locale", "scheme"), STATES)
def test_gallery_and_entrance(browser: Callable[..., Any], cast: Cast, device: str, locale: str, scheme: str) -> None:
    page = browser(cast.user(Role.ADMINISTRATOR), device=device, locale=locale, scheme=scheme)
    page.goto("/components/")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.errors == []
    stranger = browser(None, device=device, locale=locale, scheme=scheme)
    stranger.goto("/accounts/login/")
    assert violations(stranger) == []
    assert stranger.errors == []


@pytest.mark.parametrize("color", ["#ff6a00", "#ffd400", "#000000"])
def test_any_brand_stays_readable(browser: Callable[..., Any], cast: Cast, color: str) -> None:
    cast.tenant.brand_color = color
    cast.tenant.save(update_fields=["brand_color"])
    for scheme in ("light", "dark"):
        page = browser(cast.user(Role.MARKETING), scheme=scheme)
        page.goto("/components/")
        assert violations(page, {"runOnly": ["color-contrast"]}) == []


def test_the_narrowest_phone(browser: Callable[..., Any], cast: Cast) -> None:
    page = browser(cast.user(Role.ADMINISTRATOR), device="phone")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/components/")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    small = page.evaluate(
        """() => [...document.querySelectorAll(".tabbar a, .app-top a, .app-top summary, .page-head .btn")]
            .map((e) => e.getBoundingClientRect()).filter((b) => b.width && (b.height < 40 || b.width < 40)).length"""
    )
    assert small == 0


def test_menus_dialogs_theme_and_messages(browser: Callable[..., Any], cast: Cast) -> None:
    page = browser(cast.user(Role.ADMINISTRATOR))
    page.goto("/components/")
    page.keyboard.press("Control+k")
    page.keyboard.type("sess")
    assert page.locator("#finder a:visible").all_inner_texts() == ["Sessions"]
    page.keyboard.press("Escape")
    assert not page.locator("#finder").is_visible()

    page.get_by_role("button", name="Open a dialog").click()
    dialog = page.get_by_role("dialog", name="Close the period?")
    assert dialog.is_visible()
    assert violations(page) == []
    dialog.get_by_role("button", name="Cancel").click()
    assert not dialog.is_visible()

    page.get_by_role("button", name="Show a message").click()
    assert page.locator("#toasts .toast-ok").inner_text() == "OK"
    page.locator("#toasts [data-dismiss]").click()
    assert page.locator("#toasts .toast").count() == 0

    page.locator(".app-side-foot summary").click()
    with page.expect_response("**/preferences/theme/"):
        page.locator(".app-side-foot [value=dark]").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.errors == []


def test_rows_are_selected_and_charts_speak(browser: Callable[..., Any], cast: Cast) -> None:
    page = browser(cast.user(Role.ADMINISTRATOR))
    page.goto("/components/")
    assert not page.locator("[data-bulk]").is_visible()
    page.locator("[data-select]").nth(1).check()
    assert page.locator("[data-bulk-count]").inner_text() == "1"
    page.locator("[data-select-all]").check()
    assert page.locator("[data-bulk-count]").inner_text() == "12"
    page.locator("[data-select-all]").uncheck()
    assert not page.locator("[data-bulk]").is_visible()

    page.locator("[data-chart] .hit").nth(8).hover()
    said = page.locator(".chart-tip").inner_text().split()
    assert said[0] == "Sep"
    assert "¥61,000.00" in said
    assert "¥72,000.00" in said


def test_a_filter_swaps_only_the_table_and_goes_into_the_address(browser: Callable[..., Any], cast: Cast) -> None:
    page = browser(cast.user(Role.ADMINISTRATOR))
    page.goto("/components/")
    page.evaluate("window.stayed = true")
    with page.expect_response("**/components/?state=paid"):
        page.locator("select[name=state]").select_option("paid")
    page.wait_for_url("**/components/?state=paid")
    assert page.evaluate("window.stayed") is True
    assert page.errors == []


def test_the_page_works_without_scripts(request: pytest.FixtureRequest, cast: Cast, live_site: Any) -> None:
    from prm.testing.browser import sign_in

    chromium = request.getfixturevalue("_chromium")
    context = chromium.new_context(java_script_enabled=False, base_url=live_site.url("", "acme"))
    try:
        sign_in(context, live_site.url("", "acme"), cast.user(Role.ADMINISTRATOR))
        page = context.new_page()
        page.goto("/components/")
        assert page.locator("form[data-filters] button:visible").count() == 1
        assert page.locator("[data-bulk]").is_visible()
        page.locator(".app-side .search-button").click()
        assert page.url.endswith("/menu/")
        page.locator("main form [value=dark]").first.click()
        assert page.locator("html").get_attribute("data-theme") == "dark"
    finally:
        context.close()


ACCOUNT = [
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/add/",
    "password/change/",
    "email/",
    "sessions/",
]


def test_account_pages(browser: Callable[..., Any], cast: Cast) -> None:
    page = browser(None, device="phone", locale="zh-Hans")
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(cast.user(Role.FINANCE).email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[action='/accounts/login/'] [type=submit]").click()
    page.wait_for_url(lambda url: "login" not in url)
    found = {}
    for path in ACCOUNT:
        page.goto(f"/accounts/{path}")
        if "/reauthenticate/" in page.url:
            page.locator("[name=password]").fill(PASSWORD)
            page.locator("form:has([name=password]) [type=submit]").click()
            page.wait_for_url(f"**/{path}")
        assert page.url.endswith(path)
        wide = page.evaluate("document.documentElement.scrollWidth") > 390
        found[path] = violations(page) + (["wider than the phone"] if wide else [])
    assert not {path: said for path, said in found.items() if said}
    assert page.errors == []


def test_a_sensitive_page_asks_again_who_is_there(browser: Callable[..., Any], cast: Cast) -> None:
    page = browser(cast.user(Role.FINANCE))
    page.goto("/accounts/2fa/totp/activate/")
    assert "/reauthenticate/" in page.url
    assert violations(page) == []
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form:has([name=password]) [type=submit]").click()
    page.wait_for_url("**/totp/activate/")
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0


def test_passkeys(browser: Callable[..., Any], cast: Cast) -> None:
    """Added with a virtual authenticator, then used to sign in without a password."""
    page = browser(cast.user(Role.MARKETING))
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": options | {"isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    page.goto("/accounts/2fa/webauthn/add/")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form:has([name=password]) [type=submit]").click()
    page.wait_for_url("**/webauthn/add/")
    page.locator("[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    assert page.errors == []
