"""What the program form offers for each test of the scope: operators that fit the field, values that are in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.manager.program_rows import OP_LABELS, YES_NO, TestRow, known_fields
from rebates.engine.conditions import ALL_OPS, ATTRIBUTE, OPS

MOST_CHOICES = 200
"""A longer list is typed, not picked."""


@dataclass(frozen=True, slots=True)
class TestOptions:
    """A row with what its inputs offer. `choices` empty: the value is typed."""

    __test__ = False  # not a test class for pytest

    row: TestRow
    ops: list[tuple[str, object]]
    choices: list[tuple[str, object]]
    attribute: str

    @property
    def field(self) -> str:
        return ATTRIBUTE if self.row.field.startswith(ATTRIBUTE) else self.row.field


class OptionSource:
    """`products` and `partners` are the facets of the two directories: values in use by field."""

    def __init__(self, products: Mapping[str, Sequence[str]], partners: Mapping[str, Sequence[str]]) -> None:
        self._values = {f"product.{name}": list(values) for name, values in products.items()}
        names = {"tag": "tags"}
        self._values |= {f"partner.{names.get(name, name)}": list(values) for name, values in partners.items()}

    def fields(self) -> list[tuple[str, object]]:
        return known_fields()

    def rows(self, tests: Sequence[TestRow]) -> list[TestOptions]:
        return [self._options(test) for test in tests]

    def _options(self, test: TestRow) -> TestOptions:
        allowed = OPS[test.kind] if test.kind else ALL_OPS
        ops = [(op, OP_LABELS[op]) for op in allowed]
        attribute = test.field.removeprefix(ATTRIBUTE) if test.field.startswith(ATTRIBUTE) else ""
        return TestOptions(test, ops, self._choices(test), attribute)

    def _choices(self, test: TestRow) -> list[tuple[str, object]]:
        if test.is_yes_no:
            return list(YES_NO)
        known = self._values.get(test.field, [])
        if test.op not in ("eq", "ne", "in", "not_in", "contains") or not 0 < len(known) <= MOST_CHOICES:
            return []
        return [(value, value) for value in [*known, *(value for value in test.values if value not in known)]]
