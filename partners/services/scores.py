"""Scoring all partners: each figure once for everybody, a month's scores whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from partners import fiscal
from partners.commitments import Kept, commitment, kept_of
from partners.metrics import Asked, Value, Window, metric
from partners.metrics.values import values_of
from partners.models import Partner, ScorecardLine, ScorecardVersion, ScoreFigure, ScoreSnapshot
from partners.selectors.scorecards import TREND_MONTHS, about, spec_of, versions_in_force
from partners.states.partner import PartnerStatus
from partners.states.plans import Side
from partners.states.scorecards import FigureState
from prm import clock
from prm.db.scope import require_tenant, require_tenant_id
from prm.identity.actor import Actor
from prm.ids import new_id
from prm.outbox.services import emit

TENTH, HUNDRED = Decimal("0.1"), Decimal(100)
SCORED = (PartnerStatus.ACTIVE, PartnerStatus.SUSPENDED, PartnerStatus.ONBOARDING, PartnerStatus.EXITING)
COLUMNS = {
    "id": "uuid", "partner_id": "uuid", "side": "text", "metric": "text", "value": "numeric", "missing": "int",
    "kept": "int", "due": "int", "target": "numeric", "floor": "numeric", "weight": "int", "score": "numeric",
    "state": "text", "since": "date", "until": "date",
}  # fmt: skip
SNAPSHOT = {
    "id": "uuid", "partner_id": "uuid", "version_id": "uuid", "as_of": "date", "partner_score": "numeric",
    "vendor_score": "numeric", "reds": "int",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scored:
    """A line's result for a partner."""

    line: ScorecardLine
    window: Window
    value: Decimal | None
    missing: int
    kept: Kept | None
    score: Decimal | None
    state: FigureState


@transaction.atomic
def scores_update(*, actor: Actor, day: dt.date | None = None, partner_ids: Sequence[UUID] | None = None) -> int:
    """Score everybody as of a day (today) for its month; returns how many. Emits `partners.scores.updated`.

    This month's scores are replaced. A past month that has scores is left as it is: its figures were true then.
    """
    today = fiscal.today()
    as_of = min(day or today, today)
    month = fiscal.month_of(as_of)
    if month < fiscal.month_of(today) and ScoreSnapshot.objects.filter(month=month).exists():
        return 0
    count = 0
    for version, ids in _partners(partner_ids):
        results = _results(version, ids, as_of)
        _write(version, month, as_of, results)
        count += len(ids)
    emit("partners.scores.updated", {"month": month.isoformat(), "count": count, "by": actor.label})
    return count


def scores_begin(*, actor: Actor) -> int:
    """Scores of the past twelve months where there are none yet, as far as the figures have a history."""
    today = fiscal.today()
    ends = [fiscal.months_back(today, count - 1) - dt.timedelta(days=1) for count in range(TREND_MONTHS - 1, 0, -1)]
    return sum(scores_update(actor=actor, day=day) for day in ends) + scores_update(actor=actor)


def _partners(only: Sequence[UUID] | None) -> Iterator[tuple[ScorecardVersion, list[UUID]]]:
    """Each version in force with the partners that it is for."""
    rows = Partner.objects.filter(status__in=SCORED).order_by("pk")
    rows = rows.filter(pk__in=only) if only is not None else rows
    versions = versions_in_force()
    by_type = {kind: one for one in versions for kind in one.scorecard.partner_types}
    general = next((one for one in versions if not one.scorecard.partner_types), None)
    chosen: dict[UUID, list[UUID]] = {one.pk: [] for one in versions}
    for key, kind in rows.values_list("pk", "type"):
        version = by_type.get(kind, general)
        if version is not None:
            chosen[version.pk].append(key)
    return ((one, chosen[one.pk]) for one in versions if chosen[one.pk])


