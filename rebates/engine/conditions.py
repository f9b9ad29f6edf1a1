"""Conditions on sale lines: parsing, the typed fields and operators, and the matcher in Python.

Logic is two-valued. A test on a missing value is false, but for `is_null: true`, `ne` and `not_in`; so `not` of it is
true. `rebates.sql.conditions` compiles the same tree to SQL; a property test holds the two together.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from prm.money import parse_decimal, plain

from .reading import Node

Scalar = str | Decimal | bool
Value = Scalar | tuple[Scalar, ...]
# What a row holds for a field: None when the cell is empty; tags as a tuple.
Cell = str | Decimal | bool | tuple[str, ...] | None

ATTRIBUTE = "sale.attr."


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    TAGS = "tags"
    ATTRIBUTE = "attribute"


FIELDS: Mapping[str, Kind] = {
    "product.sku": Kind.TEXT,
    "product.line": Kind.TEXT,
    "product.category": Kind.TEXT,
    "product.brand": Kind.TEXT,
    "partner.code": Kind.TEXT,
    "partner.tier": Kind.TEXT,
    "partner.type": Kind.TEXT,
    "partner.region": Kind.TEXT,
    "partner.country": Kind.TEXT,
    "partner.tags": Kind.TAGS,
    "sale.channel": Kind.TEXT,
    "sale.currency": Kind.TEXT,
    "sale.customer_code": Kind.TEXT,
    "sale.customer_segment": Kind.TEXT,
    "sale.customer_industry": Kind.TEXT,
    "sale.new_customer": Kind.FLAG,
    "sale.deal_registered": Kind.FLAG,
    "sale.days_to_pay": Kind.NUMBER,
    "sale.quantity": Kind.NUMBER,
    "sale.net_amount": Kind.NUMBER,
}

ORDERING = ("gt", "gte", "lt", "lte", "between")
_EQUALITY = ("eq", "ne", "in", "not_in", "is_null")
OPS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: _EQUALITY,
    Kind.FLAG: _EQUALITY,
    Kind.NUMBER: _EQUALITY + ORDERING,
    Kind.ATTRIBUTE: _EQUALITY + ORDERING,
    Kind.TAGS: ("contains", "is_null"),
}
ALL_OPS = ("eq", "ne", "in", "not_in", *ORDERING, "contains", "is_null")


@dataclass(frozen=True, slots=True)
class Test:
    """One field, one operator, one value of the field's type; a tuple for `in`, `not_in` and `between`."""

    __test__ = False  # not a test class for pytest

    field: str
    op: str
    value: Value


@dataclass(frozen=True, slots=True)
class All:
    items: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    items: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    item: "Condition"


Condition = Test | All | AnyOf | Not
TRUE = All(())


def field_kind(field: str) -> Kind | None:
    if field.startswith(ATTRIBUTE) and len(field) > len(ATTRIBUTE):
        return Kind.ATTRIBUTE
    return FIELDS.get(field)


def parse_condition(node: Node) -> Condition:
    """The condition of a JSON value. Raises `Fault` at the member that is wrong."""
    if isinstance(node.value, dict):
        if not node.value:
            return TRUE
        for key, kind in (("all", All), ("any", AnyOf)):
            if key in node.value:
                return kind(tuple(parse_condition(item) for item in node.object((key,))[key].items()))
        if "not" in node.value:
            return Not(parse_condition(node.object(("not",))["not"]))
    return _parse_test(node.object(("field", "op", "value")))


def _parse_test(members: dict[str, Node]) -> Test:
    field, op, value = members["field"], members["op"], members["value"]
    name = field.text()
    kind = field_kind(name)
    if kind is None:
        field.fail("unknown_field", field=name)
    if op.text() not in ALL_OPS:
        op.fail("unknown_op", options=", ".join(ALL_OPS))
    if op.text() not in OPS[kind]:
        op.fail("op_not_for_field", field=name, options=", ".join(OPS[kind]))
    return Test(name, op.text(), _parse_value(kind, op.text(), value))


