"""Settlements: approved statements put together, exported for the bank or the ERP, marked as paid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from portal.shared.pages import confirmed, page_response
from prm import clock
from prm.audit.selectors import entries_about
from prm.errors import Conflict, Invalid
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.payments import clawback_ageing, payments_of, transfer_outlook
from rebates.selectors.settlements import (
    settlement_exports,
    settlement_get,
    settlement_list,
    settlement_statements,
    settlement_totals,
    settlements_totals,
    statements_settleable,
)
from rebates.selectors.statements import statement_totals
from rebates.services.payments import is_due
from rebates.services.settlements import settlement_export, settlement_mark_paid
from rebates.states import ExportFormat, SettlementStatus

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
    waiting = statement_totals(statements_settleable(request.actor))
    context = {"page": shown, "filters": filters, "waiting": waiting, "clawbacks": clawback_ageing(request.actor)}
    return page_response(request, "portal/finance/settlements/list.html", context)


def _add_sums(request: PortalRequest, settlements: Any) -> None:
    """The totals of all settlements of a page in one query."""
    totals = settlements_totals(request.actor, [settlement.pk for settlement in settlements])
    for settlement in settlements:
        settlement.sums = totals.get(settlement.pk, [])


@page(Right.STATEMENTS_VIEW)
def settlement(request: PortalRequest, settlement_id: UUID) -> HttpResponse:
    found = settlement_get(request.actor, settlement_id)
    proof, payments = proof_of(found), payments_of(settlement_id)
    outlook = transfer_outlook(payments)
    context = {
        "settlement": found,
        "totals": settlement_totals(request.actor, settlement_id),
        "proof": proof,
        "proof_holds": all(line.holds for line in proof),
        "formats": _formats(outlook.ready, settlement_exports(request.actor, settlement_id)),
        "left_out": outlook.left_out,
        "exports": settlement_exports(request.actor, settlement_id),
        "page": page_of(request, payments),
        "statements": settlement_statements(request.actor, settlement_id),
        "paid_form": PaidForm(initial={"paid_on": clock.today(request.tenant)}),
        "may_pay": request.actor.can(Right.SETTLEMENTS_PAY) and any(is_due(one) for one in payments),
        "activity": entries_about(found)[:ACTIVITY_SHOWN],
    }
    return page_response(request, "portal/finance/settlements/detail.html", context)


def _formats(ready: Sequence[Any], exports: Iterable[Any]) -> list[ExportFormat]:
    """What can be downloaded now: the bank's file only with something in it."""
    written = {export.format for export in exports}
    offered = [one for one in ExportFormat if one != ExportFormat.PAIN001 or ready or one in written]
    return [one for one in offered if one not in (ExportFormat.XLSX, ExportFormat.CSV)]


@require_POST
@page(Right.SETTLEMENTS_EDIT)
def export(request: PortalRequest, settlement_id: UUID, format: str) -> HttpResponseBase:  # noqa: A002 (the word of the address)
    try:
        with transaction.atomic():
            file = settlement_export(actor=request.actor, settlement_id=settlement_id, format=format)
    except (Conflict, Invalid) as refusal:
        said = [str(text) for texts in refusal.fields.values() for text in texts]
        messages.error(request, " ".join(said) or str(refusal.message))
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
            "text": _("Everything that is exported and ready is paid on this day; what is not stays open."),
            "submit": _("Mark as paid"),
            "back": _address(settlement_id),
        },
        then=_address(settlement_id),
        text=_("%(number)s is marked as paid.") % {"number": found},
    )


def _address(settlement_id: UUID) -> str:
    return reverse("finance:settlement", args=[settlement_id])
