"""What the choices of a program are called, wherever they are read or made."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Names = dict[str, "str | Promise"]

KIND_NAMES: Names = {
    "marginal": _("Step by step"),
    "retroactive": _("Back to the first sale"),
    "rolling": _("Rolling"),
    "total": _("Added rates"),
    "per_unit": _("Amount per unit"),
    "milestone": _("Milestones"),
    "growth": _("Growth"),
    "target": _("Target"),
    "line_rate": _("Rate by sale"),
    "new_customer": _("New customers"),
    "spiff": _("SPIFF"),
}
MEASURES: Names = {"net_amount": _("Net amount"), "quantity": _("Quantity"), "margin": _("Margin")}
BASELINES: Names = {
    "same_period_last_year": _("The same period of the previous fiscal year"),
    "previous_period": _("The period directly before"),
}
PAY_ON: Names = {"all": _("On all of it"), "excess": _("Only on what lies above")}
WITHOUT_BASELINE: Names = {"exclude": _("Nothing"), "first_band": _("The first band's rate on all of it")}
CUMULATIVE: Names = {"no": _("Only the highest mark reached"), "yes": _("Every mark reached, added up")}
RULES: Names = {
    "stack": _("All of them pay"),
    "best": _("Only the best one for the partner pays"),
    "priority": _("Each sale counts only in the one with the lowest number"),
}
RETURNS: Names = {
    "restate": _("In the period of the sale"),
    "at_sale_rate": _("At the rate of the sale"),
    "forward": _("In the period of the return"),
}
ACCUMULATE: Names = {"period": _("Each period by itself"), "year_to_date": _("The fiscal year so far")}
AS_OF: Names = {"sale": _("As on the day of the sale"), "period_end": _("As on the last day of the period")}
PAYOUT_FORMS: Names = {"cash": _("Cash"), "credit_note": _("Credit note"), "free_goods": _("Free goods")}


def kind_name(kind: str) -> str:
    return str(KIND_NAMES.get(kind, kind))
