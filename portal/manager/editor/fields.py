"""The single fields of the program form; rows are in `rows` and `conditions`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.shared.forms import DateField

from . import labels


def refreshing(target: str, trigger: str = "change") -> dict[str, str]:
    """A choice that changes what the form asks next: the form comes back with that part anew."""
    return {
        "hx-post": "", "hx-trigger": trigger, "hx-vals": '{"action": "refresh"}', "hx-target": target,
        "hx-select": target, "hx-swap": "outerHTML",
    }  # fmt: skip


class DefaultChoice(forms.ChoiceField):
    """A choice that nobody sent is its first one."""

    def clean(self, value: Any) -> Any:
        return super().clean(value or self.initial)


def _choice(label: Any, choices: labels.Choices, refresh: str = "", **more: Any) -> forms.ChoiceField:
    attrs = refreshing(refresh) if refresh else {}
    return DefaultChoice(
        label=label, choices=choices, initial=choices[0][0], widget=forms.Select(attrs=attrs), **more
    )  # fmt: skip


def _number(label: Any, **more: Any) -> forms.CharField:
    attrs = {"inputmode": "decimal", "autocomplete": "off"}
    return forms.CharField(label=label, max_length=60, required=False, widget=forms.TextInput(attrs=attrs), **more)


class ProgramForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=64, help_text=_("Short and lasting, such as ROAD-EU-Q."))
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200, required=False)
    currency = forms.CharField(label=_("Paid in"), max_length=3)
    period = forms.ChoiceField(label=_("Counted per"), choices=labels.PERIODS, initial="quarter")
    valid_from = DateField(label=_("Valid from"), required=False)
    valid_to = DateField(label=_("Valid until"), required=False)
    type = forms.CharField(label=_("How it pays"))
    measure = _choice(_("What is added up"), labels.MEASURES, "#calculation")

    mode = _choice(_("How the bands pay"), labels.MODES)
    cumulative = _choice(_("What is paid"), labels.CUMULATIVE)
    baseline = _choice(_("Compared with"), labels.BASELINES)
    without_baseline = _choice(_("Where nothing was sold then, it pays"), labels.WITHOUT_BASELINE)
    pay_on = _choice(_("The rate is paid"), labels.PAY_ON)
    target_by = _choice(_("Attainment is paid by"), labels.TARGET_BY, "#calculation")
    target_rate = _number(_("Rate at a factor of 1"))
    customer_pays = _choice(_("A new customer brings"), labels.CUSTOMER_PAYS, "#calculation")
    customer_amount = _number(_("Amount per new customer"))
    customer_rate = _number(_("Rate"))
    window_days = _number(_("In the first days"), help_text=_("Counted from the day of the first order."))
    customer_cap = _number(_("At most per customer"))
    first_order = _number(_("First order at least"))
    spiff_amount = _number(_("Amount per unit"))

    cap_per_period = _number(_("At most per partner and period"))
    cap_total = _number(
        _("Budget of the whole program"), help_text=_("For all partners together. Settled first, served first.")
    )
    minimum = _number(_("Smallest amount paid out"))
    otherwise = _choice(_("A smaller amount"), labels.OTHERWISE)
    group = forms.CharField(
        label=_("Group"),
        max_length=400,
        required=False,
        help_text=_("Programs that share sales or compete name the same group. Empty: this one stands alone."),
        widget=forms.TextInput(attrs={"list": "stacking-groups", "autocomplete": "off", **refreshing("#stacking")}),
    )
    rule = _choice(_("In its group"), labels.RULES, "#stacking")
    priority = _number(_("Number in the order"), help_text=_("The lowest comes first. Empty counts as 0."))
    returns = forms.ChoiceField(
        label=_("Returned goods"), choices=[(one.value, one.label) for one in labels.RETURNS], initial="restate"
    )
    accumulate = _choice(_("Worked out on"), labels.ACCUMULATE)
    partner_as_of = _choice(_("Tier and region of the partner"), labels.AS_OF)
    payout_form = _choice(_("Paid as"), labels.PAYOUT_FORMS)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()
