"""The fields of an application form in its editor: one row each, with places for new questions; and back again.

Everything works without scripts: the order is a number, a question whose texts are emptied goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from partners.recruitment.fields import BUILTIN, LANGUAGES, STEPS

SPARE = 2
"""Empty places for new questions."""
OWN = re.compile(r"^(q[1-9]\d?)_kind$")


def definition_posted(post: Any) -> dict[str, Any]:
    """The definition as the editor sent it; what is wrong in it is judged by the service."""
    texts = {name: {one: post.get(f"{name}_{one}", "") for one in LANGUAGES} for name in ("title", "intro", "consent")}
    found = [_builtin(post, key) for key in BUILTIN]
    questions = [match.group(1) for name in post if (match := OWN.match(name))]
    found += [_question(post, key) for key in questions if _is_used(post, key)]
    found.sort(key=lambda one: one[0])
    return {
        **texts, "response_hours": post.get("response_hours"), "reapply": post.get("reapply"),
        "fields": [field for _order, field in found],
    }  # fmt: skip


def rows_of(definition: Mapping[str, Any], form: forms.Form) -> list[dict[str, Any]]:
    """What the editor shows: every field in its order, then the spare places."""
    fields = list(definition["fields"])
    rows = [_row(one, place, form) for place, one in enumerate(fields, start=1)]
    taken = {one["key"] for one in fields}
    free = [f"q{number}" for number in range(1, 100) if f"q{number}" not in taken][:SPARE]
    blank = {"kind": "text", "on": True, "required": False, "label": {}, "help": {}}
    return rows + [_row({"key": key, **blank}, len(fields) + n, form) for n, key in enumerate(free, start=1)]


def _row(one: Mapping[str, Any], place: int, form: forms.Form) -> dict[str, Any]:
    key, known = one["key"], BUILTIN.get(one["key"])
    refused: Mapping[str, Any] = getattr(form, "row_errors", {})
    errors = [str(text) for name, texts in refused.items() if name.startswith(f"{key}_") for text in texts]
    shared = {"key": key, "order": str(place * 10), "on": one["on"], "required": one["required"], "errors": errors}
    if known:
        return {**shared, "is_own": False, "label": known.label, "step": STEPS[known.step], "fixed": known.fixed}
    options = one.get("options") or []
    lines = {language: "\n".join(texts.get(language, "") for texts in options) for language in LANGUAGES}
    return {
        **shared, "is_own": True, "kind": one["kind"], "label": one["label"], "help": one.get("help") or {},
        "options": lines, "is_new": not any(one["label"].values()),
    }  # fmt: skip


def _builtin(post: Any, key: str) -> tuple[int, dict[str, Any]]:
    return _order(post, key), {"key": key, "on": f"{key}_on" in post, "required": f"{key}_required" in post}


def _question(post: Any, key: str) -> tuple[int, dict[str, Any]]:
    columns = [post.get(f"{key}_options_{one}", "").splitlines() for one in LANGUAGES]
    longest = max(map(len, columns))
    lines = [dict(zip(LANGUAGES, (column[n] if n < len(column) else "" for column in columns), strict=True))
             for n in range(longest)]  # fmt: skip
    both = {name: {one: post.get(f"{key}_{name}_{one}", "") for one in LANGUAGES} for name in ("label", "help")}
    return _order(post, key), {
        "key": key, "kind": post.get(f"{key}_kind", ""), "on": f"{key}_on" in post,
        "required": f"{key}_required" in post, "options": lines, **both,
    }  # fmt: skip


def _is_used(post: Any, key: str) -> bool:
    return any(post.get(f"{key}_{name}_{one}", "").strip() for name in ("label", "options") for one in LANGUAGES)


def _order(post: Any, key: str) -> int:
    text = post.get(f"{key}_order", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 9999
