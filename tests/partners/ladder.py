"""Short ways to a tier scheme in force, partners with figures, and days that pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

import time_machine

from partners.models import Partner, TierChange, TierScheme, TierStay, TierTrack
from partners.services.metrics import metric_fact_set
from partners.services.tier_backtests import backtest_acknowledge, backtest_start
from partners.services.tier_decisions import stay_decide
from partners.services.tier_sweeps import partners_evaluate
from partners.services.tiers import scheme_publish, scheme_save, track_create
from partners.states.tiers import STAY_HELD
from partners.tier_backtest_work import outcome_of
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.notifications.models import Notice
from prm.runs.states import RunStatus
from prm.testing.importing import Importer
from prm.testing.make import Cast

SYSTEM = Actor.system("test")
DAY = dt.date.fromisoformat


def more(metric: str, least: str, points: int = 0, **extra: Any) -> dict[str, Any]:
    """A criterion of at least so much over the last 12 months."""
    found = {"metric": metric, "window": "trailing_months", "length": 12, "at_least": least}
    return found | ({"points": points} if points else {}) | extra


def tier(code: str, *criteria: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {"code": code, "name": {"en": code.title(), "zh-hans": ""}, "criteria": list(criteria)} | extra


def document(*tiers: dict[str, Any], **rules: Any) -> dict[str, Any]:
    usual = {"minimum_stay_days": 0, "risk_days": 30, "grace_days": 60, "appeal_days": 14}
    return {"tiers": list(tiers), "rules": usual | rules}


SILVER = tier("silver", more("revenue", "100"))
GOLD = tier("gold", more("revenue", "1000"), more("satisfaction", "8"))


def publish(actor: Actor, definition: dict[str, Any], code: str = "all", types: tuple[str, ...] = ()) -> TierScheme:
    """The track's next version in force, its back-test acknowledged."""
    track = TierTrack.objects.filter(code=code).first() or track_create(
        actor=actor, code=code, name_en=code.title(), partner_types=types
    )
    scheme_save(actor=actor, track_id=track.pk, definition=definition)
    run = backtest_start(actor=actor, track_id=track.pk)
    run.outcome = outcome_of(run.scheme.scheme, track, run.asked_on, run.pk)
    run.status, run.finished_at = RunStatus.DONE, clock.now()
    run.save()
    backtest_acknowledge(actor=actor, backtest_id=run.pk)
    return scheme_publish(actor=actor, track_id=track.pk)


def evaluate(*partners: Partner, day: dt.date | None = None) -> int:
    ids = [one.pk for one in partners] or list(Partner.objects.values_list("pk", flat=True))
    return partners_evaluate(actor=SYSTEM, partner_ids=ids, as_of=day or clock.today(require_tenant()))


@contextmanager
def on(day: str, time: str = "04:00:00Z") -> Iterator[None]:
    with time_machine.travel(f"{day}T{time}", tick=False):
        yield


def held(partner_id: UUID) -> TierStay | None:
    return TierStay.objects.filter(partner_id=partner_id, status__in=STAY_HELD).first()


def stays(partner_id: UUID) -> list[tuple[str, str]]:
    """(tier, state) of all stays, the oldest first."""
    rows = TierStay.objects.filter(partner_id=partner_id).order_by("created_at", "pk")
    return [(one.tier, str(one.status)) for one in rows]


def sell(importer: Importer, key: str, day: str, amount: str, partner: str = "P-1") -> None:
    assert importer.sales(f"{key},{partner},X1,{day},1,{amount},CNY").accepted == 1


def satisfied(cast: Cast, day: str, value: str = "9") -> None:
    metric_fact_set(
        actor=cast.administrator,
        partner_id=cast.partner.pk,
        metric="satisfaction",
        as_of=DAY(day),
        value=Decimal(value),
    )


def tiers_of(partner: Partner) -> list[tuple[str, str]]:
    rows = TierChange.objects.filter(partner=partner).order_by("valid_from")
    return [(one.valid_from.isoformat(), one.tier) for one in rows]


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=f"partners.tier.{kind}").values_list("user__email", flat=True))


def at(cast: Cast, day: str) -> TierStay:
    with on(day):
        evaluate()
    found = held(cast.partner.pk)
    assert found is not None
    return found


def decided(cast: Cast) -> TierStay:
    for day in ("2026-03-01", "2026-03-31", "2026-05-30"):
        at(cast, day)
    with on("2026-06-01"):
        return stay_decide(actor=cast.manager, stay_id=held(cast.partner.pk).pk, reason="Too little")
