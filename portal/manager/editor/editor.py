"""The form with its rows: filled from a document or a post, rearranged, written back as a document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from prm.errors import Invalid

from .conditions import Group, TestRow, group_of, posted_group
from .document import BANDED, COUNTS_UNITS, MEMBERS, initial_of, units_of, variant
from .fields import ProgramForm
from .labels import KINDS, Explained
from .numbers import number_of
from .places import Places, bare
from .rows import (
    BandRow,
    Errors,
    PointRow,
    QualifierRow,
    RateRow,
    Units,
    posted_bands,
    posted_points,
    posted_qualifiers,
    posted_rates,
)

_NEW_ROWS: dict[str, Callable[[], Any]] = {
    "bands": BandRow, "points": PointRow, "rates": RateRow, "qualifiers": QualifierRow,
}  # fmt: skip


class ProgramEditor:
    """`errors` are messages about whole lists of rows, by the list's name."""

    def __init__(self, form: ProgramForm) -> None:
        self.form = form
        self.scope = Group()
        self.bands: list[BandRow] = []
        self.points: list[PointRow] = []
        self.rates: list[RateRow] = []
        self.qualifiers: list[QualifierRow] = []
        self.errors: Errors = {}
        self.places = Places()

    @classmethod
    def blank(cls, currency: str, since: dt.date) -> ProgramEditor:
        """An empty form. It proposes a first day: without one all the sales there ever were would count."""
        form = ProgramForm(initial={"currency": currency, "type": "marginal", "valid_from": since})
        return cls(form)._with_first_rows()

    @classmethod
    def of(cls, definition: Mapping[str, Any]) -> ProgramEditor:
        """The form filled with a program's document."""
        editor = cls(ProgramForm(initial=initial_of(definition)))
        calculation, units = definition["calculation"], editor.units
        editor.scope = group_of(definition.get("scope") or {})
        editor.bands = [BandRow.read(band, units) for band in calculation.get("bands", [])]
        editor.points = [PointRow.read(point) for point in calculation.get("curve", [])]
        editor.rates = [RateRow.read(rate, units) for rate in calculation.get("rates", [])]
        editor.qualifiers = [QualifierRow.read(one) for one in definition.get("qualifiers", [])]
        return editor._with_first_rows()

    @classmethod
    def posted(cls, data: QueryDict) -> ProgramEditor:
        editor = cls(ProgramForm(data))
        editor.scope = posted_group(data, "scope")
        editor.bands, editor.points = posted_bands(data), posted_points(data)
        editor.rates, editor.qualifiers = posted_rates(data), posted_qualifiers(data)
        return editor._with_first_rows()

    def _with_first_rows(self) -> ProgramEditor:
        """A list that the calculation needs has at least one row to fill in."""
        if self.uses_bands and not self.bands:
            self.bands.append(BandRow("" if self.units.share else "0"))
        if self.uses_curve and not self.points:
            self.points += [PointRow("80", ""), PointRow("100", "1")]
        if self.kind == "line_rate" and not self.rates:
            self.rates.append(RateRow(when=Group(items=[TestRow()])))
        return self

    @property
    def kind(self) -> str:
        return self.raw("type") or "marginal"

    @property
    def explained(self) -> Explained:
        return KINDS.get(self.kind, KINDS["marginal"])

    @property
    def variant(self) -> str:
        return variant(self.kind, self.raw("target_by"), self.raw("customer_pays"))

    @property
    def measure(self) -> str:
        return "quantity" if self.kind in COUNTS_UNITS else self.raw("measure") or "net_amount"

    @property
    def measure_is_fixed(self) -> bool:
        return self.kind in COUNTS_UNITS

    @property
    def units(self) -> Units:
        return units_of(self.kind, self.measure)

    @property
    def uses_bands(self) -> bool:
        return self.kind in BANDED or self.variant == "target"

    @property
    def uses_curve(self) -> bool:
        return self.variant == "target.curve"

    @property
    def has_limits(self) -> bool:
        return any(self.raw(name) for name in ("cap_per_period", "cap_total", "minimum"))

    @property
    def has_stacking(self) -> bool:
        return bool(self.raw("group") or self.raw("priority")) or self.raw("rule") not in ("", "stack")

    def raw(self, name: str) -> str:
        value = self.form[name].value()
        return "" if value is None else str(value).strip()

    # Rows come and go

    def rearrange(self, action: str) -> bool:
        """`add:bands`, `add_test:scope.1`, `add_group:rates.0.when`, `remove:bands.2`, `up:rates.1`, `forget:scope.0`
        (its field is new: its values go), `refresh`. False for other actions.
        """
        verb, _sep, path = action.partition(":")
        tokens = path.split(".")
        found = self._at(tokens)
        if verb == "add" and path in _NEW_ROWS:
            getattr(self, path).append(_NEW_ROWS[path]())
        elif verb in ("add_test", "add_group") and isinstance(found, Group):
            found.items.append(TestRow() if verb == "add_test" else Group("any", [TestRow()]))
        elif verb in ("remove", "up") and found is not None:
            self._move(verb, tokens)
        elif verb == "forget" and isinstance(found, TestRow):
            found.values = []
        return verb in ("add", "add_test", "add_group", "remove", "up", "forget", "refresh")

    def _move(self, verb: str, tokens: list[str]) -> None:
        parent, index = self._at(tokens[:-1]), int(tokens[-1]) if tokens[-1].isdecimal() else -1
        rows = parent.items if isinstance(parent, Group) else parent
        if not isinstance(rows, list) or index < 0:
            return
        if verb == "remove":
            del rows[index]
        elif index:
            rows[index - 1], rows[index] = rows[index], rows[index - 1]

    def _at(self, tokens: list[str]) -> Any:
        """What a path of the form names: a list, a row, a group; None where there is nothing."""
        here: Any = self
        for token in tokens:
            if token.isdecimal():
                rows = here.items if isinstance(here, Group) else here
                here = rows[int(token)] if isinstance(rows, list) and int(token) < len(rows) else None
            elif token in ("scope", "when", *_NEW_ROWS):
                here = getattr(here, token, None)
            else:
                return None
        return here

    # The document

    def definition(self) -> dict[str, Any]:
        """The document as typed. Raises `Fault` where JSON typed by hand is none."""
        self.places, self.errors = Places(), {}
        document: dict[str, Any] = {
            name: self._member(name) for name in ("period", "measure", "returns", "partner_as_of", "accumulate")
        }
        document |= {"code": self._member("code"), "currency": self._member("currency").upper()}
        document |= {"measure": self.measure}
        document |= {name: self._member(name) or None for name in ("valid_from", "valid_to")}
        names = {"en": self._member("name_en", "name.en"), "zh-hans": self._member("name_zh", "name.zh-hans")}
        document["name"] = {language: text for language, text in names.items() if text}
        document["payout"] = {"form": self._member("payout_form", "payout.form") or "cash"}
        document |= self._limits() | self._stacking()
        return document | self._parts()

    def _parts(self) -> dict[str, Any]:
        """What is made of rows."""
        calculation = self._calculation()
        scope = self.scope.write("scope", self.places, _("Condition"))
        self.places.put("qualifiers", _("Requirements"), self.errors, "qualifiers")
        qualifiers = [
            row.write(f"qualifiers[{index}]", self.places, _("Requirement %(number)s") % {"number": index + 1})
            for index, row in enumerate(self.qualifiers)
        ]
        return {"calculation": calculation, "scope": scope, "qualifiers": qualifiers}

    def _member(self, field: str, path: str = "") -> str:
        """The text of a field, whose place is written down. A choice nobody sent takes its first value."""
        self.places.put_field(path or field, str(self.form.fields[field].label), field)
        text = self.raw(field)
        choices = getattr(self.form.fields[field], "choices", ())
        return text or (str(choices[0][0]) if choices else "")

    def _numbers(self, members: Mapping[str, str], path: str) -> dict[str, str]:
        found = {key: self._member(field, f"{path}.{key}") for key, field in members.items()}
        return {key: number_of(text) for key, text in found.items() if text}

    def _limits(self) -> dict[str, Any]:
        cap = self._numbers({"per_period": "cap_per_period", "program_total": "cap_total"}, "cap")
        minimum: dict[str, str] = self._numbers({"amount": "minimum"}, "minimum_payout")
        if minimum:
            minimum["otherwise"] = self._member("otherwise", "minimum_payout.otherwise")
        return {"cap": cap or None, "minimum_payout": minimum or None}

    def _stacking(self) -> dict[str, Any]:
        stacking: dict[str, Any] = self._numbers({"priority": "priority"}, "stacking")
        stacking["rule"] = self._member("rule", "stacking.rule")
        group = self._member("group", "stacking.group")
        return {"stacking": stacking | ({"group": group} if group else {})}

    def _calculation(self) -> dict[str, Any]:
        self._member("type", "calculation")
        self._member("type", "calculation.type")
        calculation: dict[str, Any] = {"type": self.kind}
        for member in MEMBERS.get(self.variant, ()):
            text = self._member(member.field, f"calculation.{member.key}")
            if text:
                calculation[member.key] = member.to_json(text, percent=self.measure != "quantity")
        if self.kind == "milestone":
            calculation["cumulative"] = self._member("cumulative", "calculation.cumulative") == "yes"
        if self.uses_bands:
            calculation["bands"] = self._rows("bands", "calculation.bands", _("Band %(number)s"), self.units)
        if self.uses_curve:
            calculation["curve"] = self._rows("points", "calculation.curve", _("Point %(number)s"))
        if self.kind == "line_rate":
            calculation["rates"] = self._rows("rates", "calculation.rates", _("Rate %(number)s"), self.units)
        return calculation

    def _rows(self, name: str, path: str, title: str, *more: Any) -> list[Any]:
        self.places.put(path, str(self.explained.label), self.errors, name)
        rows = [row for row in getattr(self, name) if not getattr(row, "is_empty", False)]
        return [
            row.write(f"{path}[{index}]", self.places, title % {"number": index + 1}, *more)
            for index, row in enumerate(rows)
        ]

    # What is wrong

    def is_valid(self) -> bool:
        """The errors that need no engine: all at once, where the engine would name one after the other."""
        for row in self._checked():
            row.check()
        rows_are_wrong = any(errors for errors in self._row_errors())
        return self.form.is_valid() and not rows_are_wrong

    def first_missing(self) -> tuple[str, str] | None:
        """Where the first thing is missing, and what; of a document that has been written. None when all is there."""
        for row in self._checked():
            row.check()
        return next(((place.title, text) for place in self.places for text in place.messages), None)

    def _checked(self) -> Iterator[Any]:
        """The rows that the document is made of."""
        yield self.scope
        yield from self.qualifiers
        yield from self.bands if self.uses_bands else ()
        yield from (point for point in self.points if not point.is_empty) if self.uses_curve else ()
        yield from self.rates if self.kind == "line_rate" else ()

    def _row_errors(self) -> Iterator[Errors]:
        for row in self._checked():
            if isinstance(row, Group):
                yield from row.all_errors()
                continue
            yield row.errors
            for inner in (getattr(row, "when", None), getattr(row, "scope", None)):
                yield from inner.all_errors() if isinstance(inner, Group) else ()

    def refuse(self, refusal: Invalid) -> None:
        """Put a service's messages at the fields whose places in the document they name."""
        self.form.is_valid()
        for path, messages in refusal.fields.items():
            found = self.places.find(path)
            for message in messages:
                if found and found[0].field:
                    self.form.add_error(found[0].field, str(message))
                elif found:
                    found[0].add(found[1], str(message))
                else:
                    self.form.add_error(None, f"{message} ({bare(path)})" if bare(path) else str(message))
        if not refusal.fields:
            self.form.add_error(None, str(refusal.message))

    def place_of(self, path: str) -> str:
        """Where a fault is, in the words of the form; the bare path for what the form does not show."""
        found = self.places.find(path)
        return found[0].title if found else bare(path)
