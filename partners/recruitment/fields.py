"""Fields of application forms: those that every form may have, and questions of a vendor's own.

A form's definition is JSON, kept with each version for good:

    {"title": {"en": …, "zh": …}, "intro": {…}, "consent": {…}, "response_hours": 18, "reapply": "after_30_days",
     "fields": [{"key": "legal_name", "on": true, "required": true}, …,
                {"key": "q1", "kind": "choice", "label": {…}, "help": {…}, "options": [{…}], "on": true, …}]}

The order of fields is that of the list, within each step.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.states.applications import ReapplyRule
from prm.errors import Invalid

Text = str | Promise
STEPS: Mapping[str, Text] = {
    "company": _("Company"),
    "contact": _("Contact"),
    "business": _("Business"),
    "evidence": _("Evidence"),
}
KINDS: Mapping[str, Text] = {
    "text": _("Short text"),
    "long": _("Long text"),
    "choice": _("Choice"),
    "number": _("Number"),
    "file": _("File"),
}
LANGUAGES = ("en", "zh")
MOST_QUESTIONS = 20
MOST_OPTIONS = 20
OWN_KEY = re.compile(r"^q[1-9]\d?$")


@dataclass(frozen=True, slots=True)
class Builtin:
    """A field every form may have. `fixed`: it is always asked and needed."""

    key: str
    step: str
    kind: str
    label: Text
    help: Text = ""
    fixed: bool = False
    most: int = 200


BUILTIN: Mapping[str, Builtin] = {
    one.key: one
    for one in (
        Builtin("legal_name", "company", "text", _("Legal name of the company"), fixed=True,
                help=_("As on the business licence or in the commercial register.")),
        Builtin("country", "company", "country", _("Country"), fixed=True),
        Builtin("other_name", "company", "text", _("Name in another language or brand")),
        Builtin("tax_id", "company", "text", _("Unified social credit code or VAT number"), most=40,
                help=_("In China the 18 characters of the business licence.")),
        Builtin("duns", "company", "text", _("D-U-N-S number"), most=20),
        Builtin("website", "company", "text", _("Website"), most=300, help=_("The company's own domain.")),
        Builtin("phone", "company", "phone", _("Company's phone"), most=40),
        Builtin("contact_name", "contact", "text", _("Your name"), fixed=True),
        Builtin("job_title", "contact", "text", _("Your position")),
        Builtin("contact_phone", "contact", "phone", _("Your phone"), most=40),
        Builtin("territories", "business", "text", _("Where do you sell?"), most=500,
                help=_("Regions or countries, separated by commas.")),
        Builtin("segments", "business", "text", _("Which customers do you serve?"), most=500,
                help=_("Such as manufacturing, hospitals, schools.")),
        Builtin("employees", "business", "number", _("Employees")),
        Builtin("vendors", "business", "long", _("Whose partner are you already?"), most=1000),
        Builtin("about", "business", "long", _("What do you want to do with us?"), most=4000),
        Builtin("evidence", "evidence", "file", _("Business licence or other evidence"),
                help=_("PDF, image, Excel or CSV; up to 20 MB each.")),
        Builtin("referrer", "evidence", "text", _("Who recommended us?"), most=254,
                help=_("E-mail of a person, or code or name of a partner.")),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A field as it is asked. Texts are in both languages; `options` only for choices."""

    key: str
    step: str
    kind: str
    label: Text
    help: Text
    required: bool
    fixed: bool = False
    most: int = 4000
    options: tuple[tuple[str, Text], ...] = ()


def text_in(texts: Mapping[str, str] | None, language: str) -> str:
    """The text in the reader's language, else in the other one."""
    first = "zh" if language.startswith("zh") else "en"
    given = texts or {}
    return given.get(first) or given.get("en") or given.get("zh") or ""


def fields_of(definition: Mapping[str, Any], language: str) -> list[Field]:
    """What a form asks, in order, in the reader's language."""
    order = list(STEPS)
    asked = [_field(one, language) for one in definition["fields"] if one["on"]]
    return sorted(asked, key=lambda field: order.index(field.step))


