"""Reading onboarding: templates, the board of all partners, one partner's plan with what waits for what."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from partners.firsts import first_successes
from partners.models import OnboardingPlan, OnboardingTask, Partner, PlanTemplate, TemplateTask
from partners.onboarding_graph import blocked
from partners.policies.own import require_vendor, within
from partners.states.onboarding import TASK_CLOSED, PlanStatus, Side, TaskStatus, TemplateStatus
from partners.states.partner import PartnerStatus
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right

FIGURE_DAYS = 365
"""How far back the figures look."""


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the weight is done, and how many of the tasks."""

    done: int = 0
    total: int = 0
    weight_done: int = 0
    weight: int = 0

    @property
    def percent(self) -> int:
        return self.weight_done * 100 // self.weight if self.weight else 0


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as a page shows it. `waits` names the tasks that come first."""

    task: OnboardingTask
    waits: tuple[str, ...]
    days_left: int

    @property
    def is_open(self) -> bool:
        return self.task.status == TaskStatus.OPEN

    @property
    def is_blocked(self) -> bool:
        return self.is_open and bool(self.waits)

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.days_left < 0


@dataclass(frozen=True, slots=True)
class PlanView:
    plan: OnboardingPlan
    tasks: tuple[TaskView, ...]
    share: Share
    sides: dict[str, Share] = field(default_factory=dict)

    @property
    def must(self) -> Share:
        return share_of(view.task for view in self.tasks if view.task.is_must)

    @property
    def overdue(self) -> list[TaskView]:
        return [view for view in self.tasks if view.is_overdue]

    @property
    def next(self) -> TaskView | None:
        """What can be done now, the nearest first."""
        return next((view for view in self.tasks if view.is_open and not view.is_blocked), None)

    @property
    def next_partner(self) -> TaskView | None:
        return self._next_of(Side.PARTNER)

    @property
    def next_vendor(self) -> TaskView | None:
        return self._next_of(Side.VENDOR)

    def _next_of(self, side: str) -> TaskView | None:
        free = (view for view in self.tasks if view.is_open and not view.is_blocked and view.task.side == side)
        return next(free, None)


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians over the plans of the last year, in calendar days; None where there is nothing to count."""

    running: int
    overdue: int
    activated: int
    to_activation: int | None
    to_first: int | None
    by_sale: int
    """For how many partners `to_first` takes the first sale for the first deal, as no deal of theirs is known."""


def template_list(actor: Actor, *, status: str = "") -> QuerySet[PlanTemplate]:
    """Every version, by code, the newest first."""
    require_vendor(actor, Right.PARTNERS_VIEW)
    rows = PlanTemplate.objects.annotate(task_count=Count("tasks")).order_by("code", "-version")
    return rows.filter(status=status) if status else rows


def template_get(actor: Actor, template_id: UUID) -> PlanTemplate:
    found = template_list(actor).filter(pk=template_id).first()
    if found is None:
        raise NotFound
    return found


def template_task_get(actor: Actor, template_id: UUID, task_id: UUID) -> TemplateTask:
    found = template_get(actor, template_id).tasks.filter(pk=task_id).first()
    if found is None:
        raise NotFound
    return found


def plan_list(actor: Actor, *, status: str = "", partner_id: UUID | None = None) -> QuerySet[OnboardingPlan]:
    """Plans that the actor may see, the newest first."""
    reach = within(actor, own=Right.OWN_ONBOARDING_WORK, vendor=Right.PARTNERS_VIEW)
    rows = OnboardingPlan.objects.filter(partner__in=reach).select_related("partner", "template")
    rows = rows.filter(status=status) if status else rows
    rows = rows.filter(partner_id=partner_id) if partner_id else rows
    return rows.order_by("-started_on", "-id")


def plan_get(actor: Actor, plan_id: UUID) -> PlanView:
    """Raises `NotFound`."""
    found = plan_list(actor).filter(pk=plan_id).first()
    if found is None:
        raise NotFound
    return views_of([found])[0]


def plan_of(actor: Actor, partner_id: UUID) -> PlanView | None:
    """The partner's running plan, else its newest one."""
    rows = plan_list(actor, partner_id=partner_id)
    found = rows.filter(status=PlanStatus.RUNNING).first() or rows.first()
    return views_of([found])[0] if found else None


