"""Statements: the list with totals of its whole filter, and one statement down to the frozen share of every sale."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy

from partners.selectors.partners import partner_get
from portal.shared.journal_causes import causes_told
from portal.shared.listing import FilterForm, page_of, select, sort_of
from portal.shared.pages import page_response, surface_of
from portal.shared.payment_text import payment_rows
from portal.shared.statement_file import pdf_response
from portal.shared.traces import told
from portal.shared.why import journals_told
from prm.audit.selectors import entries_about
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.accruals import accrual_periods
from rebates.selectors.disputes import disputes_by_line, held_sum
from rebates.selectors.payment_facts import statement_paid
from rebates.selectors.reviews import review_days_left
from rebates.selectors.statements import (
    statement_get,
    statement_lines,
    statement_list,
    statement_sales,
    statement_totals,
)
from rebates.states import StatementStatus

COLUMNS = {
    "number": ["number"],
    "partner": ["partner__name", "number"],
    "period": ["period__starts_on", "number"],
    "total": ["total", "number"],
}
ACTIVITY_SHOWN = 12
LINES_IN_DRAWER = 10


class StatementFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Number or partner"))

    def __init__(self, *args: Any, periods: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"] = select(gettext_lazy("Period"), gettext_lazy("All periods"), periods)
        self.fields["status"] = select(
            gettext_lazy("Status"), gettext_lazy("All states"), list(StatementStatus.choices)
        )
        self.fields["partner"] = forms.UUIDField(required=False, widget=forms.HiddenInput)


@page(Right.STATEMENTS_VIEW)
def statements(request: PortalRequest) -> HttpResponse:
    filters = StatementFilters(request.GET, periods=accrual_periods(request.actor))
    values = filters.values
    partner_id = values["partner"] or None
    found = statement_list(
        request.actor, partner_id=partner_id, period_key=values["period"], status=values["status"], search=values["q"]
    )
    sort, order = sort_of(request, COLUMNS, "-number")
    context = {
        "page": page_of(request, found.order_by(*order)),
        "totals": statement_totals(found),
        "filters": filters,
        "sort": sort,
        "partner": partner_get(request.actor, partner_id) if partner_id else None,
    }
    return page_response(request, "portal/shared/statements/list.html", context)


@page(Right.STATEMENTS_VIEW)
def statement(request: PortalRequest, statement_id: UUID) -> HttpResponse:
    found = statement_get(request.actor, statement_id)
    lines: list[Any] = list(statement_lines(request.actor, statement_id))
    disputes = disputes_by_line(request.actor, statement_id)
    for line in lines:
        line.dispute = disputes.get(line.pk)
        line.trace = told(line.explanation)
    context = {
        "statement": found,
        "lines": lines,
        "activity": entries_about(found)[:ACTIVITY_SHOWN],
        "is_own": request.actor.is_person(found.prepared_by_id),
        "days_left": review_days_left(found),
        "held": held_sum(disputes.values()),
        "payments": payment_rows(statement_paid(request.actor, statement_id)),
    }
    return page_response(request, "portal/shared/statements/detail.html", context)


@page(Right.STATEMENTS_VIEW)
def statement_pdf(request: PortalRequest, statement_id: UUID) -> HttpResponseBase:
    """In the language that `?language=` names, else the reader's."""
    return pdf_response(request, statement_id)


@page(Right.STATEMENTS_VIEW)
def statement_line_why(request: PortalRequest, statement_id: UUID, line_id: UUID) -> HttpResponse:
    """The explanation of one line alone, for the drawer beside the statement: an adjustment with its cause."""
    found = statement_get(request.actor, statement_id)
    line = _line(request, statement_id, line_id)
    context = {
        "statement": found,
        "line": line,
        "trace": told(line.explanation),
        "lines": statement_sales(request.actor, line_id, limit=LINES_IN_DRAWER),
        "cause_url": _cause_url(request, line.adjustment),
        **journals_told(
            request, partner_id=found.partner_id, program_id=line.version.program_id, period=found.period.key,
            currency=found.currency,
        ),
    }  # fmt: skip
    return page_response(request, "portal/shared/statements/why.html", context)


def _line(request: PortalRequest, statement_id: UUID, line_id: UUID) -> Any:
    line = next((one for one in statement_lines(request.actor, statement_id) if one.pk == line_id), None)
    if line is None:
        raise NotFound
    return line


def _cause_url(request: PortalRequest, adjustment: Any) -> str:
    """The page of what made an adjustment; empty where there is none."""
    if adjustment is None:
        return ""
    cause = {"kind": "", "cause_type": adjustment.cause_type, "cause_id": adjustment.cause_id}
    return str(causes_told(request.actor, [cause], surface_of(request))[0]["url"])


@page(Right.STATEMENTS_VIEW)
def statement_line(request: PortalRequest, statement_id: UUID, line_id: UUID) -> HttpResponse:
    """The frozen shares behind one line, page by page."""
    found = statement_get(request.actor, statement_id)
    line = _line(request, statement_id, line_id)
    context = {
        "statement": found,
        "line": line,
        "trace": told(line.explanation),
        "lines": statement_sales(request.actor, line_id, after=request.GET.get("after")),
    }
    return page_response(request, "portal/shared/statements/line.html", context)
