"""A payout in one sentence for the partner: what counted, how it earns, what it comes to; or why nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.shared.qualifier_text import qualifier_unmet
from portal.shared.step_text import step_text
from portal.shared.trace_values import measure_of, money_of, value_of
from portal.shared.wording import reason_text

Explanation = Mapping[str, Any]


def payout_sentence(explanation: Explanation) -> str:
    """One sentence of a stored explanation; empty where there is none, as for an adjustment."""
    if not explanation.get("type"):
        return ""
    if Decimal(explanation["payout"]) == 0:
        return _("No rebate: %(why)s") % {"why": _why_nothing(explanation)}
    parts = pgettext("between clauses", "; ").join([_opening(explanation), *_clauses(explanation)])
    return _("%(parts)s: %(payout)s.") % {"parts": parts, "payout": money_of(explanation["payout"], explanation)}


def _opening(explanation: Explanation) -> str:
    if explanation["measure"] is None:
        return _("Your sales here count by what your vendor makes on them")
    facts = {"measure": measure_of(explanation["measure"], explanation)}
    if explanation["measure_kind"] == "margin":
        return _("Your sales here have a margin of %(measure)s") % facts
    return _("You sold %(measure)s that count here") % facts


def _clauses(explanation: Explanation) -> list[str]:
    steps = [step for step in explanation["steps"] if step["step"] != "rounding"]
    bands = [step for step in steps if step["step"] == "band"]
    if explanation["type"] not in ("marginal", "per_unit") or len(bands) < 2:
        return [step_text(step, explanation) for step in steps]
    others = [step_text(step, explanation) for step in steps if step["step"] != "band"]
    return [_slices(bands, explanation), *others]


def _slices(bands: list[Mapping[str, Any]], explanation: Explanation) -> str:
    """`the first 50,000 earn 2% and the rest 4%`."""
    first, *middle, last = bands
    facts = {"part": measure_of(first["part"], explanation), "pays": value_of(first, explanation)}
    start = _("the first %(part)s earn %(pays)s") if Decimal(first["from"]) == 0 else _("%(part)s earn %(pays)s")
    said = [start % facts]
    for step in middle:
        facts = {"part": measure_of(step["part"], explanation), "pays": value_of(step, explanation)}
        said.append(_("the next %(part)s %(pays)s") % facts)
    return _("%(parts)s and the rest %(pays)s") % {
        "parts": pgettext("between bands", ", ").join(said), "pays": value_of(last, explanation),
    }  # fmt: skip


def _why_nothing(explanation: Explanation) -> str:
    code = explanation["reason"].split("; ")[0]
    following = explanation.get("next")
    if code == "below_first_band" and following:
        return _("%(missing)s of the %(wanted)s needed are still missing.") % {
            "missing": measure_of(following["missing"], explanation),
            "wanted": measure_of(following["from"], explanation),
        }  # fmt: skip
    failing = next((one for one in explanation.get("qualifiers", []) if not one["holds"]), None)
    if code.startswith("qualifier ") and failing is not None:
        return qualifier_unmet(failing, explanation)
    lost = {step["step"]: -Decimal(step["amount"]) for step in explanation["steps"]}
    if code == "program_total":
        return _("The program's budget is used up; %(amount)s would have been due.") % {
            "amount": money_of(str(lost["program_total"]), explanation)
        }
    if not code and "earned_earlier" in lost:
        return _("Earlier periods of the year have earned the %(amount)s that the year comes to so far.") % {
            "amount": money_of(str(lost["earned_earlier"]), explanation)
        }
    return reason_text(explanation["reason"]) or _("The amount rounds to zero.")
