"""Disputes as the vendor's people read them: the list with its clock and what is at stake, one dispute, evidence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy

from partners.selectors.partners import partner_get
from portal.shared.evidence import days_until, thread_of
from portal.shared.listing import FilterForm, page_of, select, sort_of
from portal.shared.pages import page_response
from prm.files.responses import file_response
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.disputes import (
    appeal_until,
    dispute_adjustments,
    dispute_entries,
    dispute_file,
    dispute_get,
    dispute_list,
    dispute_totals,
)
from rebates.states import DISPUTE_OPEN, DisputeStatus

COLUMNS = {
    "number": ["number"],
    "partner": ["partner__name", "number"],
    "due": ["due_on", "number"],
    "stated": ["stated", "number"],
}
STATES = [
    ("open", gettext_lazy("Open")),
    ("late", gettext_lazy("Past their day")),
    ("waiting", gettext_lazy("Waiting for the partner")),
    ("decided", gettext_lazy("Decided or withdrawn")),
]


class DisputeFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Number or partner"))
    state = select(gettext_lazy("State"), gettext_lazy("All disputes"), STATES)
    status = select(gettext_lazy("Status"), gettext_lazy("All states"), list(DisputeStatus.choices))
    partner = forms.UUIDField(required=False, widget=forms.HiddenInput)


@page(Right.STATEMENTS_VIEW)
def disputes(request: PortalRequest) -> HttpResponse:
    filters = DisputeFilters(request.GET)
    values = filters.values
    partner_id = values["partner"] or None
    found = dispute_list(
        request.actor, partner_id=partner_id, status=values["status"], state=values["state"], search=values["q"]
    )
    sort, order = sort_of(request, COLUMNS, "-number")
    shown = page_of(request, found.order_by(*order))
    for dispute in shown:
        dispute.days = days_until(dispute)
    context = {
        "page": shown,
        "totals": dispute_totals(found.filter(status__in=DISPUTE_OPEN)),
        "filters": filters,
        "sort": sort,
        "partner": partner_get(request.actor, partner_id) if partner_id else None,
    }
    return page_response(request, "portal/shared/disputes/list.html", context)


@page(Right.STATEMENTS_VIEW)
def dispute(request: PortalRequest, dispute_id: UUID) -> HttpResponse:
    return page_response(request, "portal/shared/disputes/detail.html", dispute_context(request, dispute_id))


def dispute_context(request: PortalRequest, dispute_id: UUID) -> dict[str, Any]:
    found = dispute_get(request.actor, dispute_id)
    decides = request.actor.can(Right.DISPUTES_DECIDE) and found.status in DISPUTE_OPEN
    is_first = found.status == DisputeStatus.ESCALATED and request.actor.is_person(found.reviewer_id)
    return {
        "dispute": found,
        "days": days_until(found),
        "thread": thread_of(dispute_entries(request.actor, dispute_id), for_partner=False),
        "adjustments": dispute_adjustments(request.actor, dispute_id),
        "appeal_until": appeal_until(found),
        "may_decide": decides and not is_first,
        "is_first": decides and is_first,
    }


@page(Right.STATEMENTS_VIEW)
def evidence(request: PortalRequest, dispute_id: UUID, file_id: UUID) -> HttpResponseBase:
    return file_response(dispute_file(request.actor, dispute_id, file_id))


def open_badge(request: HttpRequest) -> int:
    """For the menu: disputes that the vendor has to decide."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.can(Right.STATEMENTS_VIEW):
        return 0
    waiting = DisputeStatus.AWAITING_PARTNER
    return dispute_list(actor, state="open").exclude(status=waiting).order_by().count()
