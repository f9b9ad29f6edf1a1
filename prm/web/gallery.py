"""Sample data of the component gallery: a form, a table and figures that look like the real ones."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from . import text
from .tables import NUMBER, SelectColumn
from .templatetags.ui import status

COMPANIES = [
    "蓝海数码",
    "Lanhai Digital",
    "南方云科",
    "Nanfang Cloud",
    "华润系统集成",
    "Huarun Systems",
    "信达信息",
    "Xinda Info",
]
STATES = {
    "open": _("Open"),
    "prepared": _("Prepared"),
    "approved": _("Approved"),
    "paid": _("Paid"),
    "disputed": _("Disputed"),
}


class SampleForm(forms.Form):
    """Every kind of field. Bound with errors it shows what a refused form looks like."""

    name = forms.CharField(label=_("Name"), max_length=40)
    email = forms.EmailField(label=_("E-mail"), help_text=_("We send the invitation here."))
    currency = forms.ChoiceField(label=_("Currency"), choices=[("CNY", "CNY"), ("USD", "USD"), ("EUR", "EUR")])
    amount = forms.DecimalField(label=_("Amount"), required=False, max_digits=12, decimal_places=2, localize=True)
    starts_on = forms.DateField(label=_("Valid from"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=_("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(
        label=_("Period"),
        choices=[("month", pgettext_lazy("period", "Month")), ("quarter", pgettext_lazy("period", "Quarter"))],
        widget=forms.RadioSelect,
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[("sales.view", _("See sales")), ("sales.edit", _("Change sales"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    notify = forms.BooleanField(label=_("Tell me by e-mail"), required=False, help_text=_("One message a day at most."))
    file = forms.FileField(label=_("File"), required=False)


def sample_form(*, refused: bool) -> SampleForm:
    if refused:
        given = {"name": "", "email": "wei@", "currency": "GBP", "amount": "12,x", "starts_on": "2026-02-31"}
        form = SampleForm({f"bad-{name}": value for name, value in given.items()}, prefix="bad")
        form.add_error(None, _t("Please check what you entered."))
        return form
    return SampleForm(
        initial={"name": "Lanhai Digital", "currency": "CNY", "kind": "quarter", "amount": Decimal(250000)}
    )


def _total_of(count: int) -> str:
    return ngettext("Total of %(count)s row", "Total of %(count)s rows", count) % {"count": count}


class SampleTable(tables.Table):
    select = SelectColumn(accessor="id", describe=lambda row: row["number"])
    number = tables.Column(
        verbose_name=_("Accrual"),
        attrs={"td": {"class": "card-title strong"}, "tf": {"class": "card-title"}},
        footer=lambda table: _total_of(len(table.data)),
    )
    partner = tables.Column(verbose_name=_("Partner"))
    booked = tables.DateColumn(verbose_name=_("Booked"), format="Y-m-d")
    basis = tables.Column(verbose_name=_("Basis"), attrs=NUMBER)
    rebate = tables.Column(
        verbose_name=_("Rebate"),
        attrs=NUMBER | {"td": {"class": "number strong card-end"}, "tf": {"class": "number card-end"}},
        footer=lambda table: text.money(sum((row["rebate"] for row in table.data), Decimal(0)), "CNY"),
    )
    state = tables.Column(verbose_name=_("Status"))

    class Meta:
        attrs = {"class": "cards sticky-first", "data_label": _("Accruals")}
        order_by = ("-booked",)

    def render_basis(self, value: Decimal) -> str:
        return text.money(value, "CNY")

    def render_rebate(self, value: Decimal) -> str:
        return text.money(value, "CNY")

    def render_state(self, value: str) -> SafeString:
        return status(value, str(STATES[value]))

    def render_number(self, value: str) -> SafeString:
        return format_html('<a href="#tables">{}</a>', value)


def sample_rows() -> list[dict[str, Any]]:
    names = list(STATES)
    return [
        {
            "id": i,
            "number": f"ACR-2606-{1100 + i * 37}",
            "partner": COMPANIES[i % len(COMPANIES)],
            "booked": date(2026, 6, 12) - timedelta(days=i // 2),
            "basis": Decimal(20178 + i * 91357) / 2,
            "rebate": Decimal((20178 + i * 91357) * 5) / 200,
            "state": names[i % len(names)],
        }
        for i in range(37)
    ]


def sample_table(request: HttpRequest) -> SampleTable:
    table = SampleTable(sample_rows())
    tables.RequestConfig(request, paginate={"per_page": 12}).configure(table)
    return table


def months() -> list[str]:
    return [text.month(date(2026, m, 1)) for m in range(1, 13)]


def charts() -> dict[str, Any]:
    paid = [31_000, 34_600, 33_200, 41_000, 45_300, 46_900, 46_000, 58_300, 61_000, 62_200, 0, 0]
    owed = [0, 0, 0, 0, 0, 0, 0, 0, 0, 8_300, 71_200, 49_000]
    bonus = [4_000, 0, 5_800, 8_100, 0, 12_300, 9_100, 11_200, 6_600, 14_000, 12_800, 16_100]
    change = [12_000, -4_000, 8_500, -9_800, 3_200, 15_000, -2_500, 7_000, None, 11_000, -6_000, 4_800]
    return {
        "stacked": {
            "title": _t("Earnings by month"),
            "desc": _t("Paid, owed and bonus of twelve months."),
            "cats": months(),
            "series": [
                {"name": _t("Paid"), "values": paid},
                {"name": _t("Owed"), "values": owed, "cls": "c3"},
                {"name": _t("Bonus"), "values": bonus, "cls": "c2"},
            ],
            "stacked": True,
            "line": {"name": _t("Target"), "values": [40_000 + 4_000 * i for i in range(12)], "cls": "c4"},
            "fmt": "money",
        },
        "grouped": {
            "title": _t("Change against the month before"),
            "cats": months(),
            "series": [
                {"name": _t("Sales"), "values": change},
                {"name": _t("Rebate"), "values": [value and value // 2 for value in change]},
            ],
            "fmt": "money",
        },
        "lines": {
            "title": _t("Effective rate"),
            "cats": months(),
            "series": [
                {"name": "Gold", "values": [Decimal(50 + 2 * i) / 1000 for i in range(12)]},
                {"name": "Silver", "values": [0.03, 0.031, 0.028, None, 0.035, *[0.036] * 7], "cls": "c5"},
            ],
            "area": True,
            "fmt": "pct",
        },
        "empty": {"title": _t("Earnings by month"), "cats": [], "series": []},
        "parts": [
            {"name": _t("Growth rebate"), "value": Decimal("412300.00")},
            {"name": _t("New customer bonus"), "value": Decimal("99500.00")},
            {"name": _t("Services"), "value": Decimal("61200.00"), "cls": "c4"},
            {"name": _t("Corrections"), "value": Decimal("-3840.00"), "cls": "c5"},
        ],
        "stages": [
            {"name": _t("Registered"), "value": 482, "sub": text.money_compact(184_000_000, "CNY")},
            {"name": _t("Protected"), "value": 361, "sub": text.money_compact(142_000_000, "CNY")},
            {"name": _t("Quoted"), "value": 214, "sub": text.money_compact(96_000_000, "CNY")},
            {"name": _t("Negotiating"), "value": 126, "sub": text.money_compact(61_000_000, "CNY")},
            {"name": _t("Won"), "value": 83, "sub": text.money_compact(38_400_000, "CNY")},
        ],
        "bands": [
            {"start": 500_000, "label": "2%", "name": "Silver"},
            {"start": 2_000_000, "label": "3.5%", "name": "Gold"},
            {"start": 4_000_000, "label": "5%", "name": "Platinum"},
        ],
        "many_bands": [{"start": n * 250_000, "label": f"{n + 1}%"} for n in range(1, 7)],
        "trend": [12, 13, 13, 15, 18, 18, 24],
        "fall": [24, 21, 20, 20, 17, 15, 12],
    }


def samples(request: HttpRequest) -> dict[str, Any]:
    """Everything the gallery shows."""
    return {
        "form": sample_form(refused=False),
        "refused": sample_form(refused=True),
        "table": sample_table(request),
        "empty_table": SampleTable([]),
        "page": Paginator(sample_rows(), 12).page(2),
        "charts": charts(),
        "companies": COMPANIES[:6],
        "states": list(STATES.items()),
        "steps": [_t("File"), _t("Columns"), _t("Check"), _t("Import")],
        "amounts": [
            (Decimal("1234567.5"), "CNY"),
            (Decimal(-3), "USD"),
            (Decimal(99800), "JPY"),
            (Decimal("12.3456"), "KWD"),
        ],
    }
