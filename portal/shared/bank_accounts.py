"""Bank accounts: entered by one person, confirmed by another. The same form for the vendor, a manager and a partner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.selectors.accounts import account_get, account_list, cool_off_hours
from partners.selectors.partners import partner_get
from partners.services.accounts import account_confirm, account_propose, account_reject, account_stop, cool_off_set
from partners.states.accounts import AccountStatus
from portal.shared.forms import ReasonForm, attempt
from portal.shared.listing import page_of
from portal.shared.pages import confirmed, done, form_response, page_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.journal_file import STANDARD_NUMBERS, account_numbers
from rebates.selectors.payout_settings import payout_choice_get
from rebates.services.payout_settings import account_numbers_set, payout_choice_set
from rebates.states import PayoutForm

IN_SIGHT = (AccountStatus.PROPOSED, AccountStatus.COOLING, AccountStatus.ACTIVE)


class AccountForm(forms.Form):
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3)
    holder = forms.CharField(
        label=gettext_lazy("Account holder"), max_length=140, help_text=gettext_lazy("As the bank knows it.")
    )
    number = forms.CharField(
        label=gettext_lazy("IBAN or account number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    bic = forms.CharField(label="BIC", max_length=11, required=False)
    bank_code = forms.CharField(
        label=gettext_lazy("Bank code"), max_length=35, required=False,
        help_text=gettext_lazy("CNAPS in China, ABA in the USA. Not needed with an IBAN."),
    )  # fmt: skip
    bank_name = forms.CharField(label=gettext_lazy("Bank"), max_length=140, required=False)


class CoolOffForm(forms.Form):
    hours = forms.IntegerField(
        label=gettext_lazy("Hours"),
        min_value=0,
        max_value=720,
        help_text=gettext_lazy("0: changes take effect at once."),
    )


class ChoiceForm(forms.Form):
    form = forms.ChoiceField(
        label=gettext_lazy("Paid by"), required=False,
        choices=[("", gettext_lazy("What the programs say")),
                 (PayoutForm.DEDUCTION, gettext_lazy("Deduction from its next invoice"))],
    )  # fmt: skip


class NumbersForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for account, standard in STANDARD_NUMBERS.items():
            field = forms.CharField(label=account.label, max_length=40, required=False, help_text=_standard(standard))
            self.fields[account.value] = field


def _standard(number: str) -> str:
    return _("Standard: %(number)s") % {"number": number}


@page(Right.ACCOUNTS_EDIT)
def accounts(request: PortalRequest) -> HttpResponse:
    """The vendor's own, those that wait for a second person, and all that are paid to."""
    seen = account_list(request.actor).filter(status__in=IN_SIGHT)
    context = {
        "own": seen.filter(partner__isnull=True),
        "waiting": seen.filter(status=AccountStatus.PROPOSED),
        "cooling": seen.filter(status=AccountStatus.COOLING).order_by("effective_from"),
        "hours": cool_off_hours(),
        "page": page_of(request, seen.filter(partner__isnull=False, status=AccountStatus.ACTIVE)),
        "numbers": [(account.label, account_numbers()[account.value]) for account in STANDARD_NUMBERS],
    }
    return page_response(request, "portal/finance/accounts/list.html", context)


@page(Right.SETTLEMENTS_EDIT)
def own_new(request: PortalRequest) -> HttpResponse:
    """An account that the vendor pays from."""
    initial = {"currency": request.tenant.base_currency, "holder": request.tenant.name}
    return _entered(request, None, reverse("finance:accounts"), _("Paying account"), initial)


@page(Right.ACCOUNTS_EDIT)
def partners_new(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    """An account that a partner is paid to, entered by the vendor."""
    partner = partner_get(request.actor, partner_id)
    back = reverse("manager:partner", args=[partner_id])
    initial = {"currency": request.tenant.base_currency, "holder": partner.legal_name or partner.name}
    return _entered(request, partner_id, back, _("Account of %(name)s") % {"name": partner.name}, initial)


@page(Right.OWN_ACCOUNT_EDIT)
def partners_own_new(request: PortalRequest) -> HttpResponse:
    """An account that a partner is paid to, entered by itself."""
    initial = {"currency": request.tenant.base_currency}
    return _entered(request, request.actor.partner_id, reverse("partner:payments"), _("Bank account"), initial)


@page(Right.ACCOUNTS_CONFIRM)
def confirm(request: PortalRequest, account_id: UUID) -> HttpResponse:
    account, back = account_get(request.actor, account_id), reverse("finance:accounts")
    text = _("Ask the partner by a way you know, not by the one the change came by. It is paid to from now on.")
    said = _("The account is in force.")
    replaces = account_list(request.actor, status=AccountStatus.ACTIVE).filter(
        partner=account.partner, currency=account.currency, partner__isnull=False
    )
    if replaces.exists() and (hours := cool_off_hours()):
        text = _(
            "Ask the partner by a way you know, not by the one the change came by. It takes effect in %(hours)s hours;"
            " until then the partner can stop it, and is paid to the account in force."
        ) % {"hours": hours}
        said = _("Confirmed. It takes effect in %(hours)s hours.") % {"hours": hours}
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: account_confirm(actor=request.actor, account_id=account_id),
        page={"title": _("Confirm %(account)s of %(holder)s?") % {"account": account, "holder": account.holder},
              "text": text, "submit": _("Confirm account"), "back": back},
        then=back, text=said,
    )  # fmt: skip


