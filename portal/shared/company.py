"""What a partner company tells of itself, as its own administrator and the vendor's managers see and change it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.selectors.partners import partner_get
from partners.selectors.profile import (
    location_get,
    location_list,
    profile_completeness,
    profile_get,
    specialisation_list,
    specialisations_of,
)
from partners.services.profile import (
    location_add,
    location_remove,
    location_update,
    profile_update,
    specialisations_set,
)
from portal.shared.countries import country_choices, country_name
from portal.shared.forms import attempt
from portal.shared.pages import confirmed, done, form_response, here, page_response
from prm.web.surfaces import PortalRequest

TEMPLATE = "portal/shared/company/form.html"


class ProfileForm(forms.Form):
    website = forms.URLField(
        label=gettext_lazy("Website"), max_length=200, required=False, assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=31, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(label=gettext_lazy("Public e-mail"), max_length=254, required=False)
    employees = forms.IntegerField(label=gettext_lazy("Employees"), min_value=1, max_value=9_999_999, required=False)
    blurb_zh = forms.CharField(
        label=gettext_lazy("About the company, in Chinese"), max_length=600, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    blurb_en = forms.CharField(
        label=gettext_lazy("About the company, in English"), max_length=600, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    is_public = forms.BooleanField(
        label=gettext_lazy("Let customers find us"), required=False,
        help_text=gettext_lazy("The company, its public locations and what it is good at can be searched."),
    )  # fmt: skip


class LocationForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Such as Head office."))
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    region = forms.CharField(label=gettext_lazy("Province or state"), max_length=100, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=100)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300, required=False)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), max_length=20, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=31, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    is_main = forms.BooleanField(label=gettext_lazy("Main location"), required=False)
    is_public = forms.BooleanField(
        label=gettext_lazy("Shown in the public partner search"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", "—"), *country_choices()]  # type: ignore[attr-defined]


class ChosenForm(forms.Form):
    codes = forms.MultipleChoiceField(
        label=gettext_lazy("What the company is good at"), required=False, widget=forms.CheckboxSelectMultiple
    )


def company_page(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    actor = request.actor
    context: dict[str, Any] = {
        "partner": partner_get(actor, partner_id),
        "profile": profile_get(actor, partner_id),
        "locations": list(location_list(actor, partner_id)),
        "specialisations": specialisations_of(actor, partner_id),
        "completeness": profile_completeness(actor, partner_id),
        "links": {name: _url(request, partner_id, name) for name in ("company_edit", "company_specialisations")}
        | {"location_new": _url(request, partner_id, "location_new")},
    }
    for location in context["locations"]:
        location.country_name = country_name(location.country)
        location.url = _url(request, partner_id, "location", location.pk)
    return page_response(request, "portal/shared/company/detail.html", context)


def profile_page(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    profile = profile_get(request.actor, partner_id)
    form = ProfileForm(request.POST or None, initial={name: getattr(profile, name) for name in ProfileForm.base_fields})
    if attempt(form, lambda data: profile_update(actor=request.actor, partner_id=partner_id, **data)):
        return _saved(request, partner_id)
    return form_response(request, TEMPLATE, _frame(request, partner_id, _("Company profile")), form)


def specialisations_page(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    present = specialisations_of(request.actor, partner_id)
    offered = {one.code: one.name for one in [*specialisation_list(request.actor), *present]}
    form = ChosenForm(
        request.POST if request.method == "POST" else None, initial={"codes": [one.code for one in present]}
    )
    form.fields["codes"].choices = sorted(offered.items(), key=lambda pair: pair[1])  # type: ignore[attr-defined]
    if attempt(form, lambda data: specialisations_set(actor=request.actor, partner_id=partner_id, **data)):
        return _saved(request, partner_id)
    return form_response(request, TEMPLATE, _frame(request, partner_id, _("Specialisations")), form)


def location_new_page(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    country = partner_get(request.actor, partner_id).country
    form = LocationForm(request.POST or None, initial={"country": country})
    if attempt(form, lambda data: location_add(actor=request.actor, partner_id=partner_id, **data)):
        return _saved(request, partner_id)
    return form_response(request, TEMPLATE, _frame(request, partner_id, _("New location")), form)


def location_page(request: PortalRequest, partner_id: UUID, location_id: UUID) -> HttpResponse:
    actor, found = request.actor, location_get(request.actor, partner_id, location_id)
    form = LocationForm(request.POST or None, initial={name: getattr(found, name) for name in LocationForm.base_fields})

    def do(data: dict[str, Any]) -> None:
        location_update(actor=actor, partner_id=partner_id, location_id=location_id, **data)

    if attempt(form, do):
        return _saved(request, partner_id)
    remove = _url(request, partner_id, "location_remove", location_id)
    return form_response(request, TEMPLATE, _frame(request, partner_id, found.name) | {"remove": remove}, form)


def location_remove_page(request: PortalRequest, partner_id: UUID, location_id: UUID) -> HttpResponse:
    found, back = location_get(request.actor, partner_id, location_id), _url(request, partner_id, "company")
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: location_remove(actor=request.actor, partner_id=partner_id, location_id=location_id),
        page={"title": _("Remove %(name)s?") % {"name": found.name}, "submit": _("Remove"), "danger": True,
              "back": back},
        then=back, text=_("The location was removed."),
    )  # fmt: skip


def _frame(request: PortalRequest, partner_id: UUID, title: str) -> dict[str, Any]:
    partner = partner_get(request.actor, partner_id)
    return {"title": title, "partner": partner, "back": _url(request, partner_id, "company")}


def _saved(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    return done(request, _url(request, partner_id, "company"), _("Your changes were saved."))


def _url(request: PortalRequest, partner_id: UUID, name: str, *args: Any) -> str:
    """The address on this surface: a partner's people need not say which company."""
    return here(request, name, *args) if request.actor.is_partner else here(request, name, partner_id, *args)
