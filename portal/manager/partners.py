"""Partner companies: their data, their state and their tiers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.selectors.directory import directory_facets
from partners.selectors.partners import partner_get, tier_history
from partners.services.partners import partner_change_status, partner_create, partner_update, tier_set, tier_unset
from portal.shared.forms import DateField, ReasonForm, attempt
from portal.shared.pages import confirmed, done, form_response
from prm import clock
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

VERBS = {
    "suspend": {
        "title": gettext_lazy("Suspend %(name)s?"),
        "text": gettext_lazy(
            "Everything stands still; sales go on being counted. Its people read what is held and why."
        ),
        "submit": gettext_lazy("Suspend"),
        "done": gettext_lazy("%(name)s is suspended."),
        "danger": True,
    },
    "resume": {
        "title": gettext_lazy("Resume %(name)s?"),
        "text": gettext_lazy("What waited goes on from today."),
        "submit": gettext_lazy("Resume"),
        "done": gettext_lazy("%(name)s goes on as before."),
        "danger": False,
    },
    "end": {
        "title": gettext_lazy("End the partnership with %(name)s?"),
        "text": gettext_lazy(
            "This cannot be taken back. Its people lose their access at once; its data is sent as a link. What was"
            " earned until now stays and is settled as usual."
        ),
        "submit": gettext_lazy("End partnership"),
        "done": gettext_lazy("The partnership with %(name)s has ended."),
        "danger": True,
    },
}


class PartnerForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=64, help_text=gettext_lazy("As in your ERP; sales files name it.")
    )
    legal_name = forms.CharField(label=gettext_lazy("Legal name"), max_length=300, required=False)
    type = forms.CharField(label=gettext_lazy("Type"), max_length=100, required=False)
    region = forms.CharField(label=gettext_lazy("Region"), max_length=100, required=False)
    country = forms.CharField(
        label=gettext_lazy("Country"), max_length=2, required=False, help_text=gettext_lazy("Two letters, such as CN.")
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"), max_length=1000, required=False, help_text=gettext_lazy("Separated by semicolons.")
    )

    def __init__(self, *args: Any, facets: dict[str, list[str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = {f"{name}-values": (facets or {}).get(name, []) for name in ("type", "region", "country")}
        for name in ("type", "region", "country"):
            self.fields[name].widget.attrs |= {"list": f"{name}-values", "autocomplete": "off"}

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_tags(self) -> list[str]:
        parts = self.cleaned_data["tags"].replace("；", ";").split(";")
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


class NewPartnerForm(PartnerForm):
    tier = forms.CharField(label=gettext_lazy("Tier"), max_length=100, required=False)


class TierForm(forms.Form):
    tier = forms.CharField(
        label=gettext_lazy("Tier"), max_length=100, required=False, help_text=gettext_lazy("Empty: no tier.")
    )
    valid_from = DateField(label=gettext_lazy("From"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed where it lowers a tier that a scheme decides. Kept in the audit trail."),
    )  # fmt: skip


class TierRemoveForm(forms.Form):
    reason = TierForm.base_fields["reason"]


@page(Right.PARTNERS_EDIT)
def create(request: PortalRequest) -> HttpResponse:
    form = NewPartnerForm(request.POST or None, facets=directory_facets(request.actor))
    made: list[Any] = []
    if attempt(form, lambda data: made.append(partner_create(actor=request.actor, **data))):
        return done(request, _address(made[0].pk), _("%(name)s was added.") % {"name": made[0].name})
    return form_response(request, "portal/manager/partners/form.html", {}, form)


@page(Right.PARTNERS_EDIT)
def edit(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    partner = partner_get(request.actor, partner_id)
    initial = {name: getattr(partner, name) for name in PartnerForm.base_fields} | {"tags": "; ".join(partner.tags)}
    form = PartnerForm(request.POST or None, initial=initial, facets=directory_facets(request.actor))
    form.fields["code"].disabled = True
    if attempt(form, lambda data: partner_update(actor=request.actor, partner_id=partner_id, **_without(data, "code"))):
        return done(request, _address(partner_id), _("Your changes were saved."))
    return form_response(request, "portal/manager/partners/form.html", {"partner": partner}, form)


@page(Right.LIFECYCLE_DECIDE)
def status(request: PortalRequest, partner_id: UUID, verb: str) -> HttpResponse:
    if verb not in VERBS:
        raise NotFound
    partner = partner_get(request.actor, partner_id)
    asked = question(verb, partner)
    return confirmed(
        request,
        ReasonForm(request.POST or None),
        do=lambda data: partner_change_status(actor=request.actor, partner_id=partner_id, verb=verb, **data),
        page=asked | {"back": _address(partner_id)},
        then=_address(partner_id),
        text=asked["done"],
    )


@page(Right.PARTNERS_EDIT)
def tier_add(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    partner = partner_get(request.actor, partner_id)
    return confirmed(
        request,
        TierForm(request.POST or None, initial={"valid_from": clock.today(request.tenant)}),
        do=lambda data: tier_set(actor=request.actor, partner_id=partner_id, **data),
        page={"title": _("Tier of %(name)s") % {"name": partner.name}, "submit": _("Save tier"),
              "back": _address(partner_id)},
        then=_address(partner_id),
        text=_("The tier was saved."),
    )  # fmt: skip


@page(Right.PARTNERS_EDIT)
def tier_remove(request: PortalRequest, partner_id: UUID, change_id: UUID) -> HttpResponse:
    partner = partner_get(request.actor, partner_id)
    change = tier_history(request.actor, partner_id).filter(pk=change_id).first()
    if change is None:
        raise NotFound
    return confirmed(
        request,
        TierRemoveForm(request.POST if request.method == "POST" else None),
        do=lambda data: tier_unset(actor=request.actor, tier_change_id=change_id, **data),
        page={
            "title": _("Take “%(tier)s” out of the history?") % {"tier": change.tier or _("No tier")},
            "text": _("The tier before it goes on. Sales since then are counted again."),
            "submit": _("Take out"),
            "danger": True,
            "back": _address(partner.pk),
        },
        then=_address(partner.pk),
        text=_("The tier change was taken out of the history."),
    )


def question(verb: str, partner: Any) -> dict[str, Any]:
    texts = {key: text if key == "danger" else str(text) % {"name": partner.name} for key, text in VERBS[verb].items()}
    return {**texts, "verb": verb, "url": reverse("manager:partner_status", args=[partner.pk, verb])}


def _address(partner_id: UUID) -> str:
    return reverse("manager:partner", args=[partner_id])


def _without(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}
