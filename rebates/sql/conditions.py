"""Conditions as SQL, with the same two-valued logic as `rebates.engine.conditions.matches`: every test is true or
false, never null.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rebates.engine.conditions import (
    ATTRIBUTE,
    NUMBER_PATTERN,
    ORDERING,
    All,
    AnyOf,
    Condition,
    Kind,
    Not,
    Test,
    field_kind,
)

from .parameters import Parameters

_COMPARISON = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@dataclass(frozen=True, slots=True)
class Columns:
    """Aliases of the tables in which a condition's fields are found. `tier` is an expression, as the day it is read
    on varies.
    """

    sale: str = "s"
    product: str = "p"
    partner: str = "q"
    tier: str = "t.tier"

    def of(self, field: str, p: Parameters) -> str:
        """The expression of a field, null when the cell is empty."""
        room, _, name = field.partition(".")
        if field.startswith(ATTRIBUTE):
            return f"NULLIF({self.sale}.attrs ->> {p(field.removeprefix(ATTRIBUTE))}, '')"
        if field == "partner.tier":
            return self.tier
        if field == "sale.deal_registered":
            return f"({self.sale}.deal_ref <> '')"
        column = f"{getattr(self, room)}.{name}"
        return f"NULLIF({column}, '')" if field_kind(field) is Kind.TEXT else column


def compile_condition(condition: Condition, test: Callable[[Test], str]) -> str:
    """The boolean expression of a condition, given the expression of each test."""
    match condition:
        case Test():
            return test(condition)
        case Not(item=item):
            return f"(NOT {compile_condition(item, test)})"
        case All(items=items):
            return "(" + " AND ".join(compile_condition(item, test) for item in items) + ")" if items else "TRUE"
        case AnyOf(items=items):
            return "(" + " OR ".join(compile_condition(item, test) for item in items) + ")" if items else "FALSE"


def compile_where(condition: Condition, columns: Columns, p: Parameters) -> str:
    """The condition over the tables named by `columns`."""
    return compile_condition(condition, lambda test: compile_test(test, columns, p))


def compile_test(test: Test, columns: Columns, p: Parameters) -> str:
    """One test, true or false on every row."""
    kind, column, value = field_kind(test.field), columns.of(test.field, p), test.value
    if test.op == "is_null":
        missing = f"COALESCE(cardinality({column}) = 0, TRUE)" if kind is Kind.TAGS else f"({column} IS NULL)"
        return missing if value else f"(NOT {missing})"
    if test.op == "contains":
        return f"COALESCE({p(value, 'text')} = ANY({column}), FALSE)"
    if test.op in ORDERING:
        number = _number(column) if kind is Kind.ATTRIBUTE else column
        return f"COALESCE({_ordered(test, number, p)}, FALSE)"
    cast = {Kind.NUMBER: "numeric", Kind.FLAG: "boolean"}.get(kind or Kind.TEXT, "text")
    if isinstance(value, tuple):
        found = f"COALESCE({column} = ANY({p(list(value), cast + '[]')}), FALSE)"
        return found if test.op == "in" else f"(NOT {found})"
    return f"({column} IS {'NOT ' if test.op == 'eq' else ''}DISTINCT FROM {p(value, cast)})"


def _number(column: str) -> str:
    # CASE, not AND: PostgreSQL may evaluate the cast of a text that is no number before the test that protects it.
    return f"(CASE WHEN {column} ~ '{NUMBER_PATTERN}' THEN ({column})::numeric END)"


def _ordered(test: Test, number: str, p: Parameters) -> str:
    if isinstance(test.value, tuple):
        low, high = test.value
        return f"{number} BETWEEN {p(low, 'numeric')} AND {p(high, 'numeric')}"
    return f"{number} {_COMPARISON[test.op]} {p(test.value, 'numeric')}"
