"""Onboarding: plans, tasks, templates."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.names import PARTNER
from tests.contracts.matrix.row import Row, api, member, post

VIEW, EDIT, OWN = Right.PARTNERS_VIEW, Right.ONBOARDING_EDIT, Right.OWN_ONBOARDING_WORK
READERS = (VIEW, OWN)
PLAN = {"plan_id": "own plan"}
TASK = {"task_id": "own task"}
DONE = {"task_id": "done task"}
DRAFT = {"template_id": "draft template"}
DRAFT_TASK = DRAFT | {"task_id": "draft template task"}
PUBLISHED = {"template_id": "published template"}

ROWS: dict[str, Row | list[Row]] = {
    "api:onboarding-templates": api(VIEW),
    "api:onboarding-plans": [api(*READERS), post(EDIT)],
    "api:onboarding-plan": api(*READERS, ids=PLAN),
    "api:onboarding-task-do": post(EDIT, OWN, code=200, also=(VIEW,), ids=TASK),
    "api:onboarding-task-waive": post(EDIT, also=(VIEW,), ids=TASK),
    "api:onboarding-task-reopen": post(EDIT, also=(VIEW,), ids=DONE),
    "partner:onboarding": member(OWN),
    "partner:onboarding_task": member(OWN, ids=TASK),
    "partner:onboarding_file": member(OWN, ids=DONE),
    "manager:onboarding": member(VIEW),
    "manager:onboarding_plan": member(VIEW, ids=PLAN),
    "manager:onboarding_stop": member(EDIT, ids=PLAN),
    "manager:onboarding_start": member(EDIT, ids=PARTNER),
    "manager:onboarding_activate": member(EDIT, ids=PARTNER),
    "manager:onboarding_task": member(VIEW, ids=TASK),
    "manager:onboarding_file": member(VIEW, ids=DONE),
    "manager:onboarding_waive": member(EDIT, ids=TASK),
    "manager:onboarding_reopen": member(EDIT, ids=DONE),
    "manager:onboarding_templates": member(VIEW),
    "manager:onboarding_template": member(VIEW, ids=DRAFT),
    "manager:onboarding_template_new": member(EDIT),
    "manager:onboarding_template_edit": member(EDIT, ids=DRAFT),
    "manager:onboarding_template_revise": member(EDIT, method="POST", code=302, ids=PUBLISHED),
    "manager:onboarding_template_publish": member(EDIT, ids=DRAFT),
    "manager:onboarding_template_discard": member(EDIT, ids=DRAFT),
    "manager:onboarding_template_task_new": member(EDIT, ids=DRAFT),
    "manager:onboarding_template_task": member(EDIT, ids=DRAFT_TASK),
    "manager:onboarding_template_task_remove": member(EDIT, ids=DRAFT_TASK),
}
