"""Accruals: the list with the totals of its whole filter, and one accrual down to the sale lines and the ledger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from partners.selectors import partner_get
from portal.shared.listing import FilterForm, page_of, select, sort_of
from portal.shared.pages import page_response
from portal.shared.program_view import view_of
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.engine.program import parse_program
from rebates.selectors.accruals import accrual_get, accrual_lines, accrual_list, accrual_postings, accrual_totals, period_keys
from rebates.selectors.programs import program_list

COLUMNS = {
    "partner": ["partner__name", "period_start"],
    "program": ["version__program__code", "partner__name"],
    "period": ["period_start", "partner__name"],
    "measure": ["measure", "pk"],
    "payout": ["payout", "pk"],
}
LINES_SHOWN = 50


class AccrualFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Partner name or code"))

    def __init__(self, *args: Any, programs: list[tuple[str, object]], periods: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"] = select(gettext_lazy("Program"), gettext_lazy("All programs"), programs)
        self.fields["period"] = select(gettext_lazy("Period"), gettext_lazy("All periods"), periods)
        self.fields["partner"] = forms.UUIDField(required=False, widget=forms.HiddenInput)


@page(Right.ACCRUALS_VIEW)
def accruals(request: PortalRequest) -> HttpResponse:
    filters = AccrualFilters(request.GET, programs=_programs(request), periods=period_keys(request.actor))
    values = filters.values
    found = accrual_list(
        request.actor,
        partner_id=values["partner"] or None,
        program_id=values["program"] or None,
        period_key=values["period"],
        search=values["q"],
    )
    sort, order = sort_of(request, COLUMNS, "-period")
    context = {
        "page": page_of(request, found.order_by(*order)),
        "totals": accrual_totals(found),
        "filters": filters,
        "sort": sort,
        "partner": partner_get(request.actor, values["partner"]) if values["partner"] else None,
    }
    return page_response(request, "portal/shared/accruals/list.html", context)


def _programs(request: PortalRequest) -> list[tuple[str, object]]:
    return [(str(program.pk), program.code) for program in program_list(request.actor)]


@page(Right.ACCRUALS_VIEW)
def accrual(request: PortalRequest, accrual_id: UUID) -> HttpResponse:
    found = accrual_get(request.actor, accrual_id)
    lines = accrual_lines(request.actor, accrual_id, after=request.GET.get("after") or None, limit=LINES_SHOWN)
    context = {
        "accrual": found,
        "view": view_of(parse_program(found.version.definition)),
        "lines": lines,
        "postings": accrual_postings(request.actor, accrual_id),
    }
    return page_response(request, "portal/shared/accruals/detail.html", context)
