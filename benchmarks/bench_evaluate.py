"""Evaluation of 1,000,000 lines × 20 programs against hand-written SQL that sums the same groups.

The product compiles the programs' documents, matches, converts, adds up and works out every payout. The hand-written
SQL only adds up, with the programs' conditions typed in by somebody who knows them; it comes in two ways, one pass with
a filtered sum per program and grouping before matching, and the faster one counts. Both must find the same sums.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection, connections, transaction

from prm.identity.actor import Actor
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates import fiscal
from rebates.services.programs import program_create, program_publish
from rebates.sql import evaluate
from rebates.versions import versions_in_force

LINES, PARTNERS, PRODUCTS, PROGRAMS = 1_000_000, 2_000, 240, 20
ACTOR = Actor.system("benchmark")
LINE_NAMES = [f"Line {number}" for number in range(40)]
REGIONS = [f"Region {number}" for number in range(6)]
TIERS = ["gold", "silver", "bronze", "none"]

FILL = """
    INSERT INTO partners_partner (id, tenant_id, created_at, updated_at, code, name, legal_name, type, region, country,
                                  tags, status)
    SELECT uuidv7(), %(tenant)s, now(), now(), 'P' || n, 'Partner ' || n, '', CASE WHEN n % 3 = 0 THEN 'integrator' ELSE
           'reseller' END, 'Region ' || n % 6, 'CN', '{}', 'active' FROM generate_series(1, %(partners)s) n;
    INSERT INTO partners_tierchange (id, tenant_id, created_at, partner_id, tier, valid_from)
    SELECT uuidv7(), %(tenant)s, now(), p.id, (ARRAY['gold', 'silver', 'bronze', 'none'])[1 + (d + length(p.code) +
           ('x' || right(md5(p.code), 4))::bit(16)::int) % 4], DATE '2025-07-01' + 150 * d
    FROM partners_partner p, generate_series(0, 2) d;
    INSERT INTO commerce_product (id, tenant_id, created_at, updated_at, sku, name, line, category, brand)
    SELECT uuidv7(), %(tenant)s, now(), now(), 'SKU' || n, 'Product ' || n, 'Line ' || n % 40, 'Category ' || n % 12, ''
    FROM generate_series(1, %(products)s) n;
    INSERT INTO commerce_exchangerate (id, tenant_id, created_at, from_currency, to_currency, valid_from, rate)
    SELECT uuidv7(), %(tenant)s, now(), 'EUR', 'USD', d, 1.05 + extract(month FROM d) / 100
    FROM generate_series(DATE '2025-07-01', DATE '2026-12-01', INTERVAL '1 month') d;
    INSERT INTO commerce_saleline (tenant_id, created_at, external_id, partner_id, product_id, sold_on, quantity,
        net_amount, currency, invoice_no, customer_code, customer_name, customer_segment, customer_industry, channel,
        deal_ref, sold_by, reverses, attrs)
    SELECT %(tenant)s, now(), 'L' || n, p.ids[1 + (hashint4(n) & 2147483647) % %(partners)s],
           q.ids[1 + (hashint4(n + 7) & 2147483647) % %(products)s],
           DATE '2025-07-01' + (hashint4(n + 13) & 2147483647) % 540, 1 + n % 9,
           ((hashint4(n + 29) & 2147483647) % 500000) / 100.0, CASE WHEN n % 10 = 0 THEN 'EUR' ELSE 'USD' END,
           'I' || n / 5, 'C' || n % 30000, 'Customer', 'SMB', '', 'direct', '', '', '', '{}'
    FROM generate_series(1, %(lines)s) n,
         (SELECT array_agg(id ORDER BY code) AS ids FROM partners_partner) p,
         (SELECT array_agg(id ORDER BY sku) AS ids FROM commerce_product) q;
