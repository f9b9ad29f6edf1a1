"""API keys of a vendor: what each may do, until when; made here, shown once."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.shared.forms import DateInput, attempt
from portal.shared.pages import confirmed, form_response, page_response
from prm import clock
from prm.identity.actor import Actor
from prm.identity.rights import KEY_SCOPES, Right
from prm.identity.selectors import api_key_get, api_key_list
from prm.identity.services import NewApiKey, api_key_create, api_key_revoke
from prm.web.surfaces import PortalRequest, page

SCOPE_NAMES = {
    Right.PARTNERS_VIEW: gettext_lazy("Read partners"),
    Right.PARTNERS_EDIT: gettext_lazy("Change partners"),
    Right.APPLICATIONS_VIEW: gettext_lazy("Read applications"),
    Right.RECRUITMENT_EDIT: gettext_lazy("Change application forms"),
    Right.AGREEMENTS_VIEW: gettext_lazy("Read agreements"),
    Right.AGREEMENTS_EDIT: gettext_lazy("Prepare agreements"),
    Right.ONBOARDING_EDIT: gettext_lazy("Change onboarding plans"),
    Right.CERTIFICATES_EDIT: gettext_lazy("Award certificates"),
    Right.TIERS_VIEW: gettext_lazy("Read tiers"),
    Right.TIERS_EDIT: gettext_lazy("Change tier schemes"),
    Right.SCORECARDS_VIEW: gettext_lazy("Read scorecards"),
    Right.SCORECARDS_EDIT: gettext_lazy("Change scorecards and plans"),
    Right.PRODUCTS_VIEW: gettext_lazy("Read products"),
    Right.PRODUCTS_EDIT: gettext_lazy("Change products"),
    Right.RATES_VIEW: gettext_lazy("Read exchange rates"),
    Right.RATES_EDIT: gettext_lazy("Add exchange rates"),
    Right.SALES_VIEW: gettext_lazy("Read sale lines"),
    Right.SALES_EDIT: gettext_lazy("Add sale lines"),
    Right.IMPORTS_RUN: gettext_lazy("Import files"),
    Right.EXPORTS_RUN: gettext_lazy("Export files"),
    Right.PROGRAMS_VIEW: gettext_lazy("Read programs"),
    Right.PROGRAMS_EDIT: gettext_lazy("Change programs"),
    Right.PROGRAMS_PUBLISH: gettext_lazy("Publish programs"),
    Right.ACCRUALS_VIEW: gettext_lazy("Read accruals"),
    Right.PERIODS_CLOSE: gettext_lazy("Close periods"),
    Right.STATEMENTS_VIEW: gettext_lazy("Read statements"),
    Right.SETTLEMENTS_EDIT: gettext_lazy("Prepare and export settlements"),
    Right.SETTLEMENTS_PAY: gettext_lazy("Mark settlements as paid"),
    Right.ACCOUNTS_EDIT: gettext_lazy("Enter bank accounts"),
    Right.AUDIT_VIEW: gettext_lazy("Read the audit trail"),
}


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Of the system that will use the key.")
    )
    scopes = forms.MultipleChoiceField(label=gettext_lazy("May"), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(label=gettext_lazy("Last day"), required=False, widget=DateInput)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(right.value, SCOPE_NAMES.get(right, right.value)) for right in KEY_SCOPES if actor.can(right)]
        self.fields["scopes"].choices = offered  # type: ignore[attr-defined]


@page(Right.API_KEYS_MANAGE)
def api_keys(request: PortalRequest) -> HttpResponse:
    context = {"keys": list(api_key_list(request.actor)[:200]), "now": clock.now()}
    return page_response(request, "portal/shared/api_keys/list.html", context)


@page(Right.API_KEYS_MANAGE)
def api_key_new(request: PortalRequest) -> HttpResponse:
    form = ApiKeyForm(request.actor, request.POST or None)
    made: list[NewApiKey] = []

    def do(data: dict[str, Any]) -> None:
        until = _end_of(data["expires_on"])
        made.append(api_key_create(actor=request.actor, name=data["name"], scopes=data["scopes"], expires_at=until))

    if request.method == "POST" and attempt(form, do):
        # Not after a redirect: the secret would have to wait somewhere.
        return page_response(request, "portal/shared/api_keys/made.html", {"made": made[0]})
    return form_response(request, "portal/shared/api_keys/new.html", {}, form)


@page(Right.API_KEYS_MANAGE)
def api_key_end(request: PortalRequest, api_key_id: UUID) -> HttpResponse:
    key, back = api_key_get(request.actor, api_key_id), reverse("shared:api_keys")
    question = {
        "title": _("End the key “%(name)s”") % {"name": key.name},
        "text": _("Systems that use it are refused from this moment on. This cannot be undone."),
        "submit": _("End the key"),
        "danger": True,
    }
    return confirmed(
        request, forms.Form(request.POST or None),
        do=lambda _data: api_key_revoke(actor=request.actor, api_key_id=api_key_id),
        page={**question, "back": back}, then=back, text=_("The key has ended."),
    )  # fmt: skip


def _end_of(day: dt.date | None) -> dt.datetime | None:
    """Midnight after the last day, on the reader's clock."""
    if day is None:
        return None
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
