"""Scores of partners with the figures behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import ScoreFigure
from partners.policies.plans import confined
from partners.selectors.scorecards import months_scored
from partners.states.plans import Side
from partners.states.scorecards import FigureState
from prm.errors import Invalid
from prm.exports.cells import CODE, DAY, NUMBER
from prm.exports.kinds import Column, ExportKind, Filter, register
from prm.identity.actor import Actor
from prm.identity.rights import Right

COLUMNS = [
    Column("month", gettext_lazy("Month"), "month", DAY),
    Column("partner_code", gettext_lazy("Partner code"), "partner__code"),
    Column("partner_name", gettext_lazy("Partner"), "partner__name"),
    Column("side", gettext_lazy("Side"), "side", CODE),
    Column("figure", gettext_lazy("Figure"), "metric", CODE),
    Column("value", gettext_lazy("Value"), "value", NUMBER),
    Column("target", gettext_lazy("Target"), "target", NUMBER),
    Column("floor", gettext_lazy("Red-flag floor"), "floor", NUMBER),
    Column("score", gettext_lazy("Score"), "score", NUMBER),
    Column("state", gettext_lazy("State"), "state", CODE),
    Column("weight", gettext_lazy("Weight"), "weight", NUMBER),
    Column("kept", gettext_lazy("Kept"), "kept", NUMBER, usual=False),
    Column("due", gettext_lazy("Due"), "due", NUMBER, usual=False),
    Column("left_out", gettext_lazy("Rows left out"), "missing", NUMBER, usual=False),
    Column("since", gettext_lazy("From"), "since", DAY, usual=False),
    Column("until", gettext_lazy("Until"), "until", DAY, usual=False),
]


def scores(
    actor: Actor, *, month: str = "", partner: str = "", side: str = "", state: str = ""
) -> QuerySet[ScoreFigure]:  # fmt: skip
    """Figures by partner; of the newest month unless told otherwise."""
    rows: Any = confined(actor, ScoreFigure.objects.all())
    wanted = _month(month) if month else next(iter(months_scored(actor)), None)
    rows = rows.filter(month=wanted) if wanted else rows
    given = {"partner__code": partner, "side": side, "state": state}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    return rows.order_by("partner__code", "-side", "metric", "id")  # type: ignore[no-any-return]


def _month(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        raise Invalid(fields={"month": [_("Not a month such as 2026-03.")]}) from None


def _months(actor: Actor) -> Sequence[tuple[str, object]]:
    return [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months_scored(actor)]


register(ExportKind(
    "scores", gettext_lazy("Scorecards"),
    gettext_lazy("The figures behind the scores of partners, with targets and promises of yours."),
    Right.SCORECARDS_VIEW, COLUMNS,
    [
        Filter("month", gettext_lazy("Month"), "choice", _months),
        Filter("partner", gettext_lazy("Partner code")),
        Filter("side", gettext_lazy("Side"), "choice", lambda _actor: Side.choices),
        Filter("state", gettext_lazy("State"), "choice", lambda _actor: FigureState.choices),
    ],
    scores,
))  # fmt: skip
