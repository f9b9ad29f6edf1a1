"""Metrics whose values other systems tell: by file (kind `metric_facts`) or API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from partners.metrics.registry import Only, Sql
from partners.metrics.values import within
from partners.metrics.windows import Window

FACT_CODES: set[str] = set()
"""The metrics that take imported figures."""


def latest_fact(code: str) -> Callable[[Window, Only], Sql]:
    """The newest figure in the window."""
    FACT_CODES.add(code)

    def query(window: Window, only: Only) -> Sql:
        where, own = within("f.partner_id", only)
        return (
            (
                "SELECT DISTINCT ON (f.partner_id) f.partner_id, f.value, 0::bigint FROM partners_metricfact f"
                f" WHERE f.metric = %s AND f.as_of BETWEEN %s::date AND %s::date AND {where}"
                " ORDER BY f.partner_id, f.as_of DESC"
            ),
            [code, window.since, window.until, *own],
        )

    return query


def sum_of_facts(code: str) -> Callable[[Window, Only], Sql]:
    """All figures of the window together."""
    FACT_CODES.add(code)

    def query(window: Window, only: Only) -> Sql:
        where, own = within("f.partner_id", only)
        return (
            (
                "SELECT f.partner_id, sum(f.value), 0::bigint FROM partners_metricfact f"
                f" WHERE f.metric = %s AND f.as_of BETWEEN %s::date AND %s::date AND {where} GROUP BY f.partner_id"
            ),
            [code, window.since, window.until, *own],
        )

    return query


def fact_freshness(code: str) -> Callable[[], dt.datetime | None]:
    """When a figure of the metric was last told."""

    def freshness() -> dt.datetime | None:
        from partners.models import MetricFact

        newest = MetricFact.objects.filter(metric=code).order_by("-updated_at").values_list("updated_at", flat=True)
        return newest.first()

    return freshness
