"""What an applicant wrote, read against the form: kept as typed while a draft, refused only when it is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pycountry
from django.utils.translation import gettext as _

from partners.recruitment.checks import BAD, check_company
from partners.recruitment.fields import Field


def answers_kept(fields: Sequence[Field], given: Mapping[str, Any]) -> dict[str, str]:
    """The answers that the form asks for, cut to what it holds; NUL cannot be stored."""
    kept = {}
    for field in fields:
        if field.kind != "file" and field.key in given:
            kept[field.key] = str(given[field.key] or "").replace("\0", "").strip()[: field.most]
    return kept


def problems_of(fields: Sequence[Field], answers: Mapping[str, Any], files: Collection[str]) -> dict[str, list[str]]:
    """What is missing or cannot be right, by field. `files` names the fields that have a file."""
    found: dict[str, list[str]] = {}
    asked = {field.key for field in fields}
    for field in fields:
        if problem := _problem(field, str(answers.get(field.key) or ""), files):
            found[field.key] = [problem]
    for check in check_company(answers):
        if check.level == BAD and check.field in asked:
            found.setdefault(check.field, []).append(str(check.message))
    return found


def _problem(field: Field, answer: str, files: Collection[str]) -> str:
    if field.required and (field.key not in files if field.kind == "file" else not answer):
        return _("Please add a file.") if field.kind == "file" else _("Please fill this in.")
    if not answer:
        return ""
    if field.kind == "number" and not (answer.isascii() and answer.isdigit() and len(answer) < 13):
        return _("Please enter a whole number.")
    if field.kind == "choice" and answer not in dict(field.options):
        return _("Please choose one.")
    if field.kind == "country" and pycountry.countries.get(alpha_2=answer) is None:
        return _("Please choose a country.")
    return ""
