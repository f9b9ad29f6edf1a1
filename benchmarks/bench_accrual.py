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
from rebates.models import Accrual
from rebates.proof import accruals_differences
from rebates.selectors.accruals import accrual_lines
from rebates.services.accruals import accruals_update

LINES, SALES = 100_000, 40
BUSY, BUSY_PARTNER = 10_000, 100
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
    busy = _busy_partner(tenant)
    page = _first_page(tenant, 0), _first_page(tenant, BUSY_PARTNER)
    print(f"  one sale: bare {bare * 1000:.1f} ms, with its accrual {accrued * 1000:.1f} ms")
    print(f"  the same for a partner with {BUSY:,} lines in the period {busy * 1000:.1f} ms")
    print(f"  first page of lines: few lines {page[0] * 1000:.1f} ms, {BUSY:,} lines {page[1] * 1000:.1f} ms")
    return {
        "sale_with_accrual": accrued / bare,
        "sale_of_a_busy_partner": busy / accrued,
        "first_page_of_lines": page[1] / page[0],
    }  # fmt: skip


def _busy_partner(tenant: Tenant) -> float:
    """The median of a sale to a partner that has `BUSY` lines in the period already."""
    with tenant_context(tenant):
        partner = Partner.objects.order_by("code")[BUSY_PARTNER]
        product = Product.objects.order_by("sku")[0]
        SaleLine.objects.bulk_create(
            [
                SaleLine(
                    external_id=f"B{number}", partner=partner, product=product, sold_on=DAY, quantity=Decimal(1),
                    net_amount=Decimal("10.01"), currency="USD",
                )
                for number in range(BUSY)
            ],
            batch_size=2000,
        )  # fmt: skip
        accruals_update(actor=ACTOR, partner_ids=[partner.pk], since=DAY, until=DAY)
    return statistics.median(_sale(tenant, BUSY_PARTNER, accrue=True, mark=f"K{n}-") for n in range(10))


def _first_page(tenant: Tenant, number: int) -> float:
    with tenant_context(tenant):
        partner = Partner.objects.order_by("code")[number]
        accrual = Accrual.objects.filter(partner=partner).order_by("-period_start", "-payout").first()
        assert accrual is not None
        started = time.perf_counter()
        accrual_lines(ACTOR, accrual.pk)
        return time.perf_counter() - started


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
