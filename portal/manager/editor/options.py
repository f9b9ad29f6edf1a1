"""What the program form offers: operators that fit a field, values that are in use, conditions as trees to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from rebates.engine.conditions import ALL_OPS, ATTRIBUTE, FIELDS, OPS

from .conditions import MAX_DEPTH, Group, JsonItem, TestRow
from .labels import FIELD_LABELS, MATCHES, OP_LABELS, ROOT_MATCHES, YES_NO, Choices
from .rows import QualifierRow, RateRow

MOST_CHOICES = 200
"""A longer list is typed, not picked."""


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item of a group with what its inputs offer. `choices` empty: the value is typed."""

    name: str
    number: str
    row: TestRow | Group | JsonItem
    ops: Choices
    choices: Choices
    group: GroupView | None = None

    @property
    def slug(self) -> str:
        return self.name.replace(".", "-")

    @property
    def kind(self) -> str:
        return "test" if isinstance(self.row, TestRow) else "json" if isinstance(self.row, JsonItem) else "group"

    @property
    def field(self) -> str:
        name = self.row.field if isinstance(self.row, TestRow) else ""
        return ATTRIBUTE if name.startswith(ATTRIBUTE) else name

    @property
    def attribute(self) -> str:
        name = self.row.field if isinstance(self.row, TestRow) else ""
        return name.removeprefix(ATTRIBUTE) if name.startswith(ATTRIBUTE) else ""


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group to draw. `section` is the part of the page that comes anew when it changes."""

    name: str
    row: Group
    items: list[ItemView]
    matches: Choices
    may_nest: bool
    section: str

    @property
    def slug(self) -> str:
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class RateView:
    row: RateRow
    when: GroupView


@dataclass(frozen=True, slots=True)
class QualifierView:
    row: QualifierRow
    scope: GroupView
    fields: Choices
    tiers: Choices


class OptionSource:
    """`products` and `partners` are the facets of the two directories: values in use by field."""

    def __init__(self, products: Mapping[str, Sequence[str]], partners: Mapping[str, Sequence[str]]) -> None:
        self._values = {f"product.{name}": list(values) for name, values in products.items()}
        names = {"tag": "tags"}
        self._values |= {f"partner.{names.get(name, name)}": list(values) for name, values in partners.items()}

    def group(self, row: Group, name: str, section: str, depth: int = 0, number: str = "") -> GroupView:
        items = [
            self._item(item, f"{name}.{index}", section, depth, f"{number}{index + 1}")
            for index, item in enumerate(row.items)
        ]
        matches = MATCHES if depth else ROOT_MATCHES
        return GroupView(name, row, items, matches, depth < MAX_DEPTH, section)

    def rates(self, rows: Sequence[RateRow]) -> list[RateView]:
        return [
            RateView(row, self.group(row.when, f"rates.{index}.when", "calculation")) for index, row in enumerate(rows)
        ]

    def qualifiers(self, rows: Sequence[QualifierRow]) -> list[QualifierView]:
        views = []
        for index, row in enumerate(rows):
            scope = self.group(row.scope, f"qualifiers.{index}.scope", "qualifiers")
            tiers = self._offered("partner.tier", row.tiers, must=row.needs_picking)
            fields: Choices = [choice for choice in known_fields() if choice[0] != "partner.tags"]
            if row.field not in dict(fields):
                fields.append((row.field, row.field))
            views.append(QualifierView(row, scope, fields, tiers))
        return views

    def _item(self, row: TestRow | Group | JsonItem, name: str, section: str, depth: int, number: str) -> ItemView:
        if isinstance(row, Group):
            return ItemView(name, number, row, [], [], self.group(row, name, section, depth + 1, f"{number}."))
        if isinstance(row, JsonItem):
            return ItemView(name, number, row, [], [])
        allowed = OPS[row.kind] if row.kind else ALL_OPS
        return ItemView(name, number, row, [(op, OP_LABELS[op]) for op in allowed], self._choices(row))

    def _choices(self, test: TestRow) -> Choices:
        if test.is_yes_no:
            return list(YES_NO)
        if test.op not in ("eq", "ne", "in", "not_in", "contains"):
            return []
        return self._offered(test.field, test.values, must=test.needs_picking)

    def _offered(self, field: str, chosen: Sequence[str], *, must: bool) -> Choices:
        """The values chosen, in their order, and the others in use; none when there are too many to pick from, unless
        they `must` be picked.
        """
        known = self._values.get(field, [])
        if not must and not 0 < len(known) <= MOST_CHOICES:
            return []
        offered = known if len(known) <= MOST_CHOICES else []
        return [(value, value) for value in [*chosen, *(value for value in offered if value not in chosen)]]


def known_fields() -> Choices:
    """The fields of the specification, in the order of the form."""
    return [(name, label) for name, label in FIELD_LABELS.items() if name in FIELDS]


def condition_fields() -> Choices:
    """What a condition may test: attributes of the sales file last."""
    return [*known_fields(), (ATTRIBUTE, _("Another column of the sales file"))]
