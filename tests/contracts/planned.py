"""A plan that is agreed and a draft, with what hangs on them: for the vendor with one of everything."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from partners.services.plans import goal_add, plan_start
from partners.services.plans_agreeing import plan_agree, plan_hand_over, plan_propose
from partners.services.plans_work import action_add
from prm.testing.make import Cast


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
    return {
        "partners.BusinessPlan": plan,
        "draft plan": draft,
        "draft goal": goal,
        "partners.PlanGoal": agreed,
        "partners.JointAction": action,
    }
