"""The fields of one step as a form for the page. It judges nothing: what is wrong is handed in as `problems`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from partners.recruitment.checks import BAD, check_company
from partners.recruitment.fields import Field
from portal.shared.application_fields import form_field


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
