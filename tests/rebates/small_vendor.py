# ruff: noqa: E501 (tables of cases read better with one case in a line)
"""A small vendor for property tests: random rows, loaded into scratch tables, and an independent evaluation in plain
Python.

The reckoning here follows the specification's words line by line and shares with the engine nothing but the condition
matcher and the calendar, which have tests of their own.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import connection
from hypothesis import strategies as st

from prm.tenancy.models import Tenant
from rebates.engine.conditions import matches
from rebates.engine.periods import Calendar
from rebates.engine.program import Program, parse_programs
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
            ((partner_id(c), c, t, r, n, list(tags), c, "", "active") for c, (t, r, n, tags) in vendor.partners.items()),
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
    "external_id, partner_id, product_id, sold_on, quantity, net_amount, currency, channel, deal_ref, days_to_pay, reverses, attrs,"
    " invoice_no, customer_code, customer_name, customer_segment, customer_industry, sold_by"
)


def _row(line: Line) -> tuple[Any, ...]:
    return (
        line.external_id, partner_id(line.partner), product_id(line.sku), line.sold_on, line.quantity, line.net_amount,
        line.currency, line.channel, line.deal_ref, line.days_to_pay, line.reverses, json.dumps(dict(line.attrs)),
        "", "", "", "", "", "",
    )  # fmt: skip


# The reckoning by the specification's words


@dataclass
class Reckoned:
    """(program, partner, period) → (measure, payout), the allocation of each, and the exceptions."""

    results: dict[tuple[str, str, str], tuple[Fraction, Decimal]]
    shares: dict[tuple[str, str, str], dict[str, Decimal]]
    exceptions: set[tuple[str, str, str]]


DIGITS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}


def reckon(vendor: Vendor, programs: list[Program], as_of: date | None = None) -> Reckoned:
    lines = {line.external_id: line for line in vendor.lines if as_of is None or line.sold_on <= as_of}
    reckoned = Reckoned({}, {}, set())
    for line in lines.values():
        if line.is_return and orphan(line, lines):
            reckoned.exceptions.add((line.external_id, "", orphan(line, lines)))
    for program in programs:
        found: dict[tuple[str, str, str], dict[str, Fraction]] = {}
        for line in lines.values():
            if line.is_return and orphan(line, lines):
                continue
            origin = lines[line.reverses] if line.is_return and program.returns == "restate" else line
            if not counts(vendor, program, origin, as_of):
                continue
            value = measure(vendor, program, line, origin)
            if isinstance(value, str):
                reckoned.exceptions.add((line.external_id, program.code, value))
                continue
            key = (program.code, line.partner, vendor.calendar.period(program.period, origin.sold_on).key)
            found.setdefault(key, {})[line.external_id] = value
        for key, values in found.items():
            total = sum(values.values(), Fraction(0))
            payout = rounded(raw_payout(program, total), DIGITS[program.currency])
            reckoned.results[key] = (total, payout)
            reckoned.shares[key] = spread(payout, values, DIGITS[program.currency])
    return reckoned


def orphan(line: Line, lines: dict[str, Line]) -> str:
    if not line.reverses:
        return "return_without_original"
    original = lines.get(line.reverses)
    if original is None:
        return "return_of_unknown_line"
    if original.is_return:
        return "return_of_a_return"
    if (original.partner, original.sku) != (line.partner, line.sku):
        return "return_of_another_partners_or_products_line"
    return ""


def counts(vendor: Vendor, program: Program, line: Line, as_of: date | None) -> bool:
    first, last = program.valid_from or date.min, program.valid_to or date.max
    if not first <= line.sold_on <= last:
        return False
    return matches(program.scope, lambda name: cell(vendor, program, line, name, as_of))


def cell(  # noqa: PLR0911 (one return for each field)
    vendor: Vendor, program: Program, line: Line, name: str, as_of: date | None
) -> Any:
    room, _, key = name.partition(".")
    if name == "partner.tier":
        day = line.sold_on
        if program.partner_as_of == "period_end":
            day = min(vendor.calendar.period(program.period, day).end, as_of or date.max)
        past = [(since, tier) for since, tier in vendor.tiers.get(line.partner, []) if since <= day]
        return max(past)[1] or None if past else None
    if room == "partner":
        kind, region, country, tags = vendor.partners[line.partner]
        return {"code": line.partner, "type": kind, "region": region, "country": country, "tags": tags}[key] or None
    if room == "product":
        product_line, category, brand, _cost = vendor.products[line.sku]
        return {"sku": line.sku, "line": product_line, "category": category, "brand": brand}[key] or None
    if name.startswith("sale.attr."):
        return dict(line.attrs).get(name.removeprefix("sale.attr.")) or None
    if key == "deal_registered":
        return bool(line.deal_ref)
    if key == "days_to_pay":
        return None if line.days_to_pay is None else Decimal(line.days_to_pay)
    return getattr(line, key, None) or None if key not in ("quantity", "net_amount") else getattr(line, key)


def rate(vendor: Vendor, source: str, target: str, day: date) -> Fraction | None:
    if source == target:
        return Fraction(1)
    known = [(since, r) for (a, b, since), r in vendor.rates.items() if (a, b) == (source, target) and since <= day]
    return Fraction(max(known)[1]) if known else None


def measure(vendor: Vendor, program: Program, line: Line, origin: Line) -> Fraction | str:
    if program.measure == "quantity":
        return Fraction(line.quantity)
    line_rate = rate(vendor, line.currency, program.currency, origin.sold_on)
    if line_rate is None:
        return f"no_rate {line.currency}->{program.currency} on {origin.sold_on}"
    amount = Fraction(line.net_amount) * line_rate
    if program.measure == "net_amount":
        return amount
    cost = vendor.products[line.sku][3]
    if cost is None:
        return "no_unit_cost"
    cost_rate = rate(vendor, vendor.base_currency, program.currency, origin.sold_on)
    if cost_rate is None:
        return f"no_rate {vendor.base_currency}->{program.currency} on {origin.sold_on}"
    return amount - Fraction(line.quantity) * Fraction(cost) * cost_rate


def raw_payout(program: Program, total: Fraction) -> Fraction:
    document = program.to_json()["calculation"]
    bands = [(Fraction(band["from"]), Fraction(band["rate"])) for band in document["bands"]]
    if total <= 0:
        return Fraction(0)
    if document["type"] == "retroactive":
        return total * max([(start, value) for start, value in bands if start <= total], default=(0, Fraction(0)))[1]
    ends = [start for start, _ in bands[1:]] + [total]
    return sum(
        (max(Fraction(0), min(end, total) - start) * value for (start, value), end in zip(bands, ends, strict=True)),
        Fraction(0),
    )


def rounded(value: Fraction, digits: int) -> Decimal:
    units = int(abs(value) * 10**digits + Fraction(1, 2))
    return Decimal(units if value >= 0 else -units).scaleb(-digits)


def spread(payout: Decimal, values: dict[str, Fraction], digits: int) -> dict[str, Decimal]:
    """Largest remainder over the contributions; the payouts here are never negative."""
    units = int(payout.scaleb(digits))
    weights = dict(values)
    if sum(weights.values()) == 0:
        weights = {key: abs(value) for key, value in weights.items()}
        if not any(weights.values()):
            weights = dict.fromkeys(weights, Fraction(1))
    total = sum(weights.values())
    shares = {key: units * weight / total for key, weight in weights.items()}
    floors = {key: share.numerator // share.denominator for key, share in shares.items()}
    by_remainder = sorted(shares, key=lambda key: (floors[key] - shares[key], key))
    for key in by_remainder[: units - sum(floors.values())]:
        floors[key] += 1
    return {key: Decimal(count).scaleb(-digits) for key, count in floors.items()}


# Random vendors and programs

TIERS, REGIONS, LINES, CHANNELS = (
    ("gold", "silver", ""),
    ("Europe", "Pacific", ""),
    ("Road", "Touring", ""),
    ("web", ""),
)
# Few days and amounts, most of them at an edge: equal contributions, changes on the day of a sale and on the day after.
days = st.sampled_from([
    date(2023, 11, 30), date(2023, 12, 1), date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 2), date(2024, 2, 29),
    date(2024, 3, 31), date(2024, 4, 1), date(2024, 6, 30), date(2024, 7, 1),
])  # fmt: skip
amounts = st.sampled_from(("0", "33.33", "100", "100", "999.99", "1000", "1000.01")).map(Decimal)
costs = st.none() | st.decimals(0, 50, places=3)
_attrs = st.lists(st.tuples(st.just("size"), st.sampled_from(("12", "30", "XL", "3e1"))), max_size=1).map(tuple)


@st.composite
def vendors(draw: st.DrawFn) -> Vendor:
    """Two partners, two products, some rates, and up to 14 sales with returns good and bad."""
    partners = {
        f"P{i}": (
            draw(st.sampled_from(("VAR", ""))),
            draw(st.sampled_from(REGIONS)),
            "DE",
            draw(st.sampled_from(((), ("a",), ("a", "b")))),
        )
        for i in range(2)
    }
    tiers = {
        code: [
            (day, draw(st.sampled_from(TIERS)))
            for day in sorted(draw(st.sets(days | st.just(date(1, 1, 1)), max_size=3)))
        ]
        for code in partners
    }
    products = {f"S{i}": (draw(st.sampled_from(LINES)), "Bikes", "", draw(costs)) for i in range(2)}
    pairs = draw(st.lists(st.tuples(st.permutations(CURRENCIES).map(lambda c: tuple(c[:2])), days), max_size=9))
    rates = {(*pair, day): draw(st.decimals("0.001", 200, places=7).filter(bool)) for pair, day in pairs}
    sales = [draw(sale_lines(f"L{i}", tuple(partners), tuple(products))) for i in range(draw(st.integers(1, 10)))]
    returns = [draw(return_lines(f"R{i}", sales)) for i in range(draw(st.integers(0, 4)))]
    calendar = Calendar(draw(st.sampled_from((1, 1, 4, 7))))
    return Vendor(partners, tiers, products, rates, tuple(sales + returns), calendar, draw(st.sampled_from(CURRENCIES)))


@st.composite
def sale_lines(draw: st.DrawFn, external_id: str, partners: tuple[str, ...], skus: tuple[str, ...]) -> Line:
    return Line(
        external_id=external_id,
        partner=draw(st.sampled_from(partners)),
        sku=draw(st.sampled_from(skus)),
        sold_on=draw(days),
        quantity=Decimal(draw(st.integers(0, 3))),
        net_amount=draw(amounts),
        currency=draw(st.sampled_from(CURRENCIES)),
        channel=draw(st.sampled_from(CHANNELS)),
        deal_ref=draw(st.sampled_from(("", "D1"))),
        days_to_pay=draw(st.none() | st.integers(0, 90)),
        attrs=draw(_attrs),
    )


@st.composite
def return_lines(draw: st.DrawFn, external_id: str, sales: list[Line]) -> Line:
    """Mostly of a sale of the same partner and product; sometimes of nothing, of a stranger's line or of another
    return.
    """
    original = draw(st.sampled_from(sales))
    line = replace(
        original,
        external_id=external_id,
        sold_on=draw(days),
        quantity=-draw(st.integers(1, 3).map(Decimal)),
        net_amount=-draw(amounts),
        currency=draw(st.sampled_from((original.currency, "USD"))),
        channel=draw(st.sampled_from(CHANNELS)),
    )
    other = draw(st.sampled_from(sales)).external_id
    return replace(
        line,
        reverses=draw(st.sampled_from((original.external_id, original.external_id, other, other, "", "unknown", "R0"))),
    )


TESTS = (
    st.tuples(st.sampled_from(("product.line", "product.sku", "product.brand")), st.sampled_from((*LINES, "S0", "S1")))
    | st.tuples(st.sampled_from(("partner.tier", "partner.region", "partner.type", "partner.code")), st.sampled_from((*TIERS, *REGIONS, "VAR", "P0")))
    | st.tuples(st.sampled_from(("sale.channel", "sale.currency", "sale.attr.size", "sale.attr.none")), st.sampled_from((*CHANNELS, "EUR", "30")))
)  # fmt: skip


@st.composite
def field_tests(draw: st.DrawFn) -> dict[str, Any]:
    """Any operator on any field with a value of its type."""
    shape = draw(st.integers(0, 5))
    if shape == 0:
        name = draw(st.sampled_from(("sale.quantity", "sale.net_amount", "sale.days_to_pay", "sale.attr.size")))
        op = draw(st.sampled_from(("gt", "gte", "lt", "lte", "between")))
        low = draw(st.integers(0, 40))
        return {
            "field": name,
            "op": op,
            "value": [low, low + draw(st.integers(0, 40))] if op == "between" else str(low),
        }
    if shape == 1:
        name, value = "partner.tags", draw(st.sampled_from(("a", "b", "")))
        return {"field": name, "op": "contains", "value": value}
    if shape == 2:
        name = draw(
            st.sampled_from(
                (
                    "partner.tags",
                    "partner.tier",
                    "product.line",
                    "sale.days_to_pay",
                    "sale.attr.size",
                    "sale.deal_registered",
                )
            )
        )
        return {"field": name, "op": "is_null", "value": draw(st.booleans())}
    if shape == 3:
        op = draw(st.sampled_from(("eq", "ne", "in", "not_in")))
        flag, number = draw(st.booleans()), draw(st.integers(0, 30))
        name, value = draw(
            st.sampled_from((("sale.deal_registered", flag), ("sale.quantity", number), ("sale.days_to_pay", number)))
        )
        return {"field": name, "op": op, "value": [value] if op.endswith("in") else value}
    name, value = draw(TESTS)
    if draw(st.booleans()):
        return {"field": name, "op": draw(st.sampled_from(("eq", "ne"))), "value": value}
    return {
        "field": name,
        "op": draw(st.sampled_from(("in", "not_in"))),
        "value": [value, draw(st.sampled_from(("gold", "Road", "", "web")))],
    }


conditions = st.just({}) | st.recursive(
    field_tests(),
    lambda inner: (
        st.builds(lambda items: {"all": items}, st.lists(inner, max_size=3))
        | st.builds(lambda items: {"any": items}, st.lists(inner, max_size=3))
        | st.builds(lambda item: {"not": item}, inner)
    ),
    max_leaves=6,
)

tier_tests = st.sampled_from(("gold", "silver")).map(lambda tier: {"field": "partner.tier", "op": "eq", "value": tier})
rates_of_bands = st.decimals(0, "0.5", places=3).map(str)


@st.composite
def bands(draw: st.DrawFn, *, rising: bool = False) -> list[dict[str, str]]:
    starts = sorted(draw(st.sets(st.sampled_from((0, 0, 1, 100, 1000, 1001)), min_size=1, max_size=4)))
    values = [draw(rates_of_bands) for _ in starts]
    return [
        {"from": str(start), "rate": value}
        for start, value in zip(starts, sorted(values, key=Decimal) if rising else values, strict=True)
    ]


@st.composite
def programs(
    draw: st.DrawFn, *, rising: bool = False, measures: tuple[str, ...] = ("net_amount", "quantity", "margin")
) -> list[Program]:
    """One to four programs."""
    documents = []
    for i in range(draw(st.integers(1, 4))):
        document: dict[str, Any] = {
            "code": f"PROGRAM-{i}",
            "currency": draw(st.sampled_from(CURRENCIES)),
            "period": draw(st.sampled_from(("month", "quarter", "half_year", "year"))),
            "scope": draw(st.just({}) | tier_tests | conditions),
            "measure": draw(st.sampled_from(measures)),
            "calculation": {
                "type": draw(st.sampled_from(("marginal", "retroactive"))),
                "bands": draw(bands(rising=rising)),
            },
            "returns": draw(st.sampled_from(("restate", "forward"))),
            "partner_as_of": draw(st.sampled_from(("sale", "period_end"))),
        }
        if draw(st.booleans()):
            document["valid_from"] = draw(days).isoformat()
        documents.append(document)
    return parse_programs(documents)
