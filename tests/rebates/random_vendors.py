# ruff: noqa: E501 (tables of cases read better with one case in a line)
"""Random vendors, conditions and programs for property tests, most of them at an edge."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from rebates.engine.periods import Calendar
from rebates.engine.program import Program, parse_programs
from tests.rebates.small_vendor import CURRENCIES, Line, Vendor

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
