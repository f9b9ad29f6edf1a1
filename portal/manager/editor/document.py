"""Between the single fields of the form and the members of the document: one table says which is which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .numbers import as_text, number_of, percent_of, ratio_of
from .rows import Units

BANDED = ("marginal", "retroactive", "rolling", "total", "per_unit", "milestone", "growth")
COUNTS_UNITS = ("per_unit", "spiff")
"""They add up quantities and nothing else."""


@dataclass(frozen=True, slots=True)
class Member:
    """`field` of the form is `key` of the document. `rate` is a percentage, or an amount where units are counted."""

    field: str
    key: str
    number: bool = False
    rate: bool = False

    def to_json(self, text: str, *, percent: bool) -> str:
        if self.rate and percent:
            return ratio_of(text)
        return number_of(text) if self.number or self.rate else text

    def of(self, value: Any, *, percent: bool) -> str:
        return percent_of(value) if self.rate and percent else as_text(value)


MEMBERS: dict[str, tuple[Member, ...]] = {
    "per_unit": (Member("mode", "mode"),),
    "growth": (
        Member("baseline", "baseline"), Member("pay_on", "pay_on"), Member("without_baseline", "without_baseline"),
    ),
    "target": (Member("pay_on", "pay_on"),),
    "target.curve": (Member("pay_on", "pay_on"), Member("target_rate", "rate", rate=True)),
    "new_customer.amount": (
        Member("customer_amount", "amount", number=True),
        Member("customer_cap", "cap_per_customer", number=True),
        Member("first_order", "min_first_order", number=True),
    ),
    "new_customer.rate": (
        Member("customer_rate", "rate", rate=True),
        Member("window_days", "window_days", number=True),
        Member("customer_cap", "cap_per_customer", number=True),
        Member("first_order", "min_first_order", number=True),
    ),
    "spiff": (Member("spiff_amount", "amount", number=True),),
}  # fmt: skip


def variant(kind: str, target_by: str, customer_pays: str) -> str:
    """The key of `MEMBERS` that a type with a choice inside it has."""
    if kind == "target" and target_by == "curve":
        return "target.curve"
    return f"new_customer.{customer_pays or 'amount'}" if kind == "new_customer" else kind


def units_of(kind: str, measure: str) -> Units:
    if kind in ("per_unit", "milestone"):
        return Units(key="amount", percent=False)
    return Units(share=kind in ("growth", "target"), percent=measure != "quantity")


def initial_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the single fields for a document."""
    names, calculation = document.get("name") or {}, document["calculation"]
    initial = {name: document.get(name) for name in ("code", "currency", "period", "valid_from", "valid_to")}
    initial |= {"name_en": names.get("en", ""), "name_zh": names.get("zh-hans", ""), "type": calculation["type"]}
    measure = str(document.get("measure", "net_amount"))
    initial["measure"] = measure
    choices = {"returns": "restate", "partner_as_of": "sale", "accumulate": "period"}
    initial |= {name: document.get(name, default) for name, default in choices.items()}
    initial["payout_form"] = (document.get("payout") or {}).get("form", "cash")
    return initial | _limits(document) | _stacking(document) | _calculation(calculation, measure)


def _limits(document: Mapping[str, Any]) -> dict[str, str]:
    cap, minimum = document.get("cap") or {}, document.get("minimum_payout") or {}
    return {
        "cap_per_period": as_text(cap.get("per_period", "")),
        "cap_total": as_text(cap.get("program_total", "")),
        "minimum": as_text(minimum.get("amount", "")),
        "otherwise": minimum.get("otherwise", "carry"),
    }


def _stacking(document: Mapping[str, Any]) -> dict[str, str]:
    stacking = document.get("stacking") or {}
    group, priority = stacking.get("group", ""), as_text(stacking.get("priority", 0))
    return {
        # A program alone in a group of its own code need not say so.
        "group": "" if group == document.get("code") else group,
        "rule": stacking.get("rule", "stack"),
        "priority": "" if priority == "0" else priority,
    }


def _calculation(calculation: Mapping[str, Any], measure: str) -> dict[str, str]:
    target_by = "curve" if "curve" in calculation else "bands"
    pays = "rate" if "rate" in calculation else "amount"
    members = MEMBERS.get(variant(calculation["type"], target_by, pays), ())
    percent = measure != "quantity"
    found = {one.field: one.of(calculation[one.key], percent=percent) for one in members if one.key in calculation}
    cumulative = "yes" if calculation.get("cumulative") else "no"
    return {"target_by": target_by, "customer_pays": pays, "cumulative": cumulative, **found}
