"""Conditions on a sale line: fields, operators, two-valued logic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from tests.rebates.oracle.facts import NUMBER, Facts, Sale

Value = str | Fraction | bool | frozenset[str] | None
"""None is missing."""

NUMERIC = {"sale.days_to_pay", "sale.quantity", "sale.net_amount"}
TRUTHS = {"sale.new_customer", "sale.deal_registered"}
ORDERING = ("gt", "gte", "lt", "lte", "between")


def field_value(facts: Facts, sale: Sale, day: date, field: str) -> Value:
    """What a line says; `day` is the one on which its partner is looked at."""
    kind, _, name = field.partition(".")
    if kind == "product":
        found = sale.sku if name == "sku" else getattr(facts.products[sale.sku], name)
    elif kind == "partner":
        found = _partner_value(facts, sale.partner, day, name)
    elif name == "new_customer":
        found = _new_customer(facts, sale)
    elif name == "deal_registered":
        found = "deal_ref" in sale.cells
    elif name in ("currency", "days_to_pay", "quantity", "net_amount"):
        found = getattr(sale, name)
    else:
        found = sale.cells.get(name)
    return None if found in ("", frozenset()) else found


def _partner_value(facts: Facts, code: str, day: date, name: str) -> Value:
    partner = facts.partners[code]
    if name == "code":
        return code
    if name == "tier":
        return partner.tier(day)
    found: Value = getattr(partner, name)
    return found


def _new_customer(facts: Facts, sale: Sale) -> bool | None:
    customer = sale.cells.get("customer_code")
    if not customer:
        return None
    first = facts.first_sales.get(customer)
    return first is not None and first.sold_on == sale.sold_on


def holds(facts: Facts, condition: dict[str, Any], sale: Sale, day: date) -> bool:
    if not condition:
        return True
    if "all" in condition:
        return all(holds(facts, part, sale, day) for part in condition["all"])
    if "any" in condition:
        return any(holds(facts, part, sale, day) for part in condition["any"])
    if "not" in condition:
        return not holds(facts, condition["not"], sale, day)
    found = field_value(facts, sale, day, condition["field"])
    return met(condition["field"], condition["op"], condition["value"], found)


def met(field: str, op: str, wanted: Any, found: Value) -> bool:
    if op == "is_null":
        return (found is None) == wanted
    if op in ORDERING and isinstance(found, str):
        found = Fraction(found) if NUMBER.fullmatch(found) else None
    if found is None:
        return op in ("ne", "not_in")
    if op == "contains":
        return isinstance(found, frozenset) and wanted in found
    as_wanted = _reader(field, op)
    if op in ("in", "not_in"):
        return (found in [as_wanted(one) for one in wanted]) == (op == "in")
    if op == "between":
        low, high = map(_number, wanted)
        return isinstance(found, Fraction) and low <= found <= high
    return _compare(op, found, as_wanted(wanted))


def _compare(op: str, found: Any, wanted: Any) -> bool:
    results = {
        "eq": lambda: found == wanted, "ne": lambda: found != wanted, "gt": lambda: found > wanted,
        "gte": lambda: found >= wanted, "lt": lambda: found < wanted, "lte": lambda: found <= wanted,
    }  # fmt: skip
    return bool(results[op]())


def _number(wanted: Any) -> Fraction:
    return Fraction(str(wanted))


def _reader(field: str, op: str) -> Callable[[Any], Value]:
    if field in TRUTHS:
        return bool
    return _number if field in NUMERIC or op in ORDERING else str
