"""How two sides come to agree on a plan: one proposes a text, the other says yes to exactly that one."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners import fiscal
from partners.models import BusinessPlan, PlanComment, PlanConsent, PlanVersion
from partners.policies.plans import other_side, side_of
from partners.services.plans import MOST_TEXT, plan_emit, plan_locked, plan_written
from partners.states.plans import PLAN_TRANSITIONS, PlanStatus, Side
from prm import clock
from prm.errors import Conflict, Forbidden, Invalid, StateError
from prm.identity.actor import Actor
from prm.money import plain
from prm.workflow.services import transition


@transaction.atomic
def plan_hand_over(*, actor: Actor, plan_id: UUID) -> BusinessPlan:
    """The other side goes on with the draft. Emits `partners.plan.handed_over`."""
    plan = plan_written(actor, plan_id)
    _turn_over(plan)
    _step(actor, plan, "hand_over", "handed_over")
    return plan


@transaction.atomic
def plan_propose(*, actor: Actor, plan_id: UUID) -> PlanVersion:
    """Freeze the text and ask the other side to agree. Emits `partners.plan.proposed`. `Invalid` without any goal."""
    plan = plan_written(actor, plan_id)
    document = plan_document(plan)
    if not document["goals"]:
        raise Invalid(_("A plan needs at least one goal before it can be proposed."), code="no_goals")
    number = plan.versions.count() + 1
    version: PlanVersion = PlanVersion.objects.create(
        plan=plan, number=number, document=document, sha256=checksum(document), side=side_of(actor),
        author_id=actor.id, author_label=actor.label[:254], at=clock.now(),
    )  # fmt: skip
    _turn_over(plan)
    _step(actor, plan, "propose", "proposed", version_id=str(version.pk))
    return version


@transaction.atomic
def plan_agree(*, actor: Actor, plan_id: UUID, sha256: str) -> BusinessPlan:
    """Say yes to the proposed text with this checksum. Emits `partners.plan.agreed`.

    Raises `Conflict` (code `text_changed`) for another text, `Forbidden` for the side that proposed it.
    """
    _require_person(actor)
    plan = plan_locked(actor, plan_id)
    version = _proposed(plan)
    if version.side == side_of(actor):
        raise Forbidden(_("Your side proposed this plan; the other side has to agree."), code="same_side")
    if version.sha256 != sha256:
        raise Conflict(_("The plan was changed in the meantime. Read it again."), code="text_changed")
    PlanConsent.objects.create(
        version=version, proposed_by=version.side, side=side_of(actor), author_id=actor.id,
        author_label=actor.label[:254], at=clock.now(),
    )  # fmt: skip
    _step(actor, plan, "agree", "agreed", version_id=str(version.pk))
    return plan


@transaction.atomic
def plan_recall(*, actor: Actor, plan_id: UUID) -> BusinessPlan:
    """The side that proposed takes its text back to write on. Emits `partners.plan.recalled`."""
    plan = plan_locked(actor, plan_id)
    if _proposed(plan).side != side_of(actor):
        raise StateError(_("The other side proposed this; ask for changes instead."))
    _turn_over(plan)
    _step(actor, plan, "recall", "recalled")
    return plan


@transaction.atomic
def plan_revise(*, actor: Actor, plan_id: UUID, reason: str) -> BusinessPlan:
    """Instead of agreeing, write on: the turn stays with the side that was asked. Emits `partners.plan.revised`."""
    plan = plan_locked(actor, plan_id)
    if _proposed(plan).side == side_of(actor):
        raise StateError(_("Your side proposed this; take it back instead."))
    _reasoned(actor, plan, "revise", "revised", reason)
    return plan


@transaction.atomic
def plan_reopen(*, actor: Actor, plan_id: UUID, reason: str) -> BusinessPlan:
    """Negotiate an agreed plan again; what was agreed stays readable. Emits `partners.plan.reopened`."""
    plan = plan_locked(actor, plan_id)
    plan.turn = side_of(actor)
    plan.save(update_fields=["turn", "updated_at"])
    _reasoned(actor, plan, "reopen", "reopened", reason)
    return plan


@transaction.atomic
def plan_withdraw(*, actor: Actor, plan_id: UUID, reason: str) -> BusinessPlan:
    """Give it up before it is agreed; another plan may be made for the year. Emits `partners.plan.withdrawn`."""
    plan = plan_locked(actor, plan_id)
    _reasoned(actor, plan, "withdraw", "withdrawn", reason)
    return plan


@transaction.atomic
def plan_close(*, actor: Actor, plan_id: UUID, text: str = "") -> BusinessPlan:
    """The year is over: the vendor closes it, with what there is to say. Emits `partners.plan.closed`."""
    plan = plan_locked(actor, plan_id)
    if side_of(actor) != Side.VENDOR:
        raise Forbidden(_("The vendor closes a plan."))
    if fiscal.today() < fiscal.year_named(plan.fiscal_year).start:
        raise StateError(_("Its year has not begun."))
    if text.strip():
        _say(actor, plan, text)
    _step(actor, plan, "close", "closed")
    return plan


def plan_document(plan: BusinessPlan) -> dict[str, Any]:
    """The text that is agreed to, in plain values and a fixed order."""
    goals = [
        {
            "title": goal.title, "metric": goal.metric, "unit": goal.unit, "currency": goal.currency,
            "start": plain(goal.start_value), "target": plain(goal.target), "due_on": goal.due_on.isoformat(),
            "side": goal.side,
        }
        for goal in plan.goals.all()
    ]  # fmt: skip
    actions = [
        {"title": one.title, "side": one.side, "owner": one.owner_label, "due_on": one.due_on.isoformat()}
        for one in plan.actions.order_by("due_on", "id")
    ]
    return {
        "partner": plan.partner.code, "fiscal_year": plan.fiscal_year, "title": plan.title, "ambition": plan.ambition,
        "goals": goals, "actions": actions,
    }  # fmt: skip


def checksum(document: dict[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _proposed(plan: BusinessPlan) -> PlanVersion:
    if plan.status != PlanStatus.PROPOSED:
        raise StateError(_("Nothing is proposed at the moment."))
    return plan.versions.order_by("-number")[0]


def _turn_over(plan: BusinessPlan) -> None:
    plan.turn = other_side(plan.turn)
    plan.shown_at = plan.shown_at or clock.now()
    plan.save(update_fields=["turn", "shown_at", "updated_at"])


def _reasoned(actor: Actor, plan: BusinessPlan, verb: str, said: str, reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    if len(reason) > MOST_TEXT:
        raise Invalid(fields={"reason": [_("At most %(count)s characters.") % {"count": MOST_TEXT}]})
    _step(actor, plan, verb, said, reason=reason.strip())
    _say(actor, plan, reason)


def _step(actor: Actor, plan: BusinessPlan, verb: str, said: str, *, reason: str = "", **more: Any) -> None:
    action = f"partners.plan.{said}"
    transition(plan, verb, table=PLAN_TRANSITIONS, actor=actor, action=action, reason=reason)
    plan_emit(said, plan, by=str(side_of(actor)), **more)


def _say(actor: Actor, plan: BusinessPlan, text: str) -> None:
    PlanComment.objects.create(
        plan=plan, at=clock.now(), side=side_of(actor), author_label=actor.label[:254], text=text.strip()[:MOST_TEXT]
    )


def _require_person(actor: Actor) -> None:
    if actor.kind != "user":
        raise Forbidden(_("A person agrees to a plan, not a program."))
