"""The other rows of the program form: bands, points of a curve, rates with a condition, qualifiers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from .conditions import MAX_ROWS, SEPARATORS, Group, group_of, posted_group
from .numbers import as_text, number_of, percent_of, ratio_of
from .places import Places

Errors = dict[str, list[str]]


@dataclasses.dataclass(frozen=True, slots=True)
class Units:
    """How bands are typed: `share` where a band starts at a percentage, `key` what the document calls what it pays,
    `percent` whether that is typed in per cent.
    """

    share: bool = False
    key: str = "rate"
    percent: bool = True


@dataclasses.dataclass(slots=True)
class BandRow:
    start: str = ""
    value: str = ""
    errors: Errors = dataclasses.field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.start and not self.value

    def write(self, path: str, places: Places, title: str, units: Units) -> dict[str, str]:
        places.put(path, title, self.errors, "value", {"from": "start"})
        start = (ratio_of if units.share else number_of)(self.start) if self.start else "0"
        return {"from": start, units.key: (ratio_of if units.percent else number_of)(self.value)}

    def check(self) -> None:
        if self.start and not self.value:
            self.errors["value"] = [_("What does this band pay?")]

    @classmethod
    def read(cls, band: Mapping[str, Any], units: Units) -> BandRow:
        start, value = band.get("from", "0"), band.get(units.key, "")
        return cls(
            percent_of(start) if units.share else as_text(start),
            percent_of(value) if units.percent else as_text(value),
        )


@dataclasses.dataclass(slots=True)
class PointRow:
    """A point of a target's curve: attainment in per cent, the factor as a number."""

    attainment: str = ""
    factor: str = ""
    errors: Errors = dataclasses.field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.attainment and not self.factor

    def write(self, path: str, places: Places, title: str) -> dict[str, str]:
        places.put(path, title, self.errors, "factor", {"attainment": "attainment"})
        return {"attainment": ratio_of(self.attainment), "factor": number_of(self.factor)}

    def check(self) -> None:
        for slot, text in (("attainment", self.attainment), ("factor", self.factor)):
            if not text:
                self.errors[slot] = [_("A value is missing.")]

    @classmethod
    def read(cls, point: Mapping[str, Any]) -> PointRow:
        return cls(percent_of(point["attainment"]), as_text(point["factor"]))


@dataclasses.dataclass(slots=True)
class RateRow:
    """A rate and the lines that it pays for."""

    rate: str = ""
    when: Group = dataclasses.field(default_factory=Group)
    errors: Errors = dataclasses.field(default_factory=dict)

    def write(self, path: str, places: Places, title: str, units: Units) -> dict[str, Any]:
        places.put(path, title, self.errors, "rate")
        name = _("%(rate)s, condition") % {"rate": title}
        when = self.when.write(f"{path}.when", places, name)
        return {"when": when, "rate": (ratio_of if units.percent else number_of)(self.rate)}

    def check(self) -> None:
        if not self.rate:
            self.errors["rate"] = [_("Which rate do these lines have?")]
        self.when.check()

    @classmethod
    def read(cls, rate: Mapping[str, Any], units: Units) -> RateRow:
        value = rate.get("rate", "")
        return cls(percent_of(value) if units.percent else as_text(value), group_of(rate.get("when") or {}))


