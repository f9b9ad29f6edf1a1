"""Exchange rates: shown to everybody who works with money, entered by finance."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commerce.selectors import rate_list
from commerce.services import rate_create
from portal.shared.forms import AmountField, DateField, attempt
from portal.shared.listing import FilterForm, page_of
from portal.shared.pages import done, form_response, here, page_response
from prm import clock
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page


class RateFilters(FilterForm):
    from_currency = forms.CharField(label=gettext_lazy("From currency"), max_length=3)
    to_currency = forms.CharField(label=gettext_lazy("To currency"), max_length=3)

    @property
    def values(self) -> dict[str, Any]:
        return {name: str(value).upper() for name, value in super().values.items()}


class RateForm(forms.Form):
    from_currency = forms.CharField(label=gettext_lazy("From currency"), max_length=3)
    to_currency = forms.CharField(label=gettext_lazy("To currency"), max_length=3)
    valid_from = DateField(
        label=gettext_lazy("Valid from"), help_text=gettext_lazy("Until the day before the next rate of this pair.")
    )
    rate = AmountField(
        label=gettext_lazy("Rate"), help_text=gettext_lazy("What one unit of the first is in the second.")
    )

    def clean_from_currency(self) -> str:
        return str(self.cleaned_data["from_currency"]).upper()

    def clean_to_currency(self) -> str:
        return str(self.cleaned_data["to_currency"]).upper()


@page(Right.RATES_VIEW)
def rates(request: PortalRequest) -> HttpResponse:
    filters = RateFilters(request.GET)
    found = rate_list(request.actor, **filters.values)
    context = {"page": page_of(request, found), "filters": filters, "may_edit": request.actor.can(Right.RATES_EDIT)}
    return page_response(request, "portal/shared/rates/list.html", context)


@page(Right.RATES_EDIT)
def rate_add(request: PortalRequest) -> HttpResponse:
    initial = {
        "to_currency": request.tenant.base_currency,
        "valid_from": clock.today(request.tenant),
        **{name: request.GET[name] for name in ("from_currency", "to_currency", "valid_from") if name in request.GET},
    }
    form = RateForm(request.POST or None, initial=initial)
    if attempt(form, lambda data: rate_create(actor=request.actor, **data)):
        return done(
            request, here(request, "rates"), _("The rate was saved. What it touches is being calculated again.")
        )
    return form_response(request, "portal/shared/rates/form.html", {}, form)
