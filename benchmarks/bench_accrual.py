"""What a sale costs beyond its bare insert: the accrual of its partner, brought up to date.

Also: the full recalculation with all its rows, journal entries and proof, in seconds of this machine.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from decimal import Decimal

from benchmarks.bench_evaluate import ACTOR, vendor
from commerce.models import Product, SaleLine
from partners.models import Partner
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates.proof import accruals_differences
from rebates.services.accruals import accruals_update

LINES, SALES = 100_000, 40
DAY = dt.date(2026, 11, 2)


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
    print(f"  one sale: bare {bare * 1000:.1f} ms, with its accrual {accrued * 1000:.1f} ms")
    return {"sale_with_accrual": accrued / bare}


def _sale(tenant: Tenant, number: int, *, accrue: bool) -> float:
    with tenant_context(tenant):
        partner = Partner.objects.order_by("code")[number]
        product = Product.objects.order_by("sku")[0]
    started = time.perf_counter()
    with tenant_context(tenant):
        SaleLine.objects.create(
            external_id=f"N{number}", partner=partner, product=product, sold_on=DAY, quantity=Decimal(1),
            net_amount=Decimal("100.01"), currency="USD",
        )  # fmt: skip
        if accrue:
            accruals_update(actor=ACTOR, partner_ids=[partner.pk], since=DAY, until=DAY)
    return time.perf_counter() - started
