"""What a program goes by, whatever kind it is, on the partner's cards; and payouts drawn as the steps they are."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import translation

from portal.partner.standing import Mark, standing_of
from portal.shared.payout_curve import curve_of
from prm.identity.rights import Role
from prm.testing.make import Cast
from prm.web.charts import line_chart
from rebates.engine.calculations import Aggregate, Customer
from rebates.engine.explain import trace_of
from rebates.engine.program import parse_program
from tests.portal.test_explanations import CALCULATIONS, CHECKS
from tests.portal.vendor import NOW, Vendor, get, text_of
from tests.rebates.world import World, definition

D = Decimal
DAYS = [{"when": {"field": "sale.days_to_pay", "op": "lte", "value": days}, "rate": rate}
        for days, rate in (("30", "0.003"), ("60", "0.002"))]  # fmt: skip
MIX = {"type": "mix", "scope": {"field": "product.line", "op": "eq", "value": "Road"}, "min_share": "0.3"}


def marks(aggregate: Aggregate, **document: Any) -> list[Mark]:
    rules = parse_program(definition(**document))
    with translation.override("en"):
        return standing_of(rules, trace_of(rules, aggregate).to_json())


def test_days_to_pay_with_their_rates_and_what_meets_none() -> None:
    found = marks(Aggregate(D(1000), 3, (D(600), D(300))), calculation={"type": "line_rate", "rates": DAYS})
    assert found == [
        Mark("The number of days to pay is at most 30", "$600.00", "0.3%, so far $1.80", D("0.6")),
        Mark("The number of days to pay is at most 60", "$300.00", "0.2%, so far $0.60", D("0.3")),
        Mark("Meets no rate", "$100.00", "earns nothing", D("0.1"), "bad"),
    ]


def test_units_and_their_amount() -> None:
    found = marks(Aggregate(D(84), 9), measure="quantity", calculation={"type": "spiff", "amount": "20"})
    assert found == [Mark("Units so far", "84 units", "$20.00 a unit")]


def test_new_customers_and_what_each_brings() -> None:
    customers = tuple(Customer(f"C{number}", D(100), True, D(0), D(100)) for number in range(25))
    rate = {"type": "new_customer", "rate": "0.05", "window_days": "90"}
    (found,) = marks(Aggregate(D(2500), 25, customers=customers), calculation=rate)
    assert (found.value, found.note) == ("25", "5% on what each buys in its first 90 days")
    (found,) = marks(Aggregate(D(2500), 25, customers=customers), calculation={"type": "new_customer", "amount": "50"})
    assert (found.value, found.note) == ("25", "$50.00 for each")


def test_a_share_of_the_mix_and_a_minimum() -> None:
    checks = [MIX, {"type": "min_measure", "value": "4000"}, {"type": "agreement_signed"}]
    found = marks(Aggregate(D(1000), 1, mixes=(D(200),)), qualifiers=checks)
    assert [(one.label, one.value, one.share, one.css) for one in found] == [
        ("Share of the product mix", "20%", D("0.2"), "bad"), ("Minimum volume", "not met", D("0.25"), "bad"),
        ("Signed agreement", "not met", None, ""),
    ]  # fmt: skip
    assert found[0].note == "The products asked for must make up 30% of all ($300.00); $100.00 are still missing."


def test_attainment_and_growth() -> None:
    target = {"type": "target", "bands": [{"from": "0.8", "rate": "0.01"}, {"from": "1", "rate": "0.02"}]}
    reached, following = marks(Aggregate(D(900), 1, target=D(1000)), calculation=target)
    assert (reached.value, reached.share, reached.note) == ("90%", D("0.9"), "$900.00 of a target of $1,000.00")
    assert (following.share, following.note) == (D("0.9"), "it is at $1,000.00")
    growth = {"type": "growth", "baseline": "previous_period", "bands": [{"from": "0.1", "rate": "0.01"}]}
    (grown,) = marks(Aggregate(D(1250), 1, baseline=D(1000)), calculation=growth)
    assert (grown.label, grown.value, grown.note) == ("Growth", "25%", "compared with $1,000.00 before")


@pytest.mark.parametrize("calculation", CALCULATIONS, ids=lambda one: one["type"])
def test_every_kind_can_be_told_whatever_was_sold(calculation: dict[str, Any]) -> None:
    measure = "quantity" if calculation["type"] == "spiff" else "net_amount"
    rules = parse_program(definition(calculation=calculation, qualifiers=CHECKS, measure=measure))
    known = {"baseline": D(400), "target": D(900), "customers": (Customer("C", D(50), True, D(0), D(50)),)}
    for amount, facts in itertools.product((-5, 0, 10, 1000, 700_000), ({}, known)):
        shares = (D(amount) / 2, D(amount) / 4)
        explanation = trace_of(rules, Aggregate(D(amount), 2, shares, shares[:1], (1,), **facts)).to_json()
        for language in ("en", "zh-hans"):
            with translation.override(language):
                found = standing_of(rules, explanation)
            assert len(found) >= len(CHECKS)
            assert all(one.label and one.value and "%(" not in one.label + one.value + one.note for one in found)
            assert all(one.share is None or 0 <= one.share <= 1 for one in found)


def test_growth_without_an_earlier_period_has_nothing_to_compare_with() -> None:
    growth = {"type": "growth", "baseline": "previous_period", "bands": [{"from": "0.1", "rate": "0.01"}],
              "without_baseline": "first_band"}  # fmt: skip
    assert marks(Aggregate(D(1250), 1), calculation=growth) == []


@time_machine.travel(NOW, tick=False)
@pytest.mark.django_db
def test_the_cards_of_a_partner_show_what_fits_each_program(cast: Cast) -> None:
    vendor = Vendor(cast, World(cast.tenant))
    with vendor.inside():
        world = vendor.world
        world.published("UNITS", currency="CNY", measure="quantity", calculation={"type": "spiff", "amount": "20"})
        world.published("DAYS", currency="CNY", calculation={"type": "line_rate", "rates": DAYS})
        world.sale("P-1", "2026-10-05", "1000", quantity="7", currency="CNY", sold_by="Li", days_to_pay=20)
        world.update()
    html = text_of(get(vendor.client(Role.PARTNER_SALES), "partner:programs"))
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "Program UNITS UNITS · 2026-Q4 ¥140.00 Units so far 7 units" in shown
    assert "¥20.00 a unit" in shown
    assert "The number of days to pay is at most 30 ¥1,000.00" in shown
    assert "0.3%, so far ¥3.00" in shown
    assert "7.000000" not in shown


def test_a_band_back_to_the_first_sale_is_a_jump_and_a_slice_is_a_bend() -> None:
    bands = [{"from": "0", "rate": "0.01"}, {"from": "1000", "rate": "0.02"}]
    with translation.override("en"):
        curve = curve_of(parse_program(definition(calculation={"type": "retroactive", "bands": bands})))
    assert curve is not None
    (series,) = curve["series"]
    at_start = [value for place, value in series["line"] if place == 1000 / D(200)]
    assert (curve["cats"][:2], at_start) == (["$0", "$200"], [D("10.00"), D("20.00")])
    curve = curve_of(parse_program(definition(calculation={"type": "marginal", "bands": bands})))
    assert curve is not None
    assert [value for place, value in curve["series"][0]["line"] if place == 5] == [D("10.00"), D("10.00")]


def test_points_at_one_place_are_drawn_as_a_step() -> None:
    line = [(0, 0), (1, 0), (1, 10), (2, 10)]
    series = {"name": "s", "values": [0, 10, 10], "line": line}
    chart = line_chart({"title": "x", "cats": ["a", "b", "c"], "series": [series]})
    (path,) = chart.curves[0].paths
    assert "C" not in path
    places = [point.split() for point in path.removeprefix("M").split("L")]
    assert [x for x, _y in places] == ["16.667", "50", "50", "83.333"]
    assert places[1][1] == places[0][1] != places[2][1] == places[3][1]
