"""The program form: its fields and rows, read from a document or a post, written back as a document.

The engine is the judge of what a program may say. Its faults carry JSON paths; here they find the field again.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.manager.program_rows import BandRow, TestRow, posted_bands, posted_tests, rows_of_scope
from portal.shared.forms import DateField
from prm.errors import Invalid
from rebates.engine.reading import Fault, load_json
from rebates.states import PeriodKind

MEASURES = [
    ("net_amount", gettext_lazy("Net amount")),
    ("quantity", gettext_lazy("Quantity")),
    ("margin", gettext_lazy("Margin")),
]
TYPES = [
    ("marginal", gettext_lazy("Step by step: each band's rate on the sales inside the band")),
    ("retroactive", gettext_lazy("From the first unit: the rate of the band reached, on all sales")),
]
MATCHES = [
    ("all", gettext_lazy("all of these hold")),
    ("any", gettext_lazy("any of these holds")),
    ("custom", gettext_lazy("written as JSON")),
]
RETURNS = [
    ("restate", gettext_lazy("Take them back in the period of the original sale")),
    ("forward", gettext_lazy("Count them in their own period")),
]
AS_OF = [
    ("sale", gettext_lazy("As on the day of the sale")),
    ("period_end", gettext_lazy("As on the last day of the period")),
]
_PATHS = {
    "code": "code", "currency": "currency", "period": "period", "valid_from": "valid_from", "valid_to": "valid_to",
    "measure": "measure", "calculation.type": "type", "name.en": "name_en", "name.zh-hans": "name_zh",
    "returns": "returns", "partner_as_of": "partner_as_of",
}  # fmt: skip
_ROW = re.compile(r"(calculation\.bands|scope\.(?:all|any))\[(\d+)\](?:\.(\w+))?")


def _refreshing(target: str) -> dict[str, str]:
    """A choice that changes what the form asks next: the form comes back with that part anew."""
    return {
        "hx-post": "", "hx-trigger": "change", "hx-vals": '{"action": "refresh"}', "hx-target": target,
        "hx-select": target, "hx-swap": "outerHTML",
    }  # fmt: skip


class ProgramForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=64, help_text=gettext_lazy("Short and lasting, such as ROAD-EU-Q.")
    )
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=200, required=False)
    currency = forms.CharField(label=gettext_lazy("Paid in"), max_length=3)
    period = forms.ChoiceField(label=gettext_lazy("Counted per"), choices=PeriodKind.choices, initial="quarter")
    valid_from = DateField(label=gettext_lazy("Valid from"), required=False)
    valid_to = DateField(label=gettext_lazy("Valid until"), required=False)
    measure = forms.ChoiceField(
        label=gettext_lazy("What is added up"), choices=MEASURES, widget=forms.Select(attrs=_refreshing("#bands"))
    )
    type = forms.ChoiceField(label=gettext_lazy("How the bands pay"), choices=TYPES, widget=forms.RadioSelect)
    scope_match = forms.ChoiceField(
        label=gettext_lazy("A sale counts when"),
        choices=MATCHES,
        initial="all",
        required=False,
        widget=forms.Select(attrs=_refreshing("#scope")),
    )
    scope_json = forms.CharField(
        label=gettext_lazy("Scope as JSON"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "code", "spellcheck": "false"}),
    )
    returns = forms.ChoiceField(label=gettext_lazy("Returned goods"), choices=RETURNS)
    partner_as_of = forms.ChoiceField(label=gettext_lazy("Tier and region of the partner"), choices=AS_OF)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()


class ProgramEditor:
    """The form with its rows. `base` keeps what the form does not show, so that saving loses nothing."""

    def __init__(
        self, form: ProgramForm, bands: list[BandRow], tests: list[TestRow], base: Mapping[str, Any] | None = None
    ) -> None:
        self.form, self.bands, self.tests = form, bands or [BandRow("0")], tests
        self.base = dict(base or {})

    @classmethod
    def blank(cls, currency: str, since: dt.date) -> ProgramEditor:
        """An empty form. It proposes a first day: without one all the sales there ever were would count."""
        initial = {"currency": currency, "type": "marginal", "period": "quarter", "valid_from": since}
        form = ProgramForm(initial=initial)
        return cls(form, [BandRow("0")], [])

    @classmethod
    def of(cls, definition: Mapping[str, Any]) -> ProgramEditor:
        """The form filled with a program's document."""
        calculation, scope = definition["calculation"], definition.get("scope") or {}
        shown = rows_of_scope(scope)
        match, tests = shown or ("custom", [])
        initial = {name: definition.get(name) for name in ("code", "currency", "period", "valid_from", "valid_to")}
        initial |= {
            "name_en": definition.get("name", {}).get("en", ""),
            "name_zh": definition.get("name", {}).get("zh-hans", ""),
            "measure": definition.get("measure", "net_amount"),
            "type": calculation["type"],
            "scope_match": match,
            "scope_json": "" if shown else json.dumps(scope, ensure_ascii=False, indent=2),
            "returns": definition.get("returns", "restate"),
            "partner_as_of": definition.get("partner_as_of", "sale"),
        }
        per_unit = initial["measure"] == "quantity"
        bands = [BandRow.read(band, per_unit=per_unit) for band in calculation["bands"]]
        return cls(ProgramForm(initial=initial), bands, tests, definition)

    @classmethod
    def posted(cls, data: QueryDict, base: Mapping[str, Any] | None = None) -> ProgramEditor:
        tests = posted_tests(data)
        if data.get("scope_match") == "custom" and not data.get("scope_json") and tests:
            # Going on in JSON begins with what the rows said.
            data = data.copy()
            data["scope_json"] = json.dumps({"all": [row.to_json() for row in tests]}, ensure_ascii=False, indent=2)
        return cls(ProgramForm(data), posted_bands(data), tests, base)

    def rearrange(self, action: str) -> bool:
        """Add or take away a row (`add_band`, `remove_band:2`, `add_test`, `remove_test:0`); False for other actions.

        `refresh` shows choices that fit what was chosen; `refresh:1` forgets the values of test 1, whose field is new.
        """
        verb, _sep, index = action.partition(":")
        rows: list[Any] = self.bands if verb.endswith("band") else self.tests
        if verb == "add_band":
            self.bands.append(BandRow())
        elif verb == "add_test":
            self.tests.append(TestRow())
        elif verb in ("remove_band", "remove_test", "refresh") and index.isdecimal() and int(index) < len(rows):
            if verb == "refresh":
                rows[int(index)].values = []
            else:
                del rows[int(index)]
        return verb in ("add_band", "add_test", "remove_band", "remove_test", "refresh")

    @property
    def per_unit(self) -> bool:
        return self._raw("measure") == "quantity"

    @property
    def match(self) -> str:
        return self._raw("scope_match") or "all"

    def definition(self) -> dict[str, Any]:
        """The document as typed. Raises `Fault` when the scope's JSON is none."""
        document = deepcopy(self.base)
        document |= {name: self._raw(name) for name in ("period", "measure", "returns", "partner_as_of")}
        document |= {"code": self._raw("code"), "currency": self._raw("currency").upper()}
        document |= {name: self._raw(name) or None for name in ("valid_from", "valid_to")}
        names = {"en": self._raw("name_en"), "zh-hans": self._raw("name_zh")}
        document["name"] = {language: text for language, text in names.items() if text}
        bands = [row.to_json(per_unit=self.per_unit) for row in self.bands if not row.is_empty]
        document["calculation"] = {"type": self._raw("type"), "bands": bands}
        document["scope"] = self._scope()
        return document

    def _scope(self) -> Any:
        if self.match == "custom":
            return _json(self._raw("scope_json"))
        tests = [row.to_json() for row in self.tests if not row.is_empty]
        return {self.match: tests} if tests else {}

    def _raw(self, name: str) -> str:
        value = self.form[name].value()
        return "" if value is None else str(value).strip()

    def is_valid(self) -> bool:
        """The errors that need no engine: all at once, where the engine would name one after the other."""
        for row in self.bands:
            if row.start and not row.rate:
                row.errors["rate"] = [_("What does this band pay?")]
        for test in self.tests:
            if not test.field:
                # Left out, it would let every sale count.
                test.errors["field"] = [_("Choose a field, or take this condition out.")]
            elif not test.values and not test.is_yes_no:
                test.errors["value"] = [_("A value is missing.")]
        rows_are_wrong = any(row.errors for row in self.bands) or any(test.errors for test in self.tests)
        return self.form.is_valid() and not rows_are_wrong

    def refuse(self, refusal: Invalid) -> None:
        """Put a service's messages at the fields whose places in the document they name."""
        for path, messages in refusal.fields.items():
            for message in messages:
                self._add(path, str(message))
        if not refusal.fields:
            self.form.add_error(None, str(refusal.message))

    def place_of(self, path: str) -> str:
        """Where a fault is, in the words of the form; the bare path for what the form does not show."""
        bare = _bare(path)
        row = _ROW.match(bare)
        if row and row[1] == "calculation.bands":
            return _("Band %(number)s") % {"number": int(row[2]) + 1}
        if row and self.match != "custom":
            return _("Condition %(number)s") % {"number": int(row[2]) + 1}
        name = _PATHS.get(bare) or ("scope_json" if bare.startswith("scope") else "")
        return str(self.form.fields[name].label) if name else bare

    def _add(self, path: str, message: str) -> None:
        self.form.is_valid()
        bare = _bare(path)
        row = _ROW.match(bare)
        if row and row[1].startswith("scope") and self.match == "custom":
            row = None
        if row:
            shown = self.bands if row[1] == "calculation.bands" else self.tests
            filled = [item for item in shown if not item.is_empty]
            if int(row[2]) < len(filled):
                filled[int(row[2])].errors.setdefault(row[3] or "value", []).append(message)
                return
        name = _PATHS.get(bare) or ("scope_json" if bare.startswith("scope") and self.match == "custom" else None)
        self.form.add_error(name, message if name or not bare else f"{message} ({bare})")


def _bare(path: str) -> str:
    """`$[1].scope.all[0]` as `scope.all[0]`."""
    return re.sub(r"^\$(\[\d+\])?\.?", "", path)


def _json(text: str) -> Any:
    try:
        return load_json(text or "{}")
    except Fault as fault:
        raise Fault("$.scope", fault.code, **fault.params) from None
