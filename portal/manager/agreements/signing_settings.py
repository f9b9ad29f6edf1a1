"""Where agreements are signed: on our own pages, or at a signing service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.selectors.signing import signing_settings_get
from partners.services.signing import CALLBACK_PATH, signing_settings_set
from partners.signing import BUILT_IN, SERVICES
from portal.shared.forms import attempt
from portal.shared.pages import done, form_response
from prm.identity.rights import Right
from prm.tenancy.hosts import public_url
from prm.web.surfaces import PortalRequest, page

PLACES = [(BUILT_IN, gettext_lazy("On these pages")), ("docusign", "DocuSign"), ("esign", "e签宝")]
VALUES = sorted({name for one in SERVICES.values() for name in one.values})
SECRETS = sorted({name for one in SERVICES.values() for name in one.secrets})


class SettingsForm(forms.Form):
    provider = forms.ChoiceField(label=gettext_lazy("Agreements are signed"), choices=PLACES)
    signer_name = forms.CharField(label=gettext_lazy("Who signs for you"), max_length=200, required=False)
    signer_email = forms.CharField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    base_url = forms.CharField(
        label=gettext_lazy("Address of the service"), max_length=200, required=False,
        help_text=gettext_lazy("Such as https://eu.docusign.net or https://openapi.esign.cn."),
    )  # fmt: skip
    auth_url = forms.CharField(
        label=gettext_lazy("Address for signing in (DocuSign)"), max_length=200, required=False,
        help_text=gettext_lazy("Such as https://account.docusign.com."),
    )  # fmt: skip
    account_id = forms.CharField(label=gettext_lazy("Account (DocuSign)"), max_length=100, required=False)
    integration_key = forms.CharField(label=gettext_lazy("Integration key (DocuSign)"), max_length=100, required=False)
    user_id = forms.CharField(label=gettext_lazy("User (DocuSign)"), max_length=100, required=False)
    app_id = forms.CharField(label=gettext_lazy("App (e签宝)"), max_length=100, required=False)
    private_key = forms.CharField(
        label=gettext_lazy("Private key (DocuSign)"), max_length=8000, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=gettext_lazy("Kept sealed, never shown. Empty: as it is."),
    )  # fmt: skip
    hmac_key = forms.CharField(
        label=gettext_lazy("Key of Connect messages (DocuSign)"), max_length=200, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept sealed, never shown. Empty: as it is."),
    )  # fmt: skip
    app_secret = forms.CharField(
        label=gettext_lazy("App secret (e签宝)"), max_length=200, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept sealed, never shown. Empty: as it is."),
    )  # fmt: skip


@page(Right.SETTINGS_EDIT)
def signing_settings(request: PortalRequest) -> HttpResponse:
    found = signing_settings_get(request.actor)
    provider = found.provider if found.is_in_use else BUILT_IN
    initial = {"provider": provider, "signer_name": found.signer_name, "signer_email": found.signer_email}
    form = SettingsForm(request.POST or None, initial={**found.values, **initial})

    def do(data: dict[str, Any]) -> None:
        about = {name: data[name] for name in ("provider", "signer_name", "signer_email")}
        values, secrets = ({name: data[name] for name in names} for names in (VALUES, SECRETS))
        signing_settings_set(actor=request.actor, values=values, secrets=secrets, **about)

    if attempt(form, do):
        return done(request, reverse("manager:signing_settings"), _("Your changes were saved."))
    callbacks = [
        (label, public_url(request.tenant, CALLBACK_PATH.format(provider=code)))
        for code, label in PLACES
        if code != BUILT_IN
    ]
    return form_response(request, "portal/manager/agreements/signing.html", {"callbacks": callbacks}, form)
