"""What a reviewer does with a dispute: take it on, ask, decide, hand it to somebody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.shared.disputes import dispute_context
from portal.shared.evidence import WordsForm, evidence_of
from portal.shared.forms import AmountField, attempt
from portal.shared.pages import confirmed, done, form_response
from prm.errors import Invalid
from prm.identity.rights import Right
from prm.money import parse_decimal
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.disputes import dispute_get
from rebates.services.decisions import dispute_decide
from rebates.services.disputes import dispute_acknowledge, dispute_ask, dispute_escalate
from rebates.states import DisputeDecision, DisputeOutcome

Do = Callable[[dict[str, Any]], None]


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), choices=DisputeDecision.choices, widget=forms.RadioSelect
    )
    granted = AmountField(
        label=gettext_lazy("Amount granted"),
        required=False,
        help_text=gettext_lazy("For a part: what the line gets on top of what it says."),
    )
    outcome = forms.ChoiceField(label=gettext_lazy("What was the matter"), choices=DisputeOutcome.choices)
    text = forms.CharField(
        label=gettext_lazy("Reason for the partner"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed unless everything is accepted."),
    )
    by_data = forms.BooleanField(
        label=gettext_lazy("Corrected data will bring the difference"),
        required=False,
        help_text=gettext_lazy("For a claim that is accepted: nothing is booked by hand, so nothing is paid twice."),
    )


class HandOverForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The partner reads it."),
    )  # fmt: skip


@require_POST
@page(Right.DISPUTES_DECIDE)
def acknowledge(request: PortalRequest, dispute_id: UUID) -> HttpResponse:
    dispute = dispute_acknowledge(actor=request.actor, dispute_id=dispute_id)
    return done(request, _address(dispute_id), _("You review %(number)s now.") % {"number": dispute})


@page(Right.DISPUTES_DECIDE)
def ask(request: PortalRequest, dispute_id: UUID) -> HttpResponse:
    form = WordsForm(request.POST or None, request.FILES or None)

    def do(data: dict[str, Any]) -> None:
        dispute_ask(actor=request.actor, dispute_id=dispute_id, text=data["text"], files=evidence_of(data))

    return _answered(request, dispute_id, form, do, ("ask", _("The partner is asked; the clock stands still.")))


@page(Right.DISPUTES_DECIDE)
def decide(request: PortalRequest, dispute_id: UUID) -> HttpResponse:
    form = DecisionForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        dispute_decide(actor=request.actor, dispute_id=dispute_id, **{**data, "granted": _amount(data["granted"])})

    return _answered(request, dispute_id, form, do, ("decide", _("The dispute is decided; the line is released.")))


@page(Right.DISPUTES_DECIDE)
def escalate(request: PortalRequest, dispute_id: UUID) -> HttpResponse:
    dispute = dispute_get(request.actor, dispute_id)
    return confirmed(
        request,
        HandOverForm(request.POST or None),
        do=lambda data: dispute_escalate(actor=request.actor, dispute_id=dispute_id, text=data["text"]),
        page={
            "title": _("Hand %(number)s over?") % {"number": dispute},
            "text": _("Somebody else decides it for good."),
            "submit": _("Hand over"),
            "back": _address(dispute_id),
        },
        then=_address(dispute_id),
        text=_("%(number)s is escalated.") % {"number": dispute},
    )


def _answered(
    request: PortalRequest,
    dispute_id: UUID,
    form: forms.Form,
    do: Callable[[dict[str, Any]], None],
    act: tuple[str, str],
) -> HttpResponse:
    """`act`: its name and what is said when it is done."""
    if request.method == "POST" and attempt(form, do):
        return done(request, _address(dispute_id), act[1])
    context = dispute_context(request, dispute_id) | {"act": act[0]}
    return form_response(request, "portal/finance/disputes/act.html", context, form)


def _address(dispute_id: UUID) -> str:
    return reverse("finance:dispute", args=[dispute_id])


def _amount(typed: str) -> Any:
    if not typed:
        return None
    try:
        return parse_decimal(typed)
    except ValueError:
        raise Invalid(fields={"granted": [_("This is no amount.")]}) from None
