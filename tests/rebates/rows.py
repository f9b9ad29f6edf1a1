"""The active vendor as the oracle reads it, and what is stored of it as the oracle says it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from commerce.models import ExchangeRate, Product, SaleLine
from partners.models import Partner, TierChange
from rebates.models import Accrual, ProgramVersion, SaleException
from tests.rebates.oracle import Output, World
from tests.rebates.oracle.money import digits


def oracle_world(base_currency: str = "USD") -> World:
    """Empty columns that a file must have are filled in: no rule of these tests asks for them."""
    return World(
        partners=_partners(),
        products=[
            {"sku": one.sku, "name": one.name, "line": one.line, "category": one.category or "-"}
            for one in Product.objects.all()
        ],
        sales=[_sale(line) for line in SaleLine.objects.select_related("partner", "product")],
        fx=[
            {
                "date": one.valid_from.isoformat(), "from_currency": one.from_currency,
                "to_currency": one.to_currency, "rate": f"{one.rate:f}",
            }
            for one in ExchangeRate.objects.all()
        ],
        programs=[version.definition for version in ProgramVersion.objects.filter(status="published")],
        base_currency=base_currency,
    )  # fmt: skip


def _partners() -> list[dict[str, str]]:
    plain = {"type": "reseller", "region": "-", "country": "CN"}
    rows = [{"code": one.code, "name": one.name} | plain for one in Partner.objects.all()]
    names = {row["code"]: row for row in rows}
    tiers = TierChange.objects.select_related("partner")
    return rows + [
        names[one.partner.code] | {"tier": one.tier, "tier_from": one.valid_from.isoformat()} for one in tiers
    ]


def _sale(line: SaleLine) -> dict[str, str]:
    return {
        "external_id": line.external_id, "partner_code": line.partner.code, "sku": line.product.sku,
        "sold_on": line.sold_on.isoformat(), "quantity": f"{line.quantity:f}", "net_amount": f"{line.net_amount:f}",
        "currency": line.currency, "reverses": line.reverses,
    }  # fmt: skip


def stored_output() -> tuple[list[tuple[Any, ...]], list[tuple[str, ...]]]:
    """Accruals and exceptions."""
    columns = ("version__program__code", "partner__code", "period_key", "measure", "payout", "currency", "reason")
    accruals = [
        (code, partner, key, f"{measure.normalize():f}", f"{payout:.{digits(currency)}f}", currency, reason)
        for code, partner, key, measure, payout, currency, reason in Accrual.objects.values_list(*columns)
    ]
    names = ("sale_line__external_id", "version__program__code", "reason")
    exceptions = [(name, code or "", reason) for name, code, reason in SaleException.objects.values_list(*names)]
    return sorted(accruals), sorted(exceptions)


def told_output(output: Output) -> tuple[list[tuple[Any, ...]], list[tuple[str, ...]]]:
    accruals = [(*row[:3], f"{Decimal(row[3]).normalize():f}", *row[4:]) for row in output.accruals]
    return sorted(accruals), sorted(output.exceptions)
