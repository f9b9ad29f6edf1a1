"""Business plans and actions as both sides read them: lists, one plan, the text that was proposed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from partners import fiscal
from partners.policies.plans import side_of
from partners.selectors.plans import (
    action_list,
    plan_comments,
    plan_current,
    plan_get,
    plan_list,
    plan_progress,
    plan_versions,
)
from partners.states.plans import PLAN_TALKED, PlanStatus, Side
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import here, page_response, surface_of
from portal.shared.plan_forms import AgreeForm, CommentForm
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest

STATES = [
    ("open", gettext_lazy("To do")),
    ("overdue", gettext_lazy("Overdue")),
    ("over", gettext_lazy("Done or dropped")),
]


class PlanFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Partner"))
    status = select(gettext_lazy("Status"), gettext_lazy("All states"), list(PlanStatus.choices))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = fiscal.year_of(fiscal.today())
        years = [(str(year), str(year)) for year in range(now + 1, now - 4, -1)]
        self.fields["year"] = select(gettext_lazy("Fiscal year"), gettext_lazy("All years"), years)


class ActionFilters(FilterForm):
    state = select(gettext_lazy("State"), gettext_lazy("All actions"), STATES)
    side = select(gettext_lazy("Side"), gettext_lazy("Both sides"), list(Side.choices))
    partner = forms.UUIDField(label=gettext_lazy("Partner"), widget=forms.HiddenInput)


def plans(request: PortalRequest) -> HttpResponse:
    filters = PlanFilters(request.GET)
    values = filters.values
    year = int(values["year"]) if values["year"] else None
    found = plan_list(request.actor, status=values["status"], search=values["q"], fiscal_year=year)
    context = {"page": page_of(request, found), "filters": filters, "may_work": may_work(request)}
    return page_response(request, "portal/shared/plans/list.html", context)


def own_plan(request: PortalRequest) -> HttpResponse:
    """The partner's plan of this year; a page that offers to begin one when there is none."""
    partner_id = request.actor.partner_id
    found = plan_current(request.actor, partner_id) if partner_id else None
    if found is not None:
        return redirect(here(request, "plan", found.pk))
    return page_response(request, "portal/shared/plans/none.html", {"may_work": may_work(request)})


def plan(request: PortalRequest, plan_id: UUID) -> HttpResponse:
    return page_response(request, "portal/shared/plans/detail.html", plan_context(request, plan_id))


def version(request: PortalRequest, plan_id: UUID, number: int) -> HttpResponse:
    """A text as it was proposed, and what became of it."""
    found = plan_versions(request.actor, plan_id).filter(number=number).first()
    if found is None:
        raise NotFound
    plan = plan_get(request.actor, plan_id)
    is_asked = plan.status == PlanStatus.PROPOSED and found.side != side_of(request.actor) and may_work(request)
    is_last = found.number == plan.versions.count()
    context = {
        "plan": plan, "version": found, "consent": found.consents.first(),
        "agree_form": AgreeForm(initial={"sha256": found.sha256}) if is_asked and is_last else None,
    }  # fmt: skip
    return page_response(request, "portal/shared/plans/version.html", context)


def actions(request: PortalRequest) -> HttpResponse:
    filters = ActionFilters(request.GET or {"state": "open"})
    values = filters.values
    found = action_list(
        request.actor, state=values["state"], side=values["side"], partner_id=values["partner"] or None
    )  # fmt: skip
    context = {
        "page": page_of(request, found), "filters": filters, "today": fiscal.today(), "may_work": may_work(request),
        "back": request.get_full_path(),
    }  # fmt: skip
    return page_response(request, "portal/shared/plans/actions.html", context)


def plan_context(request: PortalRequest, plan_id: UUID) -> dict[str, Any]:
    found = plan_get(request.actor, plan_id)
    side, works = side_of(request.actor), may_work(request)
    versions = list(plan_versions(request.actor, plan_id))
    proposed = versions[0] if versions and found.status == PlanStatus.PROPOSED else None
    writes = works and found.status == PlanStatus.DRAFT and found.turn == side
    return {
        "plan": found,
        "span": fiscal.year_named(found.fiscal_year),
        "today": fiscal.today(),
        "side": side,
        "goals": plan_progress(request.actor, found),
        "actions": list(action_list(request.actor, plan_id=plan_id)),
        "comments": plan_comments(request.actor, plan_id),
        "versions": versions,
        "writes": writes,
        "works": works,
        "may_act": works and (found.status == PlanStatus.AGREED or writes),
        "may_talk": works and found.status in PLAN_TALKED,
        "comment_form": CommentForm(),
        "proposed": proposed,
        "verbs": verbs_of(found, side) if works else [],
    }


def verbs_of(plan: Any, side: str) -> list[str]:
    """What this side may do with the plan as a whole."""
    mine = plan.turn == side
    if plan.status == PlanStatus.DRAFT:
        return ["propose", "hand_over", "withdraw"] if mine else ["withdraw"]
    if plan.status == PlanStatus.PROPOSED:
        return ["revise", "withdraw"] if mine else ["recall", "withdraw"]
    if plan.status == PlanStatus.AGREED:
        return ["reopen", "close"] if side == Side.VENDOR else ["reopen"]
    return []


def may_work(request: PortalRequest) -> bool:
    own = surface_of(request) == "partner"
    return request.actor.can(Right.OWN_PLANS_EDIT if own else Right.SCORECARDS_EDIT)


def turn_badge(request: HttpRequest) -> int:
    """For the menu: plans that wait for this side."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.can(Right.OWN_PLANS_VIEW if actor.is_partner else Right.SCORECARDS_VIEW):
        return 0
    waiting = plan_list(actor).filter(turn=side_of(actor), status=PlanStatus.PROPOSED)
    return waiting.order_by().count()
