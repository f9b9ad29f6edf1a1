"""The nightly evaluation of all tiers, and the work on back-tests."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.core.cache import cache

from partners.models import TierScheme
from partners.services.tier_sweeps import ACTOR, sweep_run, sweep_start
from partners.states.tiers import SchemeStatus
from partners.tier_backtest_work import backtest_run
from prm import clock
from prm.runs.tasks import RunTask, work
from prm.tenancy.celery import HEADER, TenantTask
from prm.tenancy.models import Tenant

KEPT_SECONDS = 20 * 3600


@shared_task(name="partners.tiers_nightly_all")
def nightly_all() -> int:
    """Once for each vendor in the hour after its midnight; returns how many. Two beats make one run."""
    sent = 0
    for tenant in Tenant.objects.filter(is_active=True):
        day = clock.today(tenant)
        if cache.add(f"partners.tiers_nightly:{tenant.pk}:{day}", 1, KEPT_SECONDS):
            nightly.apply_async(headers={HEADER: str(tenant.pk)})
            sent += 1
    return sent


@shared_task(base=TenantTask, name="partners.tiers_nightly")
def nightly() -> None:
    """Start the day's evaluation; nothing where no track has a scheme in force."""
    if TierScheme.objects.filter(status=SchemeStatus.PUBLISHED).exists():
        sweep_start(actor=ACTOR)


@shared_task(base=RunTask, bind=True, name="partners.tier_sweep")
def sweep(self: Any, sweep_id: str) -> None:
    work(self, sweep_run, sweep_id)


@shared_task(base=RunTask, bind=True, name="partners.tier_backtest")
def backtest(self: Any, backtest_id: str) -> None:
    work(self, backtest_run, backtest_id)
