"""The partner's agreements: what is in force, what waits to be signed, the paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from partners.agreement_consent import consent_text
from partners.selectors.agreements import (
    agreement_file,
    agreement_get,
    agreement_list,
    agreement_signers,
    agreements_to_sign,
    chain_of,
)
from partners.selectors.entitlements import entitlement_list
from partners.services.agreement_life import agreement_notice_give
from partners.services.agreement_signing import agreement_decline, agreement_sign, agreement_view
from partners.states.agreements import IN_FORCE
from portal.shared.agreements import SignForm, shown_of, title_of, titled, view_of, with_paths
from portal.shared.forms import ReasonForm, attempt
from portal.shared.pages import confirmed, done
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

PAGE = 20


@page(Right.OWN_AGREEMENTS_VIEW)
def agreements(request: PortalRequest) -> HttpResponse:
    found = Paginator(agreement_list(request.actor), PAGE).get_page(request.GET.get("page"))
    rows: Any = found
    waiting = set(agreements_to_sign(request.actor).values_list("pk", flat=True))
    for one in titled(rows):
        one.waits = one.pk in waiting
    granted = entitlement_list(request.actor, request.actor.partner_id)  # type: ignore[arg-type]
    return render(request, "portal/partner/agreements/list.html", {"page": found, "granted": granted})


@page(Right.OWN_AGREEMENTS_VIEW)
def agreement(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    return _shown(request, agreement_id, SignForm(initial={"name": request.user.name}))  # type: ignore[union-attr]


@page(Right.OWN_AGREEMENTS_SIGN)
def sign(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    form = SignForm(request.POST or None)

    def do(_data: dict[str, Any]) -> None:
        agreement_sign(actor=request.actor, agreement_id=agreement_id, proof=form.proof(request))

    if request.method == "POST" and attempt(form, do):
        return done(request, _address(agreement_id), _("You have signed. Thank you."))
    return _shown(request, agreement_id, form)


@page(Right.OWN_AGREEMENTS_SIGN)
def decline(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    found, back = agreement_get(request.actor, agreement_id), _address(agreement_id)
    return confirmed(
        request, ReasonForm(request.POST or None),
        do=lambda data: agreement_decline(actor=request.actor, agreement_id=agreement_id, **data),
        page={"title": _("Decline %(number)s?") % {"number": found}, "submit": _("Decline"), "danger": True,
              "back": back, "text": _("Nobody is asked to sign it any more; your vendor reads the reason.")},
        then=back, text=_("Declined. Your vendor was told why."),
    )  # fmt: skip


@page(Right.OWN_AGREEMENTS_SIGN)
def notice(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    found, back = agreement_get(request.actor, agreement_id), _address(agreement_id)
    return confirmed(
        request, ReasonForm(request.POST or None),
        do=lambda data: agreement_notice_give(actor=request.actor, agreement_id=agreement_id, **data),
        page={"title": _("Let %(number)s end with its term?") % {"number": found}, "submit": _("Give notice"),
              "danger": True, "back": back, "text": _("It no longer renews by itself.")},
        then=back, text=_("It ends with its term."),
    )  # fmt: skip


@page(Right.OWN_AGREEMENTS_VIEW)
def agreement_pdf(request: PortalRequest, agreement_id: UUID) -> HttpResponseBase:
    return file_response(agreement_file(request.actor, agreement_id))


def _shown(request: PortalRequest, agreement_id: UUID, form: SignForm) -> HttpResponse:
    """The document, and below its end the form for whoever is asked to sign."""
    if request.method == "GET":
        agreement_view(actor=request.actor, agreement_id=agreement_id)
    found = agreement_get(request.actor, agreement_id)
    waits = agreements_to_sign(request.actor).filter(pk=agreement_id).exists()
    may_sign = request.actor.can(Right.OWN_AGREEMENTS_SIGN)
    context = {
        "agreement": found, "title": title_of(found), "shown": shown_of(found, view_of(request)), "form": form,
        "signers": with_paths(agreement_signers(request.actor, agreement_id)), "chain": chain_of(found),
        "waits": waits and may_sign, "consent": consent_text(),
        "may_give_notice": may_sign and found.auto_renew and found.status in IN_FORCE,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "portal/partner/agreements/detail.html", context, status=status)


def _address(agreement_id: UUID) -> str:
    return reverse("partner:agreement", args=[agreement_id])
