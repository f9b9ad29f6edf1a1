"""The liability at month-end with its movements, and what was believed on a day that is past."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partners.selectors.partners import partner_list
from portal.shared.forms import DateInput
from portal.shared.journal_causes import causes_told
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import page_response
from prm import clock
from prm.errors import Invalid, NotFound
from prm.files.responses import Download, file_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.csv_cells import csv_cell
from rebates.selectors.beliefs import (
    belief_changes,
    belief_get,
    belief_list,
    belief_totals,
    beliefs_named,
    versions_known,
)
from rebates.selectors.liability import COLUMNS, Liability, liability, liability_months
from rebates.selectors.programs import program_list, program_name

BY = [("partner", gettext_lazy("By partner"))]
JOURNALS_SHOWN = 200
SUGGESTED = 500


class LiabilityFilters(FilterForm):
    since = forms.DateField(label=gettext_lazy("From"), widget=DateInput)
    until = forms.DateField(label=gettext_lazy("Until"), widget=DateInput)

    def __init__(self, *args: Any, programs: list[tuple[str, object]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["by"] = select(gettext_lazy("Rows"), gettext_lazy("By program"), BY)
        self.fields["program"] = select(gettext_lazy("Program"), gettext_lazy("All programs"), programs)


class AsOfFilters(FilterForm):
    q = forms.CharField(
        label=gettext_lazy("Partner code"),
        widget=forms.TextInput(attrs={"list": "partner-codes", "autocomplete": "off"}),
    )
    on = forms.DateField(label=gettext_lazy("As of the end of"), widget=DateInput)

    def __init__(self, *args: Any, programs: list[tuple[str, object]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"] = select(gettext_lazy("Program"), gettext_lazy("All programs"), programs)
        everything = [("all", gettext_lazy("Everything"))]
        self.fields["show"] = select(gettext_lazy("Show"), gettext_lazy("What is another today"), everything)


@page(Right.STATEMENTS_VIEW)
def liability_page(request: PortalRequest) -> HttpResponse:
    filters, report = _report(request)
    currencies = [row.currency for row in report.totals]
    currency = request.GET.get("currency") if request.GET.get("currency") in currencies else _main(report)
    names = _program_names(request)
    context = {
        "filters": filters, "report": report,
        "rows": [(names.get(row.program_id, row.partner_name or row.program_code), row) for row in report.rows],
        "columns": _columns(report), "currencies": currencies,
        "currency": currency, "total": next((row for row in report.totals if row.currency == currency), None),
        "chart": _chart(request, report, currency), "spans": _spans(clock.today(request.tenant), report),
        "by": filters.values["by"] or "program",
    }  # fmt: skip
    return page_response(request, "portal/finance/reports/liability.html", context)


@page(Right.STATEMENTS_VIEW)
def liability_csv(request: PortalRequest) -> HttpResponseBase:
    """The rows of the page as a file."""
    _filters, report = _report(request)
    text = io.StringIO()
    writer = csv.writer(text)
    labels = dict(_labels())
    names = ["opening_accrued", "opening_payable", *COLUMNS, "closed", "closing_accrued", "closing_payable"]
    writer.writerow([_("Program"), _("Partner code"), _("Partner"), _("Currency"), *(labels[name] for name in names)])
    for row in report.rows:
        writer.writerow([
            csv_cell(row.program_code), csv_cell(row.partner_code), csv_cell(row.partner_name), row.currency,
            *(csv_cell(getattr(row, name), row.currency) for name in names),
        ])  # fmt: skip
    name = f"liability-{report.since}-{report.until}.csv"
    return file_response(Download(name, "text/csv; charset=utf-8", text.getvalue().encode("utf-8-sig")))


def _report(request: PortalRequest) -> tuple[LiabilityFilters, Liability]:
    """The report that the address asks for; this month where it says nothing, or nothing possible."""
    today = clock.today(request.tenant)
    data = request.GET.copy()
    data.setdefault("until", today.isoformat())
    filters = LiabilityFilters(data, programs=_programs(request))
    values = filters.values
    until = values["until"] or today
    since = values["since"] or until.replace(day=1)
    program = UUID(values["program"]) if values["program"] else None
    try:
        report = liability(
            request.actor, since=since, until=until, by=values["by"] or "program", program_id=program
        )  # fmt: skip
    except Invalid as refusal:
        messages.warning(request, " ".join(str(text) for texts in refusal.fields.values() for text in texts))
        since = until.replace(day=1)
        report = liability(request.actor, since=since, until=until, by=values["by"] or "program", program_id=program)
    filters.data["since"] = since.isoformat()  # type: ignore[index]
    return filters, report


def _labels() -> list[tuple[str, str]]:
    return [
        ("opening_accrued", _("Accrued at the start")), ("opening_payable", _("Payable at the start")),
        ("accruals", _("Accruals")), ("adjustments", _("Adjustments")), ("payments", _("Payments")),
        ("forfeits", _("Forfeits")), ("reversals", _("Reversals")), ("others", _("Others")),
        ("closed", _("Closed into payable")), ("closing_accrued", _("Accrued at the end")),
        ("closing_payable", _("Payable at the end")),
    ]  # fmt: skip


def _columns(report: Liability) -> list[tuple[str, str]]:
    """The movements that a table shows: the three that there always are, and whatever else has happened."""
    always = {"accruals", "adjustments", "payments"}
    labels = dict(_labels())
    return [
        (name, labels[name])
        for name in COLUMNS
        if name in always or any(getattr(row, name) for row in report.rows)
    ]  # fmt: skip


def _main(report: Liability) -> str:
    """The currency of most rows."""
    found = [row.currency for row in report.rows]
    return max(sorted(set(found)), key=found.count) if found else ""


def _chart(request: PortalRequest, report: Liability, currency: str | None) -> dict[str, Any] | None:
    program = UUID(request.GET["program"]) if _is_program(request) else None
    months = [
        row for row in liability_months(request.actor, until=report.until, program_id=program)
        if row["currency"] == currency
    ]  # fmt: skip
    if not any(row["accrued"] or row["payable"] for row in months):
        return None
    # A bar has no part below zero; the table has it exactly.
    sides = {name: [max(row[name], Decimal(0)) for row in months] for name in ("accrued", "payable")}
    return {
        "title": _("Liability by month"),
        "desc": _("What was owed at the end of each of the last 13 months in %(currency)s") % {"currency": currency},
        "cats": [date_format(row["month"], "M y" if row["month"].month == 1 else "M") for row in months],
        "series": [
            {"name": _("Accrued"), "values": sides["accrued"], "cls": "c1"},
            {"name": _("Payable"), "values": sides["payable"], "cls": "c2"},
        ],
        "stacked": True,
        "fmt": "money",
        "currency": currency,
    }


def _is_program(request: PortalRequest) -> bool:
    return request.GET.get("program", "") in {key for key, _label in _programs(request)}


def _spans(today: dt.date, report: Liability) -> list[dict[str, Any]]:
    """Ready spans of days: this month, the last one, the one before, the year."""
    first = today.replace(day=1)
    last = first - dt.timedelta(days=1)
    before = last.replace(day=1) - dt.timedelta(days=1)
    spans = [
        (_("This month"), first, today),
        (date_format(last, "YEAR_MONTH_FORMAT"), last.replace(day=1), last),
        (date_format(before, "YEAR_MONTH_FORMAT"), before.replace(day=1), before),
        (_("This year"), today.replace(month=1, day=1), today),
    ]
    return [
        {
            "label": label, "since": since.isoformat(), "until": until.isoformat(),
            "is_current": (since, until) == (report.since, report.until),
        }
        for label, since, until in spans
    ]  # fmt: skip


def _programs(request: PortalRequest) -> list[tuple[str, object]]:
    return [(str(program.pk), program.code) for program in program_list(request.actor)]


def _program_names(request: PortalRequest) -> dict[UUID | None, str]:
    language = get_language() or "en"
    rows: Any = program_list(request.actor)
    return {one.pk: program_name(one.all_versions[0], language) for one in rows if one.all_versions}


@page(Right.STATEMENTS_VIEW)
def as_of(request: PortalRequest) -> HttpResponse:
    """Balances as they were recorded by the end of a day, beside today's; unless asked, of the end of last month."""
    today = clock.today(request.tenant)
    data = request.GET.copy()
    data.setdefault("on", (today.replace(day=1) - dt.timedelta(days=1)).isoformat())
    filters = AsOfFilters(data, programs=_programs(request))
    values = filters.values
    on = min(values["on"] or today, today)
    narrowed: dict[str, Any] = {"program_id": UUID(values["program"]) if values["program"] else None}
    if values["q"]:
        narrowed["partner_id"] = (
            partner_list(request.actor).filter(code=values["q"]).values_list("pk", flat=True).first()
        )
    is_unknown = bool(values["q"]) and narrowed["partner_id"] is None
    found: Any = (
        [] if is_unknown else belief_list(request.actor, on=on, only_changed=values["show"] != "all", **narrowed)
    )
    shown = page_of(request, found)
    context = {
        "filters": filters, "on": on, "today": today, "page": shown, "beliefs": beliefs_named(list(shown)),
        "totals": [] if is_unknown else belief_totals(request.actor, on=on, **narrowed),
        "versions": versions_known(request.actor, on=on), "shows_all": values["show"] == "all",
        "partner_codes": list(partner_list(request.actor).values_list("code", flat=True)[:SUGGESTED]),
    }  # fmt: skip
    return page_response(request, "portal/finance/reports/as_of.html", context)