def _field(one: Mapping[str, Any], language: str) -> Field:
    known = BUILTIN.get(one["key"])
    if known:
        needed = known.fixed or bool(one["required"])
        return Field(known.key, known.step, known.kind, known.label, known.help, needed, known.fixed, known.most)
    options = tuple((str(n), text_in(texts, language)) for n, texts in enumerate(one.get("options", ()), start=1))
    step = "evidence" if one["kind"] == "file" else "business"
    return Field(
        one["key"], step, one["kind"], text_in(one["label"], language), text_in(one.get("help"), language),
        bool(one["required"]), most=4000 if one["kind"] == "long" else 500, options=options,
    )  # fmt: skip


def steps_of(fields: list[Field]) -> list[str]:
    """The steps that have something to ask."""
    return [step for step in STEPS if any(field.step == step for field in fields)]


def definition_clean(given: Mapping[str, Any]) -> dict[str, Any]:
    """The definition as it is kept. Raises `Invalid` with `fields` named as the editor's inputs are."""
    problems: dict[str, list[Text]] = {}
    texts = {name: _texts(given.get(name), 4000) for name in ("title", "intro", "consent")}
    for name in ("title", "consent"):
        if not any(texts[name].values()):
            problems[name] = [_("Please write this in one language at least.")]
    try:
        hours = int(given.get("response_hours") or 0)
    except (TypeError, ValueError):
        hours = 0
    if not 1 <= hours <= 400:
        problems["response_hours"] = [_("Between 1 and 400 business hours.")]
    if given.get("reapply") not in ReapplyRule.values:
        problems["reapply"] = [_("Please choose one.")]
    fields = _fields(list(given.get("fields") or []), problems)
    if problems:
        raise Invalid(fields=problems)
    return {**texts, "response_hours": hours, "reapply": str(given["reapply"]), "fields": fields}


def _fields(given: list[Any], problems: dict[str, list[Text]]) -> list[dict[str, Any]]:
    kept: dict[str, dict[str, Any]] = {}
    for one in given:
        key = str(one.get("key", ""))
        if key in BUILTIN:
            fixed = BUILTIN[key].fixed
            kept[key] = {"key": key, "on": fixed or bool(one.get("on")), "required": fixed or bool(one.get("required"))}
        elif OWN_KEY.match(key):
            kept[key] = _question(key, one, problems)
    missing = [key for key in BUILTIN if key not in kept]
    if sum(key not in BUILTIN for key in kept) > MOST_QUESTIONS:
        problems["fields"] = [_("There are too many questions.")]
    extra = [{"key": key, "on": BUILTIN[key].fixed, "required": BUILTIN[key].fixed} for key in missing]
    return [*kept.values(), *extra]


def _question(key: str, one: Mapping[str, Any], problems: dict[str, list[Text]]) -> dict[str, Any]:
    label, kind = _texts(one.get("label"), 300), str(one.get("kind", ""))
    options = [texts for texts in (_texts(option, 200) for option in one.get("options") or []) if any(texts.values())]
    if not any(label.values()):
        problems[f"{key}_label_en"] = [_("Please write the question.")]
    if kind not in KINDS:
        problems[f"{key}_kind"] = [_("Please choose one.")]
    if kind == "choice" and not 2 <= len(options) <= MOST_OPTIONS:
        problems[f"{key}_options_en"] = [_("A choice needs two to twenty options, one on each line.")]
    kept = {"key": key, "kind": kind, "label": label, "help": _texts(one.get("help"), 300)}
    on = {"on": bool(one.get("on")), "required": bool(one.get("required"))}
    return {**kept, **on, **({"options": options} if kind == "choice" else {})}


def _texts(given: Any, most: int) -> dict[str, str]:
    texts = given if isinstance(given, Mapping) else {}
    return {language: str(texts.get(language) or "").strip()[:most] for language in LANGUAGES}
