"""Eighteen months of sale lines: growth, seasons, month-end rush, a few large partners and many small ones, returns."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from portal.demo.catalog import Item
from portal.demo.names import Company, customer_name, person_name

FIELDS = [
    "external_id", "partner_code", "sku", "sold_on", "quantity", "net_amount", "currency", "invoice_no",
    "customer_code", "customer_name", "customer_segment", "customer_industry", "channel", "deal_ref", "days_to_pay",
    "sold_by", "reverses",
]  # fmt: skip
SEASON = [0.82, 0.62, 1.08, 0.95, 0.98, 1.14, 0.92, 0.94, 1.12, 0.96, 1.16, 1.34]
SEGMENTS = ["enterprise", "mid-market", "small business", "public sector"]
INDUSTRIES = ["manufacturing", "healthcare", "education", "finance", "transport", "government", "retail"]
RETURNED_OF_RECENT = 0.08
LINES_PER_INVOICE = 4


@dataclass(frozen=True, slots=True)
class Seller:
    code: str
    company: Company
    weight: float
    to_currency: Decimal
    """How many units of the partner's currency one unit of the base currency buys."""


def sale_lines(
    random: Random,
    sellers: Sequence[Seller],
    items: Sequence[Item],
    *,
    months: Sequence[dt.date],
    until: dt.date,
    total: int,
) -> Iterator[dict[str, str]]:
    """About `total` rows in the import format, in order of time; `months` are first days of months."""
    weights = [SEASON[month.month - 1] * (1 + 0.015 * index) for index, month in enumerate(months)]
    number = 0
    returnable: list[dict[str, str]] = []
    for month, weight in zip(months, weights, strict=True):
        for _invoice in range(round(total * weight / sum(weights) / LINES_PER_INVOICE)):
            day = _day(random, month)
            lines = _invoice_lines(random, sellers, items, day, number)
            number += len(lines)
            if day <= until:
                yield from lines
                returnable.extend(lines[:1])
        yield from _returns(random, returnable, month, until)


def _day(random: Random, month: dt.date) -> dt.date:
    last = calendar.monthrange(month.year, month.month)[1]
    rush = random.random() < 0.22
    return month.replace(day=random.randint(last - 4, last) if rush else random.randint(1, last))


def _invoice_lines(
    random: Random, sellers: Sequence[Seller], items: Sequence[Item], day: dt.date, number: int
) -> list[dict[str, str]]:
    seller = random.choices(sellers, [seller.weight for seller in sellers])[0]
    customer = random.randint(1, 40)
    discount = Decimal(random.randint(72, 94)) / 100
    shared = {
        "partner_code": seller.code, "sold_on": day.isoformat(), "currency": seller.company.currency,
        "invoice_no": f"INV{day:%y%m}{number:06d}", "customer_code": f"{seller.code}-C{customer:03d}",
        "customer_name": customer_name(Random(f"{seller.code}{customer}"), seller.company),
        "customer_segment": SEGMENTS[customer % len(SEGMENTS)],
        "customer_industry": INDUSTRIES[customer % len(INDUSTRIES)],
        "channel": random.choice(["direct", "direct", "online", "distributor"]),
        "deal_ref": f"D-{number:06d}" if random.random() < 0.3 else "",
        "days_to_pay": str(random.choice([12, 25, 30, 30, 44, 60, 75])),
        "sold_by": person_name(Random(f"{seller.code}{customer % 3}"), seller.company), "reverses": "",
    }  # fmt: skip
    return [
        shared | _line(random, random.choice(items), seller, discount, f"SO-{number + offset + 1:07d}")
        for offset in range(random.randint(1, 2 * LINES_PER_INVOICE - 1))
    ]


def _line(random: Random, item: Item, seller: Seller, discount: Decimal, external_id: str) -> dict[str, str]:
    quantity = random.choices([1, 2, 3, 5, 8, 12], [40, 24, 14, 12, 7, 3])[0]
    amount = (item.list_price * quantity * discount * seller.to_currency).quantize(Decimal("0.01"))
    return {"external_id": external_id, "sku": item.sku, "quantity": str(quantity), "net_amount": str(amount)}


def _returns(
    random: Random, returnable: list[dict[str, str]], month: dt.date, until: dt.date
) -> Iterator[dict[str, str]]:
    recent = returnable[-400:]
    for original in random.sample(recent, min(len(recent), round(len(recent) * RETURNED_OF_RECENT))):
        day = dt.date.fromisoformat(original["sold_on"]) + dt.timedelta(days=random.randint(3, 25))
        if day > until or (day.year, day.month) > (month.year, month.month):
            continue
        returnable.remove(original)
        yield original | {
            "external_id": f"{original['external_id']}-R", "sold_on": day.isoformat(),
            "quantity": f"-{original['quantity']}", "net_amount": f"-{original['net_amount']}",
            "reverses": original["external_id"], "days_to_pay": "", "deal_ref": "",
        }  # fmt: skip
