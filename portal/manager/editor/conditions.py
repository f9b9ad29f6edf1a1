"""Conditions by hand: tests in groups, groups in groups. What rows cannot show is kept as JSON where it stands.

A group is `all`, `any` or `none` of its items. `none` of one item is `not`; of several, `not` of `any`: so every
document has one form, and the form gives the same document back.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from rebates.engine.conditions import ATTRIBUTE, ORDERING, Kind, field_kind
from rebates.engine.reading import Fault, load_json
from rebates.faults import fault_message

from .numbers import as_text, number_of
from .places import Places

MAX_ROWS = 60
MAX_DEPTH = 2
"""So many groups inside one another, below the outermost, are shown as rows."""
SEPARATORS = re.compile(r"[,，;；\n]")


@dataclasses.dataclass(slots=True)
class TestRow:
    """One test. `values` are texts; several only for `in`, `not_in` and `between`."""

    __test__ = False  # not a test class for pytest

    field: str = ""
    op: str = "in"
    values: list[str] = dataclasses.field(default_factory=list)
    errors: dict[str, list[str]] = dataclasses.field(default_factory=dict)

    @property
    def kind(self) -> Kind | None:
        return field_kind(self.field)

    @property
    def text(self) -> str:
        return ", ".join(self.values)

    @property
    def takes_many(self) -> bool:
        return self.op in ("in", "not_in")

    @property
    def is_yes_no(self) -> bool:
        return self.op == "is_null" or self.kind is Kind.FLAG

    @property
    def needs_picking(self) -> bool:
        """Whether a value would fall apart in a text with commas."""
        return self.takes_many and any(SEPARATORS.search(value) for value in self.values)

    def write(self, path: str, places: Places, title: str) -> Any:
        slots = {"field": "field", "op": "op"}
        places.put(path, title, self.errors, "value", slots)
        return {"field": self.field, "op": self.op, "value": self._value()}

    def check(self) -> None:
        if not self.field or self.field == ATTRIBUTE:
            # Left out, it would let every sale count.
            self.errors["field"] = [_("Choose a field, or take this condition out.")]
        elif not any(self.values) and not self.is_yes_no:
            self.errors["value"] = [_("A value is missing.")]

    def _value(self) -> Any:
        if self.is_yes_no and not self.takes_many:
            return self.values[:1] == ["true"]
        numeric = self.kind is Kind.NUMBER or self.op in ORDERING
        texts: list[Any] = [number_of(value) for value in self.values] if numeric else list(self.values)
        if self.kind is Kind.FLAG:
            texts = [value == "true" for value in texts]
        if self.takes_many or self.op == "between":
            return texts
        return texts[0] if texts else ""

    @classmethod
    def read(cls, test: Mapping[str, Any]) -> TestRow | None:
        """The row of a test; None when inputs could not give its values back."""
        value = test.get("value")
        items = value if isinstance(value, list) else [value]
        row = cls(str(test.get("field", "")), str(test.get("op", "eq")), [as_text(item) for item in items])
        name = row.field.removeprefix(ATTRIBUTE)
        typable = all(text and text == text.strip() and text.isprintable() for text in (name, *row.values))
        twice = row.takes_many and len(set(row.values)) < len(row.values)
        return row if typable and not twice else None


@dataclasses.dataclass(slots=True)
class JsonItem:
    """A part of a condition as its document, for what rows cannot show."""

    text: str = ""
    errors: dict[str, list[str]] = dataclasses.field(default_factory=dict)

    def write(self, path: str, places: Places, title: str) -> Any:
        places.put(path, title, self.errors, "json")
        return read_json(self.text, path)

    def check(self) -> None:
        if not self.text.strip():
            self.errors["json"] = [_("Write the condition, or take it out.")]


@dataclasses.dataclass(slots=True)
class Group:
    """`bare`: the document has the one item without a group around it. `json`: the text when `match` is `json`."""

    match: str = "all"
    items: list[TestRow | Group | JsonItem] = dataclasses.field(default_factory=list)
    bare: bool = False
    json: str = ""
    errors: dict[str, list[str]] = dataclasses.field(default_factory=dict)

    def write(self, path: str, places: Places, title: str) -> Any:
        places.put(path, title, self.errors, "json" if self.match == "json" else "match")
        if self.match == "json":
            return read_json(self.json, path)
        if not self.items:
            return {}
        if len(self.items) == 1 and self.bare and self.match == "all":
            return self._items(lambda _index: path, places, title)[0]
        if self.match == "none" and len(self.items) == 1:
            return {"not": self._items(lambda _index: f"{path}.not", places, title)[0]}
        if self.match == "none":
            return {"not": {"any": self._items(lambda index: f"{path}.not.any[{index}]", places, title)}}
        return {self.match: self._items(lambda index: f"{path}.{self.match}[{index}]", places, title)}

    def _items(self, path: Any, places: Places, title: str) -> list[Any]:
        return [
            item.write(path(index), places, numbered(title, index + 1)) for index, item in enumerate(self.items)
        ]  # fmt: skip

    def check(self) -> None:
        if self.match == "json":
            return
        for item in self.items:
            item.check()
            if isinstance(item, Group) and not item.items:
                item.errors["match"] = [_("Add a condition to this group, or take it out.")]

    def to_json_text(self) -> str:
        """What the rows say, to go on in JSON."""
        try:
            return pretty(self.write("", Places(), ""))
        except Fault:
            return "{}"

    def all_errors(self) -> Iterator[dict[str, list[str]]]:
        yield self.errors
        if self.match == "json":
            return
        for item in self.items:
            if isinstance(item, Group):
                yield from item.all_errors()
            else:
                yield item.errors


def numbered(title: str, number: int) -> str:
    """`Condition` 2 of the outermost group, its item 1 as `Condition 2.1`."""
    return f"{title}.{number}" if title[-1:].isdigit() else f"{title} {number}"


def read_json(text: str, path: str) -> Any:
    """Raises `Fault` at the path when the text is no JSON."""
    try:
        return load_json(text or "{}")
    except Fault as fault:
        raise Fault(path, fault.code, **fault.params) from None


def pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def group_of(condition: Any) -> Group:
    """The rows of a whole condition."""
    if condition == {}:
        return Group()
    found = _item_of(condition, 0)
    return found if isinstance(found, Group) else Group(items=[found], bare=True)


def _item_of(condition: Any, depth: int) -> TestRow | Group | JsonItem:
    keys = set(condition) if isinstance(condition, Mapping) else set()
    found: TestRow | Group | None = None
    if keys == {"field", "op", "value"}:
        found = TestRow.read(condition)
    elif depth <= MAX_DEPTH and keys in ({"all"}, {"any"}):
        match = next(iter(keys))
        found = _group(match, condition[match], depth)
    elif depth <= MAX_DEPTH and keys == {"not"}:
        inner = condition["not"]
        several = inner.get("any") if set(inner) == {"any"} else None
        found = _group("none", several if several and len(several) > 1 else [inner], depth)
    return found or JsonItem(pretty(condition))


def _group(match: str, items: Any, depth: int) -> Group | None:
    if not isinstance(items, list) or not 0 < len(items) <= MAX_ROWS:
        return None
    return Group(match, [_item_of(item, depth + 1) for item in items])


def posted_group(data: QueryDict, name: str, depth: int = 0) -> Group:
    """The group that a sent form holds below a name: `<name>.match`, `<name>.0.kind`, `<name>.0.field` and so on."""
    items: list[TestRow | Group | JsonItem] = []
    if depth <= MAX_DEPTH:
        while len(items) < MAX_ROWS and f"{name}.{len(items)}.kind" in data:
            items.append(_posted_item(data, f"{name}.{len(items)}", depth))
    match, was = data.get(f"{name}.match", "all"), data.get(f"{name}.was", "")
    group = Group(match, items, f"{name}.bare" in data, data.get(f"{name}.json", ""))
    if match == "json" and was not in ("json", ""):
        # Going on in JSON begins with what the rows said.
        group.json = Group(was, items, group.bare).to_json_text()
    return _rows_again(group) if was == "json" != match else group


def _rows_again(group: Group) -> Group:
    """Going back to rows begins with what the JSON says; when it is none, it stays where it is."""
    try:
        return group_of(load_json(group.json or "{}"))
    except Fault as fault:
        group.match = "json"
        group.errors["json"] = [fault_message(fault)]
        return group


def _posted_item(data: QueryDict, name: str, depth: int) -> TestRow | Group | JsonItem:
    kind = data[f"{name}.kind"]
    if kind == "group":
        return posted_group(data, name, depth + 1)
    if kind == "json":
        return JsonItem(data.get(f"{name}.json", ""))
    field, op = data.get(f"{name}.field", ""), data.get(f"{name}.op", "in")
    full = ATTRIBUTE + data.get(f"{name}.attr", "").strip() if field == ATTRIBUTE else field
    given = data.getlist(f"{name}.value")
    return TestRow(full, op, given if f"{name}.picked" in data else typed(given, op))


def typed(given: Sequence[str], op: str) -> list[str]:
    """The values of text inputs: several where the operator takes several."""
    if op == "between":
        return [text.strip() for text in given[:2]]
    if op not in ("in", "not_in"):
        return [text.strip() for text in given if text.strip()]
    return [part.strip() for text in given for part in SEPARATORS.split(text) if part.strip()]
