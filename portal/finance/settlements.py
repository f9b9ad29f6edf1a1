"""Settlements: approved statements put together, exported for the bank or the ERP, marked as paid."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.finance.proof import proof_of
from portal.shared.forms import DateField
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import confirmed, done, page_response
from portal.shared.picking import picked_ids
from prm import clock
from prm.audit.selectors import entries_about
from prm.errors import Conflict, Invalid
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.settlements import (
    settlement_exports,
    settlement_get,
    settlement_list,
    settlement_statements,
    settlement_totals,
    settlements_totals,
)
from rebates.selectors.statements import statement_list, statement_totals
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.states import SettlementStatus

WAITING_SHOWN = 200
ACTIVITY_SHOWN = 12


class SettlementFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Number or payment reference"))
    status = select(gettext_lazy("Status"), gettext_lazy("All states"), list(SettlementStatus.choices))


class PaidForm(forms.Form):
    paid_on = DateField(label=gettext_lazy("Paid on"))
    reference = forms.CharField(
        label=gettext_lazy("Payment reference"), max_length=100, help_text=gettext_lazy("As on the bank statement.")
    )


@page(Right.STATEMENTS_VIEW)
def settlements(request: PortalRequest) -> HttpResponse:
    filters = SettlementFilters(request.GET)
    found = settlement_list(request.actor, search=filters.values["q"], status=filters.values["status"])
    shown = page_of(request, found)
    _add_sums(request, shown.object_list)
    waiting = statement_list(request.actor, status="approved")
    context = {"page": shown, "filters": filters, "waiting": statement_totals(waiting)}
    return page_response(request, "portal/finance/settlements/list.html", context)


def _add_sums(request: PortalRequest, settlements: Any) -> None:
    """The totals of all settlements of a page in one query."""
    totals = settlements_totals(request.actor, [settlement.pk for settlement in settlements])
    for settlement in settlements:
        settlement.sums = totals.get(settlement.pk, [])


@page(Right.SETTLEMENTS_EDIT)
def prepare(request: PortalRequest) -> HttpResponse:
    """Pick approved statements. All are picked at first."""
    waiting = statement_list(request.actor, status="approved").order_by("partner__name", "number")
    refusal: list[str] = []
    if request.method == "POST":
        try:
            settlement = _prepared(request)
        except (Invalid, Conflict) as fault:
            refusal = [str(text) for texts in fault.fields.values() for text in texts] or [str(fault.message)]
        else:
            return done(
                request, _address(settlement.pk), _("Settlement %(number)s is prepared.") % {"number": settlement}
            )
    picked = {str(pk) for pk in picked_ids(request, "statement")} if request.method == "POST" else None
    context = {
        "waiting": waiting[:WAITING_SHOWN], "totals": statement_totals(waiting), "refusal": refusal, "picked": picked,
    }  # fmt: skip
    status = 422 if refusal else 200
    return page_response(request, "portal/finance/settlements/prepare.html", context, status=status)


def _prepared(request: PortalRequest) -> Any:
    with transaction.atomic():
        return settlement_prepare(actor=request.actor, statement_ids=picked_ids(request, "statement"))


@page(Right.STATEMENTS_VIEW)
def settlement(request: PortalRequest, settlement_id: UUID) -> HttpResponse:
    found = settlement_get(request.actor, settlement_id)
    totals = settlement_totals(request.actor, settlement_id)
    proof = proof_of(found)
    statements = settlement_statements(request.actor, settlement_id)
    context = {
        "settlement": found,
        "totals": totals,
        "proof": proof,
        "proof_holds": all(line.holds for line in proof),
        "exports": settlement_exports(request.actor, settlement_id),
        "page": page_of(request, statements),
        "paid_form": PaidForm(initial={"paid_on": clock.today(request.tenant)}),
        "activity": entries_about(found)[:ACTIVITY_SHOWN],
    }
    return page_response(request, "portal/finance/settlements/detail.html", context)


@require_POST
@page(Right.SETTLEMENTS_EDIT)
def export(request: PortalRequest, settlement_id: UUID, format: str) -> HttpResponseBase:  # noqa: A002 (the word of the address)
    try:
        with transaction.atomic():
            file = settlement_export(actor=request.actor, settlement_id=settlement_id, format=format)
    except Conflict as refusal:
        messages.error(request, str(refusal.message))
        return redirect(_address(settlement_id))
    return file_response(file)


@page(Right.SETTLEMENTS_PAY)
def pay(request: PortalRequest, settlement_id: UUID) -> HttpResponse:
    found = settlement_get(request.actor, settlement_id)
    return confirmed(
        request,
        PaidForm(request.POST or None, initial={"paid_on": clock.today(request.tenant)}),
        do=lambda data: settlement_mark_paid(actor=request.actor, settlement_id=settlement_id, **data),
        page={
            "title": _("Mark %(number)s as paid") % {"number": found},
            "text": _("Its statements become paid, and partners see the day. This cannot be taken back."),
            "submit": _("Mark as paid"),
            "back": _address(settlement_id),
        },
        then=_address(settlement_id),
        text=_("%(number)s is marked as paid.") % {"number": found},
    )


def _address(settlement_id: UUID) -> str:
    return reverse("finance:settlement", args=[settlement_id])
