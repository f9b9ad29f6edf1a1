"""Writing a joint business plan: one side at a time, while it is a draft."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from partners import fiscal
from partners.metrics.registry import Unit, known, metric
from partners.models import BusinessPlan, PlanGoal
from partners.policies.partners import visible
from partners.policies.plans import plans_visible, require_work, side_of
from partners.states.plans import PlanStatus, Side
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.money import known_currency
from prm.outbox.services import emit

MOST_TEXT = 4000
MOST_GOALS = 30
YEARS_AHEAD = 2
LIMIT = Decimal(10) ** 15
PLAN_EDITABLE = frozenset({"title", "ambition"})
GOAL_EDITABLE = frozenset({"title", "metric", "unit", "currency", "start_value", "target", "due_on", "side"})


@transaction.atomic
def plan_start(
    *, actor: Actor, partner_id: UUID, fiscal_year: int, title: str, ambition: str = "", like: UUID | None = None
) -> BusinessPlan:
    """A draft that the actor's side writes first; `like` names a plan whose goals it takes over, a year on.

    Raises `NotFound` for a partner out of reach, `Conflict` (code `plan_exists`) for a second plan of a year.
    """
    require_work(actor)
    if not visible(actor).filter(pk=partner_id).exists():
        raise NotFound
    _check_year(fiscal_year)
    side = side_of(actor)
    plan = BusinessPlan(partner_id=partner_id, fiscal_year=fiscal_year, turn=side, started_by=side)
    _write_texts(plan, {"title": title, "ambition": ambition})
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError as error:
        text = _("There is a plan for this year already.")
        raise Conflict(text, code="plan_exists", fields={"fiscal_year": [text]}) from error
    if like is not None:
        _take_over(actor, plan, like)
    record(actor, "partners.plan.started", plan, {"year": str(fiscal_year), "partner": plan.partner.code})
    plan_emit("started", plan)
    return plan


@transaction.atomic
def plan_update(*, actor: Actor, plan_id: UUID, **changes: Any) -> BusinessPlan:
    """Change `PLAN_EDITABLE`. Raises `StateError` unless it is a draft and the actor's side's turn."""
    plan = plan_written(actor, plan_id)
    _refuse_unknown(changes, PLAN_EDITABLE)
    before = {name: getattr(plan, name) for name in changes}
    _write_texts(plan, changes)
    differing = [name for name, old in before.items() if getattr(plan, name) != old]
    if differing:
        plan.save(update_fields=[*differing, "updated_at"])
        record(actor, "partners.plan.changed", plan, {name: getattr(plan, name) for name in differing})
    return plan


@transaction.atomic
def goal_add(
    *, actor: Actor, plan_id: UUID, title: str, target: Decimal, due_on: dt.date | None = None, metric: str = "",
    unit: str = Unit.COUNT, currency: str = "", start_value: Decimal = Decimal(0), side: str = Side.PARTNER,
) -> PlanGoal:  # fmt: skip
    """A goal at the end of the list; due at the end of the fiscal year unless told otherwise."""
    plan = plan_written(actor, plan_id)
    if plan.goals.count() >= MOST_GOALS:
        raise Invalid(_("A plan has at most %(count)s goals.") % {"count": MOST_GOALS})
    last = plan.goals.aggregate(last=Max("place"))["last"]
    goal = PlanGoal(plan=plan, place=0 if last is None else last + 1, unit=unit)
    values = {
        "title": title, "metric": metric, "unit": unit, "currency": currency, "start_value": start_value,
        "target": target, "due_on": due_on or fiscal.year_named(plan.fiscal_year).end, "side": side,
    }  # fmt: skip
    _write_goal(goal, values)
    goal.save(force_insert=True)
    record(actor, "partners.plan.goal_added", plan, {"goal": goal.title, "target": str(target)})
    return goal


@transaction.atomic
def goal_update(*, actor: Actor, goal_id: UUID, **changes: Any) -> PlanGoal:
    """Change `GOAL_EDITABLE`; raises as `plan_update`."""
    _refuse_unknown(changes, GOAL_EDITABLE)
    goal = _goal_written(actor, goal_id)
    kept = {name: getattr(goal, name) for name in GOAL_EDITABLE}
    _write_goal(goal, kept | changes)
    goal.save(update_fields=sorted(GOAL_EDITABLE))
    record(actor, "partners.plan.goal_changed", goal.plan, {"goal": goal.title, "target": str(goal.target)})
    return goal


@transaction.atomic
def goal_remove(*, actor: Actor, goal_id: UUID) -> None:
    """Take a goal out of the draft, with the progress that was entered in an earlier round."""
    goal = _goal_written(actor, goal_id)
    if goal.entries.exists():
        raise StateError(_("Progress has been entered for this goal; change it instead."))
    record(actor, "partners.plan.goal_removed", goal.plan, {"goal": goal.title})
    goal.delete()


def plan_locked(actor: Actor, plan_id: UUID) -> BusinessPlan:
    """The plan, for whoever may work on it. Raises `NotFound`."""
    require_work(actor)
    rows: Any = plans_visible(actor).select_related("partner")
    plan = rows.select_for_update(of=("self",)).filter(pk=plan_id).first()
    if plan is None:
        raise NotFound
    return plan  # type: ignore[no-any-return]


def plan_written(actor: Actor, plan_id: UUID) -> BusinessPlan:
    """The plan, locked, while the actor's side writes it. Raises `StateError` when it is not its turn."""
    plan = plan_locked(actor, plan_id)
    if plan.status != PlanStatus.DRAFT:
        raise StateError(_("The plan is %(state)s; its text stands.") % {"state": plan.get_status_display()})
    if plan.turn != side_of(actor):
        raise StateError(_("It is the other side's turn to write."), code="not_your_turn")
    return plan


