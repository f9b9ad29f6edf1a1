"""Accruals: the list with the totals of its whole filter, and one accrual down to the sale lines and the ledger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from partners.selectors.partners import partner_get
from portal.shared.listing import FilterForm, page_of, select, sort_of
from portal.shared.pages import page_response
from portal.shared.program_view import view_of
from portal.shared.traces import told
from portal.shared.why import journals_told
from prm.identity.rights import Right
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.web.surfaces import PortalRequest, page
from rebates.engine.program import parse_program
from rebates.selectors.accruals import (
    accrual_get,
    accrual_lines,
    accrual_list,
    accrual_periods,
    accrual_totals,
    accrual_winner,
)
from rebates.selectors.programs import program_list
from rebates.states import PeriodStatus

COLUMNS = {
    "partner": ["partner__name", "period_start"],
    "program": ["version__program__code", "partner__name"],
    "period": ["period_start", "partner__name"],
    "measure": ["measure", "pk"],
    "payout": ["payout", "pk"],
}
LINES_SHOWN = 50
LINES_IN_DRAWER = 10


class AccrualFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Partner name or code"))

    def __init__(self, *args: Any, programs: list[tuple[str, object]], periods: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"] = select(gettext_lazy("Program"), gettext_lazy("All programs"), programs)
        self.fields["period"] = select(gettext_lazy("Period"), gettext_lazy("All periods"), periods)
        self.fields["status"] = select(
            gettext_lazy("State"), gettext_lazy("Open and closed"), list(PeriodStatus.choices)
        )
        self.fields["partner"] = forms.UUIDField(required=False, widget=forms.HiddenInput)


@page(Right.ACCRUALS_VIEW)
def accruals(request: PortalRequest) -> HttpResponse:
    filters, found = filtered_accruals(request)
    sort, order = sort_of(request, COLUMNS, "-period")
    partner_id = filters.values["partner"]
    context = {
        "page": page_of(request, found.order_by(*order)),
        "totals": accrual_totals(found),
        "filters": filters,
        "sort": sort,
        "partner": partner_get(request.actor, partner_id) if partner_id else None,
    }
    return page_response(request, "portal/shared/accruals/list.html", context)


def filtered_accruals(request: PortalRequest) -> tuple[AccrualFilters, QuerySet[Any]]:
    """The filters of the address and the accruals that meet them, for the page and for the file."""
    filters = AccrualFilters(request.GET, programs=_programs(request), periods=accrual_periods(request.actor))
    values = filters.values
    found = accrual_list(
        request.actor,
        partner_id=values["partner"] or None,
        program_id=UUID(values["program"]) if values["program"] else None,
        period_key=values["period"],
        status=values["status"],
        search=values["q"],
    )
    return filters, found


def _programs(request: PortalRequest) -> list[tuple[str, object]]:
    return [(str(program.pk), program.code) for program in program_list(request.actor)]


@page(Right.ACCRUALS_VIEW)
def accrual(request: PortalRequest, accrual_id: UUID) -> HttpResponse:
    found = accrual_get(request.actor, accrual_id)
    lines = accrual_lines(request.actor, accrual_id, after=request.GET.get("after") or None, limit=LINES_SHOWN)
    context = {
        "accrual": found,
        "view": view_of(parse_program(found.version.definition)),
        "trace": told(found.explanation),
        "winner": accrual_winner(request.actor, found),
        "lines": lines,
        "postings": _balances(found),
    }
    return page_response(request, "portal/shared/accruals/detail.html", context)


@page(Right.ACCRUALS_VIEW)
def accrual_why(request: PortalRequest, accrual_id: UUID) -> HttpResponse:
    """The explanation alone, for the drawer beside a list."""
    found = accrual_get(request.actor, accrual_id)
    context = {
        "accrual": found,
        "trace": told(found.explanation),
        "winner": accrual_winner(request.actor, found),
        "lines": accrual_lines(request.actor, accrual_id, limit=LINES_IN_DRAWER),
        **journals_told(
            request, partner_id=found.partner_id, program_id=found.version.program_id, period=found.period_key,
            currency=found.currency,
        ),
    }  # fmt: skip
    return page_response(request, "portal/shared/accruals/why.html", context)


def _balances(accrual: Any) -> list[dict[str, Any]]:
    """What the ledger holds for the partner, program and period of the accrual, by account."""
    rows = balances(
        by=("account", "currency"),
        accounts=[Account.ACCRUED, Account.PAYABLE, Account.PAID, Account.FORFEITED],
        partner_ids=[accrual.partner_id],
        program_ids=[accrual.version.program_id],
        periods=[accrual.period_key],
    )
    return [{**row, "label": Account(row["account"]).label} for row in rows]
