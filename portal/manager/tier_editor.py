"""The form of a tier scheme: rows of texts as typed, to and from the document, refusals at the row they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from partners.metrics import metric, metrics
from partners.metrics.registry import Unit, known
from partners.metrics.windows import LONGEST
from partners.tiers.scheme import Rules, Words
from prm.errors import Text
from prm.money import parse_decimal, plain

Errors = dict[str, list[Text]]
CRITERION = ("metric", "window", "length", "at_least", "at_most", "points")
BENEFIT = ("kind", "en", "zh", "value")
TIER = ("code", "en", "zh", "pass_mark")
RULES = (
    "upgrade", "downgrade", "risk_days", "grace_days", "appeal_days", "minimum_stay_days", "warnings", "keep_until",
)  # fmt: skip
WORDS = {"en": "en", "zh": "zh-hans"}
PLACE = re.compile(r"\$\.tiers\[(\d+)\](?:\.(criteria|benefits)\[(\d+)\])?(?:\.(\w+))?")


@dataclass(slots=True)
class Row:
    values: dict[str, str]
    errors: Errors = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not any(self.values.get(name) for name in ("metric", "at_least", "at_most", "en", "zh", "value"))


@dataclass(slots=True)
class TierRows:
    values: dict[str, str]
    criteria: list[Row] = field(default_factory=list)
    benefits: list[Row] = field(default_factory=list)
    errors: Errors = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(Words(self.values["en"], self.values["zh"]))

    @property
    def refusals(self) -> list[Text]:
        found = [self.errors, *(one.errors for one in (*self.criteria, *self.benefits))]
        return [text for errors in found for texts in errors.values() for text in texts]


@dataclass(slots=True)
class SchemeEditor:
    tiers: list[TierRows]
    rules: Row
    errors: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> SchemeEditor:
        tiers = [_tier_rows(one) for one in document.get("tiers", [])]
        rules = Rules().to_json() | dict(document.get("rules") or {})
        values = {name: "" if rules[name] is None else str(rules[name]) for name in RULES}
        values["warnings"] = ", ".join(str(one) for one in rules["warnings"])
        return cls(tiers, Row(values))

    @classmethod
    def blank(cls) -> SchemeEditor:
        editor = cls.of({})
        editor.tiers = [_new_tier()]
        return editor

    @classmethod
    def posted(cls, data: Mapping[str, str]) -> SchemeEditor:
        """What was typed; empty rows are left out, so that places in the document are places on the page."""
        tiers = []
        for index in range(_count(data, r"tiers\.(\d+)\.code")):
            path = f"tiers.{index}"
            rows = TierRows(
                {name: data.get(f"{path}.{name}", "").strip() for name in TIER},
                _rows(data, f"{path}.criteria", CRITERION),
                _rows(data, f"{path}.benefits", BENEFIT),
            )
            tiers.append(rows)
        return cls(tiers, Row({name: data.get(f"rules.{name}", "").strip() for name in RULES}))

    def act(self, action: str) -> bool:
        """Add or remove what the button says; False when it is none of these."""
        verb, _colon, place = action.partition(":")
        numbers = [int(one) for one in place.split(".") if one.isdecimal()]
        if verb == "add_tier":
            self.tiers.append(_new_tier())
        elif verb == "remove_tier" and numbers and numbers[0] < len(self.tiers):
            del self.tiers[numbers[0]]
        elif verb == "add_criterion" and numbers and numbers[0] < len(self.tiers):
            self.tiers[numbers[0]].criteria.append(_new_criterion())
        elif verb == "add_benefit" and numbers and numbers[0] < len(self.tiers):
            self.tiers[numbers[0]].benefits.append(Row(dict.fromkeys(BENEFIT, "")))
        else:
            return verb in ("remove_criterion", "remove_benefit") and self._remove(verb, numbers)
        return True

    def _remove(self, verb: str, numbers: Sequence[int]) -> bool:
        if len(numbers) == 2 and numbers[0] < len(self.tiers):
            tier = self.tiers[numbers[0]]
            rows = tier.criteria if verb == "remove_criterion" else tier.benefits
            if numbers[1] < len(rows):
                del rows[numbers[1]]
        return True

    def document(self) -> dict[str, Any]:
        return {"tiers": [_tier_document(one) for one in self.tiers], "rules": self._rules_document()}

    def _rules_document(self) -> dict[str, Any]:
        values = {name: value for name, value in self.rules.values.items() if value or name == "keep_until"}
        parts = re.split(r"[,，、;\s]+", self.rules.values.get("warnings", ""))
        return values | {"warnings": [one for one in parts if one]}

    def put(self, faults: Mapping[str, Sequence[Text]]) -> None:
        """The refusals at their rows; what has no row stands above the form."""
        for path, texts in faults.items():
            errors, name = self._place(path)
            if errors is None:
                self.errors += [str(one) for one in texts]
            else:
                errors.setdefault(name, []).extend(texts)

    def _place(self, path: str) -> tuple[Errors | None, str]:
        if path.startswith("$.rules."):
            return self.rules.errors, path.removeprefix("$.rules.").partition("[")[0]
        found = PLACE.match(path)
        if found is None or int(found[1]) >= len(self.tiers):
            return None, ""
        tier = self.tiers[int(found[1])]
        if found[2] is None:
            return tier.errors, {"name": "en", "criteria": "criteria", None: "code"}.get(found[4], found[4])
        rows = tier.criteria if found[2] == "criteria" else tier.benefits
        if int(found[3]) >= len(rows):
            return tier.errors, "criteria"
        return rows[int(found[3])].errors, {"text": "en", None: "metric"}.get(found[4], found[4])

    @property
    def refusals(self) -> list[tuple[str, Text]]:
        """(tier, what is wrong), for above the form: it is longer than a screen."""
        found: list[tuple[str, Text]] = [("", one) for one in self.errors]
        for number, tier in enumerate(self.tiers, 1):
            found += [(tier.name or str(number), text) for text in tier.refusals]
        return found + [("", text) for texts in self.rules.errors.values() for text in texts]


def _new_tier() -> TierRows:
    return TierRows(dict.fromkeys(TIER, ""), [_new_criterion()])


def _new_criterion() -> Row:
    return Row(
        dict.fromkeys(CRITERION, "") | {"metric": metrics()[0].code, "window": "trailing_months", "length": "12"}
    )


def _count(data: Mapping[str, str], pattern: str) -> int:
    found = [int(match[1]) for name in data if (match := re.fullmatch(pattern, name))]
    return min(max(found, default=-1) + 1, 50)


def _rows(data: Mapping[str, str], path: str, names: Sequence[str]) -> list[Row]:
    count = _count(data, re.escape(path) + r"\.(\d+)\.\w+")
    rows = [Row({name: data.get(f"{path}.{index}.{name}", "").strip() for name in names}) for index in range(count)]
    return [one for one in rows if not one.is_empty]


def _tier_rows(tier: Mapping[str, Any]) -> TierRows:
    name = tier.get("name") or {}
    values = {"code": tier.get("code", ""), "pass_mark": str(tier.get("pass_mark") or "")}
    criteria = []
    for one in tier.get("criteria", []):
        texts = {key: str(one.get(key) or "") for key in CRITERION}
        for key in ("at_least", "at_most"):
            texts[key] = _typed(one.get("metric", ""), one.get(key))
        criteria.append(Row(texts))
    benefits = [
        Row({"kind": one.get("kind", ""), "value": str(one.get("value") or "")}
            | {key: (one.get("text") or {}).get(word, "") for key, word in WORDS.items()})
        for one in tier.get("benefits", [])
    ]  # fmt: skip
    return TierRows(values | {key: name.get(word, "") for key, word in WORDS.items()}, criteria, benefits)


def _tier_document(rows: TierRows) -> dict[str, Any]:
    found: dict[str, Any] = {
        "code": rows.values["code"],
        "name": {word: rows.values[key] for key, word in WORDS.items()},
        "criteria": [_criterion_document(one.values) for one in rows.criteria],
        "benefits": [_benefit_document(one.values) for one in rows.benefits],
    }
    return found | ({"pass_mark": rows.values["pass_mark"]} if rows.values["pass_mark"] else {})


def _criterion_document(values: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"metric": values["metric"], "window": values["window"]}
    if values["window"] in LONGEST:
        found["length"] = values["length"]
    for name in ("at_least", "at_most"):
        if values[name]:
            found[name] = _read(values["metric"], values[name])
    return found | ({"points": values["points"]} if values["points"] else {})


def _benefit_document(values: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": values["kind"], "text": {word: values[key] for key, word in WORDS.items()}}
    return found | ({"value": _bare(values["value"])} if values["value"] else {})


def _typed(code: str, value: Any) -> str:
    """Shares are typed in per cent."""
    if value in (None, ""):
        return ""
    if known(code) and metric(code).unit == Unit.RATIO:
        return f"{plain(Decimal(str(value)) * 100)}%"
    return str(value)


def _read(code: str, typed: str) -> str:
    bare = _bare(typed)
    if not known(code) or metric(code).unit != Unit.RATIO:
        return bare
    try:
        return plain(parse_decimal(bare.removesuffix("%").strip()) / 100)
    except ValueError:
        return bare


def _bare(typed: str) -> str:
    return typed.replace(",", "").replace("，", "").replace(" ", "")
