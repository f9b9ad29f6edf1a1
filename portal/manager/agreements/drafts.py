"""Making a draft for a partner, and editing it before it is sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partners.agreement_text import VARIABLES
from partners.selectors.agreements import agreement_get, agreement_signers, template_list
from partners.selectors.partners import partner_list
from partners.services.agreements import agreement_draft, agreement_update
from portal.manager.agreements.content_fields import ContentForm, entitlement_lines
from portal.shared.agreements import shown_of
from portal.shared.forms import DateField, attempt
from portal.shared.pages import done, form_response
from prm import clock
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

MOST_PARTNERS = 1000


class NewForm(forms.Form):
    partner = forms.CharField(
        label=gettext_lazy("Partner code"), max_length=64,
        widget=forms.TextInput(attrs={"list": "partner-codes", "autocomplete": "off"}),
    )  # fmt: skip
    template_id = forms.ChoiceField(label=gettext_lazy("Template"))
    starts_on = DateField(label=gettext_lazy("First day"))

    def __init__(self, *args: Any, request: PortalRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        rows = template_list(request.actor)
        options = [(str(one.pk), f"{one.name} (v{one.published.number})") for one in rows if one.published]  # type: ignore[attr-defined]
        self.fields["template_id"].choices = options  # type: ignore[attr-defined]
        self.codes = list(partner_list(request.actor).values_list("code", "name")[:MOST_PARTNERS])

    def clean_partner(self) -> UUID:
        code = self.cleaned_data["partner"].strip()
        found = partner_list(self.request.actor).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("No partner has this code."))
        return UUID(str(found.pk))


class DraftForm(ContentForm):
    starts_on = DateField(label=gettext_lazy("First day"))

    def __init__(self, *args: Any, agreement: Any, signers: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chinese = (get_language() or "").startswith("zh")
        self.own = [f"value_{one['name']}" for one in agreement.version.fields]
        for one in agreement.version.fields:
            self.fields[f"value_{one['name']}"] = forms.CharField(
                label=one["zh" if chinese else "en"], max_length=500, required=False, help_text=f"{{{{{one['name']}}}}}"
            )
        self.places: list[Any] = []
        for one in signers:
            if one.side == "partner":
                role = one.role_zh if chinese else one.role_en
                self._place(f"{one.position}", role)

    def _place(self, position: str, role: str) -> None:
        name, email = f"name_{position}", f"email_{position}"
        self.fields[name] = forms.CharField(label=_("Name"), max_length=200, required=False)
        self.fields[email] = forms.EmailField(label=_("E-mail"), required=False)
        self.places.append((role, name, email))

    def changes(self, data: dict[str, Any]) -> dict[str, Any]:
        """As the service takes them."""
        content = {name: data[name] for name in (*ContentForm.base_fields, "starts_on")}
        values = {name.removeprefix("value_"): data[name] for name in self.own}
        signers = [{"name": data[name], "email": data[email]} for _role, name, email in self.places]
        return {**content, "values": values, "signers": signers}

    def add_error(self, field: str | None, error: Any) -> None:
        """Faults of signers and variables stand above the form: they have fields of many names here."""
        super().add_error(None if field in {"signers", "values"} else field, error)


@page(Right.AGREEMENTS_EDIT)
def agreement_new(request: PortalRequest) -> HttpResponse:
    initial = {"partner": request.GET.get("partner", ""), "starts_on": clock.today(request.tenant)}
    form = NewForm(request.POST or None, initial=initial, request=request)
    made: list[Any] = []

    def do(data: dict[str, Any]) -> None:
        made.append(
            agreement_draft(
                actor=request.actor,
                partner_id=data["partner"],
                template_id=UUID(data["template_id"]),
                starts_on=data["starts_on"],
            )
        )

    if attempt(form, do):
        url = reverse("manager:agreement_edit", args=[made[0].pk])
        return done(request, url, _("The draft is ready to be edited."))
    return form_response(request, "portal/manager/agreements/new.html", {}, form)


@page(Right.AGREEMENTS_EDIT)
def agreement_edit(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    found = agreement_get(request.actor, agreement_id)
    signers = agreement_signers(request.actor, agreement_id)
    form = DraftForm(request.POST or None, initial=_initial(found, signers), agreement=found, signers=signers)

    def do(data: dict[str, Any]) -> None:
        agreement_update(actor=request.actor, agreement_id=agreement_id, **form.changes(data))

    if attempt(form, do):
        return done(request, reverse("manager:agreement", args=[agreement_id]), _("Your changes were saved."))
    own = [form[name] for name in form.own]
    places = [(role, form[name], form[email]) for role, name, email in form.places]
    context = {
        "agreement": found, "own": own, "places": places, "variables": VARIABLES, "shown": shown_of(found, "both"),
    }  # fmt: skip
    return form_response(request, "portal/manager/agreements/edit.html", context, form)


def _initial(agreement: Any, signers: list[Any]) -> dict[str, Any]:
    given = {name: getattr(agreement, name) for name in (*ContentForm.base_fields, "starts_on")}
    given["entitlements"] = entitlement_lines(agreement.entitlements)
    given |= {f"value_{name}": value for name, value in agreement.values.items()}
    for one in signers:
        given |= {f"name_{one.position}": one.name, f"email_{one.position}": one.email}
    return given
