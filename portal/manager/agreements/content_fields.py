"""Fields of the editor: lists that are written one a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.states.agreements import EntitlementKind

COLONS = str.maketrans({"：": ":", "｜": "|"})


class LinesField(forms.CharField):
    """Lines of text, without empty ones."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "spellcheck": "false"}), **options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return [line.strip() for line in text.splitlines() if line.strip()]


class EntitlementsField(LinesField):
    """`territory: East`, a line for each."""

    def to_python(self, value: Any) -> Any:
        labels = {str(label).lower(): kind for kind, label in EntitlementKind.choices}
        found = []
        for line in super().to_python(value):
            kind, colon, granted = line.translate(COLONS).partition(":")
            name = kind.strip().lower()
            if not colon:
                message = _("“%(line)s”: write the kind, a colon and what is granted.") % {"line": line}
                raise forms.ValidationError(message)
            found.append({"kind": labels.get(name, name.replace(" ", "_")), "value": granted.strip()})
        return found


class RolesField(LinesField):
    """`Legal representative | 法定代表人`, a line for each, in the order of signing."""

    def to_python(self, value: Any) -> Any:
        return [role_of(line) for line in super().to_python(value)]


class OwnVariablesField(LinesField):
    """`minimum_order: Minimum order | 最低订单`, a line for each."""

    def to_python(self, value: Any) -> Any:
        found = []
        for line in super().to_python(value):
            name, _colon, labels = line.translate(COLONS).partition(":")
            found.append({"name": name.strip(), **role_of(labels)})
        return found


class ContentForm(forms.Form):
    """The text in both languages, the term, and what is granted."""

    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200)
    title_zh = forms.CharField(label=gettext_lazy("Title in Chinese"), max_length=200)
    body_en = forms.CharField(
        label=gettext_lazy("Text in English"), widget=forms.Textarea(attrs={"rows": 18, "lang": "en"})
    )
    body_zh = forms.CharField(label=gettext_lazy("Text in Chinese"), widget=forms.Textarea(attrs={"rows": 18}))
    term_months = forms.IntegerField(
        label=gettext_lazy("Term in months"), required=False, help_text=gettext_lazy("Empty: no fixed end.")
    )
    renewal_notice_days = forms.IntegerField(label=gettext_lazy("Notice before the renewal, in days"), initial=30)
    auto_renew = forms.BooleanField(label=gettext_lazy("Renews by itself"), required=False)
    entitlements = EntitlementsField(
        label=gettext_lazy("What it grants"), required=False, rows=4,
        help_text=gettext_lazy("One a line: territory, product_line, program or benefit, a colon, and what."),
    )  # fmt: skip


def role_of(line: str) -> dict[str, str]:
    english, bar, chinese = line.translate(COLONS).partition("|")
    return {"en": english.strip(), "zh": chinese.strip() if bar else english.strip()}


def entitlement_lines(given: Sequence[Mapping[str, str]]) -> str:
    return "\n".join(f"{one['kind']}: {one['value']}" for one in given)


def role_line(role: Mapping[str, str]) -> str:
    english, chinese = role.get("en", ""), role.get("zh", "")
    return english if english == chinese else f"{english} | {chinese}"
