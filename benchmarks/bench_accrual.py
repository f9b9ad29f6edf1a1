"""What a sale costs beyond its bare insert: the accrual of its partner, brought up to date.

Also: the full recalculation with all its rows, journal entries and proof, in seconds of this machine.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from decimal import Decimal

from django.db import connections

from benchmarks.bench_evaluate import ACTOR, vendor
from commerce.models import Product, SaleLine
from partners.models import Partner
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates.models import Accrual
from rebates.proof import accruals_differences
from rebates.selectors.accruals import accrual_lines
from rebates.services.accruals import accruals_update
from rebates.services.programs import program_create, program_publish

LINES, SALES = 100_000, 40
BUSY, BUSY_PARTNER, QUIET, QUIET_PARTNER = 100_000, 100, 10, 101
QUARTER, DAY, LINES_SHOWN = dt.date(2026, 10, 1), dt.date(2026, 11, 2), 25


def main() -> dict[str, float]:
    tenant = vendor(LINES)
    started = time.perf_counter()
    with tenant_context(tenant):
        change = accruals_update(actor=ACTOR)
    full = time.perf_counter() - started
    started = time.perf_counter()
    with tenant_context(tenant):
        assert accruals_differences() == []
    proof = time.perf_counter() - started
    bare = statistics.median(_sale(tenant, number, accrue=False) for number in range(SALES))
    with tenant_context(tenant):
        accruals_update(actor=ACTOR)
    accrued = statistics.median(_sale(tenant, SALES + number, accrue=True) for number in range(SALES))
    print(f"  {LINES:,} lines, {change.written:,} accruals: all anew {full:.2f} s, proved {proof:.2f} s")
    quiet, busy = _partner_with(tenant, QUIET_PARTNER, QUIET), _partner_with(tenant, BUSY_PARTNER, BUSY)
    page = _first_page(tenant, QUIET_PARTNER), _first_page(tenant, BUSY_PARTNER)
    print(f"  one sale: bare {bare * 1000:.1f} ms, with its accrual {accrued * 1000:.1f} ms")
    print(f"  to a partner with {QUIET} lines in the period {quiet * 1000:.1f} ms, {BUSY:,} lines {busy * 1000:.1f} ms")
    print(f"  first page of lines: {QUIET} lines {page[0] * 1000:.1f} ms, {BUSY:,} lines {page[1] * 1000:.1f} ms")
    return {
        "sale_with_accrual": accrued / bare,
        "sale_of_a_busy_partner": busy / quiet,
        "first_page_of_lines": page[1] / page[0],
    }


def _partner_with(tenant: Tenant, number: int, lines: int) -> float:
    """The median of a sale to a partner that has so many lines of a quarter already, in a program of its own."""
    with tenant_context(tenant):
        partner = Partner.objects.order_by("code")[number]
        product = Product.objects.order_by("sku")[0]
        scope = {"field": "partner.code", "op": "eq", "value": partner.code}
        bands = [{"from": "0", "rate": "0.01"}, {"from": "20000", "rate": "0.02"}]
        program = program_create(
            actor=ACTOR,
            definition={
                "code": f"OWN{number}", "currency": "USD", "period": "quarter", "scope": scope,
                "calculation": {"type": "marginal", "bands": bands},
            },
        )  # fmt: skip
        program_publish(actor=ACTOR, program_id=program.pk)
        SaleLine.objects.bulk_create(
            [
                SaleLine(
                    external_id=f"B{number}-{one}", partner=partner, product=product,
                    sold_on=QUARTER + dt.timedelta(days=one % 90), quantity=Decimal(1), net_amount=Decimal("10.01"),
                    currency="USD",
                )
                for one in range(lines)
            ],
            batch_size=2000,
        )  # fmt: skip
        accruals_update(actor=ACTOR, partner_ids=[partner.pk], since=DAY, until=DAY)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE commerce_saleline")
    return statistics.median(_sale(tenant, number, accrue=True, mark=f"K{n}-") for n in range(10))


def _first_page(tenant: Tenant, number: int) -> float:
    with tenant_context(tenant):
        accrual = Accrual.objects.get(version__program__code=f"OWN{number}", period_key="2026-Q4")
        times = []
        for _round in range(5):
            started = time.perf_counter()
            assert len(accrual_lines(ACTOR, accrual.pk, limit=LINES_SHOWN)) > QUIET
            times.append(time.perf_counter() - started)
        return statistics.median(times)


def _sale(tenant: Tenant, number: int, *, accrue: bool, mark: str = "N") -> float:
    with tenant_context(tenant):
        partner = Partner.objects.order_by("code")[number]
        product = Product.objects.order_by("sku")[0]
    started = time.perf_counter()
    with tenant_context(tenant):
        SaleLine.objects.create(
            external_id=f"{mark}{number}", partner=partner, product=product, sold_on=DAY, quantity=Decimal(1),
            net_amount=Decimal("100.01"), currency="USD",
        )  # fmt: skip
        if accrue:
            accruals_update(actor=ACTOR, partner_ids=[partner.pk], since=DAY, until=DAY)
    return time.perf_counter() - started
