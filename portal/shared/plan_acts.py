"""What both sides do with plans: write by turn, propose, agree, enter progress, finish actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners import fiscal
from partners.selectors.partners import partner_get, partner_list
from partners.selectors.plans import action_get, goal_get, plan_get, plan_list, plan_owners
from partners.services.plans import goal_add, goal_remove, goal_update, plan_start, plan_update
from partners.services.plans_agreeing import (
    plan_agree,
    plan_close,
    plan_hand_over,
    plan_propose,
    plan_recall,
    plan_reopen,
    plan_revise,
    plan_withdraw,
)
from partners.services.plans_work import action_add, action_change, action_remove, goal_enter, plan_comment
from portal.shared.forms import ReasonForm, attempt
from portal.shared.pages import confirmed, done, form_response, here, page_response
from portal.shared.plan_forms import (
    ActionForm,
    AgreeForm,
    CloseForm,
    CommentForm,
    GoalForm,
    NewPlanForm,
    NoteForm,
    PlanForm,
    ProgressForm,
    goal_initial,
)
from portal.shared.plan_pages import plan_context
from prm.errors import Invalid, NotFound
from prm.web.surfaces import PortalRequest

WAYS: dict[str, tuple[Callable[..., Any], type[forms.Form], object, object, object]] = {
    "propose": (plan_propose, forms.Form, gettext_lazy("Propose this plan?"), gettext_lazy("Propose"),
                gettext_lazy("The other side is asked to agree.")),
    "hand_over": (plan_hand_over, forms.Form, gettext_lazy("Let the other side go on writing?"),
                  gettext_lazy("Hand over"), gettext_lazy("The other side writes now.")),
    "agree": (plan_agree, AgreeForm, gettext_lazy("Agree to this plan?"), gettext_lazy("Agree"),
              gettext_lazy("The plan is agreed.")),
    "recall": (plan_recall, forms.Form, gettext_lazy("Take the proposal back?"), gettext_lazy("Take back"),
               gettext_lazy("It is a draft again, and your turn.")),
    "revise": (plan_revise, ReasonForm, gettext_lazy("Ask for changes?"), gettext_lazy("Write on"),
               gettext_lazy("It is a draft again, and your turn.")),
    "reopen": (plan_reopen, ReasonForm, gettext_lazy("Negotiate this plan again?"), gettext_lazy("Reopen"),
               gettext_lazy("It is a draft again, and your turn.")),
    "withdraw": (plan_withdraw, ReasonForm, gettext_lazy("Withdraw this plan?"), gettext_lazy("Withdraw"),
                 gettext_lazy("The plan is withdrawn.")),
    "close": (plan_close, CloseForm, gettext_lazy("Close this plan?"), gettext_lazy("Close the plan"),
              gettext_lazy("The plan is closed.")),
}  # fmt: skip
SUGGESTED = 300
ACTION_WAYS = {
    "finish": (gettext_lazy("Done?"), gettext_lazy("Mark as done"), gettext_lazy("Done. Well done.")),
    "drop": (gettext_lazy("Drop this action?"), gettext_lazy("Drop"), gettext_lazy("The action is dropped.")),
    "reopen": (gettext_lazy("Take it up again?"), gettext_lazy("Reopen"), gettext_lazy("The action is open again.")),
    "remove": (gettext_lazy("Take this action out?"), gettext_lazy("Take out"), gettext_lazy("It is taken out.")),
}


def start(request: PortalRequest) -> HttpResponse:
    """For one's own company, for the partner that the address names, or for one that is to be chosen."""
    asked = request.actor.partner_id or request.GET.get("partner")
    partner = partner_get(request.actor, uuid_of(str(asked))) if asked else None
    year = fiscal.year_of(fiscal.today())
    plans = plan_list(request.actor, partner_id=partner.pk) if partner else []
    earlier = [(str(one.pk), f"{one.fiscal_year} · {one.title}") for one in plans]
    partners = [] if partner else [(one.code, one.name) for one in partner_list(request.actor)[:SUGGESTED]]
    form = NewPlanForm(request.POST or None, year=year, earlier=earlier, chosen=partner is not None)
    made: list[Any] = []

    def do(data: dict[str, Any]) -> None:
        partner_id = partner.pk if partner else partner_named(request, data.pop("partner"))
        made.append(plan_start(actor=request.actor, partner_id=partner_id, **data))

    if attempt(form, do):
        return done(request, here(request, "plan", made[0].pk), _("The draft is yours to write."))
    context = {"partner": partner, "partners": partners}
    return form_response(request, "portal/shared/plans/new.html", context, form)


def edit(request: PortalRequest, plan_id: UUID) -> HttpResponse:
    plan = plan_get(request.actor, plan_id)
    form = PlanForm(request.POST or None, initial={"title": plan.title, "ambition": plan.ambition})
    page = {"title": _("Title and ambition"), "submit": _("Save"), "back": here(request, "plan", plan_id)}
    return _asked(request, form, page, lambda data: plan_update(actor=request.actor, plan_id=plan_id, **data))


