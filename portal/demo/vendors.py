"""The two demo vendors: what is different between them, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.demo.programs import demo_programs, rival_programs


@dataclass(frozen=True, slots=True)
class Vendor:
    slug: str
    name: str
    base_currency: str
    time_zone: str
    fiscal_start_month: int
    brand_color: str
    locale: str
    workday_calendar: str
    chinese_partners: int
    english_partners: int
    products: int
    sales: int
    programs: Callable[[dt.date], list[dict[str, Any]]]
    rates: dict[tuple[str, str], Decimal]
    """Starting exchange rates by (from, to)."""

    def rate(self, currency: str) -> Decimal:
        """How many units of `currency` one unit of the base currency buys, roughly: for plausible amounts only."""
        if currency == self.base_currency:
            return Decimal(1)
        return 1 / self.rates[currency, self.base_currency]


DEMO = Vendor(
    slug="demo", name="Lattice Networks", base_currency="CNY", time_zone="Asia/Shanghai", fiscal_start_month=1,
    brand_color="#2457e6", locale="zh-hans", workday_calendar="CN", chinese_partners=36, english_partners=24,
    products=200, sales=40_000, programs=demo_programs,
    rates={
        ("USD", "CNY"): Decimal("7.12"), ("EUR", "CNY"): Decimal("7.74"), ("GBP", "CNY"): Decimal("9.05"),
        ("SGD", "CNY"): Decimal("5.31"), ("EUR", "USD"): Decimal("1.087"), ("GBP", "USD"): Decimal("1.271"),
        ("SGD", "USD"): Decimal("0.746"),
    },
)  # fmt: skip

RIVAL = Vendor(
    slug="rival", name="Rival Systems", base_currency="USD", time_zone="Europe/Berlin", fiscal_start_month=4,
    brand_color="#0f766e", locale="en", workday_calendar="DE", chinese_partners=2, english_partners=10,
    products=40, sales=2_500, programs=rival_programs,
    rates={
        ("CNY", "USD"): Decimal("0.1404"), ("EUR", "USD"): Decimal("1.087"), ("GBP", "USD"): Decimal("1.271"),
        ("SGD", "USD"): Decimal("0.746"),
    },
)  # fmt: skip
