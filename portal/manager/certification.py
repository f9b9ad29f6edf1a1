"""Certification on the vendor's side: what ends, who holds what, awarding, revoking, moving people, the catalogue."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.selectors.certificates import (
    certificate_get,
    certificate_list,
    certification_get,
    certification_list,
    person_get,
    person_list,
)
from partners.selectors.endings import HORIZON, endings_for, endings_near
from partners.selectors.partners import partner_list
from partners.services.certificates import certificate_award, certificate_revoke, certification_save
from partners.services.people import person_move
from partners.states.certificates import CertificateStatus, Level
from portal.shared import certificates as shared
from portal.shared.evidence import ACCEPTED
from portal.shared.forms import DateField, ReasonForm, attempt
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import confirmed, done, form_response, page_response
from prm import clock
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

PARTNERS_SHOWN = 25
FORM = "portal/shared/company/form.html"


def _kinds(actor: Actor) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in certification_list(actor, every=False)]


def _partners(actor: Actor) -> list[tuple[str, str]]:
    rows = partner_list(actor).exclude(status="ended").order_by("name").values_list("pk", "name", "code")
    return [(str(key), f"{name} ({code})") for key, name, code in rows]


class CertificateFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Name or e-mail"))
    partner = forms.UUIDField(label=gettext_lazy("Partner"), widget=forms.HiddenInput)

    def __init__(self, data: Any, actor: Actor) -> None:
        super().__init__(data)
        kinds = [(one.code, one.name) for one in certification_list(actor)]
        self.fields["certification"] = select(_("Certification"), _("All certifications"), kinds)
        self.fields["status"] = select(_("Status"), _("All states"), list(CertificateStatus.choices))


class AwardForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail of the person"), max_length=254,
        help_text=gettext_lazy("An account is not needed."), widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name of the person"), max_length=200, required=False)
    partner = forms.ChoiceField(
        label=gettext_lazy("Works for"), required=False,
        help_text=gettext_lazy("Not needed for somebody who is known already."),
    )  # fmt: skip
    certification = forms.ChoiceField(label=gettext_lazy("Certification"))
    issued_on = DateField(label=gettext_lazy("Issued on"))
    expires_on = DateField(
        label=gettext_lazy("Valid until"), required=False,
        help_text=gettext_lazy("Empty: as long as the catalogue says."),
    )  # fmt: skip
    course = forms.CharField(label=gettext_lazy("Course"), max_length=200, required=False)
    version = forms.CharField(label=gettext_lazy("Version"), max_length=40, required=False)
    score = forms.DecimalField(label=gettext_lazy("Score"), min_value=0, max_digits=6, decimal_places=2, required=False)
    reference = forms.CharField(label=gettext_lazy("Certificate number"), max_length=100, required=False)
    issuer = forms.CharField(label=gettext_lazy("Issued by"), max_length=150, required=False)
    file = forms.FileField(
        label=gettext_lazy("Evidence"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("PDF, image, Excel or CSV."),
    )  # fmt: skip

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["certification"].choices = _kinds(actor)  # type: ignore[attr-defined]
        self.fields["partner"].choices = [("", "—"), *_partners(actor)]  # type: ignore[attr-defined]


class CertificationForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=64,
        help_text=gettext_lazy("Programs and files name it; it never changes."),
    )  # fmt: skip
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=150, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=150, required=False)
    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=Level.choices)
    validity_months = forms.IntegerField(
        label=gettext_lazy("Valid for months"), min_value=1, max_value=240, required=False,
        help_text=gettext_lazy("Empty: for ever."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("Can be awarded"), required=False, initial=True)


class MoveForm(forms.Form):
    partner = forms.ChoiceField(label=gettext_lazy("Works for"), required=False)
    valid_from = DateField(label=gettext_lazy("From"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].choices = [("", _("No partner any more")), *_partners(actor)]  # type: ignore[attr-defined]


@page(Right.PARTNERS_VIEW)
def overview(request: PortalRequest) -> HttpResponse:
    """What ends in the next months, partner by partner, the nearest first."""
    actor, today = request.actor, clock.today(request.tenant)
    near = endings_near(actor)
    names = dict(partner_list(actor).filter(pk__in=near).values_list("pk", "name"))
    order = sorted((key for key in near if key in names), key=lambda key: (near[key][0].on, names[key]))
    shown = page_of(request, order, PARTNERS_SHOWN)
    steps = endings_for(actor, partner_ids=list(shown))
    valid = certificate_list(actor, status=CertificateStatus.VALID)
    context = {
        "page": shown,
        "rows": [(names[key], key, shared.steps_told(steps.get(key, []))) for key in shown],
        "horizon": HORIZON,
        "people": person_list(actor).filter(certificates__status=CertificateStatus.VALID).distinct().count(),
        "valid": valid.count(),
        "soon": certificate_list(actor, ends_until=today + dt.timedelta(days=shared.SOON)).count(),
        "ending": sum(len(found) for found in near.values()),
    }
    return page_response(request, "portal/manager/certification/overview.html", context)


@page(Right.PARTNERS_VIEW)
def certificates(request: PortalRequest) -> HttpResponse:
    filters = CertificateFilters(request.GET, request.actor)
    values = filters.values
    found = certificate_list(
        request.actor, search=values["q"], partner_id=values["partner"] or None, certification=values["certification"],
        status=values["status"],
    )  # fmt: skip
    context = {"page": page_of(request, found), "filters": filters}
    return page_response(request, "portal/manager/certification/certificates.html", context)


@page(Right.PARTNERS_VIEW)
def certificate(request: PortalRequest, certificate_id: UUID) -> HttpResponse:
    return shared.certificate_page(request, certificate_id)


@page(Right.PARTNERS_VIEW)
def evidence(request: PortalRequest, certificate_id: UUID) -> HttpResponseBase:
    return shared.evidence_page(request, certificate_id)


@page(Right.CERTIFICATES_EDIT)
def award(request: PortalRequest) -> HttpResponse:
    initial = {"issued_on": clock.today(request.tenant), "partner": request.GET.get("partner", "")}
    form = AwardForm(request.actor, request.POST or None, request.FILES or None, initial=initial)
    made: list[Any] = []

    def do(data: dict[str, Any]) -> None:
        file, partner = data.pop("file"), data.pop("partner")
        made.append(
            certificate_award(
                actor=request.actor, partner_id=UUID(partner) if partner else None,
                evidence=(file.name, file) if file else None, **data,
            )
        )  # fmt: skip

    if attempt(form, do):
        return done(request, _address(made[0].pk), _("%(name)s holds the certificate.") % {"name": made[0].person})
    context = {"title": _("Award a certificate"), "back": reverse("manager:certification"), "submit": _("Award")}
    return form_response(request, FORM, context, form)


@page(Right.CERTIFICATES_EDIT)
def revoke(request: PortalRequest, certificate_id: UUID) -> HttpResponse:
    found, back = certificate_get(request.actor, certificate_id), _address(certificate_id)
    return confirmed(
        request, ReasonForm(request.POST or None),
        do=lambda data: certificate_revoke(actor=request.actor, certificate_id=certificate_id, **data),
        page={"title": _("Revoke %(certificate)s?") % {"certificate": found}, "submit": _("Revoke"), "danger": True,
              "text": _("It counts no more from today. The person and the partner are told, with the reason."),
              "back": back},
        then=back, text=_("The certificate was revoked."),
    )  # fmt: skip


@page(Right.CERTIFICATES_EDIT)
def move(request: PortalRequest, person_id: UUID) -> HttpResponse:
    person = person_get(request.actor, person_id)
    form = MoveForm(request.actor, request.POST or None, initial={"valid_from": clock.today(request.tenant)})
    back = f"{reverse('manager:certificates')}?q={person.email}"

    def do(data: dict[str, Any]) -> None:
        partner = data.pop("partner")
        person_move(actor=request.actor, person_id=person_id, partner_id=UUID(partner) if partner else None, **data)

    return confirmed(
        request, form, do=do,
        page={"title": _("Where %(name)s works") % {"name": person}, "submit": _("Save"), "back": back,
              "text": _("The certificates count for this partner from that day on.")},
        then=back, text=_("Your changes were saved."),
    )  # fmt: skip


@page(Right.PARTNERS_VIEW)
def catalogue(request: PortalRequest) -> HttpResponse:
    context = {"certifications": certification_list(request.actor)}
    return page_response(request, "portal/manager/certification/catalogue.html", context)


@page(Right.CERTIFICATES_EDIT)
def certification_new(request: PortalRequest) -> HttpResponse:
    return _certification(request, None)


@page(Right.CERTIFICATES_EDIT)
def certification(request: PortalRequest, certification_id: UUID) -> HttpResponse:
    return _certification(request, certification_id)


def _certification(request: PortalRequest, certification_id: UUID | None) -> HttpResponse:
    found = certification_get(request.actor, certification_id) if certification_id else None
    initial = {name: getattr(found, name) for name in CertificationForm.base_fields} if found else {}
    form = CertificationForm(request.POST or None, initial=initial)
    form.fields["code"].disabled = found is not None
    back = reverse("manager:certifications")
    if attempt(form, lambda data: certification_save(actor=request.actor, certification_id=certification_id, **data)):
        return done(request, back, _("Your changes were saved."))
    title = found.name if found else _("New certification")
    return form_response(request, FORM, {"title": title, "back": back}, form)


def _address(certificate_id: UUID) -> str:
    return reverse("manager:certificate", args=[certificate_id])
