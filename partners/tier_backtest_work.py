"""The work of one back-test: the draft as of the ends of past quarters, beside the tiers that partners had then."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from partners.metrics import metric
from partners.metrics.windows import period_start, shifted
from partners.models import Partner, TierBacktest, TierChange, TierTrack
from partners.services.tier_sweeps import track_partners
from partners.tiers.money import History, costs_of
from partners.tiers.reading import scheme_of
from partners.tiers.scheme import Scheme
from partners.tiers.sql import counts
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.money import plain, round_digits
from prm.outbox.services import emit
from prm.runs.progress import clear, progress_set
from prm.runs.states import RUN_ACTIVE, RUN_TRANSITIONS, RunStatus
from prm.runs.work import Work, snapshot
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import transition

ACTOR = Actor.system("partners.tier_backtest")
MAX_ATTEMPTS = 5
QUARTERS, COST_QUARTERS = 8, 4
LOW = Decimal("0.1")
"""Fewer than this share of the tier below reach a tier: nobody works for it."""
MOST_NAMED = 200


def backtest_run(tenant: Tenant, backtest_id: UUID) -> None:
    """Work it out, unless it has ended. Raises `Busy`, and whatever goes wrong, to be tried again."""
    run = WORK.claim(tenant, backtest_id)
    if run is None:
        return
    try:
        with snapshot(tenant):
            WORK.hold(backtest_id)
            outcome = outcome_of(scheme_of(run.definition), run.scheme.track, run.asked_on, run.pk)
        with tenant_context(tenant):
            _keep(backtest_id, outcome)
    finally:
        clear(backtest_id)


def _keep(backtest_id: UUID, outcome: dict[str, Any]) -> None:
    run: TierBacktest | None = (
        TierBacktest.objects.select_for_update().filter(pk=backtest_id, status=RunStatus.RUNNING).first()
    )
    if run is None:
        return
    run.outcome, run.finished_at = outcome, clock.now()
    run.save(update_fields=["outcome", "finished_at"])
    transition(run, "finish", table=RUN_TRANSITIONS, actor=ACTOR, action="partners.tier_backtest.finished")
    emit("partners.tier_backtest.finished", {"backtest_id": str(run.pk)})


def _fail(run: TierBacktest) -> None:
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])
    transition(run, "fail", table=RUN_TRANSITIONS, actor=ACTOR, action="partners.tier_backtest.failed")
    emit("partners.tier_backtest.failed", {"backtest_id": str(run.pk)})


WORK = Work("partners.tier_backtest", TierBacktest, RUN_TRANSITIONS, RUN_ACTIVE, MAX_ATTEMPTS, ACTOR, _fail)


@dataclass(slots=True)
class Found:
    """Partner → rank by the draft, and the tier that it had, as of each day."""

    days: list[dt.date]
    by_draft: list[dict[UUID, int]] = field(default_factory=list)
    by_history: list[dict[UUID, str]] = field(default_factory=list)


def outcome_of(scheme: Scheme, track: TierTrack, day: dt.date, run_id: UUID) -> dict[str, Any]:
    """What the back-test keeps, as JSON."""
    others = list(TierTrack.objects.exclude(pk=track.pk))
    partners = {one.pk: one for one in track_partners(track, others).order_by("code")}
    found = Found(quarter_ends(day, QUARTERS))
    for number, end in enumerate(found.days):
        progress_set(run_id, number, QUARTERS + 1)
        found.by_draft.append(counts(scheme, end, list(partners)))
        found.by_history.append(tiers_on(list(partners), end))
    moves = _moves(scheme, partners, found)
    return {
        "quarters": [_quarter(scheme, found, index) for index in range(len(found.days))],
        "reach": _reach(scheme, found.by_draft[-1]),
        "moves": moves[:MOST_NAMED],
        "moved": len(moves),
        "no_history": sorted({one.metric for one in scheme.figures() if not metric(one.metric).has_history}),
        "costs": _costs(scheme, found),
    }


def quarter_ends(day: dt.date, count: int) -> list[dt.date]:
    """The last days of the whole fiscal quarters before the day, the oldest first."""
    start = period_start(day, 3, require_tenant().fiscal_start_month)
    return [shifted(start, -3 * number) - dt.timedelta(days=1) for number in reversed(range(count))]


def tiers_on(partner_ids: Sequence[UUID], day: dt.date) -> dict[UUID, str]:
    """The tiers of the history as of a day."""
    changes = TierChange.objects.filter(partner_id__in=partner_ids, valid_from__lte=day).order_by("valid_from")
    return {one.partner_id: one.tier for one in changes}


def _quarter(scheme: Scheme, found: Found, index: int) -> dict[str, Any]:
    draft, history = found.by_draft[index], found.by_history[index]
    ranks = Counter(draft.values())
    rises = Counter(_way(scheme, history.get(partner_id, ""), rank) for partner_id, rank in draft.items())
    return {
        "day": found.days[index].isoformat(),
        "counts": [ranks.get(rank, 0) for rank in range(len(scheme.tiers) + 1)],
        "up": rises["up"],
        "down": rises["down"],
        "same": rises["same"],
    }


def _way(scheme: Scheme, tier: str, rank: int) -> str:
    before = scheme.rank(tier)
    return "same" if before == rank else "up" if rank > before else "down"


def _reach(scheme: Scheme, draft: Mapping[UUID, int]) -> list[dict[str, Any]]:
    """Of the partners that reach the tier below, how many reach this one."""
    found = []
    for rank, tier in enumerate(scheme.tiers, 1):
        below = sum(1 for one in draft.values() if one >= rank - 1)
        reach = sum(1 for one in draft.values() if one >= rank)
        share = round_digits(Decimal(reach) / below, 4) if below else Decimal(0)
        facts = {"tier": tier.code, "below": below, "reach": reach, "share": plain(share)}
        found.append(facts | {"is_low": below > 0 and share < LOW})
    return found


def _moves(scheme: Scheme, partners: Mapping[UUID, Partner], found: Found) -> list[dict[str, str]]:
    """Partners whose newest quarter puts them elsewhere than they stand, the longest way first."""
    draft, history = found.by_draft[-1], found.by_history[-1]
    moves = []
    for partner_id, rank in draft.items():
        before = scheme.rank(history.get(partner_id, ""))
        if before != rank:
            one, tier = partners[partner_id], scheme.tier(rank)
            facts = {"partner_id": str(partner_id), "code": one.code, "name": one.name}
            moves.append(
                (abs(rank - before), facts | {"from": history.get(partner_id, ""), "to": tier.code if tier else ""})
            )
    return [facts for _way_, facts in sorted(moves, key=lambda one: (-one[0], one[1]["code"]))]


def _costs(scheme: Scheme, found: Found) -> list[dict[str, str]]:
    """The last whole year with the tiers that the draft would have given, each from the day after its quarter on."""
    days = found.days[-COST_QUARTERS - 1 :]
    histories: dict[UUID, list[tuple[dt.date, str]]] = defaultdict(list)
    for day, draft in zip(days[:-1], found.by_draft[-COST_QUARTERS - 1 : -1], strict=True):
        for partner_id, rank in draft.items():
            tier = scheme.tier(rank)
            histories[partner_id].append((day + dt.timedelta(days=1), tier.code if tier else ""))
    moving = {key: rows for key, rows in histories.items() if _differs(rows, key, found, len(days))}
    first = days[0] + dt.timedelta(days=1)
    return [
        {"code": one.code, "currency": one.currency, "before": plain(one.before), "after": plain(one.after)}
        for one in costs_of(moving, first, days[-1])
    ]


def _differs(rows: History, partner_id: UUID, found: Found, count: int) -> bool:
    history = [one.get(partner_id, "") for one in found.by_history[-count:]]
    return [tier for _day, tier in rows] != history[:-1] or len(set(history)) > 1
