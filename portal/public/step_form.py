"""The fields of one step as a form for the page. It judges nothing: what is wrong is handed in as `problems`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _

from partners.recruitment.checks import BAD, check_company
from partners.recruitment.fields import Field
from portal.shared.countries import country_choices, country_name
from portal.shared.evidence import FilesField

AUTOCOMPLETE = {
    "legal_name": "organization", "contact_name": "name", "job_title": "organization-title", "contact_phone": "tel",
    "phone": "tel", "website": "url",
}  # fmt: skip


class StepForm(forms.Form):
    """Shows the draft as it is kept, with what is missing or wrong at its field, and what was found to be right."""

    def __init__(self, fields: Sequence[Field], application: Any, *, problems: Mapping[str, Sequence[str]]) -> None:
        super().__init__(initial=application.answers)
        self.problems = problems
        for field in fields:
            self.fields[field.key] = form_field(field)
        answers = application.answers | {"email": application.email}
        self.checks = {
            one.field: one for one in check_company(answers) if one.level != BAD and one.field in self.fields
        }

    def full_clean(self) -> None:
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}
        for name, texts in self.problems.items():
            for text in texts if name in self.fields else ():
                self.add_error(name, text)


def form_field(field: Field) -> forms.Field:
    shared: dict[str, Any] = {"label": field.label, "help_text": field.help, "required": field.required}
    attrs: dict[str, Any] = {"autocomplete": AUTOCOMPLETE.get(field.key, "off"), "maxlength": field.most}
    if field.kind == "file":
        shown = FilesField(label=field.label, help_text=field.help)
        shown.required = field.required
        return shown
    if field.kind == "choice":
        return forms.ChoiceField(choices=list(field.options), widget=forms.RadioSelect, **shared)
    if field.kind == "country":
        options = [("", _("Please choose")), *country_choices()]
        return forms.ChoiceField(choices=options, widget=forms.Select(attrs={"autocomplete": "country"}), **shared)
    if field.kind == "long":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 4, "maxlength": field.most}), **shared)
    modes = {"number": "numeric", "phone": "tel"}
    attrs |= {"inputmode": modes[field.kind]} if field.kind in modes else {}
    return forms.CharField(widget=forms.TextInput(attrs=attrs), **shared)


def shown_answers(fields: Sequence[Field], application: Any, language: str) -> dict[str, str]:
    """The answers as they are read: choices and countries by their names."""
    shown = {}
    for field in fields:
        answer = str(application.answers.get(field.key) or "")
        if field.kind == "choice":
            answer = str(dict(field.options).get(answer, answer))
        elif field.kind == "country" and answer:
            answer = country_name(answer, language)
        shown[field.key] = answer
    return shown
