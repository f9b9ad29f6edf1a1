"""Business plans and actions, of both sides."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.row import Row, api, member, post

VIEW, EDIT = Right.SCORECARDS_VIEW, Right.SCORECARDS_EDIT
UNKNOWN = "00000000-0000-4000-8000-000000000000"
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
CARD, VERSION = {"scorecard_id": "partners.Scorecard"}, {"version_id": "draft scorecard"}
REVIEW, SHARED = {"review_id": "held review"}, {"review_id": "shared review"}
PARTNER = {"partner_id": "partners.Partner"}
SCORES: dict[str, Row | list[Row]] = {
    "manager:scorecards": member(VIEW),
    "manager:scorecard_definitions": member(VIEW),
    "manager:scorecard_version": member(VIEW, ids={"version_id": "partners.ScorecardVersion"}),
    "manager:scorecard_revise": member(EDIT, method="POST", code=302, ids=CARD),
    "manager:scorecard_retire": member(EDIT, ids=CARD),
    "manager:scorecard_line": member(EDIT, ids=VERSION),
    "manager:scorecard_line_remove": member(EDIT, ids=VERSION, values={"line_id": UNKNOWN}),
    "manager:scorecard_publish": member(EDIT, ids=VERSION),
    "manager:partner_scorecard": member(VIEW, ids=PARTNER),
    "partner:own_scorecard": member(OWN_VIEW),
    "manager:reviews": member(VIEW),
    "manager:review_new": member(EDIT),
    "manager:review": member(VIEW, ids=REVIEW),
    "manager:review_pdf": member(VIEW, ids=REVIEW),
    "manager:review_action": member(EDIT, ids=SHARED),
    "manager:review_write": member(EDIT, ids=SHARED),
    "manager:review_step": member(EDIT, ids=SHARED, values={"verb": "hold"}),
    "partner:reviews": member(OWN_VIEW),
    "partner:review": member(OWN_VIEW, ids=REVIEW),
    "partner:review_pdf": member(OWN_VIEW, ids=REVIEW),
    "partner:review_action": member(OWN_EDIT, ids=SHARED),
    "partner:review_answer": member(OWN_EDIT, ids=SHARED),
    "api:scorecards": api(VIEW),
    "api:scores": api(VIEW, OWN_VIEW),
    "api:partner-figures": api(VIEW, OWN_VIEW, also=(Right.PARTNERS_VIEW,), ids=PARTNER),
    "api:reviews": [api(VIEW, OWN_VIEW), post(EDIT)],
    "api:review": api(VIEW, OWN_VIEW, ids=REVIEW),
    "api:review-share": post(EDIT, code=409, also=(VIEW,), ids=REVIEW),
    "api:review-pack": api(VIEW, ids=REVIEW),
}
ROWS: dict[str, Row | list[Row]] = {
    "partner:own_plan": member(OWN_VIEW, code=302),
    **pages("partner", OWN_VIEW, OWN_EDIT),
    **pages("manager", VIEW, EDIT),
    **API,
    **SCORES,
}
