"""Onboarding on the vendor's side: the board of partners, a partner's plan, and what can be done about it."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.selectors.onboarding import (
    board as board_of,
)
from partners.selectors.onboarding import (
    figures,
    plan_get,
    published_templates,
    task_get,
    without_plan,
)
from partners.selectors.partners import partner_get
from partners.services.onboarding import plan_start, plan_stop, task_reopen, task_waive
from partners.services.partners import partner_advance
from portal.shared import onboarding as shared
from portal.shared.forms import ReasonForm
from portal.shared.listing import page_of
from portal.shared.pages import confirmed, page_response
from prm.errors import Invalid
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page


class StartForm(forms.Form):
    template = forms.ChoiceField(label=gettext_lazy("Template"))


@page(Right.PARTNERS_VIEW)
def board(request: PortalRequest) -> HttpResponse:
    context = {
        "page": page_of(request, board_of(request.actor)),
        "waiting": without_plan(request.actor),
        "figures": figures(request.actor),
    }
    return page_response(request, "portal/manager/onboarding/board.html", context)


@page(Right.PARTNERS_VIEW)
def plan(request: PortalRequest, plan_id: UUID) -> HttpResponse:
    view = plan_get(request.actor, plan_id)
    return page_response(request, "portal/manager/onboarding/plan.html", {"view": view, "reason_form": ReasonForm()})


@page(Right.ONBOARDING_EDIT)
def start(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    partner = partner_get(request.actor, partner_id)
    form = StartForm(request.POST or None)
    choices = [(str(one.pk), f"{one.name} · {one.days}") for one in published_templates(request.actor)]
    form.fields["template"].choices = choices  # type: ignore[attr-defined]

    def do(data: dict[str, str]) -> None:
        plan_start(actor=request.actor, partner_id=partner_id, template_id=UUID(data["template"]))

    back = reverse("manager:onboarding")
    return confirmed(
        request, form, do=do,
        page={"title": _("Onboarding of %(name)s") % {"name": partner.name}, "submit": _("Start the plan"),
              "text": _("Both sides see their tasks at once."), "back": back},
        then=back, text=_("The plan has started."),
    )  # fmt: skip


@page(Right.ONBOARDING_EDIT)
def activate(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    """Without a plan: by hand."""
    partner = partner_get(request.actor, partner_id)
    back = reverse("manager:onboarding")

    def do(_data: dict[str, str]) -> None:
        if not without_plan(request.actor).filter(pk=partner_id).exists():
            raise Invalid(_("Its plan activates this partner: do or waive the tasks that are needed."))
        partner_advance(actor=request.actor, partner_id=partner_id, verb="activate")

    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None), do=do,
        page={"title": _("Activate %(name)s?") % {"name": partner.name}, "submit": _("Activate"), "back": back,
              "text": _("No plan runs for this partner. It becomes active at once.")},
        then=back, text=_("%(name)s is active.") % {"name": partner.name},
    )  # fmt: skip


@page(Right.ONBOARDING_EDIT)
def stop(request: PortalRequest, plan_id: UUID) -> HttpResponse:
    view = plan_get(request.actor, plan_id)
    back = reverse("manager:onboarding_plan", args=[plan_id])
    return confirmed(
        request, ReasonForm(request.POST or None),
        do=lambda data: plan_stop(actor=request.actor, plan_id=plan_id, **data),
        page={"title": _("Stop the plan of %(name)s?") % {"name": view.plan.partner.name}, "submit": _("Stop the plan"),
              "text": _("Nobody is reminded any more, and no task can be done."), "danger": True, "back": back},
        then=back, text=_("The plan was stopped."),
    )  # fmt: skip


@page(Right.PARTNERS_VIEW)
def task(request: PortalRequest, task_id: UUID) -> HttpResponse:
    view, found = task_get(request.actor, task_id)
    back = reverse("manager:onboarding_plan", args=[view.plan.pk])
    links = {}
    if request.actor.can(Right.ONBOARDING_EDIT) and view.plan.status != "stopped":
        verb = "waive" if found.is_open else "reopen"
        links = {"verb": verb, "verb_url": reverse(f"manager:onboarding_{verb}", args=[task_id])}
    return shared.task_page(request, task_id, back, links)


@page(Right.PARTNERS_VIEW)
def file(request: PortalRequest, task_id: UUID) -> HttpResponseBase:
    return shared.file_page(request, task_id)


@page(Right.ONBOARDING_EDIT)
def waive(request: PortalRequest, task_id: UUID) -> HttpResponse:
    view, found = task_get(request.actor, task_id)
    back = reverse("manager:onboarding_plan", args=[view.plan.pk])
    return confirmed(
        request, ReasonForm(request.POST or None),
        do=lambda data: task_waive(actor=request.actor, task_id=task_id, **data),
        page={"title": _("Do without “%(task)s”?") % {"task": found.task.title}, "submit": _("Waive"),
              "text": _("It counts as settled, and what waits for it can begin."), "back": back},
        then=back, text=_("The task was waived."),
    )  # fmt: skip


@page(Right.ONBOARDING_EDIT)
def reopen(request: PortalRequest, task_id: UUID) -> HttpResponse:
    view, found = task_get(request.actor, task_id)
    back = reverse("manager:onboarding_plan", args=[view.plan.pk])
    return confirmed(
        request, ReasonForm(request.POST or None),
        do=lambda data: task_reopen(actor=request.actor, task_id=task_id, **data),
        page={"title": _("Open “%(task)s” again?") % {"task": found.task.title}, "submit": _("Open again"),
              "text": _("An active partner stays active."), "back": back},
        then=back, text=_("The task is open again."),
    )  # fmt: skip