def _parse_value(kind: Kind, op: str, node: Node) -> Value:
    if op == "is_null":
        return node.boolean()
    if op in ("in", "not_in"):
        return tuple(_parse_scalar(kind, op, item) for item in node.items(minimum=1))
    if op == "between":
        low, high = _pair(node)
        if low > high:
            node.fail("low_above_high")
        return low, high
    return _parse_scalar(kind, op, node)


def _pair(node: Node) -> tuple[Decimal, Decimal]:
    items = node.items()
    if len(items) != 2:
        node.fail("expected", type="[low, high]")
    return items[0].number(), items[1].number()


def _parse_scalar(kind: Kind, op: str, node: Node) -> Scalar:
    if kind is Kind.NUMBER or op in ORDERING:
        return node.number()
    if kind is Kind.FLAG:
        return node.boolean()
    return node.text(empty=True)


def condition_json(condition: Condition) -> dict[str, Any]:
    """The canonical document: numbers as plain decimal texts, an empty `all` as `{}`."""
    match condition:
        case All(items=()):
            return {}
        case All(items=items):
            return {"all": [condition_json(item) for item in items]}
        case AnyOf(items=items):
            return {"any": [condition_json(item) for item in items]}
        case Not(item=item):
            return {"not": condition_json(item)}
        case Test(field=field, op=op, value=value):
            return {"field": field, "op": op, "value": _value_json(value)}


def _value_json(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_value_json(item) for item in value]
    return plain(value) if isinstance(value, Decimal) else value


def tests_of(condition: Condition) -> Iterator[Test]:
    """Every test in the tree, in reading order, repetitions included."""
    match condition:
        case Test():
            yield condition
        case Not(item=item):
            yield from tests_of(item)
        case All(items=items) | AnyOf(items=items):
            for item in items:
                yield from tests_of(item)


def matches(condition: Condition, cell: Callable[[str], Cell]) -> bool:
    """Whether a row meets the condition; `cell` gives the row's value of a field, None (or an empty text or tag list)
    when missing.
    """
    match condition:
        case Test():
            return _meets(condition, cell(condition.field))
        case Not(item=item):
            return not matches(item, cell)
        case All(items=items):
            return all(matches(item, cell) for item in items)
        case AnyOf(items=items):
            return any(matches(item, cell) for item in items)


def _meets(test: Test, cell: Cell) -> bool:
    missing = cell is None or cell in ("", ())
    if test.op == "is_null":
        return missing is test.value
    if test.op in ORDERING and not missing:
        number = as_number(cell)
        return number is not None and _ordered(test, number)
    if missing:
        return test.op in ("ne", "not_in")
    if test.op == "contains":
        return isinstance(cell, tuple) and test.value in cell
    if test.op in ("in", "not_in"):
        return (cell in _as_tuple(test.value)) is (test.op == "in")
    return (cell == test.value) is (test.op == "eq")


def _as_tuple(value: Value) -> tuple[Scalar, ...]:
    return value if isinstance(value, tuple) else (value,)


# Kept equal to the pattern in rebates.sql.conditions: an attribute counts as a number exactly when both say so.
NUMBER_PATTERN = r"^[+-]?[0-9]{1,18}([.][0-9]{1,20})?$"


def as_number(cell: Cell) -> Decimal | None:
    """A cell as a number; None when it is none."""
    if isinstance(cell, Decimal):
        return cell
    return parse_decimal(cell) if isinstance(cell, str) and re.fullmatch(NUMBER_PATTERN, cell) else None


def _ordered(test: Test, number: Decimal) -> bool:
    low, high = _as_tuple(test.value)[0], _as_tuple(test.value)[-1]
    if not isinstance(low, Decimal) or not isinstance(high, Decimal):
        raise TypeError(f"{test.op} compares numbers")
    return {
        "gt": number > low,
        "gte": number >= low,
        "lt": number < low,
        "lte": number <= low,
        "between": low <= number <= high,
    }[test.op]


__all__ = [
    "ALL_OPS", "ATTRIBUTE", "FIELDS", "NUMBER_PATTERN", "OPS", "ORDERING", "TRUE", "All", "AnyOf", "Cell", "Condition",
    "Kind", "Not", "Test", "condition_json", "field_kind", "matches", "parse_condition", "tests_of",
]  # fmt: skip
