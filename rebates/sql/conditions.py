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
    on varies; `first` holds the first sale of the customer.
    """

    sale: str = "s"
    product: str = "p"
    partner: str = "q"
    tier: str = "t.tier"
    first: str = "f"

    def of(self, field: str, p: Parameters) -> str:
        """The expression of a field; null or an empty text or list when the cell is empty."""
        room, _, name = field.partition(".")
        if field.startswith(ATTRIBUTE):
            return f"({self.sale}.attrs ->> {p(field.removeprefix(ATTRIBUTE))})"
        if field == "partner.tier":
            return self.tier
        if field == "sale.new_customer":
            # Nothing was sold to a customer with returns alone: then no day is that of its first sale.
            first = f"COALESCE({self.first}.sold_on = {self.sale}.sold_on, FALSE)"
            return f"(CASE WHEN {self.sale}.customer_code <> '' THEN {first} END)"
        if field == "sale.deal_registered":
            return f"({self.sale}.deal_ref <> '')"
        return f"{getattr(self, room)}.{name}"


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
    """One test, true or false on every row.

    `IS TRUE` around a plain comparison, not COALESCE or NULLIF inside it: the planner keeps its statistics.
    """
    kind, column = field_kind(test.field) or Kind.TEXT, columns.of(test.field, p)
    if test.op == "is_null":
        return f"({_missing(kind, column)} IS {'' if test.value else 'NOT '}TRUE)"
    if test.op == "contains":
        return f"(({p(test.value, 'text')} = ANY({column})) IS TRUE)"
    if test.op in ORDERING:
        number = _number(column) if kind is Kind.ATTRIBUTE else column
        return f"(({_ordered(test, number, p)}) IS TRUE)"
    # An empty text is a missing value, which equals nothing.
    values = [value for value in (test.value if isinstance(test.value, tuple) else (test.value,)) if value != ""]
    cast = {Kind.NUMBER: "numeric", Kind.FLAG: "boolean"}.get(kind, "text")
    equal = f"{column} = {p(values[0], cast)}" if len(values) == 1 else f"{column} = ANY({p(values, cast + '[]')})"
    return f"(({equal}) IS {'' if test.op in ('eq', 'in') else 'NOT '}TRUE)"


def _missing(kind: Kind, column: str) -> str:
    if kind is Kind.TAGS:
        return f"({column} IS NULL OR cardinality({column}) = 0)"
    return f"({column} IS NULL OR {column} = '')" if kind in (Kind.TEXT, Kind.ATTRIBUTE) else f"({column} IS NULL)"


def _number(column: str) -> str:
    # CASE, not AND: PostgreSQL may evaluate the cast of a text that is no number before the test that protects it.
    return f"(CASE WHEN {column} ~ '{NUMBER_PATTERN}' THEN ({column})::numeric END)"


def _ordered(test: Test, number: str, p: Parameters) -> str:
    if isinstance(test.value, tuple):
        low, high = test.value
        return f"{number} BETWEEN {p(low, 'numeric')} AND {p(high, 'numeric')}"
    return f"{number} {_COMPARISON[test.op]} {p(test.value, 'numeric')}"