"""


def main() -> dict[str, float]:
    tenant = vendor()
    with tenant_context(tenant):
        versions = versions_in_force()
        hand: dict[str, Callable[[], dict[Any, Decimal]]] = {"filtered": filtered_sums, "grouped": grouped_sums}
        found = {name: work() for name, work in hand.items()}
        engine = sums_of(evaluated(versions))
        for name, sums in found.items():
            assert sums == engine, f"{name} finds other sums"
        times: dict[str, list[float]] = {name: [] for name in (*hand, "engine")}
        for _round in range(2):
            for name, work in hand.items():
                times[name].append(seconds(work))
            times["engine"].append(seconds(lambda: evaluated(versions)))
    best = {name: min(found) for name, found in times.items()}
    print(f"  {len(engine):,} groups: " + ", ".join(f"{name} {value:.2f} s" for name, value in best.items()))
    return {"evaluate_1m_x_20": best["engine"] / min(best["filtered"], best["grouped"])}


def vendor(lines: int = LINES, programs: int = PROGRAMS) -> Tenant:
    """A vendor with the lines and programs, its tables analysed."""
    tenant = Tenant.objects.create(slug=f"bench{time.time_ns() % 10**12}", name="Bench", base_currency="USD")
    with tenant_context(tenant):
        with connection.cursor() as cursor:
            values: dict[str, Any] = {"tenant": tenant.pk, "partners": PARTNERS, "products": PRODUCTS, "lines": lines}
            # The text has per cent signs of its own: modulo.
            text = FILL.replace("%(", "\0").replace("%", "%%").replace("\0", "%(")
            cursor.execute(text, values)
        for number in range(programs):
            program = program_create(actor=ACTOR, definition=document(number))
            program_publish(actor=ACTOR, program_id=program.pk)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) commerce_saleline, commerce_product, partners_partner, partners_tierchange")
    transaction.get_connection("owner").close()
    return tenant


def conditions(number: int) -> tuple[list[str], list[str], list[str]]:
    """Product lines, regions and tiers of a program."""
    lines = [LINE_NAMES[(number * 2 + offset) % 40] for offset in range(6)]
    regions = [REGIONS[(number + offset) % 6] for offset in range(3)]
    return lines, regions, TIERS[: 1 + number % 3]


def document(number: int) -> dict[str, Any]:
    lines, regions, tiers = conditions(number)
    bands = [{"from": "0", "rate": "0.01"}, {"from": "20000", "rate": "0.02"}, {"from": "60000", "rate": "0.035"}]
    tests = [("product.line", lines), ("partner.region", regions), ("partner.tier", tiers)]
    return {
        "code": f"B{number:02}", "currency": "USD", "period": "quarter" if number % 2 else "month",
        "calculation": {"type": "retroactive" if number % 4 > 1 else "marginal", "bands": bands},
        "scope": {"all": [{"field": field, "op": "in", "value": value} for field, value in tests]},
    }  # fmt: skip


def evaluated(versions: Any) -> list[Any]:
    return list(evaluate(versions, calendar=fiscal.calendar(), base_currency=fiscal.base_currency()))


def sums_of(results: list[Any]) -> dict[Any, Decimal]:
    return {(one.version.program.code, one.period.start, one.partner_id): one.measure for one in results}


TIER_DAYS = """
    tiers AS MATERIALIZED (
        SELECT partner_id, tier, valid_from,
               COALESCE(lead(valid_from) OVER (PARTITION BY partner_id ORDER BY valid_from), 'infinity') AS until
        FROM partners_tierchange)
"""
AMOUNT = "CASE WHEN s.currency = 'USD' THEN s.net_amount ELSE s.net_amount * r.rate END"
JOINS = """
    JOIN partners_partner q ON q.id = s.partner_id
    JOIN commerce_product p ON p.id = s.product_id
    JOIN tiers t ON t.partner_id = s.partner_id AND s.sold_on >= t.valid_from AND s.sold_on < t.until
"""
RATES = """
    LEFT JOIN (SELECT valid_from, rate, from_currency FROM commerce_exchangerate WHERE to_currency = 'USD') r
      ON r.from_currency = s.currency AND r.valid_from = date_trunc('month', s.sold_on)::date
"""


def _test(number: int) -> str:
    lines, regions, tiers = ("'" + "', '".join(values) + "'" for values in conditions(number))
    return f"p.line IN ({lines}) AND q.region IN ({regions}) AND t.tier IN ({tiers})"


def filtered_sums() -> dict[Any, Decimal]:
    """One pass, a filtered sum for each program; months are added up to quarters afterwards."""
    sums = ", ".join(f"sum({AMOUNT}) FILTER (WHERE {_test(number)})" for number in range(PROGRAMS))
    rows = _rows(f"""
        WITH {TIER_DAYS} SELECT date_trunc('month', s.sold_on)::date, s.partner_id, {sums}
        FROM commerce_saleline s {JOINS} {RATES} GROUP BY 1, 2""")
    return _programs(rows)


def grouped_sums() -> dict[Any, Decimal]:
    """Lines are added up by what the programs look at before the programs look at anything."""
    sums = ", ".join(f"sum(s.amount) FILTER (WHERE {_test(number)})" for number in range(PROGRAMS))
    rows = _rows(f"""
        WITH {TIER_DAYS}, s AS MATERIALIZED (
            SELECT date_trunc('month', s.sold_on)::date AS month, s.partner_id, p.line, t.tier, sum({AMOUNT}) AS amount
            FROM commerce_saleline s {JOINS} {RATES} GROUP BY 1, 2, 3, 4)
        SELECT s.month, s.partner_id, {sums.replace("p.line", "s.line").replace("t.tier", "s.tier")}
        FROM s JOIN partners_partner q ON q.id = s.partner_id GROUP BY 1, 2""")
    return _programs(rows)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(sql)
        return list(cursor.fetchall())


def _programs(rows: list[tuple[Any, ...]]) -> dict[Any, Decimal]:
    found: dict[Any, Decimal] = {}
    for month, partner_id, *sums in rows:
        quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
        for number, value in enumerate(sums):
            if value is not None:
                key = (f"B{number:02}", quarter if number % 2 else month, partner_id)
                found[key] = found.get(key, Decimal(0)) + value
    return found


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
