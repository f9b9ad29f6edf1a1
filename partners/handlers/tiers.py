"""What makes a partner's tier worth another look, and the work that evaluations and back-tests ask for."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from partners.models import TierBacktest, TierScheme, TierSweep
from partners.services.tier_backtests import WATCH as BACKTEST_WATCH
from partners.services.tier_sweeps import ACTOR, DUE, WATCH, partners_due, partners_due_work, sweep_start
from partners.states.tiers import SchemeStatus
from prm.outbox.registry import subscribe
from prm.outbox.services import emit
from prm.runs.states import RUN_ACTIVE

LOOK_AGAIN = dt.timedelta(seconds=30)
Payload = dict[str, Any]
FACTS = (
    "commerce.sales.recorded",
    "commerce.sales.removed",
    "commerce.rates.changed",
    "commerce.products.changed",
    "partners.partner.created",
    "partners.partner.changed",
    "partners.tier.changed",
    "partners.metrics.changed",
    "partners.certificate.awarded",
    "partners.certificate.expired",
    "partners.certificate.revoked",
    "partners.certificate.moved",
)


def facts_changed(payload: Payload) -> None:
    """Evaluate whom it concerns, soon; everybody where it does not say whom."""
    if not TierScheme.objects.filter(status=SchemeStatus.PUBLISHED).exists():
        return
    named = payload.get("partner_ids")
    if named == "all" or (named is None and not payload.get("partner_id")):
        sweep_start(actor=ACTOR)
        return
    ids = [payload["partner_id"]] if payload.get("partner_id") else named
    partners_due(partner_ids=[UUID(one) for one in ids or []])


for topic in FACTS:
    subscribe(topic)(facts_changed)


@subscribe(DUE)
def due_partners(_payload: Payload) -> None:
    partners_due_work()


@subscribe(WATCH)
def sweep_watch(payload: Payload) -> None:
    """Send the task, and again from time to time until the sweep has ended: a broker forgets, the outbox does not."""
    from partners.tasks.tiers import sweep

    if TierSweep.objects.filter(pk=UUID(payload["sweep_id"]), status__in=RUN_ACTIVE).exists():
        emit(WATCH, payload, delay=LOOK_AGAIN)
        sweep.apply_async(args=[payload["sweep_id"]])


@subscribe(BACKTEST_WATCH)
def backtest_watch(payload: Payload) -> None:
    """Send the task, and again from time to time until the back-test has ended."""
    from partners.tasks.tiers import backtest

    if TierBacktest.objects.filter(pk=UUID(payload["backtest_id"]), status__in=RUN_ACTIVE).exists():
        emit(BACKTEST_WATCH, payload, delay=LOOK_AGAIN)
        backtest.apply_async(args=[payload["backtest_id"]])
