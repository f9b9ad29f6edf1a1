"""Working by a plan: progress of goals, actions of people on both sides, what they have to say."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners import fiscal
from partners.models import GoalEntry, JointAction, PlanComment, PlanGoal
from partners.policies.plans import confined, require_work, side_of
from partners.services.plans import LIMIT, MOST_TEXT, plan_emit, plan_locked, plan_written
from partners.states.plans import ACTION_TRANSITIONS, PLAN_TALKED, ActionStatus, PlanStatus, Side
from prm import clock
from prm.audit.services import record
from prm.errors import Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.outbox.services import emit
from prm.workflow.services import transition, transition_check

ENDING = {"finish": "finished", "drop": "dropped", "reopen": "reopened"}


@transaction.atomic
def goal_enter(
    *, actor: Actor, goal_id: UUID, value: Decimal, note: str = "", on: dt.date | None = None
) -> GoalEntry:  # fmt: skip
    """How far a goal is, for goals that no figure counts. Emits `partners.plan.progressed`."""
    goal = PlanGoal.objects.filter(pk=goal_id).first()
    if goal is None:
        raise NotFound
    plan = plan_locked(actor, goal.plan_id)
    if plan.status != PlanStatus.AGREED:
        raise StateError(_("Progress is entered while a plan is agreed."))
    if goal.metric:
        raise StateError(_("This goal is counted from the data."), code="counted")
    day = on or fiscal.today()
    _check_entry(value, note, day)
    entry: GoalEntry = GoalEntry.objects.create(
        goal=goal, on=day, value=value, note=note.strip(), side=side_of(actor), author_label=actor.label[:254]
    )
    record(actor, "partners.plan.progressed", plan, {"goal": goal.title, "value": str(value)})
    plan_emit("progressed", plan, goal_id=str(goal.pk))
    return entry


@transaction.atomic
def plan_comment(*, actor: Actor, plan_id: UUID, text: str) -> PlanComment:
    """Say something, until the plan is over. Emits `partners.plan.commented`."""
    plan = plan_locked(actor, plan_id)
    if plan.status not in PLAN_TALKED:
        raise StateError(_("This plan is over."))
    if not text.strip() or len(text) > MOST_TEXT:
        raise Invalid(fields={"text": [_("Write up to %(count)s characters.") % {"count": MOST_TEXT}]})
    comment: PlanComment = PlanComment.objects.create(
        plan=plan, at=clock.now(), side=side_of(actor), author_label=actor.label[:254], text=text.strip()
    )
    record(actor, "partners.plan.commented", plan)
    plan_emit("commented", plan, comment_id=str(comment.pk), by=str(side_of(actor)))
    return comment


@transaction.atomic
def action_add(
    *, actor: Actor, plan_id: UUID, title: str, due_on: dt.date, side: str, owner_id: UUID | None = None,
    owner: str = "",
) -> JointAction:  # fmt: skip
    """An action of a plan: in a draft by the side whose turn it is, once it is agreed by either.

    `owner_id` is a person of that side; `owner` names somebody without a login. Emits `partners.action.added`.
    """
    plan = plan_locked(actor, plan_id)
    if plan.status != PlanStatus.AGREED:
        plan = plan_written(actor, plan_id)
    return action_make(
        actor, partner_id=plan.partner_id, plan=plan, title=title, due_on=due_on, side=side, owner_id=owner_id,
        owner=owner,
    )  # fmt: skip


def action_make(
    actor: Actor, *, partner_id: UUID, title: str, due_on: dt.date, side: str, owner_id: UUID | None, owner: str,
    **where: Any,
) -> JointAction:  # fmt: skip
    """Within the service of what the action belongs to."""
    action = JointAction(partner_id=partner_id, title=title.strip(), due_on=due_on, side=side, **where)
    action.owner_id, action.owner_label = _owner(partner_id, side, owner_id, owner)
    faults: dict[str, list[str]] = {}
    if not action.title or len(action.title) > 300:
        faults["title"] = [_("Say in up to 300 characters what is to be done.")]
    if side not in Side.values:
        faults["side"] = [_("Choose a side.")]
    if not action.owner_label:
        faults["owner"] = [_("Name who does it.")]
    if faults:
        raise Invalid(fields=faults)
    action.save(force_insert=True)
    record(actor, "partners.action.added", action, {"owner": action.owner_label, "due_on": due_on.isoformat()})
    _tell(action, "added")
    return action


@transaction.atomic
def action_change(*, actor: Actor, action_id: UUID, verb: str, note: str = "") -> JointAction:
    """`finish`, `drop` (with a reason) or `reopen`. Emits `partners.action.finished`, `.dropped` or `.reopened`."""
    require_work(actor)
    if verb not in ENDING:
        raise NotFound
    action = action_locked(actor, action_id)
    if verb == "drop" and not note.strip():
        raise Invalid(fields={"note": [_("Please give a reason.")]})
    if len(note) > MOST_TEXT:
        raise Invalid(fields={"note": [_("At most %(count)s characters.") % {"count": MOST_TEXT}]})
    said = ENDING[verb]
    transition_check(action, verb, table=ACTION_TRANSITIONS)
    action.note = note.strip()
    action.ended_at, action.ended_by_label = clock.now(), actor.label[:254]
    # First when it ended, then the state that must not be without it (constraint).
    action.save(update_fields=["note", "ended_at", "ended_by_label"])
    transition(
        action, verb, table=ACTION_TRANSITIONS, actor=actor, action=f"partners.action.{said}", reason=note.strip()
    )  # fmt: skip
    if verb == "reopen":
        action.ended_at, action.ended_by_label = None, ""
        action.save(update_fields=["ended_at", "ended_by_label"])
    _tell(action, said)
    return action


@transaction.atomic
def action_remove(*, actor: Actor, action_id: UUID) -> None:
    """Take an action out of a draft that was never agreed to; later it can only be dropped, with a reason."""
    action = action_locked(actor, action_id)
    if action.plan_id is None:
        raise StateError(_("Actions of a review are dropped with a reason."))
    plan = plan_written(actor, action.plan_id)
    if plan.versions.filter(consents__isnull=False).exists():
        raise StateError(_("The plan was agreed once: drop the action with a reason."))
    record(actor, "partners.action.removed", action)
    action.delete()


@transaction.atomic
def actions_tell_overdue(*, actor: Actor) -> int:
    """Emit `partners.action.overdue` once for each open action past its day. Returns how many."""
    late = JointAction.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        status=ActionStatus.OPEN, due_on__lt=fiscal.today()
    )
    told = 0
    for action in late.exclude(plan__status__in=[PlanStatus.DRAFT, PlanStatus.PROPOSED, PlanStatus.WITHDRAWN]):
        if action.overdue_for != action.due_on:
            action.overdue_for = action.due_on
            action.save(update_fields=["overdue_for"])
            _tell(action, "overdue")
            told += 1
    return told


def action_locked(actor: Actor, action_id: UUID) -> JointAction:
    rows: Any = confined(actor, JointAction.objects.all())
    action = rows.select_for_update().filter(pk=action_id).first()
    if action is None:
        raise NotFound
    return action  # type: ignore[no-any-return]


def _owner(partner_id: UUID, side: str, owner_id: UUID | None, owner: str) -> tuple[UUID | None, str]:
    """A member of that side, or a name. Raises `Invalid` for somebody of the other side."""
    if owner_id is None:
        return None, owner.strip()[:254]
    where = {"partner_id": partner_id} if side == Side.PARTNER else {"partner__isnull": True}
    member = Membership.objects.filter(user_id=owner_id, is_active=True, **where).select_related("user").first()
    if member is None:
        raise Invalid(fields={"owner": [_("Choose somebody of that side.")]})
    return member.user_id, (member.user.name or member.user.email)[:254]


def _check_entry(value: Decimal, note: str, day: dt.date) -> None:
    faults: dict[str, list[str]] = {}
    if abs(value) >= LIMIT:
        faults["value"] = [_("This number is too large.")]
    if len(note) > MOST_TEXT:
        faults["note"] = [_("At most %(count)s characters.") % {"count": MOST_TEXT}]
    if day > fiscal.today():
        faults["on"] = [_("This day has not come yet.")]
    if faults:
        raise Invalid(fields=faults)


def _tell(action: JointAction, said: str) -> None:
    emit(
        f"partners.action.{said}",
        {"action_id": str(action.pk), "partner_id": str(action.partner_id), "status": str(action.status)},
    )
