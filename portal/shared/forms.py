"""Forms over services: what a service refuses becomes an error at the field it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from prm.errors import Conflict, DomainError, Invalid, TooLarge


class DateInput(forms.DateInput):
    """The browser's own date picker; it wants ISO dates whatever the reader's language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateField(forms.DateField):
    widget = DateInput


class AmountField(forms.CharField):
    """A decimal number as typed, grouping commas and blanks allowed. The service reads it and says what is wrong."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 60)
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **options)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        return typed.replace(",", "").replace("，", "").replace(" ", "").replace("\u00a0", "")


class ReasonForm(forms.Form):
    """Why something is done: kept in the audit trail, so it must say something."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the audit trail with your name."),
    )


def attempt(form: forms.Form, do: Callable[[dict[str, Any]], Any]) -> bool:
    """Run `do(cleaned data)` when the form is valid; True when it was done.

    A refusal is written on the form and leaves nothing behind: a savepoint takes back what the service had begun. Not
    found and forbidden are not the form's business and go on.
    """
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            do(form.cleaned_data)
    except (Invalid, Conflict, TooLarge) as refusal:
        add_refusal(form, refusal)
        return False
    return True


def add_refusal(form: forms.Form, refusal: DomainError) -> None:
    """The service's messages at the fields they name; what the form has no field for stands above it."""
    for name, messages in refusal.fields.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, str(message))
    if not refusal.fields:
        form.add_error(None, str(refusal.message))
