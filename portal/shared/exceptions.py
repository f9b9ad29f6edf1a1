"""The exceptions list: sale lines that count nowhere, grouped by what is wrong, each with what to do about it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count
from django.http import HttpResponse

from partners.selectors.partners import partner_get
from portal.shared.listing import FilterForm, page_of
from portal.shared.pages import here, page_response
from portal.shared.wording import exception_text
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.accruals import exception_list

GROUPS_SHOWN = 12
_NO_RATE = re.compile(r"no_rate ([A-Z]{3})->([A-Z]{3}) on (\d{4}-\d{2}-\d{2})")


class ExceptionFilters(FilterForm):
    reason = forms.CharField(widget=forms.HiddenInput)
    partner = forms.UUIDField(widget=forms.HiddenInput)


@page(Right.ACCRUALS_VIEW)
def exceptions(request: PortalRequest) -> HttpResponse:
    filters = ExceptionFilters(request.GET)
    values = filters.values
    found = exception_list(request.actor, partner_id=values["partner"] or None, reason=values["reason"])
    shown = page_of(request, found)
    for row in shown:
        row.wrong, row.remedy = exception_text(row.reason)
    context = {
        "page": shown,
        "groups": _groups(request, values["partner"] or None),
        "filters": filters,
        "reason": values["reason"],
        "partner": partner_get(request.actor, values["partner"]) if values["partner"] else None,
    }
    return page_response(request, "portal/shared/exceptions/list.html", context)


def _groups(request: PortalRequest, partner_id: Any) -> list[dict[str, Any]]:
    """What is wrong, how often, and where to put it right, the most frequent first."""
    rows = exception_list(request.actor, partner_id=partner_id).order_by().values("reason")
    counted = rows.annotate(lines=Count("sale_line_id", distinct=True)).order_by("-lines", "reason")
    groups = []
    for row in counted[:GROUPS_SHOWN]:
        wrong, remedy = exception_text(row["reason"])
        groups.append({**row, "wrong": wrong, "remedy": remedy, "url": _place(request, row["reason"])})
    return groups


def _place(request: PortalRequest, reason: str) -> str:
    """The page where this reader can resolve it; empty when there is none."""
    found = _NO_RATE.fullmatch(reason)
    if found and request.actor.can(Right.RATES_EDIT):
        values = {"from_currency": found[1], "to_currency": found[2], "valid_from": found[3]}
        return f"{here(request, 'rate_new')}?{urlencode(values)}"
    if reason.startswith("return") and request.actor.can(Right.IMPORTS_RUN):
        return f"{here(request, 'import_new')}?kind=sales"
    return ""
