"""Scores of the night, and actions whose day has passed."""

from __future__ import annotations

from celery import Task, shared_task
from django.core.cache import cache

from partners.services.plans_work import actions_tell_overdue
from partners.services.scores import scores_begin, scores_update
from prm import clock
from prm.identity.actor import Actor
from prm.tenancy.celery import HEADER, TenantTask
from prm.tenancy.models import Tenant

SCORES, WATCH = Actor.system("partners.scores"), Actor.system("partners.watch")
KEPT_SECONDS = 20 * 3600


@shared_task(name="partners.scores_nightly_all")
def nightly_all() -> int:
    """Once for each vendor in the hour after its midnight; returns how many. Two beats make one run."""
    return sum(_once_a_day(tenant, nightly) for tenant in Tenant.objects.filter(is_active=True))


@shared_task(base=TenantTask, name="partners.scores_nightly")
def nightly() -> None:
    """Score everybody, and remind of what is overdue. Killed half-way it has done nothing, and is done again."""
    scores_update(actor=SCORES)
    actions_tell_overdue(actor=WATCH)


@shared_task(base=TenantTask, name="partners.scores_begin")
def begin() -> None:
    """After a scorecard came into force: its scores of now, and of the past where there are none."""
    scores_begin(actor=SCORES)


def _once_a_day(tenant: Tenant, task: Task) -> int:
    if not cache.add(f"{task.name}:{tenant.pk}:{clock.today(tenant)}", 1, KEPT_SECONDS):
        return 0
    task.apply_async(headers={HEADER: str(tenant.pk)})
    return 1
