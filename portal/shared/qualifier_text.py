"""The requirements of a program in words: what was wanted, what was found, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.shared.trace_values import measure_of
from prm.web import text

Check = Mapping[str, Any]
Explanation = Mapping[str, Any]

NAMES: Mapping[str, object] = {
    "min_measure": gettext_lazy("Minimum volume"),
    "mix": gettext_lazy("Share of the product mix"),
    "distinct": gettext_lazy("Variety"),
    "tier": gettext_lazy("Tier"),
    "certified_people": gettext_lazy("Certified people"),
    "agreement_signed": gettext_lazy("Signed agreement"),
    "no_overdue": gettext_lazy("No overdue invoices"),
}
FIELDS: Mapping[str, object] = {
    "product.sku": gettext_lazy("different products"),
    "product.line": gettext_lazy("different product lines"),
    "product.category": gettext_lazy("different product categories"),
    "product.brand": gettext_lazy("different brands"),
    "sale.customer_code": gettext_lazy("different end customers"),
    "sale.channel": gettext_lazy("different sales channels"),
}


@dataclass(frozen=True, slots=True)
class CheckRow:
    holds: bool
    name: str
    text: str


def check_rows(explanation: Explanation) -> list[CheckRow]:
    """The qualifiers in the order of the program, each with what was found."""
    return [
        CheckRow(
            bool(check["holds"]), qualifier_name(check["type"]),
            qualifier_met(check, explanation) if check["holds"] else qualifier_unmet(check, explanation),
        )
        for check in explanation.get("qualifiers", [])
    ]  # fmt: skip


def qualifier_name(kind: str) -> str:
    return str(NAMES.get(kind, kind))


def qualifier_met(check: Check, explanation: Explanation) -> str:
    return _("Met.") if check.get("veil") else TEXTS[check["type"]](check, explanation, True)


def qualifier_unmet(check: Check, explanation: Explanation) -> str:
    """What was missing, as a sentence."""
    return _("Not met.") if check.get("veil") else TEXTS[check["type"]](check, explanation, False)


def _missing(check: Check) -> str:
    return str(Decimal(check["wanted"]) - Decimal(check["found"]))


def _min_measure(check: Check, explanation: Explanation, holds: bool) -> str:
    facts = {"found": measure_of(check["found"], explanation), "wanted": measure_of(check["wanted"], explanation)}
    if holds:
        return _("%(found)s of the %(wanted)s needed are there.") % facts
    missing = measure_of(_missing(check), explanation)
    return _("%(missing)s of the %(wanted)s needed are still missing.") % {**facts, "missing": missing}


def _mix(check: Check, explanation: Explanation, holds: bool) -> str:
    facts = {
        "share": text.percent(Decimal(check["share"])), "found": measure_of(check["found"], explanation),
        "wanted": measure_of(check["wanted"], explanation),
    }  # fmt: skip
    if holds:
        return _("The products asked for make up %(found)s, at least %(share)s of all (%(wanted)s).") % facts
    missing = measure_of(_missing(check), explanation)
    return _(
        "The products asked for must make up %(share)s of all (%(wanted)s); %(missing)s are still missing."
    ) % {**facts, "missing": missing}  # fmt: skip


def _distinct(check: Check, explanation: Explanation, holds: bool) -> str:
    facts = {
        "found": check["found"], "wanted": check["wanted"],
        "what": FIELDS.get(check["field"]) or _("different values of %(field)s") % {"field": check["field"]},
    }  # fmt: skip
    if holds:
        return _("%(found)s %(what)s, at least %(wanted)s were needed.") % facts
    return _("%(found)s of the %(wanted)s %(what)s needed.") % facts


def _tier(check: Check, explanation: Explanation, holds: bool) -> str:
    facts = {"found": check["found_tier"] or _("none"), "wanted": check["wanted_tiers"]}
    if holds:
        return _("The tier at the end of the period is %(found)s.") % facts
    return _("The tier at the end of the period is %(found)s; needed is %(wanted)s.") % facts


def _certified_people(check: Check, explanation: Explanation, holds: bool) -> str:
    facts = {"found": check["found"], "wanted": check["wanted"]}
    if holds:
        return _("%(found)s certified people, at least %(wanted)s were needed.") % facts
    return _("%(found)s of the %(wanted)s certified people needed.") % facts


def _agreement_signed(check: Check, explanation: Explanation, holds: bool) -> str:
    return _("The agreement is signed.") if holds else _("The agreement is not signed.")


def _no_overdue(check: Check, explanation: Explanation, holds: bool) -> str:
    return _("No invoice is overdue.") if holds else _("Invoices are overdue.")


TEXTS: Mapping[str, Callable[[Check, Explanation, bool], str]] = {
    "min_measure": _min_measure,
    "mix": _mix,
    "distinct": _distinct,
    "tier": _tier,
    "certified_people": _certified_people,
    "agreement_signed": _agreement_signed,
    "no_overdue": _no_overdue,
}
"""Every type of qualifier that the engine knows."""
