"""The leakage report: over- and underpayments of closed periods with their causes, and suspected double payments."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import done, page_response
from prm.files.responses import Download, file_response
from prm.identity.rights import Right
from prm.runs.states import RUN_ACTIVE
from prm.web.surfaces import PortalRequest, page
from rebates.csv_cells import csv_cell
from rebates.selectors.accruals import accrual_periods
from rebates.selectors.leakage import Leakage, leakage, leakage_progress, leakage_run_list
from rebates.selectors.programs import program_list
from rebates.services.leakage import leakage_start
from rebates.states import LeakCause

RUNS_SHOWN = 8


class LeakageFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Partner name or code"))

    def __init__(self, *args: Any, programs: list[tuple[str, object]], periods: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"] = select(gettext_lazy("Program"), gettext_lazy("All programs"), programs)
        self.fields["period"] = select(gettext_lazy("Period"), gettext_lazy("All periods"), periods)
        self.fields["cause"] = select(gettext_lazy("Cause"), gettext_lazy("All causes"), list(LeakCause.choices))
        self.fields["run"] = forms.UUIDField(required=False, widget=forms.HiddenInput)


@page(Right.STATEMENTS_VIEW)
def leakage_page(request: PortalRequest) -> HttpResponse:
    """The newest report, or the one of `?run=`; while one is worked out the page asks for itself again."""
    filters, report = _report(request)
    runs: list[Any] = list(leakage_run_list(request.actor)[:RUNS_SHOWN])
    for run in runs:
        if run.status in RUN_ACTIVE:
            run.progress = leakage_progress(run)
    context = {
        "filters": filters,
        "report": report,
        "runs": runs,
        "active": any(run.status in RUN_ACTIVE for run in runs),
        "page": page_of(request, report.leaks),
        "charts": [_chart(report, currency) for currency in sorted({one.currency for one in report.totals})],
    }
    return page_response(request, "portal/finance/reports/leakage.html", context)


@require_POST
@page(Right.STATEMENTS_VIEW)
def leakage_run(request: PortalRequest) -> HttpResponse:
    """Sent twice it is one report: the second finds the first at work."""
    leakage_start(actor=request.actor)
    text = _("The closed periods are being replayed. You can go on meanwhile.")
    return done(request, reverse("finance:leakage"), text)


@page(Right.STATEMENTS_VIEW)
def leakage_csv(request: PortalRequest) -> HttpResponseBase:
    """All rows that the filters leave, as a file."""
    _filters, report = _report(request)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([
        _("Partner code"), _("Partner"), _("Program"), _("Period"), _("Currency"), _("Stated"), _("Due today"),
        _("Cause"), _("Difference"), _("Corrected"), _("Late lines"),
    ])  # fmt: skip
    for one in report.leaks:
        writer.writerow([
            csv_cell(one.partner_code), csv_cell(one.partner_name), csv_cell(one.program_code), one.period_key,
            one.currency, csv_cell(one.stated, one.currency), csv_cell(one.due, one.currency), one.get_cause_display(),
            csv_cell(one.amount, one.currency), _("yes") if one.is_booked else _("no"), one.lines,
        ])  # fmt: skip
    return file_response(Download("leakage.csv", "text/csv; charset=utf-8", text.getvalue().encode("utf-8-sig")))


def _report(request: PortalRequest) -> tuple[LeakageFilters, Leakage]:
    programs: list[tuple[str, object]] = [(str(one.pk), one.code) for one in program_list(request.actor)]
    filters = LeakageFilters(request.GET, programs=programs, periods=accrual_periods(request.actor))
    values = filters.values
    found = leakage(
        request.actor, period_key=values["period"], cause=values["cause"], search=values["q"],
        program_id=UUID(values["program"]) if values["program"] else None, run_id=values["run"] or None,
    )  # fmt: skip
    return filters, found


def _chart(report: Leakage, currency: str) -> dict[str, Any]:
    rows = [one for one in report.totals if one.currency == currency]
    return {
        "title": _("Leakage by cause in %(currency)s") % {"currency": currency},
        "desc": _("Underpaid above and overpaid below zero, by cause"),
        "cats": [one.cause.label for one in rows],
        "series": [
            {"name": _("Underpaid"), "values": [one.underpaid for one in rows], "cls": "c1"},
            {"name": _("Overpaid"), "values": [-one.overpaid for one in rows], "cls": "c5"},
        ],
        "stacked": True,
        "fmt": "money",
        "currency": currency,
    }
