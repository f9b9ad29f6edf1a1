"""A plan that is agreed and a draft, with what hangs on them: for the vendor with one of everything."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from partners.services.plans import goal_add, plan_start
from partners.services.plans_agreeing import plan_agree, plan_hand_over, plan_propose
from partners.services.plans_work import action_add
from partners.services.reviews import review_action_add, review_hold, review_share, review_start
from partners.services.scorecards import line_set, scorecard_create, scorecard_publish, scorecard_revise
from partners.services.scores import scores_update
from portal.shared.review_sections import sections_build
from prm.identity.actor import Actor
from prm.testing.make import Cast


def scored(cast: Cast) -> dict[str, Any]:
    """A scorecard in force with a draft of its next version, scores, a review that was held and one that is shared."""
    manager = cast.manager
    card = scorecard_create(actor=manager, name="All partners")
    version = card.versions.get()
    line = {"target": Decimal(1000), "floor": Decimal(10)}
    line_set(actor=manager, version_id=version.pk, side="partner", metric="revenue", **line)
    promise = {"target": Decimal("0.9"), "floor": Decimal("0.5")}
    line_set(actor=manager, version_id=version.pk, side="vendor", metric="statements_on_time", **promise)
    scorecard_publish(actor=manager, version_id=version.pk)
    scores_update(actor=Actor.system("tests"))
    held = review_start(actor=manager, partner_id=cast.partner.pk, period="2026-Q2")
    review_share(actor=manager, review_id=held.pk)
    review_action_add(
        actor=manager, review_id=held.pk, title="Send samples", due_on=dt.date(2026, 9, 1), side="vendor", owner="Wu"
    )
    review_hold(actor=manager, review_id=held.pk, sections=sections_build(manager, held))
    shared = review_start(actor=manager, partner_id=cast.partner.pk, period="2026-Q3")
    review_share(actor=manager, review_id=shared.pk)
    return {
        "partners.Scorecard": card,
        "partners.ScorecardVersion": version,
        "draft scorecard": scorecard_revise(actor=manager, scorecard_id=card.pk),
        "held review": held,
        "shared review": shared,
    }


def planned(cast: Cast) -> dict[str, Any]:
    manager, partner = cast.manager, cast.partner_administrator
    plan = plan_start(actor=manager, partner_id=cast.partner.pk, fiscal_year=2026, title="Grow together")
    agreed = goal_add(actor=manager, plan_id=plan.pk, title="Deals", target=Decimal(12))
    action = action_add(
        actor=manager, plan_id=plan.pk, title="Hire two", due_on=dt.date(2026, 12, 1), side="partner", owner="Ms Wu"
    )
    version = plan_propose(actor=manager, plan_id=plan.pk)
    plan_agree(actor=partner, plan_id=plan.pk, sha256=version.sha256)
    draft = plan_start(actor=partner, partner_id=cast.partner.pk, fiscal_year=2027, title="And further")
    goal = goal_add(actor=partner, plan_id=draft.pk, title="Deals", target=Decimal(15))
    plan_hand_over(actor=partner, plan_id=draft.pk)
    return scored(cast) | {
        "partners.BusinessPlan": plan,
        "draft plan": draft,
        "draft goal": goal,
        "partners.PlanGoal": agreed,
        "partners.JointAction": action,
    }