def comment(request: PortalRequest, plan_id: UUID) -> HttpResponse:
    form = CommentForm(request.POST or None)
    if attempt(form, lambda data: plan_comment(actor=request.actor, plan_id=plan_id, **data)):
        return done(request, here(request, "plan", plan_id) + "#talk", _("Sent."))
    context = plan_context(request, plan_id) | {"comment_form": form}
    return page_response(request, "portal/shared/plans/detail.html", context, status=422 if form.errors else 200)


def step(request: PortalRequest, plan_id: UUID, verb: str) -> HttpResponse:
    if verb not in WAYS:
        raise NotFound
    plan_get(request.actor, plan_id)
    service, form_class, title, submit, text = WAYS[verb]
    form = form_class(request.POST if request.method == "POST" else None)
    page = {
        "title": title, "submit": submit, "back": here(request, "plan", plan_id), "danger": verb == "withdraw",
        "text": _("You agree to exactly the text that was proposed.") if verb == "agree" else "",
    }  # fmt: skip
    return _asked(request, form, page, lambda data: service(actor=request.actor, plan_id=plan_id, **data), text)


def goal_new(request: PortalRequest, plan_id: UUID) -> HttpResponse:
    plan = plan_get(request.actor, plan_id)
    ends_on = fiscal.year_named(plan.fiscal_year).end
    form = GoalForm(request.POST or None, initial={"due_on": ends_on, "side": "partner"})
    page = {"title": _("New goal"), "submit": _("Add"), "back": here(request, "plan", plan_id)}
    return _asked(
        request, form, page, lambda data: goal_add(actor=request.actor, plan_id=plan_id, **form.values(data))
    )  # fmt: skip


def goal_edit(request: PortalRequest, plan_id: UUID, goal_id: UUID) -> HttpResponse:
    goal = goal_get(request.actor, goal_id)
    form = GoalForm(request.POST or None, initial=goal_initial(goal))
    page = {"title": _("Change the goal"), "submit": _("Save"), "back": here(request, "plan", plan_id)}
    return _asked(
        request, form, page, lambda data: goal_update(actor=request.actor, goal_id=goal_id, **form.values(data))
    )  # fmt: skip


def goal_take_out(request: PortalRequest, plan_id: UUID, goal_id: UUID) -> HttpResponse:
    goal = goal_get(request.actor, goal_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    page = {
        "title": _("Take “%(goal)s” out of the plan?") % {"goal": goal.title}, "submit": _("Take out"), "danger": True,
        "back": here(request, "plan", plan_id),
    }  # fmt: skip
    return _asked(request, form, page, lambda _data: goal_remove(actor=request.actor, goal_id=goal_id))


def progress(request: PortalRequest, plan_id: UUID, goal_id: UUID) -> HttpResponse:
    goal = goal_get(request.actor, goal_id)
    form = ProgressForm(request.POST or None, unit=goal.unit, initial={"on": fiscal.today()})
    page = {"title": goal.title, "submit": _("Enter"), "back": here(request, "plan", plan_id)}
    return _asked(
        request, form, page, lambda data: goal_enter(actor=request.actor, goal_id=goal_id, **form.values(data))
    )  # fmt: skip


def action_new(request: PortalRequest, plan_id: UUID) -> HttpResponse:
    plan = plan_get(request.actor, plan_id)
    form = ActionForm(request.POST or None, owners=plan_owners(request.actor, plan.partner_id))
    page = {"title": _("New action"), "submit": _("Add"), "back": here(request, "plan", plan_id)}
    return _asked(
        request, form, page, lambda data: action_add(actor=request.actor, plan_id=plan_id, **form.values(data))
    )  # fmt: skip


def action_step(request: PortalRequest, action_id: UUID, verb: str) -> HttpResponse:
    if verb not in ACTION_WAYS:
        raise NotFound
    action = action_get(request.actor, action_id)
    title, submit, text = ACTION_WAYS[verb]
    form = (forms.Form if verb in ("reopen", "remove") else NoteForm)(
        request.POST if request.method == "POST" else None
    )
    page = {"title": title, "text": action.title, "submit": submit, "back": _back(request), "danger": verb == "drop"}

    def do(data: dict[str, Any]) -> None:
        if verb == "remove":
            action_remove(actor=request.actor, action_id=action_id)
        else:
            action_change(actor=request.actor, action_id=action_id, verb=verb, note=data.get("note", ""))

    return _asked(request, form, page, do, text)


def _asked(
    request: PortalRequest, form: forms.Form, page: dict[str, Any], do: Callable[[dict[str, Any]], Any],
    text: object = gettext_lazy("Saved."),
) -> HttpResponse:  # fmt: skip
    return confirmed(request, form, do=do, page=page, then=page["back"], text=str(text))


def _back(request: PortalRequest) -> str:
    """Where the act was asked from: one of our own addresses, else the list of actions."""
    asked = request.GET.get("back", "")
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return here(request, "actions")


def partner_named(request: PortalRequest, code: str) -> UUID:
    found = partner_list(request.actor).filter(code=code.strip()).first()
    if found is None:
        raise Invalid(fields={"partner": [_("There is no partner with this code.")]})
    return found.pk


def uuid_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