def _results(version: ScorecardVersion, ids: list[UUID], as_of: dt.date) -> dict[UUID, list[Scored]]:
    start, is_past = require_tenant().fiscal_start_month, as_of < fiscal.today()
    lines = [line for line in version.lines.all() if about(line.side, line.metric) is not None]
    windows = {line.pk: spec_of(line).window(as_of, start) for line in lines}
    own = [line for line in lines if line.side == Side.PARTNER]
    # What has no history would show today's figure as one of the past.
    counted = [line for line in own if metric(line.metric).has_history or not is_past]
    values = values_of([Asked(metric(line.metric), windows[line.pk]) for line in counted], ids) if counted else {}
    promised = [line for line in lines if line.side == Side.VENDOR]
    kept = {line.pk: kept_of(commitment(line.metric).code, windows[line.pk], ids) for line in promised}
    found: dict[UUID, list[Scored]] = {}
    for key in ids:
        own_values = dict(zip((line.pk for line in counted), values.get(key, []), strict=False))
        row = [_scored(line, windows[line.pk], own_values.get(line.pk, Value(None)), None) for line in own]
        for line in promised:
            count = kept[line.pk].get(key, Kept(0, 0))
            share = Value(Decimal(count.kept) / count.due if count.due else None)
            row.append(_scored(line, windows[line.pk], share, count))
        found[key] = row
    return found


def _scored(line: ScorecardLine, window: Window, value: Value, kept: Kept | None) -> Scored:
    score, state = score_of_value(value.value, line.target, line.floor)
    return Scored(line, window, value.value, value.missing, kept, score, state)


def score_of_value(value: Decimal | None, target: Decimal, floor: Decimal) -> tuple[Decimal | None, FigureState]:
    """0 at the floor, 100 at the target, in between by the way; past the floor it is a red flag."""
    if value is None:
        return None, FigureState.UNKNOWN
    way = (value - floor) / (target - floor)
    score = (min(max(way, Decimal(0)), Decimal(1)) * HUNDRED).quantize(TENTH, ROUND_HALF_UP)
    if way < 0:
        return score, FigureState.RED
    return score, FigureState.GOOD if way >= 1 else FigureState.WATCH


def weighted(results: Sequence[Scored], side: str) -> Decimal | None:
    """The mean of the known scores of a side by their weights."""
    known = [(one.score, one.line.weight) for one in results if one.line.side == side and one.score is not None]
    if not known:
        return None
    total = sum((score * weight for score, weight in known), Decimal(0))
    return (total / sum(weight for _score, weight in known)).quantize(TENTH, ROUND_HALF_UP)


def _write(version: ScorecardVersion, month: dt.date, as_of: dt.date, found: dict[UUID, list[Scored]]) -> None:
    ids = list(found)
    ScoreFigure.objects.filter(month=month, partner_id__in=ids)._raw_delete("default")
    ScoreSnapshot.objects.filter(month=month, partner_id__in=ids)._raw_delete("default")
    snapshots = [
        [new_id(), key, version.pk, as_of, weighted(row, Side.PARTNER), weighted(row, Side.VENDOR),
         sum(one.state == FigureState.RED for one in row if one.line.side == Side.PARTNER)]
        for key, row in found.items()
    ]  # fmt: skip
    _insert(ScoreSnapshot, SNAPSHOT, snapshots, month, {"computed_at": clock.now()})
    _insert(ScoreFigure, COLUMNS, [_row(key, one) for key, row in found.items() for one in row], month, {})


def _row(partner_id: UUID, one: Scored) -> list[Any]:
    line, kept = one.line, one.kept
    return [
        new_id(), partner_id, line.side, line.metric, one.value, one.missing, kept.kept if kept else None,
        kept.due if kept else None, line.target, line.floor, line.weight, one.score, str(one.state), one.window.since,
        one.window.until,
    ]  # fmt: skip


def _insert(model: Any, columns: dict[str, str], rows: list[list[Any]], month: dt.date, same: dict[str, Any]) -> None:
    """All rows in one statement: a column is sent as one array."""
    shared = {"tenant_id": require_tenant_id(), "created_at": clock.now(), "month": month, **same}
    names = [*columns, *shared]
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    sent = [[_plain(row[place]) for row in rows] for place in range(len(columns))]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(names)})"
            f" SELECT u.*, {', '.join(['%s'] * len(shared))} FROM unnest({arrays}) u",
            [*shared.values(), *sent],
        )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, (UUID, Decimal)) else value
