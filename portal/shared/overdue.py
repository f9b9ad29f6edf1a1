"""What partners have not paid in time: programs may ask for it before they pay."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commerce.selectors import overdue_list
from commerce.services import overdue_record
from portal.shared.forms import AmountField, DateField, attempt
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import done, form_response, here, page_response
from prm import clock
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

NOW = "now"


class OverdueFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Partner name or code"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"] = select(
            gettext_lazy("State"), gettext_lazy("All days"), [(NOW, gettext_lazy("Overdue now"))]
        )


class OverdueForm(forms.Form):
    partner_code = forms.CharField(label=gettext_lazy("Partner code"), max_length=64)
    as_of = DateField(
        label=gettext_lazy("As of"),
        help_text=gettext_lazy("It counts until the next day of this partner and currency."),
    )
    amount = AmountField(
        label=gettext_lazy("Overdue amount"), help_text=gettext_lazy("0 says that nothing is overdue any more.")
    )
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


@page(Right.SALES_VIEW)
def overdue(request: PortalRequest) -> HttpResponse:
    filters = OverdueFilters(request.GET)
    values = filters.values
    found = overdue_list(request.actor, search=values["q"], only_current=values["state"] == NOW)
    context = {
        "page": page_of(request, found), "filters": filters,
        "may_edit": request.actor.can(Right.SALES_EDIT) and request.actor.can(Right.IMPORTS_RUN),
    }  # fmt: skip
    return page_response(request, "portal/shared/overdue/list.html", context)


@page(Right.SALES_EDIT)
def overdue_new(request: PortalRequest) -> HttpResponse:
    today = clock.today(request.tenant)
    initial = {
        "currency": request.tenant.base_currency, "as_of": today, "partner_code": request.GET.get("partner", ""),
    }  # fmt: skip
    form = OverdueForm(request.POST or None, initial=initial)
    if attempt(form, lambda data: overdue_record(actor=request.actor, **data)):
        return done(request, here(request, "overdue"), _("Saved. What it touches is being calculated again."))
    return form_response(request, "portal/shared/overdue/form.html", {}, form)
