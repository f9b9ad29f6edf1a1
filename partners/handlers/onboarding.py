"""Plans follow the partner's state; both sides hear of what is due, the partner of its start and its activation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import translation

from partners.models import OnboardingPlan, OnboardingTask
from partners.notices import onboarding as notices
from partners.services.onboarding import onboarding_follow
from partners.states.onboarding import Side, TaskStatus
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.services import notify
from prm.outbox.registry import subscribe

ACTOR = Actor.system("partners.onboarding")
Payload = dict[str, Any]


@subscribe("partners.partner.created")
@subscribe("partners.partner.changed")
@subscribe("partners.agreement.activated")
def partner_moved(payload: Payload) -> None:
    """Partners of an import start as active, or are what they were."""
    if payload.get("partner_id"):
        onboarding_follow(actor=ACTOR, partner_id=UUID(payload["partner_id"]))


@subscribe("partners.onboarding.started")
def plan_started(payload: Payload) -> None:
    plan = _plan(payload)
    data = {"days": plan.template.days, "count": plan.tasks.filter(side=Side.PARTNER).count()}
    people = users_with(Right.OWN_ONBOARDING_WORK, partner_id=plan.partner_id)
    notify(notices.STARTED, to=people, data=data, once=str(plan.pk), partner_id=plan.partner_id)


@subscribe("partners.onboarding.activated")
def plan_activated(payload: Payload) -> None:
    plan = _plan(payload)
    if plan.activated_on is not None:
        data = {"days": (plan.activated_on - plan.started_on).days}
        people = users_with(Right.OWN_ONBOARDING_WORK, partner_id=plan.partner_id)
        notify(notices.ACTIVATED, to=people, data=data, once=str(plan.pk), partner_id=plan.partner_id)


@subscribe("partners.onboarding.due")
def tasks_due(payload: Payload) -> None:
    """One notice for the tasks of a day, unless they have been done meanwhile."""
    plan = _plan(payload)
    tasks = OnboardingTask.objects.filter(pk__in=payload["task_ids"], status=TaskStatus.OPEN).order_by("due_on", "key")
    data = {"tasks": _titles(tasks), "partner": plan.partner.name, "plan_id": str(plan.pk)}
    once = f"{plan.pk}:{payload['on']}"
    if not data["tasks"]:
        return
    if payload["side"] == Side.PARTNER:
        kind = notices.OVERDUE if payload["overdue"] else notices.DUE
        people = users_with(Right.OWN_ONBOARDING_WORK, partner_id=plan.partner_id)
        notify(kind, to=people, data=data, once=once, partner_id=plan.partner_id)
    else:
        kind = notices.VENDOR_OVERDUE if payload["overdue"] else notices.VENDOR_DUE
        notify(kind, to=users_with(Right.ONBOARDING_EDIT), data=data, once=once)


def _titles(tasks: Iterable[OnboardingTask]) -> list[str]:
    with translation.override(require_tenant().locale):
        return [task.title for task in tasks]


def _plan(payload: Payload) -> OnboardingPlan:
    rows = OnboardingPlan.objects.select_related("partner", "template")
    return rows.get(pk=UUID(payload["plan_id"]))
