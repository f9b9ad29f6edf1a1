"""A partner from every side: header and acts, the cards and topics of each part of the product, the timeline."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from partners.selectors.partners import partner_get
from partners.states.partner import PARTNER_TRANSITIONS, PartnerStatus
from portal.manager import partner_facts, partner_topics  # noqa: F401 (they register their cards)
from portal.manager.partners import VERBS, TierForm, question
from portal.shared.forms import ReasonForm
from portal.shared.pages import page_response
from portal.shared.partner_cards import cards_for, topics_for
from portal.shared.timeline import timeline
from prm import clock
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page


@page(Right.PARTNERS_VIEW)
def detail(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    partner = partner_get(request.actor, partner_id)
    following = PARTNER_TRANSITIONS[PartnerStatus(partner.status)]
    may_decide = request.actor.can(Right.LIFECYCLE_DECIDE)
    verbs = [verb for verb in following if verb in VERBS and may_decide]
    context = {
        "partner": partner,
        "tier_form": TierForm(initial={"valid_from": clock.today(request.tenant)}),
        "may_decide": may_decide,
        "may_leave": may_decide and bool({"leave", "stay"} & following.keys()),
        "verbs": [question(verb, partner) | {"form": ReasonForm()} for verb in verbs],
        "cards": cards_for(request, partner, {"surface": "manager"}),
        "topics": topics_for(request, partner),
        "timeline": timeline(request.actor, partner),
    }
    return page_response(request, "portal/manager/partners/detail.html", context)


@page(Right.PARTNERS_VIEW)
def history(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    """A further page of the timeline; alone for htmx, which puts it below the page before."""
    partner = partner_get(request.actor, partner_id)
    context = {"partner": partner, "timeline": timeline(request.actor, partner, after=request.GET.get("after", ""))}
    if request.htmx:
        return render(request, "portal/manager/partners/_timeline.html", context)
    return page_response(request, "portal/manager/partners/timeline.html", context)
