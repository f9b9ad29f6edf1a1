"""The registry: code → metric. Knows no database; a metric brings the text of its query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.metrics.windows import Window
from prm.errors import NotFound, Text

Param = str | int | dt.date | list[str]
Sql = tuple[str, list[Param]]
"""A SELECT of (partner_id uuid, value numeric, missing bigint), each partner at most once, with its parameters.

`missing` counts rows that had to be left out, such as sales without an exchange rate: the value is then incomplete.
"""
Only = Sequence[UUID] | None


class Unit(models.TextChoices):
    MONEY = "money", _("Amount")
    COUNT = "count", _("Number")
    RATIO = "ratio", _("Ratio")
    SCORE = "score", _("Score")
    DAYS = "days", _("Days")


class Better(models.TextChoices):
    UP = "up", _("more is better")
    DOWN = "down", _("less is better")


@dataclass(frozen=True, slots=True)
class Metric:
    """`query(window, only)` gives the value of all partners of the active tenant, or of those in `only`.

    `absent` is the value of a partner that the query does not give: 0 for what is counted, None for what is unknown.
    Amounts are in the tenant's base currency, ratios fractions (0.12 is 12 %). `has_history` is false where a past
    window can't be told from the present one. `adds` tells whether "three more" can simply be added (what-if);
    `growth_of` names the metric whose growth over the year before it is, so that more of that one moves it too.
    """

    code: str
    name: Text
    definition: Text
    unit: Unit
    better: Better
    owner: Text
    source: Text
    query: Callable[[Window, Only], Sql]
    freshness: Callable[[], dt.datetime | None]
    absent: Decimal | None = None
    has_history: bool = True
    adds: bool = True
    growth_of: str = ""
    lowest: Decimal | None = None
    highest: Decimal | None = None
    """What the value can't go below or above, whoever sells what; None where nothing stops it."""


@dataclass(frozen=True, slots=True)
class Drill:
    """Where the rows behind a value are listed: an address by name, and its arguments and query for a partner."""

    url_name: str
    arguments: Callable[[UUID], Mapping[str, object]]
    query: Callable[[UUID, Window], Mapping[str, str]]


_metrics: dict[str, Metric] = {}
_drills: dict[tuple[str, str], Drill] = {}


def register(metric: Metric) -> Metric:
    """Raises `ValueError` when another metric has the code."""
    if _metrics.setdefault(metric.code, metric) is not metric:
        raise ValueError(f"there is a metric {metric.code!r} already")
    return metric


def metric(code: str) -> Metric:
    """Raises `NotFound`."""
    found = _metrics.get(code)
    if found is None:
        raise NotFound
    return found


def metrics() -> list[Metric]:
    """All of them, by code."""
    return [_metrics[code] for code in sorted(_metrics)]


def known(code: str) -> bool:
    return code in _metrics


def register_drill(code: str, surface: str, drill: Drill) -> None:
    """For the portal: how the surface (`manager`, `partner`) shows the rows of the metric."""
    _drills[code, surface] = drill


def drill_of(code: str, surface: str) -> Drill | None:
    return _drills.get((code, surface))
