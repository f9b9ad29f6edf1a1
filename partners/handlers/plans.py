"""Who is told about plans and actions. Each notice names what happened, so that a replay tells nobody twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from partners.models import BusinessPlan, JointAction, PlanVersion
from partners.notices import plans as notices
from partners.policies.plans import other_side
from partners.states.plans import ActionStatus, Side
from prm.identity.models import User
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.catalogue import NoticeKind
from prm.notifications.services import notify
from prm.outbox.registry import subscribe
from prm.workflow.models import Transition

Payload = dict[str, Any]


@subscribe("partners.plan.handed_over")
def plan_handed_over(payload: Payload) -> None:
    _tell(notices.HANDED_OVER, payload, {other_side(payload["by"])})


@subscribe("partners.plan.proposed")
def plan_proposed(payload: Payload) -> None:
    version = PlanVersion.objects.get(pk=UUID(payload["version_id"]))
    _tell(notices.PROPOSED, payload, {other_side(payload["by"])}, sha256=version.sha256)


@subscribe("partners.plan.revised")
def plan_revised(payload: Payload) -> None:
    _tell(notices.REVISED, payload, {other_side(payload["by"])})


@subscribe("partners.plan.agreed")
def plan_agreed(payload: Payload) -> None:
    _tell(notices.AGREED, payload, set(Side))


@subscribe("partners.action.added")
def action_added(payload: Payload) -> None:
    _tell_owner(notices.ASSIGNED, payload)


@subscribe("partners.action.overdue")
def action_overdue(payload: Payload) -> None:
    _tell_owner(notices.OVERDUE, payload)


def _tell(kind: NoticeKind, payload: Payload, sides: set[Side], **more: str) -> None:
    plan: Any = BusinessPlan.objects.select_related("partner").get(pk=UUID(payload["plan_id"]))
    last = _last_step(plan)
    data = {
        "plan_id": str(plan.pk), "partner": plan.partner.name, "year": str(plan.fiscal_year),
        "who": last.actor_label, "reason": last.reason, **more,
    }  # fmt: skip
    for side in sides:
        to, company = people_of(side, plan.partner_id)
        notify(kind, to=to, data=data | {"surface": surface_of(side)}, once=str(last.pk), partner_id=company)


def _tell_owner(kind: NoticeKind, payload: Payload) -> None:
    """The owner; everybody who works on plans at that side when the owner has no login."""
    action: Any = JointAction.objects.select_related("partner").get(pk=UUID(payload["action_id"]))
    if action.status != ActionStatus.OPEN:
        return
    to, company = people_of(action.side, action.partner_id)
    if action.owner_id is not None:
        to = list(User.objects.filter(pk=action.owner_id))
    data = {
        "title": action.title, "partner": action.partner.name, "due_on": action.due_on.isoformat(),
        "surface": surface_of(action.side),
    }  # fmt: skip
    notify(kind, to=to, data=data, once=f"{action.pk}:{action.due_on}", partner_id=company)


def people_of(side: str, partner_id: UUID) -> tuple[list[User], UUID | None]:
    """Who works on plans at a side, and the company that notices to them belong to."""
    if side == Side.PARTNER:
        return users_with(Right.OWN_PLANS_EDIT, partner_id=partner_id), partner_id
    return users_with(Right.SCORECARDS_EDIT), None


def surface_of(side: str) -> str:
    return "p" if side == Side.PARTNER else "m"


def _last_step(plan: BusinessPlan) -> Transition:
    steps: Any = Transition.objects.filter(target_type=plan._meta.label_lower, target_id=str(plan.pk))
    return steps.order_by("-at", "-id")[0]  # type: ignore[no-any-return]
