"""The addresses of plans and actions, the same below /m/ and /p/, each with the rights of its side."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.shared import plan_acts, plan_pages, scorecard_pages
from prm.identity.rights import Right
from prm.web.surfaces import View, page

VIEWED = {"manager": Right.SCORECARDS_VIEW, "partner": Right.OWN_PLANS_VIEW}
WORKED = {"manager": Right.SCORECARDS_EDIT, "partner": Right.OWN_PLANS_EDIT}


def plan_paths(surface: str) -> list[URLPattern]:
    def seen(view: View) -> View:
        return page(VIEWED[surface])(view)

    def worked(view: View) -> View:
        return page(WORKED[surface])(view)

    plan, goal, action = (
        "plans/<uuid:plan_id>/",
        "plans/<uuid:plan_id>/goals/<uuid:goal_id>/",
        "actions/<uuid:action_id>/",
    )
    return [
        path("plans/", seen(plan_pages.plans), name="plans"),
        path("plans/new/", worked(plan_acts.start), name="plan_new"),
        path(plan, seen(plan_pages.plan), name="plan"),
        path(f"{plan}text/", worked(plan_acts.edit), name="plan_edit"),
        path(f"{plan}comment/", worked(plan_acts.comment), name="plan_comment"),
        path(f"{plan}step/<slug:verb>/", worked(plan_acts.step), name="plan_step"),
        path(f"{plan}versions/<int:number>/", seen(plan_pages.version), name="plan_version"),
        path(f"{plan}goals/new/", worked(plan_acts.goal_new), name="goal_new"),
        path(f"{goal}edit/", worked(plan_acts.goal_edit), name="goal_edit"),
        path(f"{goal}remove/", worked(plan_acts.goal_take_out), name="goal_remove"),
        path(f"{goal}progress/", worked(plan_acts.progress), name="goal_progress"),
        path(f"{plan}actions/new/", worked(plan_acts.action_new), name="action_new"),
        path("actions/", seen(plan_pages.actions), name="actions"),
        path(f"{action}<slug:verb>/", worked(plan_acts.action_step), name="action_step"),
    ]


own_plan = page(Right.OWN_PLANS_VIEW)(plan_pages.own_plan)
own_scorecard = page(Right.OWN_PLANS_VIEW)(scorecard_pages.own_scorecard)
vendors_scorecard = page(Right.SCORECARDS_VIEW)(scorecard_pages.partner_scorecard)
