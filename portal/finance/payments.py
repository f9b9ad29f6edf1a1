"""Payments of settlements: what each is made of, and what became of it; claw-backs that wait to be netted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.shared.forms import DateField, ReasonForm
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import confirmed, page_response
from prm import clock
from prm.audit.selectors import entries_about
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.payments import clawback_ageing, payment_get, payment_lines, payment_list
from rebates.services.payments import (
    goods_order_set,
    payment_mark_failed,
    payment_mark_paid,
    payment_retry,
    payment_reverse,
)
from rebates.states import PaymentStatus, PayoutForm

ACTIVITY_SHOWN = 12


class PaymentFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Number, reference or partner"))
    status = select(gettext_lazy("Status"), gettext_lazy("All states"), list(PaymentStatus.choices))
    form = select(gettext_lazy("Payout form"), gettext_lazy("All forms"), list(PayoutForm.choices))


class PaidForm(forms.Form):
    paid_on = DateField(label=gettext_lazy("Paid on"))
    reference = forms.CharField(
        label=gettext_lazy("Payment reference"), max_length=100, required=False,
        help_text=gettext_lazy("Of the bank or the goods order. Credit notes and confirmed deductions have their own."),
    )  # fmt: skip


class ReversedForm(ReasonForm):
    reversed_on = DateField(label=gettext_lazy("Came back on"))


class GoodsForm(forms.Form):
    document = forms.CharField(label=gettext_lazy("Goods order"), max_length=100)


@dataclass(frozen=True, slots=True)
class Act:
    """A button of a payment's page: in which state, for whom, which form, which service."""

    verb: str
    right: Right
    states: tuple[str, ...]
    form: type[forms.Form]
    do: Callable[..., Any]
    label: Any
    text: Any
    done: Any
    icon: str
    danger: bool = False


ACTS = [
    Act(
        "paid", Right.SETTLEMENTS_PAY, (PaymentStatus.EXPORTED,), PaidForm, payment_mark_paid,
        gettext_lazy("Mark as paid"), gettext_lazy("Its part of the statements becomes paid, and the partner sees it."),
        gettext_lazy("%(number)s is marked as paid."), "banknote",
    ),
    Act(
        "failed", Right.SETTLEMENTS_PAY, (PaymentStatus.EXPORTED,), ReasonForm, payment_mark_failed,
        gettext_lazy("Mark as failed"), gettext_lazy("The money never left. It can be tried again."),
        gettext_lazy("%(number)s is marked as failed."), "circle-x", danger=True,
    ),
    Act(
        "reversed", Right.SETTLEMENTS_PAY, (PaymentStatus.PAID,), ReversedForm, payment_reverse,
        gettext_lazy("Mark as reversed"), gettext_lazy("The money came back: the ledger owes it again."),
        gettext_lazy("%(number)s is marked as reversed."), "undo-2", danger=True,
    ),
    Act(
        "retry", Right.SETTLEMENTS_EDIT, (PaymentStatus.FAILED, PaymentStatus.REVERSED), forms.Form, payment_retry,
        gettext_lazy("Try again"), gettext_lazy("The next file for the bank carries it again."),
        gettext_lazy("%(number)s is prepared once more."), "rotate-cw",
    ),
    Act(
        "goods", Right.SETTLEMENTS_EDIT, (PaymentStatus.PREPARED, PaymentStatus.EXPORTED), GoodsForm, goods_order_set,
        gettext_lazy("Name the goods order"), gettext_lazy("The order with which the goods are sent out."),
        gettext_lazy("The goods order of %(number)s is noted."), "package",
    ),
]  # fmt: skip


@page(Right.STATEMENTS_VIEW)
def payments(request: PortalRequest) -> HttpResponse:
    filters = PaymentFilters(request.GET)
    values = filters.values
    found = payment_list(request.actor, search=values.pop("q"), **values)
    context = {"page": page_of(request, found), "filters": filters}
    return page_response(request, "portal/finance/payments/list.html", context)


@page(Right.STATEMENTS_VIEW)
def payment(request: PortalRequest, payment_id: UUID) -> HttpResponse:
    found = payment_get(request.actor, payment_id)
    context = {
        "payment": found,
        "page": page_of(request, payment_lines(request.actor, payment_id)),
        "acts": [
            {"act": act, "form": _form(request, act, None), "url": _url(found, act)} for act in _acts(request, found)
        ],
        "activity": entries_about(found)[:ACTIVITY_SHOWN],
    }
    return page_response(request, "portal/finance/payments/detail.html", context)


@page(Right.SETTLEMENTS_PAY, Right.SETTLEMENTS_EDIT)
def act(request: PortalRequest, payment_id: UUID, verb: str) -> HttpResponse:
    found = payment_get(request.actor, payment_id)
    chosen = next((one for one in ACTS if one.verb == verb), None)
    if chosen is None:
        raise NotFound
    back, numbered = reverse("finance:payment", args=[payment_id]), {"number": found}
    return confirmed(
        request,
        _form(request, chosen, request.POST if request.method == "POST" else None),
        do=lambda data: chosen.do(actor=request.actor, payment_id=payment_id, **data),
        page={
            "title": f"{found}: {chosen.label}", "text": chosen.text, "submit": chosen.label, "back": back,
            "danger": chosen.danger,
        },
        then=back,
        text=str(chosen.done) % numbered,
    )  # fmt: skip


@page(Right.STATEMENTS_VIEW)
def clawbacks(request: PortalRequest) -> HttpResponse:
    rows = clawback_ageing(request.actor)
    names = {"30": _("Up to 30 days"), "60": _("31 to 60 days"), "90": _("61 to 90 days"), "over": _("Over 90 days")}
    ages = []
    for bucket, name in names.items():
        sums: dict[str, Any] = {}
        for row in rows:
            if row.bucket == bucket:
                sums[row.statement.currency] = sums.get(row.statement.currency, 0) + row.amount
        ages.append({"name": name, "sums": sorted(sums.items()), "bucket": bucket})
    context = {"rows": rows, "ages": ages, "names": names}
    return page_response(request, "portal/finance/payments/clawbacks.html", context)


def _acts(request: PortalRequest, payment: Any) -> list[Act]:
    """What this reader may do with the payment now; one of nothing has nothing to do."""
    return [
        one
        for one in ACTS
        if payment.amount and payment.status in one.states and request.actor.can(one.right)
        and (one.verb != "goods" or payment.form == PayoutForm.FREE_GOODS)
        and (one.verb != "paid" or payment.form != PayoutForm.DEDUCTION or payment.confirmed_at)
    ]  # fmt: skip


def _form(request: PortalRequest, act: Act, data: Any) -> forms.Form:
    today = clock.today(request.tenant)
    return act.form(data, initial={"paid_on": today, "reversed_on": today})


def _url(payment: Any, act: Act) -> str:
    return reverse("finance:payment_act", args=[payment.pk, act.verb])
