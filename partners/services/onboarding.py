"""The onboarding of a partner: started when it reaches the state, worked on by both sides, ended by activation."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import OnboardingPlan, OnboardingTask, Partner, PlanTemplate
from partners.onboarding_graph import blocked
from partners.policies.own import require_vendor, within
from partners.services.partners import partner_advance
from partners.states.onboarding import (
    ONBOARDING_PLAN_TRANSITIONS,
    ONBOARDING_TASK_TRANSITIONS,
    TASK_CLOSED,
    PlanStatus,
    Proof,
    Side,
    TaskStatus,
    TemplateStatus,
)
from partners.states.partner import PartnerStatus
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.files.services import file_store
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.workflow.calendar import Workdays, add_business_days
from prm.workflow.models import Transition
from prm.workflow.services import transition, transition_all, transition_check

ACTIVATION = Actor.system("partners.onboarding")
CHANGED = "partners.onboarding.changed"
COPIED = (
    "key", "title_en", "title_zh", "help_en", "help_zh", "side", "proof", "weight", "is_must", "depends_on", "position",
)  # fmt: skip
LINK = URLValidator(schemes=["http", "https"])


@transaction.atomic
def plan_start(*, actor: Actor, partner_id: UUID, template_id: UUID | None = None) -> OnboardingPlan | None:
    """A plan of the template, or of the one for the partner's type, else of the one for all; None when none fits.

    The plan that runs already is returned. Emits `partners.onboarding.started`. Raises `NotFound`, `StateError`.
    """
    require_vendor(actor, Right.ONBOARDING_EDIT)
    partner = Partner.objects.select_for_update().filter(pk=partner_id).first()
    if partner is None:
        raise NotFound
    running = OnboardingPlan.objects.filter(partner=partner, status=PlanStatus.RUNNING).first()
    if running is not None:
        return running
    if partner.status not in (PartnerStatus.ONBOARDING, PartnerStatus.ACTIVE):
        raise StateError(_("Only a partner in onboarding, or an active one, can be given a plan."))
    template = _template(partner, template_id)
    if template is None:
        return None
    plan = OnboardingPlan.objects.create(partner=partner, template=template, started_on=_today())
    workdays = Workdays(require_tenant().workday_calendar)
    OnboardingTask.objects.bulk_create(
        OnboardingTask(
            plan=plan, due_on=add_business_days(plan.started_on, task.due_days, workdays),
            **{name: getattr(task, name) for name in COPIED},
        )
        for task in template.tasks.all()
    )  # fmt: skip
    record(actor, "partners.onboarding.started", partner, {"template": template.code, "version": template.version})
    emit("partners.onboarding.started", _payload(plan))
    return plan


@transaction.atomic
def task_do(
    *, actor: Actor, task_id: UUID, note: str = "", link: str = "", file: tuple[str, Any] | None = None
) -> OnboardingTask:
    """A task is done, with its evidence. Who closes the last one that is needed activates the partner.

    Emits `partners.onboarding.changed`. Raises `StateError` for a blocked task, `Invalid` without its evidence,
    `Forbidden` for a task of the vendor's side.
    """
    plan, task = _locked(actor, task_id)
    transition_check(task, "do", table=ONBOARDING_TASK_TRANSITIONS)
    _require_free(plan, task)
    task.note, task.link = note.strip(), link.strip()
    _check_evidence(task, file)
    if file is not None:
        task.file = file_store(actor=actor, name=file[0], content=file[1], purpose="document")
    task.save(update_fields=["note", "link", "file"])
    _close(actor, plan, task, "do")
    return task


@transaction.atomic
def task_waive(*, actor: Actor, task_id: UUID, reason: str) -> OnboardingTask:
    """The vendor does without it. Emits `partners.onboarding.changed`. Raises `Invalid` without a reason."""
    require_vendor(actor, Right.ONBOARDING_EDIT)
    plan, task = _locked(actor, task_id)
    _close(actor, plan, task, "waive", _reason(reason))
    return task


@transaction.atomic
def task_reopen(*, actor: Actor, task_id: UUID, reason: str) -> OnboardingTask:
    """It was not done after all; the partner stays active. Its evidence stays with the file's trail.

    Raises `Conflict` while a task that was done after it stands on it.
    """
    require_vendor(actor, Right.ONBOARDING_EDIT)
    plan, task = _locked(actor, task_id)
    why = _reason(reason)
    standing = plan.tasks.filter(depends_on__contains=[task.key], status=TaskStatus.DONE).first()
    if standing is not None:
        raise Conflict(_("“%(task)s” was done after it. Reopen that first.") % {"task": standing.title})
    if plan.status == PlanStatus.COMPLETED:
        columns: dict[str, Any] = {"completed_on": None}
        _move_plan(actor, plan, "reopen", why, **columns)
    _move_task(actor, task, "reopen", why, closed_at=None, closed_by_label="", told_due=False, told_overdue=False)
    emit(CHANGED, _payload(plan))
    return task


@transaction.atomic
def plan_stop(*, actor: Actor, plan_id: UUID, reason: str) -> OnboardingPlan:
    """Nobody works on it any more. Raises `Invalid` without a reason, `StateError`."""
    require_vendor(actor, Right.ONBOARDING_EDIT)
    plan = OnboardingPlan.objects.select_for_update().filter(pk=plan_id).first()
    if plan is None:
        raise NotFound
    _move_plan(actor, plan, "stop", _reason(reason))
    emit(CHANGED, _payload(plan))
    return plan


@transaction.atomic
def onboarding_follow(*, actor: Actor, partner_id: UUID) -> OnboardingPlan | None:
    """After a change of a partner's state: its first plan when it is in onboarding, none any more when it leaves, and
    the one that ended with its notice when it stays after all.
    """
    partner = Partner.objects.select_for_update().filter(pk=partner_id).first()
    if partner is None:
        return None
    running = OnboardingPlan.objects.filter(partner=partner, status=PlanStatus.RUNNING).first()
    if partner.status == PartnerStatus.ONBOARDING and running is None:
        last = OnboardingPlan.objects.filter(partner=partner).order_by("-created_at", "-id").first()
        return plan_start(actor=actor, partner_id=partner_id) if last is None else _take_up(actor, last)
    if running is not None and partner.status in (PartnerStatus.EXITING, PartnerStatus.ENDED):
        return plan_stop(actor=actor, plan_id=running.pk, reason=str(PartnerStatus(partner.status).label))
    return running


@transaction.atomic
def tasks_remind(*, actor: Actor, ahead_days: int = 3) -> int:
    """Announce tasks that are due in the next days and those that are overdue, each once. Returns how many.

    Emits `partners.onboarding.due` {plan_id, side, task_ids, overdue} for each plan and side that has any.
    """
    today, count = _today(), 0
    rows = OnboardingTask.objects.select_for_update(of=("self",), skip_locked=True).filter(
        status=TaskStatus.OPEN, plan__status=PlanStatus.RUNNING, due_on__lte=today + dt.timedelta(days=ahead_days)
    )
    groups: dict[tuple[UUID, str, bool], list[OnboardingTask]] = {}
    for task in rows.order_by("plan_id", "due_on", "position"):
        is_overdue = task.due_on < today
        if task.told_overdue or (task.told_due and not is_overdue):
            continue
        task.told_due, task.told_overdue = True, is_overdue
        task.save(update_fields=["told_due", "told_overdue"])
        groups.setdefault((task.plan_id, task.side, is_overdue), []).append(task)
        count += 1
    for (plan_id, side, is_overdue), tasks in groups.items():
        ids = [str(task.pk) for task in tasks]
        emit(
            "partners.onboarding.due",
            {"plan_id": str(plan_id), "side": side, "task_ids": ids, "overdue": is_overdue, "on": today.isoformat()},
        )
    return count


def _take_up(actor: Actor, plan: OnboardingPlan) -> OnboardingPlan:
    """What somebody stopped by hand stays stopped."""
    rows = Transition.objects.filter(target_type=plan._meta.label_lower, target_id=str(plan.pk)).order_by("-at", "-id")
    step = rows.first()
    if plan.status == PlanStatus.STOPPED and step is not None and step.actor_label == ACTIVATION.label:
        _move_plan(actor, plan, "take_up")
        emit(CHANGED, _payload(plan))
    return plan


def _template(partner: Partner, template_id: UUID | None) -> PlanTemplate | None:
    published = PlanTemplate.objects.filter(status=TemplateStatus.PUBLISHED)
    if template_id is not None:
        found = published.filter(pk=template_id).first()
        if found is None:
            raise NotFound
        return found
    fitting = published.filter(partner_type__in={partner.type, ""})
    return fitting.order_by("-partner_type").first()


def _locked(actor: Actor, task_id: UUID) -> tuple[OnboardingPlan, OnboardingTask]:
    """The plan locked, so that two people who close its last two tasks queue; and the task."""
    reach = within(actor, own=Right.OWN_ONBOARDING_WORK, vendor=Right.ONBOARDING_EDIT)
    found = OnboardingTask.objects.filter(pk=task_id, plan__partner__in=reach).first()
    if found is None:
        raise NotFound
    plan = OnboardingPlan.objects.select_for_update(of=("self",)).select_related("partner").get(pk=found.plan_id)
    task = plan.tasks.get(pk=task_id)
    if plan.status == PlanStatus.STOPPED:
        raise StateError(_("This plan was stopped."))
    if actor.is_partner and task.side != Side.PARTNER:
        raise Forbidden(_("This is your vendor's task."))
    return plan, task


def _require_free(plan: OnboardingPlan, task: OnboardingTask) -> None:
    tasks = {one.key: one for one in plan.tasks.all()}
    closed = {key for key, one in tasks.items() if one.status in TASK_CLOSED}
    waits = blocked({key: one.depends_on for key, one in tasks.items()}, closed).get(task.key)
    if waits:
        raise StateError(_("First: %(task)s.") % {"task": tasks[waits[0]].title}, code="blocked")


def _check_evidence(task: OnboardingTask, file: tuple[str, Any] | None) -> None:
    if len(task.note) > 1000:
        raise Invalid(fields={"note": [_("At most %(count)s characters.") % {"count": 1000}]})
    if task.proof == Proof.NOTE and not task.note:
        raise Invalid(fields={"note": [_("Please write a note.")]})
    if task.proof == Proof.FILE and file is None:
        raise Invalid(fields={"file": [_("Please add a file.")]})
    if task.proof == Proof.LINK and not task.link:
        raise Invalid(fields={"link": [_("Please give a link.")]})
    try:
        LINK(task.link) if task.link else None
    except ValidationError as error:
        raise Invalid(fields={"link": error.messages}) from error


def _close(actor: Actor, plan: OnboardingPlan, task: OnboardingTask, verb: str, reason: str = "") -> None:
    _move_task(actor, task, verb, reason, closed_at=clock.now(), closed_by_label=actor.label[:254])
    open_ones = list(plan.tasks.exclude(status__in=TASK_CLOSED))
    if plan.activated_on is None and not any(one.is_must for one in open_ones):
        plan.activated_on = _today()
        plan.save(update_fields=["activated_on"])
        if plan.partner.status == PartnerStatus.ONBOARDING:
            partner_advance(actor=ACTIVATION, partner_id=plan.partner_id, verb="activate")
        record(actor, "partners.onboarding.activated", plan.partner, {"days": (_today() - plan.started_on).days})
        emit("partners.onboarding.activated", _payload(plan))
    if not open_ones and plan.status == PlanStatus.RUNNING:
        _move_plan(actor, plan, "complete", completed_on=_today())
    emit(CHANGED, _payload(plan))


def _move_task(actor: Actor, task: OnboardingTask, verb: str, reason: str = "", **columns: Any) -> None:
    transition_all(
        [task], verb, table=ONBOARDING_TASK_TRANSITIONS, actor=actor, action=f"partners.onboarding_task.{verb}",
        reason=reason, **columns,
    )  # fmt: skip


def _move_plan(actor: Actor, plan: OnboardingPlan, verb: str, reason: str = "", **columns: Any) -> None:
    action = f"partners.onboarding.{verb}"
    if columns:
        transition_all(
            [plan], verb, table=ONBOARDING_PLAN_TRANSITIONS, actor=actor, action=action, reason=reason, **columns
        )
    else:
        transition(plan, verb, table=ONBOARDING_PLAN_TRANSITIONS, actor=actor, action=action, reason=reason)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    return reason.strip()


def _payload(plan: OnboardingPlan) -> dict[str, str]:
    return {"plan_id": str(plan.pk), "partner_id": str(plan.partner_id)}


def _today() -> dt.date:
    return clock.today(require_tenant())