@page(Right.ACCOUNTS_CONFIRM)
def reject(request: PortalRequest, account_id: UUID) -> HttpResponse:
    account, back = account_get(request.actor, account_id), reverse("finance:accounts")
    return confirmed(
        request, ReasonForm(request.POST or None),
        do=lambda data: account_reject(actor=request.actor, account_id=account_id, **data),
        page={"title": _("Refuse %(account)s of %(holder)s?") % {"account": account, "holder": account.holder},
              "text": _("The account in force stays."), "submit": _("Refuse account"), "danger": True, "back": back},
        then=back, text=_("The account was refused."),
    )  # fmt: skip


@page(Right.ACCOUNTS_EDIT)
def stop(request: PortalRequest, account_id: UUID) -> HttpResponse:
    return _stopped(request, account_id, reverse("finance:accounts"))


@page(Right.OWN_ACCOUNT_EDIT)
def own_stop(request: PortalRequest, account_id: UUID) -> HttpResponse:
    return _stopped(request, account_id, reverse("partner:payments"))


@page(Right.SETTINGS_EDIT)
def cool_off(request: PortalRequest) -> HttpResponse:
    back = reverse("finance:accounts")
    return confirmed(
        request, CoolOffForm(request.POST or None, initial={"hours": cool_off_hours()}),
        do=lambda data: cool_off_set(actor=request.actor, **data),
        page={"title": _("Time to stop a change"), "submit": _("Save"), "back": back,
              "text": _("A changed account of a partner is paid to only after these hours. Everybody who could be"
                        " cheated is told, and can stop it.")},
        then=back, text=_("Your changes were saved."),
    )  # fmt: skip


def _stopped(request: PortalRequest, account_id: UUID, back: str) -> HttpResponse:
    account = account_get(request.actor, account_id)
    return confirmed(
        request, ReasonForm(request.POST or None),
        do=lambda data: account_stop(actor=request.actor, account_id=account_id, **data),
        page={"title": _("Stop the change to %(account)s?") % {"account": account}, "submit": _("Stop the change"),
              "text": _("The account in force stays. The partner's people and finance are told."), "danger": True,
              "back": back},
        then=back, text=_("The change was stopped."),
    )  # fmt: skip


@page(Right.SETTLEMENTS_EDIT)
def payout_choice(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    partner, back = partner_get(request.actor, partner_id), reverse("manager:partner", args=[partner_id])
    present = payout_choice_get(request.actor, partner_id)
    return confirmed(
        request, ChoiceForm(request.POST if request.method == "POST" else None, initial={"form": present}),
        do=lambda data: payout_choice_set(actor=request.actor, partner_id=partner_id, **data),
        page={"title": _("How %(name)s is paid") % {"name": partner.name}, "submit": _("Save"), "back": back,
              "text": _("For settlements from now on.")},
        then=back, text=_("Your changes were saved."),
    )  # fmt: skip


@page(Right.SETTLEMENTS_EDIT)
def numbers(request: PortalRequest) -> HttpResponse:
    back = reverse("finance:accounts")
    return confirmed(
        request, NumbersForm(request.POST if request.method == "POST" else None, initial=account_numbers()),
        do=lambda data: account_numbers_set(actor=request.actor, numbers=data),
        page={"title": _("Account numbers"), "submit": _("Save"), "back": back,
              "text": _("As in your ledger system. Empty is the standard number.")},
        then=back, text=_("Your changes were saved."),
    )  # fmt: skip


def _entered(
    request: PortalRequest, partner_id: UUID | None, back: str, title: str, initial: dict[str, Any]
) -> HttpResponse:
    form = AccountForm(request.POST or None, initial=initial)
    if attempt(form, lambda data: account_propose(actor=request.actor, partner_id=partner_id, **data)):
        return done(request, back, _("The account waits for a second person to confirm it."))
    text = _("It is used once a second person has confirmed it; until then the present one stays.")
    context = {"title": title, "text": text, "submit": _("Save account"), "back": back}
    return form_response(request, "portal/shared/confirm.html", context, form)