@dataclasses.dataclass(slots=True)
class QualifierRow:
    """What a partner must meet. It keeps what was typed for every kind, and writes what its own kind asks."""

    kind: str = "min_measure"
    value: str = ""
    share: str = ""
    scope: Group = dataclasses.field(default_factory=Group)
    field: str = "product.line"
    minimum: str = ""
    tiers: list[str] = dataclasses.field(default_factory=list)
    certification: str = ""
    errors: Errors = dataclasses.field(default_factory=dict)

    @property
    def tiers_text(self) -> str:
        return ", ".join(self.tiers)

    @property
    def needs_picking(self) -> bool:
        """Whether a tier would fall apart in a text with commas."""
        return any(SEPARATORS.search(tier) or tier != tier.strip() for tier in self.tiers)

    def write(self, path: str, places: Places, title: str) -> dict[str, Any]:
        slots = {"value": "value", "min_share": "share", "field": "field", "min": "minimum", "in": "tiers"}
        places.put(path, title, self.errors, "kind", slots | {"certification": "certification"})
        return {"type": self.kind, **self._members(path, places, title)}

    def _members(self, path: str, places: Places, title: str) -> dict[str, Any]:
        match self.kind:
            case "min_measure":
                return {"value": number_of(self.value)}
            case "mix":
                name = _("%(rate)s, condition") % {"rate": title}
                return {"scope": self.scope.write(f"{path}.scope", places, name), "min_share": ratio_of(self.share)}
            case "distinct":
                return {"field": self.field, "min": number_of(self.minimum)}
            case "tier":
                return {"in": list(self.tiers)}
            case "certified_people":
                wanted = {"certification": self.certification} if self.certification else {}
                return {"min": number_of(self.minimum), **wanted}
        return {}

    def check(self) -> None:
        asked: dict[str, Any] = {
            "min_measure": {"value": self.value}, "mix": {"share": self.share}, "distinct": {"minimum": self.minimum},
            "tier": {"tiers": self.tiers}, "certified_people": {"minimum": self.minimum},
        }  # fmt: skip
        for slot, given in asked.get(self.kind, {}).items():
            if not given:
                self.errors[slot] = [_("A value is missing.")]
        if self.kind == "mix":
            self.scope.check()

    @classmethod
    def read(cls, one: Mapping[str, Any]) -> QualifierRow:
        return cls(
            kind=str(one["type"]),
            value=as_text(one.get("value", "")),
            share=percent_of(one["min_share"]) if "min_share" in one else "",
            scope=group_of(one.get("scope") or {}),
            field=str(one.get("field", "product.line")),
            minimum=as_text(one.get("min", "")),
            tiers=[str(tier) for tier in one.get("in", [])],
            certification=str(one.get("certification", "")),
        )


def count_of(data: QueryDict, name: str, field: str) -> int:
    """How many rows of a name a sent form has."""
    found = 0
    while found < MAX_ROWS and f"{name}.{found}.{field}" in data:
        found += 1
    return found


def _given(data: QueryDict, name: str) -> str:
    return data.get(name, "").strip()


def posted_bands(data: QueryDict) -> list[BandRow]:
    rows = range(count_of(data, "bands", "start"))
    return [BandRow(_given(data, f"bands.{row}.start"), _given(data, f"bands.{row}.value")) for row in rows]


def posted_points(data: QueryDict) -> list[PointRow]:
    rows = range(count_of(data, "points", "attainment"))
    return [PointRow(_given(data, f"points.{row}.attainment"), _given(data, f"points.{row}.factor")) for row in rows]


def posted_rates(data: QueryDict) -> list[RateRow]:
    rows = range(count_of(data, "rates", "rate"))
    return [RateRow(_given(data, f"rates.{row}.rate"), posted_group(data, f"rates.{row}.when")) for row in rows]


def posted_qualifiers(data: QueryDict) -> list[QualifierRow]:
    return [_posted_qualifier(data, f"qualifiers.{row}") for row in range(count_of(data, "qualifiers", "kind"))]


def _posted_qualifier(data: QueryDict, name: str) -> QualifierRow:
    given = data.getlist(f"{name}.tiers")
    picked = f"{name}.picked" in data
    tiers = given if picked else [part.strip() for text in given for part in SEPARATORS.split(text) if part.strip()]
    return QualifierRow(
        kind=_given(data, f"{name}.kind"),
        value=_given(data, f"{name}.value"),
        share=_given(data, f"{name}.share"),
        scope=posted_group(data, f"{name}.scope"),
        field=_given(data, f"{name}.field") or "product.line",
        minimum=_given(data, f"{name}.minimum"),
        tiers=tiers,
        certification=_given(data, f"{name}.certification"),
    )
