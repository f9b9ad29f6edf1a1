"""Reading scorecards: what counts, what each partner scored, and how that went over the months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from partners import commitments, fiscal
from partners.metrics import Unit, WindowKind, WindowSpec, metric
from partners.metrics import registry as metric_registry
from partners.metrics.registry import Better
from partners.models import Scorecard, ScorecardLine, ScorecardVersion, ScoreFigure, ScoreSnapshot
from partners.policies.plans import confined, require_view
from partners.states.plans import Side
from partners.states.scorecards import ScorecardStatus
from prm.errors import Forbidden, NotFound, Text
from prm.identity.actor import Actor
from prm.identity.rights import Right

TREND_MONTHS = 12
SORTS = ("name", "score", "vendor", "reds")


@dataclass(frozen=True, slots=True)
class About:
    """What a line measures, whichever registry it comes from. `freshness` is when the data last changed, if known."""

    code: str
    side: str
    name: Text
    definition: Text
    unit: str
    better: str
    owner: Text
    source: Text
    freshness: dt.datetime | None


def about(side: str, code: str, *, fresh: bool = False) -> About | None:
    """None for a figure that no installed app has any more. `fresh` asks for the freshness, which costs a query."""
    if side == Side.VENDOR:
        if not commitments.known(code):
            return None
        one = commitments.commitment(code)
        return About(code, side, one.name, one.definition, Unit.RATIO, Better.UP, one.owner, one.source, None)
    if not metric_registry.known(code):
        return None
    it = metric(code)
    at = it.freshness() if fresh else None
    return About(code, side, it.name, it.definition, it.unit, it.better, it.owner, it.source, at)


def scorecard_list(actor: Actor) -> QuerySet[Scorecard]:
    """Scorecards with their versions, by name."""
    actor.require(Right.SCORECARDS_VIEW)
    return Scorecard.objects.prefetch_related("versions").order_by("name", "id")


def scorecard_get(actor: Actor, scorecard_id: UUID) -> Scorecard:
    found = scorecard_list(actor).filter(pk=scorecard_id).first()
    if found is None:
        raise NotFound
    return found


def version_get(actor: Actor, version_id: UUID) -> ScorecardVersion:
    actor.require(Right.SCORECARDS_VIEW)
    rows = ScorecardVersion.objects.select_related("scorecard").prefetch_related("lines")
    found = rows.filter(pk=version_id).first()
    if found is None:
        raise NotFound
    return found


def versions_in_force() -> list[ScorecardVersion]:
    """The published version of each scorecard, the one for all types last."""
    rows: Any = ScorecardVersion.objects.filter(status=ScorecardStatus.PUBLISHED).select_related("scorecard")
    found = list(rows.prefetch_related("lines").order_by("scorecard__name", "id"))
    return sorted(found, key=lambda one: not one.scorecard.partner_types)


def spec_of(line: ScorecardLine) -> WindowSpec:
    return WindowSpec(WindowKind(line.window), line.length)


def months_scored(actor: Actor) -> list[dt.date]:
    """Months that have scores, the newest first."""
    rows = confined(actor, ScoreSnapshot.objects.all())
    return list(rows.order_by("-month").values_list("month", flat=True).distinct()[:36])


def score_list(
    actor: Actor, *, scorecard_id: UUID | None = None, month: dt.date | None = None, search: str = "", type: str = "",  # noqa: A002
    region: str = "", state: str = "", partner_id: UUID | None = None,
) -> QuerySet[ScoreSnapshot]:  # fmt: skip
    """Scores with their partner. `state` is `red` for partners with red flags, `clear` for those without."""
    rows: Any = confined(actor, ScoreSnapshot.objects.select_related("partner", "version__scorecard"))
    given: dict[str, object] = {"version__scorecard_id": scorecard_id, "month": month, "partner_id": partner_id}
    given |= {"partner__type": type, "partner__region": region}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    if state:
        rows = rows.filter(reds__gt=0) if state == "red" else rows.filter(reds=0)
    if search:
        rows = rows.filter(Q(partner__name__icontains=search) | Q(partner__code__istartswith=search))
    return rows.order_by("partner__name", "id")  # type: ignore[no-any-return]


def scores_sorted(rows: QuerySet[ScoreSnapshot], key: str, *, descending: bool) -> QuerySet[ScoreSnapshot]:
    """By one of `SORTS` or by a line `side:metric`; what is not known comes last either way."""
    names = {"name": "partner__name", "score": "partner_score", "vendor": "vendor_score", "reds": "reds"}
    if key in names:
        column = F(names[key])
    else:
        side, _sep, code = key.partition(":")
        figures = ScoreFigure.objects.filter(
            partner=OuterRef("partner"), month=OuterRef("month"), side=side, metric=code
        )
        rows = rows.annotate(sorted_by=Subquery(figures.values("value")[:1]))
        column = F("sorted_by")
    first = column.desc(nulls_last=True) if descending else column.asc(nulls_last=True)
    return rows.order_by(first, "partner__name", "id")


def figures_of(
    actor: Actor, partner_ids: Iterable[UUID], month: dt.date
) -> dict[UUID, dict[tuple[str, str], ScoreFigure]]:
    """Partner → (side, metric) → figure of a month, in one statement."""
    rows = confined(actor, ScoreFigure.objects.filter(partner_id__in=list(partner_ids), month=month))
    found: dict[UUID, dict[tuple[str, str], ScoreFigure]] = {}
    for one in rows:
        found.setdefault(one.partner_id, {})[one.side, one.metric] = one
    return found


def trends_of(actor: Actor, partner_ids: Sequence[UUID], until: dt.date) -> dict[UUID, list[Decimal | None]]:
    """Partner → its score of each of the last twelve months, oldest first; None where there is none."""
    months = [fiscal.months_back(until, count) for count in range(TREND_MONTHS - 1, -1, -1)]
    rows = confined(actor, ScoreSnapshot.objects.filter(partner_id__in=list(partner_ids), month__in=months))
    scores = {(one[0], one[1]): one[2] for one in rows.values_list("partner_id", "month", "partner_score")}
    return {key: [scores.get((key, month)) for month in months] for key in partner_ids}


def figure_trend(actor: Actor, partner_id: UUID, until: dt.date) -> dict[tuple[str, str], list[Decimal | None]]:
    """(side, metric) → the value of each of the last twelve months."""
    months = [fiscal.months_back(until, count) for count in range(TREND_MONTHS - 1, -1, -1)]
    rows = confined(actor, ScoreFigure.objects.filter(partner_id=partner_id, month__in=months))
    found: dict[tuple[str, str], dict[dt.date, Decimal | None]] = {}
    for side, code, month, value in rows.values_list("side", "metric", "month", "value"):
        found.setdefault((side, code), {})[month] = value
    return {key: [values.get(month) for month in months] for key, values in found.items()}


def score_of(actor: Actor, partner_id: UUID, month: dt.date | None = None) -> ScoreSnapshot | None:
    """The newest score of a partner, or that of a month."""
    require_view(actor)
    if actor.is_partner and actor.partner_id != partner_id:
        raise NotFound
    rows = score_list(actor, partner_id=partner_id, month=month)
    return rows.order_by("-month").first()


def require_vendor(actor: Actor, right: Right) -> None:
    if actor.is_partner:
        raise Forbidden
    actor.require(right)


def version_list(actor: Actor) -> QuerySet[ScorecardVersion]:
    actor.require(Right.SCORECARDS_VIEW)
    return ScorecardVersion.objects.select_related("scorecard").prefetch_related("lines").order_by("-created_at")


def figure_list(actor: Actor, partner_id: UUID, month: dt.date | None = None) -> QuerySet[ScoreFigure]:
    """The figures of a partner and a month, the newest unless told otherwise."""
    score = score_of(actor, partner_id, fiscal.month_of(month) if month else None)
    rows = confined(actor, ScoreFigure.objects.filter(partner_id=partner_id))
    return rows.filter(month=score.month) if score else rows.none()
