"""The evaluation of a scheme for all partners in one statement: values, what is met, the tier, a hash of it all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from partners.metrics import Asked, Sql, values_sql
from partners.metrics.registry import Only, Param
from partners.tiers.scheme import Criterion, Key, Scheme, Tier
from prm.db.scope import require_tenant_id


def evaluation_sql(scheme: Scheme, day: dt.date, only: Only) -> Sql:
    """SELECT partner_id, rank, values (jsonb), met (jsonb): one row for each partner of `only`.

    `values` holds {key: [value as text or null, missing rows]}, `met` for each tier a list of whether each criterion is
    met. What is not known is not met.
    """
    keys = scheme.figures()
    text, params = values_sql([Asked.of(one.metric, one.window, day) for one in keys], only)
    for_rank, for_met = list[Param](), list[Param]()
    highest_first = reversed(list(enumerate(scheme.tiers, 1)))
    ranks = "".join(f" WHEN {_reached(tier, keys, for_rank)} THEN {rank}" for rank, tier in highest_first)
    met = ", ".join(f"jsonb_build_array({_all_met(tier, keys, for_met)})" for tier in scheme.tiers)
    values, names = _values(keys)
    return (
        (
            f"SELECT v.partner_id, CASE{ranks} ELSE 0 END AS rank, {values} AS values, jsonb_build_array({met}) AS met"
            f" FROM ({text}) v"
        ),
        [*for_rank, *names, *for_met, *params],
    )


def counts(scheme: Scheme, day: dt.date, only: Sequence[UUID]) -> dict[UUID, int]:
    """Partner → rank as of the day."""
    text, params = evaluation_sql(scheme, day, only)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT e.partner_id, e.rank FROM ({text}) e", params)
        return dict(cursor.fetchall())


def _values(keys: Sequence[Key]) -> tuple[str, list[Param]]:
    if not keys:
        return "'{}'::jsonb", []
    pairs = (f"%s::text, jsonb_build_array(trim_scale(v.v{i})::text, v.n{i})" for i in range(len(keys)))
    return f"jsonb_build_object({', '.join(pairs)})", [str(one) for one in keys]


def _reached(tier: Tier, keys: Sequence[Key], params: list[Param]) -> str:
    parts = [_met(one, keys, params) for one in tier.musts]
    if tier.pass_mark:
        points = " + ".join(
            f"CASE WHEN {_met(one, keys, params)} THEN {one.points:d} ELSE 0 END" for one in tier.weighted
        )
        parts.append(f"({points or '0'}) >= {tier.pass_mark:d}")
    return " AND ".join(parts) or "TRUE"


def _all_met(tier: Tier, keys: Sequence[Key], params: list[Param]) -> str:
    return ", ".join(_met(one, keys, params) for one in tier.criteria)


def _met(one: Criterion, keys: Sequence[Key], params: list[Param]) -> str:
    column = f"v.v{keys.index(one.key)}"
    tests = []
    for limit, sign in ((one.at_least, ">="), (one.at_most, "<=")):
        if limit is not None:
            tests.append(f"{column} {sign} %s::numeric")
            params.append(str(limit))
    return f"coalesce({' AND '.join(tests)}, false)"


def value_of(found: Sequence[object]) -> tuple[Decimal | None, int]:
    """(value, missing rows) as they are kept."""
    text, missing = found
    return (None if text is None else Decimal(str(text))), int(str(missing))


STORE = """
WITH found AS MATERIALIZED ({evaluation}),
hashed AS (
    SELECT f.*, encode(sha256(convert_to(
        concat_ws('|', %(scheme)s, f.rank, f.values::text, f.met::text), 'UTF8')), 'hex') AS hash FROM found f
),
fresh AS (
    SELECT h.* FROM hashed h LEFT JOIN partners_tierstanding s ON s.partner_id = h.partner_id
    WHERE s.id IS NULL OR (s.inputs_hash <> h.hash AND s.looked_on <= %(day)s::date)
),
written AS (
    INSERT INTO partners_tierevaluation
        (id, tenant_id, created_at, partner_id, scheme_id, as_of, evaluated_at, tier, rank, inputs, met, inputs_hash)
    SELECT uuidv7(), %(tenant)s::uuid, %(now)s::timestamptz, f.partner_id, %(scheme)s::uuid, %(day)s::date,
        %(now)s::timestamptz, coalesce((%(codes)s::text[])[f.rank], ''), f.rank, f.values, f.met, f.hash
    FROM fresh f ORDER BY f.partner_id
    RETURNING id, partner_id, tier, rank, inputs_hash
)
INSERT INTO partners_tierstanding
    (id, tenant_id, created_at, partner_id, scheme_id, evaluation_id, tier, rank, inputs_hash, looked_on)
SELECT uuidv7(), %(tenant)s::uuid, %(now)s::timestamptz, w.partner_id, %(scheme)s::uuid, w.id, w.tier, w.rank,
    w.inputs_hash, %(day)s::date
FROM written w
ON CONFLICT (tenant_id, partner_id) DO UPDATE SET scheme_id = excluded.scheme_id,
    evaluation_id = excluded.evaluation_id, tier = excluded.tier, rank = excluded.rank,
    inputs_hash = excluded.inputs_hash, looked_on = excluded.looked_on
"""


def evaluation_store(scheme_id: UUID, scheme: Scheme, day: dt.date, only: Sequence[UUID], now: dt.datetime) -> int:
    """Evaluate the partners and keep what differs from what is kept already; returns how many those are.

    What was looked at on a later day stays: a run that was begun yesterday knows less.
    """
    text, values = evaluation_sql(scheme, day, only)
    names: dict[str, Any] = {f"v{index}": value for index, value in enumerate(values)}
    facts = {
        "scheme": str(scheme_id), "day": day, "now": now, "tenant": str(require_tenant_id()),
        "codes": [tier.code for tier in scheme.tiers],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STORE.format(evaluation=_named(text, list(names))), names | facts)
        return int(cursor.rowcount)


def _named(text: str, names: Sequence[str]) -> str:
    """Placeholders in order become placeholders by name."""
    parts = text.split("%s")
    return "".join(part + (f"%({name})s" if name else "") for part, name in zip(parts, [*names, ""], strict=True))
