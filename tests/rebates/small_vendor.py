"""A small vendor for property tests: its rows, and loading them into scratch tables."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import connection

from prm.tenancy.models import Tenant
from rebates.engine.periods import Calendar
from rebates.evaluate_scratch import scratch_analyze, scratch_vendor

NAMESPACE = UUID("00000000-0000-0000-0000-000000000001")
CURRENCIES = ("USD", "EUR", "JPY")


@dataclass(frozen=True)
class Line:
    external_id: str
    partner: str
    sku: str
    sold_on: date
    quantity: Decimal
    net_amount: Decimal
    currency: str
    channel: str = ""
    deal_ref: str = ""
    days_to_pay: int | None = None
    reverses: str = ""
    attrs: tuple[tuple[str, str], ...] = ()

    @property
    def is_return(self) -> bool:
        return self.quantity < 0 or self.net_amount < 0


@dataclass(frozen=True)
class Vendor:
    """`partners`: code → (type, region, country, tags); `tiers`: code → [(from, tier)]; `products`: sku → (line,
    category, brand, cost).
    """

    partners: dict[str, tuple[str, str, str, tuple[str, ...]]]
    tiers: dict[str, list[tuple[date, str]]]
    products: dict[str, tuple[str, str, str, Decimal | None]]
    rates: dict[tuple[str, str, date], Decimal]
    lines: tuple[Line, ...]
    calendar: Calendar = field(default_factory=Calendar)
    base_currency: str = "USD"


def partner_id(code: str) -> UUID:
    return uuid5(NAMESPACE, code)


def product_id(sku: str) -> UUID:
    return uuid5(NAMESPACE, "sku:" + sku)


@contextmanager
def loaded(vendor: Vendor) -> Iterator[Tenant]:
    """Be a vendor with these rows."""
    with scratch_vendor(vendor.base_currency, vendor.calendar.fiscal_start_month) as tenant:
        fill(
            "partners_partner", "id, code, type, region, country, tags, name, legal_name, status",
            (
                (partner_id(c), c, t, r, n, list(tags), c, "", "active")
                for c, (t, r, n, tags) in vendor.partners.items()
            ),
        )  # fmt: skip
        tiers = [(since, tier, partner_id(c)) for c, rows in vendor.tiers.items() for since, tier in rows]
        fill("partners_tierchange", "valid_from, tier, partner_id, id", ((*row, uuid4()) for row in tiers))
        fill(
            "commerce_product", "id, sku, line, category, brand, unit_cost, name",
            ((product_id(s), s, *values, s) for s, values in vendor.products.items()),
        )  # fmt: skip
        fill(
            "commerce_exchangerate", "from_currency, to_currency, valid_from, rate, id",
            ((*key, rate, uuid4()) for key, rate in vendor.rates.items()),
        )  # fmt: skip
        fill("commerce_saleline", LINE_COLUMNS, map(_row, vendor.lines))
        scratch_analyze()
        yield tenant


def fill(table: str, columns: str, rows: Iterable[Iterable[Any]]) -> None:
    found = [tuple(row) for row in rows]
    if found:
        now = ["updated_at"] if table in ("partners_partner", "commerce_product") else []
        names = f"tenant_id, {', '.join(['created_at', *now])}, {columns}"
        values = ", ".join(
            ["current_setting('prm.tenant')::uuid", "now()", *("now()" for _ in now), *("%s" for _ in found[0])]
        )
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", found)


LINE_COLUMNS = (
    "external_id, partner_id, product_id, sold_on, quantity, net_amount, currency, channel, deal_ref, days_to_pay,"
    " reverses, attrs, invoice_no, customer_code, customer_name, customer_segment, customer_industry, sold_by"
)


def _row(line: Line) -> tuple[Any, ...]:
    return (
        line.external_id, partner_id(line.partner), product_id(line.sku), line.sold_on, line.quantity, line.net_amount,
        line.currency, line.channel, line.deal_ref, line.days_to_pay, line.reverses, json.dumps(dict(line.attrs)),
        "", "", "", "", "", "",
    )  # fmt: skip
