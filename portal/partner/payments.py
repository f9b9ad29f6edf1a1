"""What a partner has been paid and is about to be, its bank accounts, and its word on deductions."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.selectors.accounts import account_list
from portal.shared.bank_accounts import IN_SIGHT
from portal.shared.listing import page_of
from portal.shared.pages import confirmed, page_response
from portal.shared.payment_text import facts_told
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.payment_facts import payment_facts
from rebates.selectors.payments import payment_get, payment_list
from rebates.services.payments import deduction_confirm


class DeductionForm(forms.Form):
    document = forms.CharField(
        label=gettext_lazy("Invoice"), max_length=100,
        help_text=gettext_lazy("The invoice from your vendor that you pay less of."),
    )  # fmt: skip


@page(Right.OWN_STATEMENTS_VIEW)
def payments(request: PortalRequest) -> HttpResponse:
    edits = request.actor.can(Right.OWN_ACCOUNT_EDIT)
    accounts = account_list(request.actor).filter(status__in=IN_SIGHT) if edits else None
    shown = page_of(request, payment_list(request.actor))
    facts = payment_facts(shown)
    for payment in shown:
        payment.facts = facts_told(facts[payment.pk])
    context = {"page": shown, "accounts": accounts}
    return page_response(request, "portal/partner/payments.html", context)


@page(Right.OWN_ACCOUNT_EDIT)
def deduction(request: PortalRequest, payment_id: UUID) -> HttpResponse:
    found, back = payment_get(request.actor, payment_id), reverse("partner:payments")
    return confirmed(
        request, DeductionForm(request.POST or None),
        do=lambda data: deduction_confirm(actor=request.actor, payment_id=payment_id, **data),
        page={"title": _("Deduct %(number)s") % {"number": found}, "submit": _("Confirm deduction"), "back": back,
              "text": _("You pay your vendor this much less on one of its invoices.")},
        then=back, text=_("Your deduction is noted."),
    )  # fmt: skip
