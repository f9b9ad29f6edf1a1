"""What people do on the pages. Buttons are found by their names in the language of the reader."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext, override

from prm.testing.make import PASSWORD
from prm.testing.processes import SiteProcess


def said(language: str, text: str, **values: object) -> str:
    """A text of the product in the language of the reader."""
    with override(language):
        return gettext(text) % values if values else gettext(text)


def sign_in_by_form(page: Any, email: str) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[action='/accounts/login/'] [type=submit]").first.click()
    page.wait_for_url(lambda url: "/accounts/" not in url)


def upload(
    page: Any, surface: str, kind: str, file: tuple[str, bytes], *, sender: str = "", update: bool = False
) -> None:
    """From the list of imports to the page of the columns."""
    page.goto(f"/{surface}/imports/")
    page.locator(f"main a[href='/{surface}/imports/new/']").first.click()
    page.locator(f"[name=kind][value={kind}]").check()
    page.locator("[name=file]").set_input_files({"name": file[0], "mimeType": "text/csv", "buffer": file[1]})
    page.locator("[name=sender]").fill(sender)
    page.locator("[name=update_existing]").set_checked(update)
    page.locator("main form [type=submit]").click()
    page.locator("form.mapping").wait_for()


def start(page: Any, action: str, columns: Mapping[str, str] | None = None) -> None:
    """`import` or `check`, with columns chosen by hand."""
    for name, header in (columns or {}).items():
        page.locator(f"[name=map_{name}]").select_option(header)
    page.locator(f"button[name=action][value={action}]").click()


def swap(page: Any, part: str, act: Callable[[], Any]) -> None:
    """Do what makes htmx bring a new `part` (an id), and wait until the new one listens: a hand is never faster."""
    page.evaluate(
        "(id) => { window.swapped = new Promise((done) => document.addEventListener('htmx:afterSettle',"
        " function heard(e) { if (e.target.id === id) { document.removeEventListener(e.type, heard); done(); } })) }",
        part,
    )
    act()
    page.evaluate("window.swapped")


def outcome(page: Any) -> list[str]:
    """Rows, accepted, already there, refused: when the page has come to them by itself."""
    page.locator(".stats .stat").first.wait_for(timeout=30_000)
    return [text.strip() for text in page.locator(".stats .stat-value").all_inner_texts()]


def reload_until(page: Any, selector: str, text: str, seconds: float = 20.0) -> float:
    """Look at the page again until it says so; returns how many seconds that took."""
    begun = time.monotonic()
    while (found := page.locator(selector).all_inner_texts()[:1]) != [text]:
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"{found}, not {text!r}, after {seconds:g} s")
        time.sleep(0.3)
        page.reload()
    return time.monotonic() - begun


def cells(page: Any, selector: str) -> list[list[str]]:
    """The texts of a table's rows, blanks made single."""
    rows = page.locator(f"{selector} tr").all()
    return [[" ".join(text.split()) for text in row.locator("th, td").all_inner_texts()] for row in rows]


def facts(page: Any) -> dict[str, str]:
    """What label-and-value lists of the page say."""
    return page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('main dl dt')]"
        ".map((e) => [e.innerText.trim(), e.nextElementSibling.innerText.trim()]))"
    )


def post_json(site: SiteProcess, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[int, Any]:
    """What a program without a browser sends, over the wire. Not all machines know *.localhost."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    try:
        more = {"Host": f"acme.localhost:{site.port}", "Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(body), {**headers, **more})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
