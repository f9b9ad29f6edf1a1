"""The nightly evaluation of all tiers, and the work on back-tests."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from partners.models import TierScheme
from partners.services.tier_sweeps import ACTOR, sweep_run, sweep_start
from partners.states.tiers import SchemeStatus
from partners.tier_backtest_work import backtest_run
from prm.runs.tasks import RunTask, work
from prm.tenancy.celery import TenantTask, send_daily


@shared_task(name="partners.tiers_nightly_all")
def nightly_all() -> int:
    return send_daily(nightly)


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
