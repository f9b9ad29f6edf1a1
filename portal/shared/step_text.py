"""Every step of the engine's trace in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.shared.qualifier_text import qualifier_unmet
from portal.shared.trace_values import measure_of, money_of, value_of
from portal.shared.wording import reason_text
from prm.web import text

Step = Mapping[str, Any]
Explanation = Mapping[str, Any]


def step_text(step: Step, explanation: Explanation) -> str:
    return STEPS[step["step"]](step, explanation)


def step_amount(step: Step) -> Decimal:
    """What a step adds. A step of `per_unit` that was stored without `amount_per_unit` holds the amount of one unit."""
    amount = Decimal(step["amount"])
    is_of_one = step["step"] == "band" and "rate" not in step and "amount_per_unit" not in step
    return amount * Decimal(step["part"]) if is_of_one else amount


def _band(step: Step, explanation: Explanation) -> str:
    facts = {"part": measure_of(step["part"], explanation), "start": measure_of(step["from"], explanation),
             "pays": value_of(step, explanation)}  # fmt: skip
    kind = explanation["type"]
    if kind == "retroactive":
        return _("%(part)s in the band from %(start)s: %(pays)s on all of it") % facts
    if kind == "rolling":
        return _("Band from %(start)s reached: %(pays)s on %(part)s") % facts
    if kind == "total":
        return _("Band from %(start)s reached: another %(pays)s on all %(part)s") % facts
    if step["to"] is None:
        return _("%(part)s above %(start)s at %(pays)s") % facts
    facts["end"] = measure_of(step["to"], explanation)
    return _("%(part)s between %(start)s and %(end)s at %(pays)s") % facts


def _milestone(step: Step, explanation: Explanation) -> str:
    return _("Milestone of %(start)s reached: %(amount)s") % {
        "start": measure_of(step["from"], explanation), "amount": money_of(step["amount_fixed"], explanation),
    }  # fmt: skip


def _line_rate(step: Step, explanation: Explanation) -> str:
    return _("%(part)s under rate %(number)s: %(pays)s") % {
        "part": measure_of(step["part"], explanation), "number": step["number"], "pays": value_of(step, explanation),
    }  # fmt: skip


def _growth(step: Step, explanation: Explanation) -> str:
    return _("Growth over %(baseline)s reaches the band from %(start)s: %(pays)s on %(part)s") % {
        "baseline": measure_of(step["baseline"], explanation), "start": text.percent(Decimal(step["from"])),
        "pays": value_of(step, explanation), "part": measure_of(step["part"], explanation),
    }  # fmt: skip


def _growth_without_baseline(step: Step, explanation: Explanation) -> str:
    return _("No earlier period to compare with, so the first band: %(pays)s on %(part)s") % {
        "pays": value_of(step, explanation), "part": measure_of(step["part"], explanation),
    }  # fmt: skip


def _target(step: Step, explanation: Explanation) -> str:
    return _("Target of %(target)s attained to %(attained)s: %(pays)s on %(part)s") % {
        "target": measure_of(step["target"], explanation), "attained": _attained(step, explanation),
        "pays": value_of(step, explanation), "part": measure_of(step["part"], explanation),
    }  # fmt: skip


def _target_curve(step: Step, explanation: Explanation) -> str:
    return _("Target of %(target)s attained to %(attained)s: %(pays)s along the curve, on %(part)s") % {
        "target": measure_of(step["target"], explanation), "attained": _attained(step, explanation),
        "pays": value_of(step, explanation), "part": measure_of(step["part"], explanation),
    }  # fmt: skip


def _attained(step: Step, explanation: Explanation) -> str:
    target = Decimal(step["target"])
    return text.percent(Decimal(explanation["measure"]) / target) if target else text.DASH


def _customer(step: Step, explanation: Explanation) -> str:
    return _("New customer %(customer)s: first order of %(order)s, %(part)s in this period") % {
        "customer": step["customer"], "order": measure_of(step["first_order"], explanation),
        "part": measure_of(step["part"], explanation),
    }  # fmt: skip


def _customers(step: Step, explanation: Explanation) -> str:
    count = int(Decimal(step["count"]))
    return ngettext("%(count)s more new customer", "%(count)s more new customers", count) % {"count": count}


def _spiff(step: Step, explanation: Explanation) -> str:
    return _("%(part)s at %(amount)s each") % {
        "part": measure_of(step["part"], explanation), "amount": money_of(step["amount_each"], explanation),
    }  # fmt: skip


def _qualifier(step: Step, explanation: Explanation) -> str:
    return _("A requirement is not met, so nothing is paid: %(what)s") % {
        "what": qualifier_unmet({"type": step["qualifier"], **step}, explanation)
    }


def _stacking(step: Step, explanation: Explanation) -> str:
    return reason_text(str(step["why"]))


def _cap(step: Step, explanation: Explanation) -> str:
    return _("Limited to the cap of %(cap)s per period") % {"cap": money_of(step["cap"], explanation)}


def _rounding(step: Step, explanation: Explanation) -> str:
    return _("Rounding to the smallest unit of %(currency)s, once, at the end") % {"currency": explanation["currency"]}


def _plain(message: Callable[[], str]) -> Callable[[Step, Explanation], str]:
    return lambda _step, _explanation: message()


STEPS: Mapping[str, Callable[[Step, Explanation], str]] = {
    "band": _band,
    "milestone": _milestone,
    "line_rate": _line_rate,
    "growth": _growth,
    "growth_without_baseline": _growth_without_baseline,
    "target": _target,
    "target_curve": _target_curve,
    "customer": _customer,
    "customers": _customers,
    "spiff": _spiff,
    "veil": _plain(lambda: _("What these sales earn by the agreed rules")),
    "not_below_zero": _plain(lambda: _("Returns outweigh sales: never less than nothing")),
    "qualifier": _qualifier,
    "stacking": _stacking,
    "earned_earlier": _plain(lambda: _("Already earned in earlier periods of the year")),
    "cap": _cap,
    "program_total": _plain(lambda: _("What the program's total budget leaves")),
    "clawback": _plain(lambda: _("Returned goods take back what they earned when they were sold")),
    "rounding": _rounding,
}
"""Every kind of step that the engine writes."""
