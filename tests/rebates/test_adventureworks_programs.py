"""Every type of calculation over two years of real reseller sales: `rebates_evaluate` against the oracle, row by row.

The sales name no end customers, no salespeople and no returns: the test gives them some, by rules anyone can repeat.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.rebates.engine_run import Engine
from tests.rebates.golden import bands, program
from tests.rebates.oracle import World, evaluate
from tests.rebates.oracle.files import Row, read

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(900)]


def is_(field: str, *values: str) -> dict[str, Any]:
    return {"field": field, "op": "in", "value": list(values)}


ROAD = is_("product.line", "Road")
EUROPE = is_("partner.region", "Europe")
BIKES = is_("product.category", "Bikes")
CLOTHING = is_("product.category", "Clothing")
CANADA = is_("partner.country", "CA")
TOURING = is_("product.line", "Touring")
BEST = {"group": "best", "rule": "best"}
FIRST = {"group": "first", "rule": "priority"}
PROGRAMS = [
    program(
        "marginal", "ROAD", bands=bands((0, "0.02"), (25000, "0.035"), (100000, "0.05")), scope=ROAD,
        cap={"per_period": "5000", "program_total": "400000"},
        qualifiers=[{"type": "mix", "scope": BIKES, "min_share": "0.5"}],
    ),
    program(
        "retroactive", "EUROPE", bands=bands((1000, "0.01"), (20000, "0.03")), scope=EUROPE, period="month",
        valid_from="2011-06-15", stacking=FIRST | {"priority": 1}, returns="forward",
    ),
    program(
        "rolling", "TOURING", bands=bands((0, "0.001"), (5000, "0.02"), (20000, "0.01")), period="half_year",
        scope=TOURING, stacking=FIRST | {"priority": 2}, returns="forward",
        qualifiers=[{"type": "distinct", "field": "product.sku", "min": 3}],
    ),
    program("total", "CANADA", bands=bands((1000, "0.01"), (50000, "0.005")), scope=CANADA, stacking=BEST),
    program(
        "retroactive", "CANADA-2", bands=bands((0, "0.008"), (30000, "0.02")), scope=CANADA, stacking=BEST,
        currency="CAD",
    ),
    program(
        "per_unit", "CLOTHES", mode="marginal", bands=bands((0, "0.15"), (50, "0.40"), name="amount"), scope=CLOTHING,
        returns="at_sale_rate",
    ),
    program(
        "milestone", "STEPS", bands=bands((10000, 50), (100000, 400), (300000, 1500), name="amount"), cumulative=True,
        accumulate="year_to_date", scope=is_("partner.tier", "gold"), minimum_payout={"amount": 100},
    ),
    program(
        "line_rate", "BY-LINE", scope=is_("partner.tags", "x") | {"op": "contains", "value": "Mountain"},
        rates=[{"when": ROAD, "rate": "0.015"}, {"when": is_("product.line", "Mountain"), "rate": "0.03"}],
        measure="margin", period="year",
    ),
    program(
        "growth", "GROWTH", baseline="same_period_last_year", pay_on="excess", scope=is_("partner.type", "Warehouse"),
        bands=bands(("0.05", "0.02"), ("0.5", "0.04")), valid_from="2012-01-01",
    ),
    program(
        "target", "TARGET", rate="0.02", scope=is_("partner.tier", "platinum"), accumulate="year_to_date",
        curve=[{"attainment": "0.8", "factor": "0.5"}, {"attainment": 1, "factor": 1}, {"attainment": 2, "factor": 3}],
        qualifiers=[{"type": "tier", "in": ["platinum"]}],
    ),
    program(
        "new_customer", "NEW", rate="0.05", window_days=120, cap_per_customer="300", min_first_order="250",
        scope=is_("partner.country", "US", "FR"), period="month", cap={"program_total": "40000.005"},
    ),
    program("spiff", "SPIFF", amount="2.50", scope=is_("product.brand", "Helmets", "Gloves"), returns="at_sale_rate"),
]  # fmt: skip


def dressed(sales: list[Row]) -> list[Row]:
    """Every line with an end customer and most with a salesperson; each 40th is partly returned seven weeks later."""
    rows = []
    for number, sale in enumerate(sales):
        partner = int(sale["partner_code"].removeprefix("AW"))
        customer = f"K{(partner * 7 + int(sale['sold_on'][5:7]) // 4) % 900}"
        row = sale | {"customer_code": customer, "sold_by": f"S{partner % 50}" if number % 11 else "", "reverses": ""}
        rows.append(row)
        if number % 40 == 0:
            later = date.fromisoformat(sale["sold_on"]) + timedelta(days=49)
            half = "-1" if number % 80 else f"-{sale['quantity']}"
            rows.append(
                row | {
                    "external_id": f"R{number}", "reverses": sale["external_id"], "sold_on": later.isoformat(),
                    "quantity": half, "net_amount": f"-{sale['net_amount']}",
                }
            )  # fmt: skip
    return rows


def targets(partners: list[Row]) -> list[Row]:
    return [
        {"program_code": "TARGET", "partner_code": row["code"], "period": f"{year}-Q{quarter}", "target": str(target)}
        for number, row in enumerate(partners)
        for year in (2011, 2012)
        for quarter in (1, 2, 4)
        for target in [10000 + number * 100]
        if number % 9
    ]


def test_every_type_agrees_row_by_row(engine: Engine, shared_data: Path) -> None:
    found = read(shared_data / "adventureworks", PROGRAMS)
    world = World(
        partners=found.partners, products=found.products, sales=dressed(list(found.sales)), programs=PROGRAMS,
        fx=found.fx, targets=targets(list(found.partners)),
    )  # fmt: skip
    expected, actual = evaluate(world), engine(world)
    assert {row[0] for row in expected.lines} == {program["code"] for program in PROGRAMS}
    assert len(expected.accruals) > 5_000
    assert sorted(set(actual.exceptions) ^ set(expected.exceptions)) == []
    assert sorted(set(actual.accruals) ^ set(expected.accruals)) == []
    assert sorted(set(actual.lines) ^ set(expected.lines)) == []
    assert actual == expected
