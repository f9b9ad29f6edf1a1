"""The list of agreements, one agreement, its paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy

from partners.selectors.agreements import (
    agreement_file,
    agreement_followers,
    agreement_get,
    agreement_list,
    agreement_signers,
    agreements_to_sign,
    chain_of,
    compliance,
)
from partners.selectors.entitlements import entitlement_list, entitlements_of
from partners.selectors.partners import partner_get
from partners.states.agreements import (
    AGREEMENT_TRANSITIONS,
    IN_FORCE,
    OUT,
    AgreementStatus,
)
from portal.shared.agreements import shown_of, title_of, titled, view_of, with_paths
from portal.shared.listing import FilterForm, page_of, select, sort_of
from portal.shared.pages import page_response
from portal.shared.partner_cards import SIDE, PartnerCard, PartnerTopic, register
from portal.shared.timeline import audit_source
from prm.audit.selectors import entries_about
from prm.files.responses import file_response
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

COLUMNS = {
    "number": ["number"], "partner": ["partner__name", "number"], "starts": ["starts_on", "number"],
    "ends": ["active_to", "ends_on", "number"], "status": ["status", "number"],
}  # fmt: skip
STATES = [
    ("open", gettext_lazy("Not yet in force")), ("waiting_vendor", gettext_lazy("Waiting for you")),
    ("in_force", gettext_lazy("In force")), ("ending", gettext_lazy("Ends within 90 days")),
    ("over", gettext_lazy("No longer in force")),
]  # fmt: skip
ACTIVITY = 30
CARD_ROWS = 4


class AgreementFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Number, partner or title"))
    view = select(gettext_lazy("Stage"), gettext_lazy("All agreements"), STATES)
    status = select(gettext_lazy("Status"), gettext_lazy("All states"), list(AgreementStatus.choices))
    partner = forms.UUIDField(required=False, widget=forms.HiddenInput)


@page(Right.AGREEMENTS_VIEW)
def agreements(request: PortalRequest) -> HttpResponse:
    filters = AgreementFilters(request.GET)
    values = filters.values
    found = agreement_list(
        request.actor, search=values["q"], status=values["status"], view=values["view"],
        partner_id=values["partner"] or None,
    )  # fmt: skip
    sort, order = sort_of(request, COLUMNS, "-number")
    context = {
        "page": titled(page_of(request, found.order_by(*order))), "filters": filters, "sort": sort,
        "figures": _figures(request), "may_edit": request.actor.can(Right.AGREEMENTS_EDIT),
    }  # fmt: skip
    return page_response(request, "portal/manager/agreements/list.html", context)


@page(Right.AGREEMENTS_VIEW)
def agreement(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    found = agreement_get(request.actor, agreement_id)
    context = {
        "agreement": found, "title": title_of(found), "shown": shown_of(found, view_of(request, "both")),
        "signers": with_paths(agreement_signers(request.actor, agreement_id)),
        "chain": chain_of(found), "followers": agreement_followers(request.actor, agreement_id),
        "activity": entries_about(found)[:ACTIVITY], "acts": _acts(request, found),
        "may_change": request.actor.can(Right.AGREEMENTS_EDIT) and found.status in {AgreementStatus.DRAFT, *OUT},
    }  # fmt: skip
    return page_response(request, "portal/manager/agreements/detail.html", context)


@page(Right.AGREEMENTS_VIEW)
def agreement_pdf(request: PortalRequest, agreement_id: UUID) -> HttpResponseBase:
    return file_response(agreement_file(request.actor, agreement_id))


@page(Right.AGREEMENTS_VIEW)
def partner_agreements(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    """A partner's agreements, and what it may because of them."""
    granted = entitlement_list(request.actor, partner_id)
    rows = titled(page_of(request, agreement_list(request.actor, partner_id=partner_id)))
    context = {
        "partner": partner_get(request.actor, partner_id), "page": rows, "granted": granted,
        "may_edit": request.actor.can(Right.AGREEMENTS_EDIT),
    }  # fmt: skip
    return page_response(request, "portal/manager/agreements/partner.html", context)


def _figures(request: PortalRequest) -> dict[str, int]:
    rows = agreement_list(request.actor).order_by()
    return {
        "countersign": agreements_to_sign(request.actor).order_by().count(),
        "out": rows.filter(status__in=OUT).count(),
        "ending": agreement_list(request.actor, view="ending").order_by().count(),
        "missing": compliance(request.actor, state="missing").order_by().count(),
    }


def _acts(request: PortalRequest, found: Any) -> set[str]:
    """What the reader may do with it now."""
    acts = set(AGREEMENT_TRANSITIONS[AgreementStatus(found.status)]) & {"send", "void", "terminate"}
    if found.status == AgreementStatus.DRAFT:
        acts.add("edit")
    if found.status in {*OUT, AgreementStatus.SIGNED} and found.provider == "builtin":
        acts.add("resend")
    if found.service_todo:
        acts.add("service_retry")
    if found.status in IN_FORCE:
        acts |= {"amend", "renew"} | ({"notice"} if found.auto_renew else set())
    if found.status == AgreementStatus.EXPIRED:
        acts.add("renew")
    acts = acts if request.actor.can(Right.AGREEMENTS_EDIT) else set()
    if found.status == AgreementStatus.SIGNED and request.actor.can(Right.AGREEMENTS_SIGN):
        acts.add("countersign")
    return acts


def card(request: PortalRequest, partner: Any) -> dict[str, Any]:
    """On the partner's page: the newest agreements, and how much is granted today."""
    rows = list(agreement_list(request.actor, partner_id=partner.pk)[:CARD_ROWS])
    return {"agreements": titled(rows), "granted": len(entitlements_of(partner.pk))}


def _ids(actor: Actor, partner_id: UUID) -> list[UUID]:
    return list(agreement_list(actor, partner_id=partner_id).values_list("pk", flat=True))


register(
    PartnerCard(
        "agreements", 25, Right.AGREEMENTS_VIEW, "portal/manager/agreements/_partner_card.html", card, queries=3,
        column=SIDE,
    ),
    PartnerTopic(
        "agreements", 40, gettext_lazy("Agreements"), "signature", "manager:partner_agreements", Right.AGREEMENTS_VIEW
    ),
)  # fmt: skip
audit_source("agreements", Right.AGREEMENTS_VIEW, "partners.agreement", _ids)
