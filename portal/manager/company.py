"""A partner's company profile on the vendor's side, and the vendor's list of specialisations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.selectors.onboarding import plan_of
from partners.selectors.profile import specialisation_get, specialisation_list
from partners.services.profile import specialisation_save
from portal.shared import company as shared
from portal.shared.forms import attempt
from portal.shared.pages import done, form_response, page_response
from portal.shared.partner_cards import SIDE, PartnerCard, PartnerTopic, register
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page


class WordForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=64, help_text=gettext_lazy("Lower-case letters, digits and hyphens.")
    )
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=100, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=100, required=False)
    is_active = forms.BooleanField(label=gettext_lazy("Partners can choose it"), required=False, initial=True)


@page(Right.PARTNERS_VIEW)
def company(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    return shared.company_page(request, partner_id)


@page(Right.PARTNERS_EDIT)
def profile(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    return shared.profile_page(request, partner_id)


@page(Right.PARTNERS_EDIT)
def specialisations(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    return shared.specialisations_page(request, partner_id)


@page(Right.PARTNERS_EDIT)
def location_new(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    return shared.location_new_page(request, partner_id)


@page(Right.PARTNERS_EDIT)
def location(request: PortalRequest, partner_id: UUID, location_id: UUID) -> HttpResponse:
    return shared.location_page(request, partner_id, location_id)


@page(Right.PARTNERS_EDIT)
def location_remove(request: PortalRequest, partner_id: UUID, location_id: UUID) -> HttpResponse:
    return shared.location_remove_page(request, partner_id, location_id)


@page(Right.PARTNERS_VIEW)
def words(request: PortalRequest) -> HttpResponse:
    context = {"words": specialisation_list(request.actor, every=True)}
    return page_response(request, "portal/manager/company/specialisations.html", context)


@page(Right.PARTNERS_EDIT)
def word_new(request: PortalRequest) -> HttpResponse:
    return _word(request, None)


@page(Right.PARTNERS_EDIT)
def word(request: PortalRequest, specialisation_id: UUID) -> HttpResponse:
    return _word(request, specialisation_id)


def _word(request: PortalRequest, specialisation_id: UUID | None) -> HttpResponse:
    found = specialisation_get(request.actor, specialisation_id) if specialisation_id else None
    initial = {name: getattr(found, name) for name in WordForm.base_fields} if found else None
    form = WordForm(request.POST or None, initial=initial)
    form.fields["code"].disabled = found is not None
    back = reverse("manager:specialisations")
    if attempt(
        form, lambda data: specialisation_save(actor=request.actor, specialisation_id=specialisation_id, **data)
    ):
        return done(request, back, _("Your changes were saved."))
    title = found.name if found else _("New specialisation")
    return form_response(request, shared.TEMPLATE, {"title": title, "back": back}, form)


def _people_card(request: PortalRequest, partner: Any) -> dict[str, Any]:
    return {"onboarding": plan_of(request.actor, partner.pk)}


register(
    PartnerCard("people", 20, None, "portal/manager/company/_card.html", _people_card, queries=4, column=SIDE),
    PartnerTopic("company", 15, gettext_lazy("Company profile"), "building-2", "manager:company"),
)