def plan_emit(said: str, plan: BusinessPlan, **more: Any) -> None:
    payload = {"plan_id": str(plan.pk), "partner_id": str(plan.partner_id), "status": str(plan.status)}
    emit(f"partners.plan.{said}", payload | more)


def _goal_written(actor: Actor, goal_id: UUID) -> PlanGoal:
    goal = PlanGoal.objects.filter(pk=goal_id).first()
    if goal is None:
        raise NotFound
    plan = plan_written(actor, goal.plan_id)
    found = PlanGoal.objects.filter(pk=goal_id).first()
    if found is None:
        raise NotFound
    found.plan = plan
    return found


def _take_over(actor: Actor, plan: BusinessPlan, like: UUID) -> None:
    """Goals of another plan of the partner, starting where they ended, due as many years later."""
    source = plans_visible(actor).filter(pk=like, partner_id=plan.partner_id).first()
    if source is None:
        raise NotFound
    ends_on = fiscal.year_named(plan.fiscal_year).end
    for goal in source.goals.all():
        names = GOAL_EDITABLE - {"due_on"}
        PlanGoal.objects.create(
            plan=plan, place=goal.place, due_on=ends_on, **{name: getattr(goal, name) for name in names}
        )


def _check_year(year: int) -> None:
    now = fiscal.year_of(fiscal.today())
    if not now - 1 <= year <= now + YEARS_AHEAD:
        text = _("A fiscal year from %(first)s to %(last)s.") % {"first": now - 1, "last": now + YEARS_AHEAD}
        raise Invalid(fields={"fiscal_year": [text]})


def _write_texts(plan: BusinessPlan, values: dict[str, Any]) -> None:
    faults: dict[str, list[str]] = {}
    for name, value in values.items():
        text, most = str(value).strip(), 200 if name == "title" else MOST_TEXT
        if name == "title" and not text:
            faults[name] = [_("Give the plan a title.")]
        elif len(text) > most:
            faults[name] = [_("At most %(count)s characters.") % {"count": most}]
        setattr(plan, name, text)
    if faults:
        raise Invalid(fields=faults)


def _write_goal(goal: PlanGoal, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(goal, name, value.strip() if isinstance(value, str) else value)
    if known(goal.metric):
        # Counted figures come in their own unit, amounts in the vendor's currency.
        goal.unit, goal.currency = metric(goal.metric).unit, ""
    if goal.unit == Unit.MONEY:
        goal.currency = (goal.currency or require_tenant().base_currency).upper()
    else:
        goal.currency = ""
    if faults := _goal_faults(goal):
        raise Invalid(fields=faults)


def _goal_faults(goal: PlanGoal) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    span = fiscal.year_named(goal.plan.fiscal_year)
    if not goal.title or len(goal.title) > 200:
        faults["title"] = [_("Say in up to 200 characters what is to be reached.")]
    if goal.metric and not known(goal.metric):
        faults["metric"] = [_("There is no such figure.")]
    if goal.unit not in Unit.values:
        faults["unit"] = [_("Choose a unit.")]
    if goal.side not in Side.values:
        faults["side"] = [_("Choose a side.")]
    if goal.unit == Unit.MONEY and not known_currency(goal.currency):
        faults["currency"] = [_("Give a currency code such as CNY.")]
    if goal.target == goal.start_value:
        faults["target"] = [_("The target is where it starts.")]
    for name in ("target", "start_value"):
        if abs(getattr(goal, name)) >= LIMIT:
            faults[name] = [_("This number is too large.")]
    if goal.due_on not in span:
        faults["due_on"] = [_("A day of the fiscal year, %(first)s to %(last)s.")
                            % {"first": span.start.isoformat(), "last": span.end.isoformat()}]  # fmt: skip
    return faults


def _refuse_unknown(changes: dict[str, Any], known: frozenset[str]) -> None:
    if unknown := set(changes) - known:
        raise Invalid(fields={name: [_("This cannot be changed.")] for name in unknown})
