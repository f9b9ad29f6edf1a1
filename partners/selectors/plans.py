"""Reading plans, how far their goals are, and the actions of both sides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from partners import fiscal
from partners.metrics import Asked, Window, metric
from partners.metrics.registry import known
from partners.metrics.values import values_of
from partners.models import BusinessPlan, GoalEntry, JointAction, PlanComment, PlanGoal, PlanVersion
from partners.policies.plans import confined, plans_visible, require_view
from partners.states.plans import ActionStatus, PlanStatus, Side
from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Right
from prm.identity.selectors import users_with

OPEN_PLANS = (PlanStatus.DRAFT, PlanStatus.PROPOSED, PlanStatus.AGREED)
ACTION_STATES = ("open", "overdue", "over")
ENTERED, COUNTED, NOTHING = "entered", "counted", ""


@dataclass(frozen=True, slots=True)
class Progress:
    """`share` is 0 at the start and 1 at the target; None while nothing is known. `source`: entered or counted."""

    goal: PlanGoal
    value: Decimal | None
    share: Decimal | None
    as_of: dt.date | None
    source: str
    entries: Sequence[GoalEntry] = ()

    @property
    def is_reached(self) -> bool:
        return self.share is not None and self.share >= 1


def plan_list(
    actor: Actor, *, partner_id: UUID | None = None, status: str = "", fiscal_year: int | None = None, search: str = ""
) -> QuerySet[BusinessPlan]:
    """Plans with `open_actions` and `late_actions`, the newest year first."""
    rows = plans_visible(actor).select_related("partner")
    rows = rows.filter(partner_id=partner_id) if partner_id else rows
    rows = rows.filter(status=status) if status else rows
    rows = rows.filter(fiscal_year=fiscal_year) if fiscal_year else rows
    if search:
        rows = rows.filter(Q(partner__name__icontains=search) | Q(partner__code__icontains=search))
    is_open = Q(actions__status=ActionStatus.OPEN)
    return rows.annotate(
        open_actions=Count("actions", filter=is_open),
        late_actions=Count("actions", filter=is_open & Q(actions__due_on__lt=fiscal.today())),
    ).order_by("-fiscal_year", "partner__name", "id")


def plan_get(actor: Actor, plan_id: UUID) -> BusinessPlan:
    """Raises `NotFound`, also for the other side's first draft."""
    plan = plans_visible(actor).select_related("partner").filter(pk=plan_id).first()
    if plan is None:
        raise NotFound
    return plan


def plan_current(actor: Actor, partner_id: UUID) -> BusinessPlan | None:
    """The partner's plan of this fiscal year; the next or last one when there is none."""
    year = fiscal.year_of(fiscal.today())
    rows = list(plan_list(actor, partner_id=partner_id).exclude(status=PlanStatus.WITHDRAWN)[:10])
    return next((plan for plan in rows if plan.fiscal_year == year), rows[0] if rows else None)


def plan_progress(actor: Actor, plan: BusinessPlan) -> list[Progress]:
    """Each goal with how far it is."""
    require_view(actor)
    goals = list(plan.goals.prefetch_related("entries"))
    counted = _counted(plan, [goal for goal in goals if known(goal.metric)])
    return [counted[goal.pk] if goal.pk in counted else _entered(goal) for goal in goals]


def plan_versions(actor: Actor, plan_id: UUID) -> QuerySet[PlanVersion]:
    """The proposed texts with who agreed to them, the newest first."""
    plan = plan_get(actor, plan_id)
    return PlanVersion.objects.filter(plan=plan).prefetch_related("consents").order_by("-number")


def plan_comments(actor: Actor, plan_id: UUID) -> QuerySet[PlanComment]:
    plan = plan_get(actor, plan_id)
    return PlanComment.objects.filter(plan=plan).order_by("at", "id")


def action_list(
    actor: Actor, *, partner_id: UUID | None = None, plan_id: UUID | None = None, state: str = "", side: str = ""
) -> QuerySet[JointAction]:
    """Actions by their day. `state` is one of `ACTION_STATES`."""
    rows: Any = confined(actor, JointAction.objects.select_related("partner", "plan"))
    visible = Q(plan__isnull=True) | Q(plan__in=plans_visible(actor).values("pk"))
    rows = rows.filter(visible)
    given = {"partner_id": partner_id, "plan_id": plan_id, "side": side}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    if state == "over":
        rows = rows.exclude(status=ActionStatus.OPEN)
    elif state:
        rows = rows.filter(status=ActionStatus.OPEN)
        rows = rows.filter(due_on__lt=fiscal.today()) if state == "overdue" else rows
    return rows.order_by("due_on", "id")  # type: ignore[no-any-return]


def action_get(actor: Actor, action_id: UUID) -> JointAction:
    action = action_list(actor).filter(pk=action_id).first()
    if action is None:
        raise NotFound
    return action


def goal_get(actor: Actor, goal_id: UUID) -> PlanGoal:
    goal = PlanGoal.objects.filter(pk=goal_id, plan__in=plans_visible(actor).values("pk")).first()
    if goal is None:
        raise NotFound
    return goal


def share_of_way(goal: PlanGoal, value: Decimal) -> Decimal:
    """How much of the way from start to target is behind; targets may lie below the start."""
    share: Decimal = (value - goal.start_value) / (goal.target - goal.start_value)
    return share.quantize(Decimal("0.0001"))


def _entered(goal: PlanGoal) -> Progress:
    entries = list(goal.entries.all())
    if not entries:
        return Progress(goal, None, None, None, NOTHING)
    last = entries[0]
    return Progress(goal, last.value, share_of_way(goal, last.value), last.on, ENTERED, entries)


def _counted(plan: BusinessPlan, goals: list[PlanGoal]) -> dict[UUID, Progress]:
    """Goals with a figure: the fiscal year until today, or until the goal's day when that is past."""
    year, today = fiscal.year_named(plan.fiscal_year), fiscal.today()
    if not goals or today < year.start:
        return {}
    asked = [Asked(metric(goal.metric), Window(year.start, min(goal.due_on, today))) for goal in goals]
    found = values_of(asked, [plan.partner_id])[plan.partner_id]
    result: dict[UUID, Progress] = {}
    for goal, one, counted in zip(goals, asked, found, strict=True):
        share = None if counted.value is None else share_of_way(goal, counted.value)
        result[goal.pk] = Progress(goal, counted.value, share, one.window.until, COUNTED)
    return result


def plan_owners(actor: Actor, partner_id: UUID) -> list[tuple[str, str, str]]:
    """(side, user id, name) of those who may own actions: the vendor's channel people, everybody of the partner."""
    require_view(actor)
    vendor = [(str(Side.VENDOR), str(user.pk), user.name or user.email) for user in users_with(Right.SCORECARDS_EDIT)]
    members: Any = Membership.objects.filter(partner_id=partner_id, is_active=True).select_related("user")
    people = {one.user_id: one.user for one in members.order_by("user__name", "user__email")}
    return vendor + [(str(Side.PARTNER), str(key), user.name or user.email) for key, user in people.items()]
