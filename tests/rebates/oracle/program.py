"""A program as read from the file, with the defaults of what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Program:
    code: str
    currency: str
    period: str
    valid_from: date
    valid_to: date
    scope: Object
    measure: str
    calculation: Object
    qualifiers: list[Object]
    cap_per_period: Fraction | None
    program_total: Fraction | None
    minimum: Fraction
    group: str
    rule: str
    priority: int
    returns: str
    year_to_date: bool
    at_period_end: bool

    @property
    def type(self) -> str:
        return str(self.calculation["type"])

    @property
    def uses_money(self) -> bool:
        return self.measure != "quantity" or "min_first_order" in self.calculation

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_to


def program_of(document: Object) -> Program:
    cap = document.get("cap") or {}
    stacking = document.get("stacking", {})
    minimum = document.get("minimum_payout") or {"amount": 0}
    calculation = document["calculation"]
    by_quantity = calculation["type"] in ("per_unit", "spiff")
    return Program(
        code=document["code"],
        currency=document["currency"],
        period=document["period"],
        valid_from=date.fromisoformat(document.get("valid_from") or "0001-01-01"),
        valid_to=date.fromisoformat(document.get("valid_to") or "9999-12-31"),
        scope=document.get("scope", {}),
        measure=document.get("measure", "quantity" if by_quantity else "net_amount"),
        calculation=calculation,
        qualifiers=document.get("qualifiers", []),
        cap_per_period=_optional(cap.get("per_period")),
        program_total=_optional(cap.get("program_total")),
        minimum=Fraction(str(minimum["amount"])),
        group=stacking.get("group", document["code"]),
        rule=stacking.get("rule", "stack"),
        priority=stacking.get("priority", 0),
        returns=document.get("returns", "restate"),
        year_to_date=document.get("accumulate", "period") == "year_to_date",
        at_period_end=document.get("partner_as_of", "sale") == "period_end",
    )


def value(source: Object, name: str, default: str = "0") -> Fraction:
    """A number of the file, which may be a number or a decimal text."""
    return Fraction(str(source.get(name, default)))


def _optional(raw: Any) -> Fraction | None:
    return None if raw is None else Fraction(str(raw))