def task_get(actor: Actor, task_id: UUID) -> tuple[PlanView, TaskView]:
    """A task with its plan. Raises `NotFound`."""
    task = OnboardingTask.objects.filter(pk=task_id).first()
    if task is None:
        raise NotFound
    view = plan_get(actor, task.plan_id)
    return view, next(one for one in view.tasks if one.task.pk == task_id)


def board(actor: Actor) -> list[PlanView]:
    """The running plans, those with the most overdue tasks first."""
    views = views_of(plan_list(actor, status=PlanStatus.RUNNING))
    return sorted(views, key=lambda view: (-len(view.overdue), view.share.percent, view.plan.partner.name))


def without_plan(actor: Actor) -> QuerySet[Partner]:
    """Partners in onboarding that no template fitted, by name."""
    reach = within(actor, own=Right.OWN_ONBOARDING_WORK, vendor=Right.PARTNERS_VIEW)
    planned = OnboardingPlan.objects.filter(status=PlanStatus.RUNNING).values("partner_id")
    return reach.filter(status=PartnerStatus.ONBOARDING).exclude(pk__in=planned).order_by("name")


def figures(actor: Actor) -> Figures:
    """Time to activation and to the first deal; where no deal is known, the first sale stands in for it."""
    today = _today()
    rows = list(plan_list(actor).filter(started_on__gte=today - dt.timedelta(days=FIGURE_DAYS)))
    running = [plan for plan in rows if plan.status == PlanStatus.RUNNING]
    late = OnboardingTask.objects.filter(
        plan__in=[plan.pk for plan in running], status=TaskStatus.OPEN, due_on__lt=today
    )
    activated = [plan for plan in rows if plan.activated_on]
    firsts = first_successes({plan.partner_id for plan in rows})
    waits = [
        (kind, (day - plan.started_on).days)
        for plan in rows
        for kind, day in [firsts.get(plan.partner_id, ("", dt.date.min))]
        if day >= plan.started_on
    ]
    days = [(plan.activated_on - plan.started_on).days for plan in activated if plan.activated_on]
    return Figures(
        len(running), late.values("plan").distinct().count(), len(activated), _median(days),
        _median([wait for _kind, wait in waits]), sum(kind == "sale" for kind, _wait in waits),
    )  # fmt: skip


def views_of(plans: Iterable[OnboardingPlan]) -> list[PlanView]:
    """With their tasks, in one query."""
    found = list(plans)
    tasks: dict[UUID, list[OnboardingTask]] = defaultdict(list)
    rows = OnboardingTask.objects.filter(plan__in=[plan.pk for plan in found]).select_related("file")
    for task in rows.order_by("due_on", "position", "key"):
        tasks[task.plan_id].append(task)
    return [_view(plan, tasks[plan.pk]) for plan in found]


def share_of(tasks: Iterable[OnboardingTask]) -> Share:
    every = list(tasks)
    closed = [task for task in every if task.status in TASK_CLOSED]
    return Share(len(closed), len(every), sum(t.weight for t in closed), sum(t.weight for t in every))


def _view(plan: OnboardingPlan, tasks: list[OnboardingTask]) -> PlanView:
    closed = {task.key for task in tasks if task.status in TASK_CLOSED}
    titles = {task.key: task.title for task in tasks}
    waits = blocked({task.key: task.depends_on for task in tasks}, closed)
    today = _today()
    views = tuple(
        TaskView(task, tuple(titles[key] for key in waits.get(task.key, ())), (task.due_on - today).days)
        for task in tasks
    )
    sides = {side.value: share_of(task for task in tasks if task.side == side) for side in Side}
    return PlanView(plan, views, share_of(tasks), sides)


def published_templates(actor: Actor) -> QuerySet[PlanTemplate]:
    return template_list(actor, status=TemplateStatus.PUBLISHED).filter(Q(task_count__gt=0))


def _median(days: list[int]) -> int | None:
    return round(median(days)) if days else None


def _today() -> dt.date:
    return clock.today(require_tenant())
