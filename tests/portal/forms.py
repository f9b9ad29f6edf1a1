"""What a browser would send of a page's form: its inputs as the page shows them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.http import QueryDict


class _Inputs(HTMLParser):
    """The successful controls of the form with an id, in the order of the page."""

    def __init__(self, form: str) -> None:
        super().__init__(convert_charrefs=True)
        self.form, self.inside = form, False
        self.found: list[tuple[str, str]] = []
        self.area: list[str] | None = None
        self.name = ""
        self.first: str | None = None
        self.chosen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == self.form
        elif not self.inside:
            return
        elif tag == "input" and given.get("name"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.found.append((given["name"], given.get("value", "")))
        elif tag == "textarea":
            self.name, self.area = given.get("name", ""), []
        elif tag == "select":
            self.name, self.first, self.chosen = given.get("name", ""), None, None
        elif tag == "option":
            self.first = given["value"] if self.first is None else self.first
            self.chosen = given["value"] if "selected" in given else self.chosen

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.area is not None:
            # A browser drops the line break after the tag and sends all others as CRLF.
            text = "".join(self.area).removeprefix("\n")
            self.found.append((self.name, text.replace("\n", "\r\n")))
            self.area = None
        elif tag == "select" and self.inside and self.first is not None:
            self.found.append((self.name, self.first if self.chosen is None else self.chosen))

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.append(data)


def sent_of(page: str, form: str = "program-form", **changes: Any) -> QueryDict:
    """The form's data, with some values typed over (None takes a name away)."""
    inputs = _Inputs(form)
    inputs.feed(page)
    data = QueryDict(mutable=True)
    for name, value in inputs.found:
        data.appendlist(name, value)
    for name, value in changes.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data
