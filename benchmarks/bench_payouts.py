"""Payouts of 1,000,000 lines, 2,000 partners and 50 programs of five conditions, all periods.

Against (a) SQL by somebody who knows the programs and types conditions and bands into it, and (b) loops over the lines
in Python with Decimal, scaled up from some of the lines: one that has the conditions typed into it, and one that reads
them from the programs as the product does. Engine and SQL must find the same payouts.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from decimal import Decimal
from typing import Any

import psutil
from django.db import connection

from benchmarks.bench_evaluate import (
    ACTOR,
    AMOUNT,
    JOINS,
    LINE_NAMES,
    RATES,
    REGIONS,
    TIER_DAYS,
    TIERS,
    seconds,
    vendor,
)
from prm.money import exact, round_money
from prm.tenancy.context import tenant_context
from rebates import fiscal
from rebates.engine.conditions import matches
from rebates.services.programs import program_create, program_publish
from rebates.sql import evaluate
from rebates.versions import versions_in_force

PROGRAMS, LINES, SHARE, FEWER = 50, 1_000_000, 10, 100
BANDS = [(Decimal(0), Decimal("0.01")), (Decimal(20000), Decimal("0.02")), (Decimal(60000), Decimal("0.035"))]
Place = tuple[str, Any, Any]


def conditions(number: int) -> dict[str, list[str]]:
    """What a program wants (`in`) and does not want (`not_in`)."""
    lines = [LINE_NAMES[(number * 2 + offset) % 40] for offset in range(8)]
    return {
        "product.line": lines,
        "not product.line": [lines[number % 8]],
        "partner.region": [REGIONS[(number + offset) % 6] for offset in range(4)],
        "partner.tier": TIERS[: 2 + number % 3],
        "not partner.tier": [TIERS[(number + 1) % 4]],
    }


def document(number: int) -> dict[str, Any]:
    tests = [
        {"field": key.removeprefix("not "), "op": "not_in" if key.startswith("not ") else "in", "value": values}
        for key, values in conditions(number).items()
    ]
    bands = [{"from": str(start), "rate": str(rate)} for start, rate in BANDS]
    return {
        "code": f"B{number:02}", "currency": "USD", "period": "quarter" if number % 2 else "month",
        "calculation": {"type": "retroactive" if number % 4 > 1 else "marginal", "bands": bands},
        "scope": {"all": tests},
    }  # fmt: skip


def main() -> dict[str, float]:
    tenant = vendor(LINES, programs=0)
    with tenant_context(tenant):
        for number in range(PROGRAMS):
            program = program_create(actor=ACTOR, definition=document(number))
            program_publish(actor=ACTOR, program_id=program.pk)
    with tenant_context(tenant):
        peak = peak_megabytes()
        assert by_engine() == by_hand(), "the hand-written SQL finds other payouts"
        engine = min(seconds(by_engine) for _round in range(2))
        hand = min(seconds(by_hand) for _round in range(2))
        found, loop = {}, 0.0
        loop = seconds(lambda: found.update(by_loop(LINES // SHARE))) * SHARE
        assert found, "the loop found nothing"
        reading = seconds(lambda: by_reading_loop(LINES // FEWER)) * FEWER
    print(f"  engine {engine:.2f} s, hand-written SQL {hand:.2f} s; +{peak:.0f} MB")
    print(f"  scaled up: loop {loop:.0f} s, loop that reads the programs {reading:.0f} s")
    return {
        "payouts_1m_x_50": engine / hand,
        "loop_to_payouts": loop / engine,
        "reading_loop_to_payouts": reading / engine,
        "payouts_megabytes": peak,
    }


def by_engine() -> dict[Place, Decimal]:
    found = evaluate(versions_in_force(), calendar=fiscal.calendar(), base_currency=fiscal.base_currency())
    return {(one.version.program.code, one.period.start, one.partner_id): one.payout for one in found}


def peak_megabytes() -> float:
    """What an evaluation adds to the process when nobody keeps its results."""
    process, stop = psutil.Process(), threading.Event()
    before = process.memory_info().rss
    peaks = [before]

    def watch() -> None:
        while not stop.wait(0.02):
            peaks.append(process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _result in evaluate(versions_in_force(), calendar=fiscal.calendar(), base_currency=fiscal.base_currency()):
        pass
    stop.set()
    watcher.join()
    return (max(peaks) - before) / 2**20


def by_hand() -> dict[Place, Decimal]:
    """Lines are added up by what the programs look at; each program then takes its cells and pays by its bands."""
    programs = " UNION ALL ".join(_program_sql(number) for number in range(PROGRAMS))
    sql = f"""
        WITH {TIER_DAYS}, cells AS MATERIALIZED (
            SELECT date_trunc('month', s.sold_on)::date AS month, s.partner_id, q.region, p.line, t.tier,
                   sum({AMOUNT}) AS amount
            FROM commerce_saleline s {JOINS} {RATES} GROUP BY 1, 2, 3, 4, 5)
        {programs}"""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(sql)
        return {(code, start, partner_id): payout for code, start, partner_id, payout in cursor.fetchall()}


def _program_sql(number: int) -> str:
    columns = {"product.line": "line", "partner.region": "region", "partner.tier": "tier"}
    tests = []
    for key, values in conditions(number).items():
        listed = "'" + "', '".join(values) + "'"
        word = "NOT IN" if key.startswith("not ") else "IN"
        tests.append(f"{columns[key.removeprefix('not ')]} {word} ({listed})")
    start = "date_trunc('quarter', month)::date" if number % 2 else "month"
    payout = "m * CASE WHEN m >= 60000 THEN 0.035 WHEN m >= 20000 THEN 0.02 ELSE 0.01 END"
    if number % 4 <= 1:
        payout = "least(m, 20000) * 0.01 + least(greatest(m - 20000, 0), 40000) * 0.02 + greatest(m - 60000, 0) * 0.035"
    return f"""
        SELECT 'B{number:02}' AS code, starts, partner_id, round(CASE WHEN m <= 0 THEN 0 ELSE {payout} END, 2)
        FROM (SELECT {start} AS starts, partner_id, sum(amount) AS m FROM cells
              WHERE {" AND ".join(tests)} GROUP BY 1, 2) s"""


def by_loop(lines: int) -> dict[Place, Decimal]:
    """As a script would: every line asks every program, then every sum asks its bands."""
    rules = [{key: frozenset(values) for key, values in conditions(number).items()} for number in range(PROGRAMS)]
    sums: dict[tuple[int, Any, Any], Decimal] = defaultdict(Decimal)
    with connection.chunked_cursor() as cursor, exact():
        cursor.execute(_lines_sql(SHARE, lines))
        for sold_on, partner_id, region, line, tier, amount, currency, rate in cursor:
            value = amount if currency == "USD" else amount * rate
            for number, rule in enumerate(rules):
                if (
                    line in rule["product.line"] and line not in rule["not product.line"]
                    and region in rule["partner.region"] and tier in rule["partner.tier"]
                    and tier not in rule["not partner.tier"]
                ):  # fmt: skip
                    month = (sold_on.month - 1) // 3 * 3 + 1 if number % 2 else sold_on.month
                    sums[number, sold_on.replace(month=month, day=1), partner_id] += value
        return {(f"B{number:02}", day, partner): _paid(number, m) for (number, day, partner), m in sums.items()}


def by_reading_loop(lines: int) -> dict[Place, Decimal]:
    """The same for programs that are documents: every line is tested against every condition."""
    programs = [(number, version.program.scope) for number, version in enumerate(versions_in_force())]
    sums: dict[tuple[int, Any, Any], Decimal] = defaultdict(Decimal)
    with connection.chunked_cursor() as cursor, exact():
        cursor.execute(_lines_sql(FEWER, lines))
        for sold_on, partner_id, region, line, tier, amount, currency, rate in cursor:
            value = amount if currency == "USD" else amount * rate
            cells = {"product.line": line, "partner.region": region, "partner.tier": tier}
            for number, scope in programs:
                if matches(scope, cells.get):
                    month = (sold_on.month - 1) // 3 * 3 + 1 if number % 2 else sold_on.month
                    sums[number, sold_on.replace(month=month, day=1), partner_id] += value
        return {(f"B{number:02}", day, partner): _paid(number, m) for (number, day, partner), m in sums.items()}


def _lines_sql(share: int, lines: int) -> str:
    """One line in `share`, with what the conditions look at."""
    return f"""
        WITH {TIER_DAYS} SELECT s.sold_on, s.partner_id, q.region, p.line, t.tier, s.net_amount, s.currency, r.rate
        FROM commerce_saleline s {JOINS} {RATES} WHERE s.id % {share} = 0 LIMIT {lines}"""


def _paid(number: int, measure: Decimal) -> Decimal:
    if number % 4 > 1:
        rate = [rate for start, rate in BANDS if measure >= start][-1:]
        return round_money(measure * rate[0], "USD") if rate else Decimal(0)
    total = Decimal(0)
    for (start, rate), end in zip(BANDS, [BANDS[1][0], BANDS[2][0], None], strict=True):
        upper = measure if end is None else min(measure, end)
        total += max(upper - start, Decimal(0)) * rate
    return round_money(total, "USD")
