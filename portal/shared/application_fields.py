"""Fields of application forms as inputs: for the applicant's steps and for the preview of who makes the form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from partners.recruitment.fields import Field
from portal.shared.countries import country_choices, country_name
from portal.shared.evidence import FilesField

AUTOCOMPLETE = {
    "legal_name": "organization", "contact_name": "name", "job_title": "organization-title", "contact_phone": "tel",
    "phone": "tel", "website": "url",
}  # fmt: skip
MODES = {"number": "numeric", "phone": "tel"}


def form_field(field: Field) -> forms.Field:
    shared: dict[str, Any] = {"label": field.label, "help_text": field.help, "required": field.required}
    if field.kind == "file":
        files = FilesField(label=field.label, help_text=field.help, by_strangers=True)
        files.required = field.required
        return files
    if field.kind == "choice":
        return forms.ChoiceField(choices=list(field.options), widget=forms.RadioSelect, **shared)
    if field.kind == "country":
        options = [("", _("Please choose")), *country_choices()]
        return forms.ChoiceField(choices=options, widget=forms.Select(attrs={"autocomplete": "country"}), **shared)
    if field.kind == "long":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 4, "maxlength": field.most}), **shared)
    attrs: dict[str, Any] = {"autocomplete": AUTOCOMPLETE.get(field.key, "off"), "maxlength": field.most}
    attrs |= {"inputmode": MODES[field.kind]} if field.kind in MODES else {}
    return forms.CharField(widget=forms.TextInput(attrs=attrs), **shared)


def shown_answers(fields: Sequence[Field], answers: dict[str, Any]) -> dict[str, str]:
    """The answers as they are read: choices and countries by their names."""
    shown = {}
    for field in fields:
        answer = str(answers.get(field.key) or "")
        if field.kind == "choice":
            answer = str(dict(field.options).get(answer, answer))
        elif field.kind == "country" and answer:
            answer = country_name(answer)
        shown[field.key] = answer
    return shown
