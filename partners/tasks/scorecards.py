"""Scores of the night, and actions whose day has passed."""

from __future__ import annotations

from celery import shared_task

from partners.services.plans_work import actions_tell_overdue
from partners.services.scores import scores_begin, scores_update
from prm.identity.actor import Actor
from prm.tenancy.celery import TenantTask, send_daily

SCORES, WATCH = Actor.system("partners.scores"), Actor.system("partners.watch")


@shared_task(name="partners.scores_nightly_all")
def nightly_all() -> int:
    return send_daily(nightly)


@shared_task(base=TenantTask, name="partners.scores_nightly")
def nightly() -> None:
    """Score everybody, and remind of what is overdue. Killed half-way it has done nothing, and is done again."""
    scores_update(actor=SCORES)
    actions_tell_overdue(actor=WATCH)


@shared_task(base=TenantTask, name="partners.scores_begin")
def begin() -> None:
    """After a scorecard came into force: its scores of now, and of the past where there are none."""
    scores_begin(actor=SCORES)
