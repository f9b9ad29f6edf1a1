"""What the rows say: partners, products, sale lines, rates and targets; rows that say nothing usable are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from tests.rebates.oracle.files import Row, World
from tests.rebates.oracle.money import CURRENCIES

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
PERIOD_KEY = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?")
SINCE_EVER = date.min


@dataclass
class Partner:
    """`same` is what all rows of the code must agree in; an empty tier is none."""

    same: tuple[str, ...]
    type: str
    region: str
    country: str
    tags: frozenset[str]
    tiers: dict[date, str] = field(default_factory=dict)

    def tier(self, day: date) -> str:
        days = [since for since in self.tiers if since <= day]
        return self.tiers[max(days)] if days else ""


@dataclass(frozen=True)
class Product:
    name: str
    line: str
    category: str
    brand: str
    unit_cost: Fraction | None


@dataclass(frozen=True, eq=False)
class Sale:
    """`cells` are the optional texts, trimmed, empty ones left out; `attr.NAME` among them."""

    external_id: str
    partner: str
    sku: str
    sold_on: date
    quantity: Fraction
    net_amount: Fraction
    currency: str
    days_to_pay: Fraction | None
    cells: dict[str, str]

    @cached_property
    def is_return(self) -> bool:
        return self.quantity < 0 or self.net_amount < 0

    @property
    def order(self) -> tuple[date, str]:
        return self.sold_on, self.external_id

    def content(self) -> tuple[object, ...]:
        return (
            self.partner, self.sku, self.sold_on, self.quantity, self.net_amount, self.currency, self.days_to_pay,
            self.cells,
        )  # fmt: skip


@dataclass
class Facts:
    as_of: date | None
    base_currency: str
    partners: dict[str, Partner] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    sales: dict[str, Sale] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    rates: dict[tuple[str, str], dict[date, Fraction]] = field(default_factory=dict)
    targets: dict[tuple[str, str, str], Fraction] = field(default_factory=dict)
    first_sales: dict[str, Sale] = field(default_factory=dict)
    found_rates: dict[tuple[str, str, date], Fraction | None] = field(default_factory=dict)

    def rate(self, source: str, target: str, day: date) -> Fraction | None:
        """Of the pair itself, from its date until the day before the next one."""
        if source == target:
            return Fraction(1)
        key = source, target, day
        if key not in self.found_rates:
            pair = self.rates.get((source, target), {})
            days = [since for since in pair if since <= day]
            self.found_rates[key] = pair[max(days)] if days else None
        return self.found_rates[key]


class Refused(Exception):
    """A row lacks something or can't be read."""


def facts_of(world: World) -> Facts:
    facts = Facts(world.as_of, world.base_currency)
    for rows, take in (
        (world.partners, _partner), (world.products, _product), (world.fx, _rate), (world.targets, _target),
    ):  # fmt: skip
        for row in rows:
            try:
                take(facts, _trimmed(row))
            except Refused:
                continue
    for row in world.sales:
        cells = _trimmed(row)
        try:
            _sale(facts, cells)
        except Refused:
            facts.refused.append(cells.get("external_id", ""))
    facts.sales = {
        name: sale for name, sale in facts.sales.items() if facts.as_of is None or sale.sold_on <= facts.as_of
    }
    for sale in sorted(facts.sales.values(), key=lambda sale: sale.order):
        customer = sale.cells.get("customer_code")
        if customer and not sale.is_return:
            facts.first_sales.setdefault(customer, sale)
    return facts


def _trimmed(row: Row) -> Row:
    return {name: cell.strip() for name, cell in row.items() if cell.strip()}


def _required(row: Row, *names: str) -> tuple[str, ...]:
    if any(name not in row for name in names):
        raise Refused
    return tuple(row[name] for name in names)


def number(text: str) -> Fraction:
    if not NUMBER.fullmatch(text):
        raise Refused
    return Fraction(text)


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise Refused
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused from None


def _currency(text: str) -> str:
    if text not in CURRENCIES:
        raise Refused
    return text


def _partner(facts: Facts, row: Row) -> None:
    code, *same = _required(row, "code", "name", "type", "region", "country")
    tags = frozenset(tag.strip() for tag in row.get("tags", "").split(";") if tag.strip())
    found = Partner((*same, *sorted(tags)), same[1], same[2], same[3], tags)
    since = _day(row["tier_from"]) if "tier_from" in row else SINCE_EVER
    known = facts.partners.get(code, found)
    if known.same != found.same:
        raise Refused
    facts.partners[code] = known
    if "tier" in row or "tier_from" in row:
        known.tiers.setdefault(since, row.get("tier", ""))


def _product(facts: Facts, row: Row) -> None:
    sku, name, line, category = _required(row, "sku", "name", "line", "category")
    cost = number(row["unit_cost"]) if "unit_cost" in row else None
    facts.products.setdefault(sku, Product(name, line, category, row.get("brand", ""), cost))


def _rate(facts: Facts, row: Row) -> None:
    day, source, target, rate = _required(row, "date", "from_currency", "to_currency", "rate")
    value = number(rate)
    if value <= 0:
        raise Refused
    facts.rates.setdefault((_currency(source), _currency(target)), {}).setdefault(_day(day), value)


def _target(facts: Facts, row: Row) -> None:
    program, partner, period, target = _required(row, "program_code", "partner_code", "period", "target")
    value = number(target)
    if value <= 0 or partner not in facts.partners or not PERIOD_KEY.fullmatch(period):
        raise Refused
    facts.targets.setdefault((program, partner, period), value)


TYPED = {"external_id", "partner_code", "sku", "sold_on", "quantity", "net_amount", "currency", "days_to_pay"}


def _sale(facts: Facts, row: Row) -> None:
    name, partner, sku, day, quantity, net, currency = _required(
        row, "external_id", "partner_code", "sku", "sold_on", "quantity", "net_amount", "currency"
    )
    if partner not in facts.partners or sku not in facts.products:
        raise Refused
    days = number(row["days_to_pay"]) if "days_to_pay" in row else None
    if days is not None and days.denominator != 1:
        raise Refused
    cells = {column: cell for column, cell in row.items() if column not in TYPED}
    sale = Sale(name, partner, sku, _day(day), number(quantity), number(net), _currency(currency), days, cells)
    known = facts.sales.setdefault(name, sale)
    if known.content() != sale.content():
        raise Refused
