"""10,000 partners × 6 criteria: the evaluation of a tier scheme against the hand-written SQL for the same figures.

Also: the first night, which writes every evaluation, and the next, on which nothing differs.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

from partners.models import Partner, TierStanding
from partners.services.tier_sweeps import PART, partners_evaluate
from partners.tiers.reading import scheme_read
from partners.tiers.scheme import Scheme
from partners.tiers.sql import counts, evaluation_sql
from prm.identity.actor import Actor
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.partners.ladder import document, more, publish, tier

PARTNERS, LINES, DAY = 10_000, 600_000, dt.date(2026, 9, 30)
ACTOR = Actor.system("bench")
ROUNDS = 3
PEOPLE = """
INSERT INTO partners_partner (id, tenant_id, created_at, updated_at, code, name, legal_name, type, region, country,
    tags, status)
SELECT uuidv7(), %(tenant)s, now(), now(), 'P' || n, 'Partner ' || n, '', 'reseller', '', 'CN', '{}', 'active'
FROM generate_series(1, %(partners)s) n
"""
PRODUCTS = """
INSERT INTO commerce_product (id, tenant_id, created_at, updated_at, sku, name, line, category, brand)
SELECT uuidv7(), %(tenant)s, now(), now(), 'S' || n, 'Product ' || n, 'Line ' || n %% 8, '', ''
FROM generate_series(1, 200) n
"""
SALES = """
WITH p AS (SELECT id, row_number() OVER (ORDER BY code) - 1 AS n FROM partners_partner WHERE tenant_id = %(tenant)s),
q AS (SELECT id, row_number() OVER (ORDER BY sku) - 1 AS n FROM commerce_product WHERE tenant_id = %(tenant)s)
INSERT INTO commerce_saleline (tenant_id, external_id, partner_id, product_id, sold_on, quantity, net_amount, currency,
    invoice_no, customer_code, customer_name, customer_segment, customer_industry, channel, deal_ref, sold_by, reverses,
    attrs, created_at)
SELECT %(tenant)s, 'L' || s, p.id, q.id, DATE '2024-10-01' + (s * 7919 %% 730)::int, 1,
    10 + (s * 104729 %% 9000) / 10.0, 'CNY', 'I' || s / 3, 'C' || s * 31 %% 90000, '', '', '', '', '', '', '', '{}',
    now()
FROM generate_series(1, %(lines)s::bigint) s
JOIN p ON p.n = s * 7907 %% %(partners)s JOIN q ON q.n = s %% 200
"""
SCORES = """
INSERT INTO partners_metricfact (id, tenant_id, created_at, updated_at, partner_id, metric, as_of, value)
SELECT uuidv7(), %(tenant)s, now(), now(), id, 'satisfaction', DATE '2026-06-30', length(code) * 17 %% 10
FROM partners_partner WHERE tenant_id = %(tenant)s
"""
WORLD = (PEOPLE, PRODUCTS, SALES, SCORES)
# What somebody would write who needs these six figures, and the tier, once.
BY_HAND = """
WITH year AS (
    SELECT partner_id, sum(net_amount) FILTER (WHERE sold_on > DATE '2025-09-30') AS revenue,
        sum(net_amount) FILTER (WHERE sold_on <= DATE '2025-09-30') AS before,
        count(DISTINCT invoice_no) FILTER (WHERE sold_on > DATE '2025-09-30') AS orders
    FROM commerce_saleline WHERE sold_on BETWEEN DATE '2024-10-01' AND DATE '2026-09-30' GROUP BY partner_id
),
first AS (
    SELECT DISTINCT ON (customer_code) customer_code, partner_id, sold_on FROM commerce_saleline
    WHERE customer_code <> '' AND sold_on <= DATE '2026-09-30' ORDER BY customer_code, sold_on, external_id
),
won AS (SELECT partner_id, count(*) AS customers FROM first WHERE sold_on > DATE '2025-09-30' GROUP BY partner_id),
broad AS (
    SELECT l.partner_id, count(DISTINCT p.line) AS lines FROM commerce_saleline l
    JOIN commerce_product p ON p.id = l.product_id
    WHERE l.sold_on BETWEEN DATE '2025-10-01' AND DATE '2026-09-30' GROUP BY l.partner_id
),
happy AS (
    SELECT DISTINCT ON (partner_id) partner_id, value FROM partners_metricfact
    WHERE metric = 'satisfaction' AND as_of BETWEEN DATE '2025-10-01' AND DATE '2026-09-30'
    ORDER BY partner_id, as_of DESC
)
SELECT q.id, CASE
    WHEN y.revenue >= 15000 AND y.revenue / y.before - 1 >= 0 AND y.orders >= 10 AND w.customers >= 2 AND b.lines >= 4
        AND h.value >= 3 THEN 3
    WHEN y.revenue >= 12000 AND y.orders >= 5 THEN 2 WHEN y.revenue >= 8000 THEN 1 ELSE 0 END
FROM partners_partner q LEFT JOIN year y ON y.partner_id = q.id LEFT JOIN won w ON w.partner_id = q.id
LEFT JOIN broad b ON b.partner_id = q.id LEFT JOIN happy h ON h.partner_id = q.id
"""


def main() -> dict[str, float]:
    tenant = Tenant.objects.create(slug="ladder", name="Ladder")
    scheme = scheme_read(_document())
    with tenant_context(tenant), connection.cursor() as cursor:
        for text in WORLD:
            cursor.execute(text, {"tenant": str(tenant.pk), "partners": PARTNERS, "lines": LINES})
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    by_hand = _median(tenant, _hand)
    ours = _median(tenant, lambda: _evaluated(scheme))
    with tenant_context(tenant):
        ids = list(Partner.objects.values_list("pk", flat=True))
        assert dict(_hand()) == counts(scheme, DAY, ids), "both say the same"
        publish(ACTOR, _document())
    first, second = _night(tenant), _night(tenant)
    print(f"  {PARTNERS:,} partners x 6 criteria over {LINES:,} lines: by hand {by_hand:.2f} s, evaluated {ours:.2f} s")
    print(f"  a first night with all that it writes {first:.1f} s, the next with nothing new {second:.1f} s")
    return {"tiers_10k_x_6": ours / by_hand}


def _document() -> dict[str, Any]:
    return document(
        tier("silver", more("revenue", "8000")),
        tier("gold", more("revenue", "12000"), more("orders", "5")),
        tier(
            "platinum", more("revenue", "15000"), more("orders", "10"), more("revenue_growth", "0"),
            more("new_customers", "2"), more("product_lines", "4"), more("satisfaction", "3"),
        ),
    )  # fmt: skip


def _hand() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND)
        return list(cursor.fetchall())


def _evaluated(scheme: Scheme) -> list[Any]:
    """Values and what is met come along: they are kept with each evaluation."""
    text, params = evaluation_sql(scheme, DAY, None)
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return list(cursor.fetchall())


def _median(tenant: Tenant, work: Callable[[], list[Any]]) -> float:
    times = []
    for _round in range(ROUNDS):
        with tenant_context(tenant):
            started = time.perf_counter()
            assert len(work()) == PARTNERS
            times.append(time.perf_counter() - started)
    return statistics.median(times)


def _night(tenant: Tenant) -> float:
    started = time.perf_counter()
    with tenant_context(tenant):
        ids = list(Partner.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), PART):
        with tenant_context(tenant):
            partners_evaluate(actor=ACTOR, partner_ids=ids[start : start + PART], as_of=DAY)
    with tenant_context(tenant):
        assert TierStanding.objects.count() == PARTNERS
    return time.perf_counter() - started