class PlaceForm(forms.Form):
    """What the address of one place must say."""

    on = forms.DateField()
    partner_id = forms.UUIDField()
    program_id = forms.UUIDField()
    period = forms.CharField(max_length=10)
    currency = forms.CharField(max_length=3)


@page(Right.STATEMENTS_VIEW)
def as_of_journals(request: PortalRequest) -> HttpResponse:
    """The journals recorded after the day that moved one partner, program, period and currency."""
    form = PlaceForm(request.GET)
    if not form.is_valid() or form.cleaned_data["on"] > clock.today(request.tenant):
        raise NotFound
    place = form.cleaned_data
    belief = belief_get(request.actor, **place)
    changes = belief_changes(request.actor, **place)
    context = {
        "belief": belief, "on": place["on"], "journals": causes_told(request.actor, changes[:JOURNALS_SHOWN]),
        "more": max(0, changes.count() - JOURNALS_SHOWN),
        "stations": [
            (_("Accrued"), belief.then_accrued, belief.now_accrued),
            (_("Payable"), belief.then_payable, belief.now_payable),
            (_("Paid"), belief.then_paid, belief.now_paid),
            (_("Forfeited"), belief.then_forfeited, belief.now_forfeited),
        ],
    }  # fmt: skip
    return page_response(request, "portal/finance/reports/journals.html", context)
