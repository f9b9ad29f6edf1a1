"""Business plans and actions, of both sides."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.row import Row, api, member, post

VIEW, EDIT = Right.SCORECARDS_VIEW, Right.SCORECARDS_EDIT
OWN_VIEW, OWN_EDIT = Right.OWN_PLANS_VIEW, Right.OWN_PLANS_EDIT
PLAN, DRAFT = {"plan_id": "partners.BusinessPlan"}, {"plan_id": "draft plan"}
AGREED = {"goal_id": "partners.PlanGoal"}
GOAL, ACTION = {"goal_id": "draft goal"}, {"action_id": "partners.JointAction"}


def pages(surface: str, view: Right, edit: Right) -> dict[str, Row | list[Row]]:
    return {
        f"{surface}:{name}": row
        for name, row in {
            "plans": member(view),
            "plan_new": member(edit),
            "plan": member(view, ids=PLAN),
            "plan_edit": member(edit, ids=DRAFT),
            "plan_comment": member(edit, ids=PLAN),
            "plan_step": member(edit, ids=PLAN, values={"verb": "propose"}),
            "plan_version": member(view, ids=PLAN, values={"number": 1}),
            "goal_new": member(edit, ids=DRAFT),
            "goal_edit": member(edit, ids=DRAFT | GOAL),
            "goal_remove": member(edit, ids=DRAFT | GOAL),
            "goal_progress": member(edit, ids=DRAFT | GOAL),
            "action_new": member(edit, ids=DRAFT),
            "actions": member(view),
            "action_step": member(edit, ids=ACTION, values={"verb": "finish"}),
        }.items()
    }


API = {
    "api:plans": [api(VIEW, OWN_VIEW), post(EDIT, OWN_EDIT)],
    "api:plan": [api(VIEW, OWN_VIEW, ids=PLAN), api(EDIT, OWN_EDIT, method="PATCH", code=409, also=(VIEW,), ids=PLAN)],
    "api:plan-status": post(EDIT, OWN_EDIT, also=(VIEW,), ids=PLAN),
    "api:plan-versions": api(VIEW, OWN_VIEW, ids=PLAN),
    "api:plan-goals": [api(VIEW, OWN_VIEW, ids=PLAN), post(EDIT, OWN_EDIT, also=(VIEW,), ids=DRAFT)],
    "api:plan-goal": [
        api(EDIT, OWN_EDIT, method="PATCH", code=409, also=(VIEW,), ids=PLAN | AGREED),
        api(EDIT, OWN_EDIT, method="DELETE", code=409, also=(VIEW,), ids=PLAN | AGREED),
    ],
    "api:goal-entries": post(EDIT, OWN_EDIT, also=(VIEW,), ids=DRAFT | GOAL),
    "api:plan-actions": post(EDIT, OWN_EDIT, also=(VIEW,), ids=PLAN),
    "api:actions": api(VIEW, OWN_VIEW),
    "api:action": [api(VIEW, OWN_VIEW, ids=ACTION), post(EDIT, OWN_EDIT, also=(VIEW,), ids=ACTION)],
}
ROWS: dict[str, Row | list[Row]] = {
    "partner:own_plan": member(OWN_VIEW, code=302),
    **pages("partner", OWN_VIEW, OWN_EDIT),
    **pages("manager", VIEW, EDIT),
    **API,
}
