"""Asking for metrics: one statement for any number of them, for all partners at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from partners.metrics.registry import Metric, Only, Param, Sql, metric
from partners.metrics.windows import Window, WindowSpec
from prm.db.scope import require_tenant


@dataclass(frozen=True, slots=True)
class Value:
    """None where it is not known; `missing` rows could not be counted in."""

    value: Decimal | None
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A metric over a window, as of a day."""

    metric: Metric
    window: Window

    @classmethod
    def of(cls, code: str, spec: WindowSpec, day: dt.date) -> Asked:
        return cls(metric(code), spec.window(day, require_tenant().fiscal_start_month))


def values(code: str, window: Window, only: Only = None) -> dict[UUID, Value]:
    """The metric of every partner of the active tenant (or of those in `only`)."""
    return {partner_id: found[0] for partner_id, found in values_of([Asked(metric(code), window)], only).items()}


def values_of(asked: Sequence[Asked], only: Only = None) -> dict[UUID, list[Value]]:
    """Partner → the values in the order of what was asked."""
    text, params = values_sql(asked, only)
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return {row[0]: [Value(row[1 + 2 * i], row[2 + 2 * i]) for i in range(len(asked))] for row in cursor.fetchall()}


def values_sql(asked: Sequence[Asked], only: Only = None) -> Sql:
    """SELECT partner_id, v0, n0, v1, n1, …: value and missing rows of each metric, one row for each partner."""
    columns, joins, params = [], [], list[Param]()
    for i, one in enumerate(asked):
        absent = "NULL" if one.metric.absent is None else f"{one.metric.absent}"
        columns.append(f", coalesce(m{i}.value, {absent})::numeric AS v{i}, coalesce(m{i}.missing, 0) AS n{i}")
        text, own = one.metric.query(one.window, only)
        joins.append(f" LEFT JOIN ({text}) m{i} (partner_id, value, missing) ON m{i}.partner_id = p.id")
        params += own
    where, own = within("p.id", only)
    return f"SELECT p.id AS partner_id{''.join(columns)} FROM partners_partner p{''.join(joins)} WHERE {where}", [
        *params,
        *own,
    ]


def within(column: str, only: Only) -> Sql:
    """The condition that a query is about these partners alone; TRUE for all."""
    return ("TRUE", []) if only is None else (f"{column} = ANY(%s::uuid[])", [[str(one) for one in only]])
