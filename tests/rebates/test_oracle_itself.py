"""The oracle against numbers worked by hand, before anything is measured by it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from tests.rebates.golden import (
    PRINTED,
    WORKED,
    Golden,
    bands,
    program,
    sale,
    world,
)
from tests.rebates.oracle import Output, evaluate
from tests.rebates.oracle.money import split
from tests.rebates.oracle.periods import Calendar

FLAT = bands((0, "0.1"))


def rows(output: Output) -> list[tuple[str, ...]]:
    """Period, measure, payout and reason."""
    return [(row[2], row[3], row[4], row[6]) for row in output.accruals]


@pytest.mark.parametrize("golden", PRINTED, ids=lambda golden: golden.name)
def test_numbers_of_the_examples(golden: Golden, research_numbers: dict[str, list[Fraction]]) -> None:
    assert golden.read([evaluate(one) for one in golden.worlds]) == research_numbers[golden.name]


@pytest.mark.parametrize("golden", WORKED, ids=lambda golden: golden.name)
def test_numbers_of_other_peoples_documents(golden: Golden, worked: dict[str, list[Fraction]]) -> None:
    assert golden.read([evaluate(one) for one in golden.worlds]) == worked[golden.name]


def test_fiscal_keys() -> None:
    april = Calendar(4)
    assert [april.of(kind, date(2024, 3, 31)).key for kind in ("month", "quarter", "half_year", "year")] == [
        "2024-03", "2024-Q4", "2024-H2", "2024",
    ]  # fmt: skip
    assert [april.of(kind, date(2024, 4, 1)).key for kind in ("month", "quarter", "half_year", "year")] == [
        "2024-04", "2025-Q1", "2025-H1", "2025",
    ]  # fmt: skip
    quarter = april.of("quarter", date(2024, 4, 1))
    assert (quarter.first, quarter.last) == (date(2024, 4, 1), date(2024, 6, 30))
    assert (april.before(quarter).key, april.last_year(quarter).key) == ("2024-Q4", "2024-Q1")


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [33, 34, 33]),  # "10" before "2" and "9"
        (-100, [1, 1, 1], [-33, -34, -33]),
        (100, [3, -1, 0], [150, -50, 0]),
        (10, [1, -1, 0], [5, 5, 0]),
        (7, [0, 0, 0], [2, 3, 2]),
        (1, [-1, -1, -1], [0, 1, 0]),
    ],
)
def test_largest_remainder(total: int, weights: list[int], parts: list[int]) -> None:
    assert split(total, [Fraction(weight) for weight in weights], ["2", "10", "9"]) == parts


def test_restated_forward_and_at_sale_returns() -> None:
    lines = (sale(1000, quantity=3), sale(-400, "2024-04-01", -1, reverses="1"))
    policies = {
        policy: rows(evaluate(world(program("retroactive", bands=FLAT, returns=policy), *lines)))
        for policy in ("restate", "forward", "at_sale_rate")
    }
    assert policies == {
        "restate": [("2024-Q1", "600", "60.00", "")],
        "forward": [("2024-Q1", "1000", "100.00", ""), ("2024-Q2", "-400", "0.00", "measure_not_positive")],
        "at_sale_rate": [
            ("2024-Q1", "1000", "100.00", ""),
            ("2024-Q2", "0", "-33.33", "measure_not_positive; clawback"),
        ],
    }


def test_a_line_returned_twice_over_gives_back_what_it_had() -> None:
    back = [sale(-1, day, -2, reverses="1") for day in ("2024-03-02", "2024-03-01", "2024-02-28")]
    found = evaluate(
        world(program("retroactive", bands=FLAT, returns="at_sale_rate"), sale("100.05", quantity=3), *back)
    )
    # 10.01 for three: two thirds are 6.67, the third one is the rest, and nothing is left for the last return.
    assert found.lines == [("P", "1", "10.01"), ("P", "3", "-3.34"), ("P", "4", "-6.67")]


def test_budget_is_split_by_the_rounded_payouts() -> None:
    partners = [{"code": code, "name": code, "type": "VAR", "region": "Europe", "country": "DE"} for code in ("A", "B")]
    rule = program("retroactive", bands=FLAT, cap={"program_total": "10.009"})
    lines = (sale(100), sale(50, partner_code="B"), sale(10, "2024-04-01"))
    found = evaluate(world(rule, *lines, partners=partners))
    assert rows(found) == [
        ("2024-Q1", "100", "6.67", "program_total"),
        ("2024-Q2", "10", "0.00", "program_total"),
        ("2024-Q1", "50", "3.33", "program_total"),
    ]


def test_what_a_cap_withheld_is_made_up_in_the_year() -> None:
    rule = program("retroactive", bands=FLAT, accumulate="year_to_date", cap={"per_period": "8"})
    lines = (sale(100), sale(10, "2024-04-01"), sale(-105, "2024-07-01", -1, reverses="1"), sale(1, "2025-01-01"))
    found = evaluate(world(rule | {"returns": "forward"}, *lines))
    assert rows(found) == [
        ("2024-Q1", "100", "8.00", "cap"),
        ("2024-Q2", "10", "3.00", ""),
        ("2024-Q3", "-105", "-10.50", ""),
        ("2025-Q1", "1", "0.10", ""),
    ]


def test_the_best_program_pays_and_a_missing_rate_stops_all() -> None:
    group = {"group": "g", "rule": "best"}
    programs = [
        program("retroactive", "B", bands=FLAT, stacking=group),
        program("retroactive", "A", bands=FLAT, stacking=group),
        program("retroactive", "C", bands=bands((1000, "0.5")), stacking=group),
    ]
    assert [row[4:] for row in evaluate(world(programs, sale(100))).accruals] == [
        ("10.00", "USD", ""), ("0.00", "USD", "best A"), ("0.00", "USD", "below_first_band"),
    ]  # fmt: skip
    rates = [{"date": "2024-01-01", "from_currency": "USD", "to_currency": "EUR", "rate": "1"}]
    programs[0] = programs[0] | {"currency": "EUR"}
    found = evaluate(world(programs, sale(100), fx=rates))
    assert [row[6] for row in found.accruals] == ["no_rate", "no_rate", "below_first_band"]


def test_priority_takes_the_line_and_the_return_follows() -> None:
    focus = {"field": "product.sku", "op": "eq", "value": "F"}
    programs = [
        program("retroactive", "ALL", bands=FLAT, stacking={"group": "g", "rule": "priority", "priority": 2}),
        program(
            "retroactive", "F", bands=bands((5000, "0.1")), scope=focus, stacking={"group": "g", "rule": "priority"}
        ),
    ]
    back = sale(-50, "2024-04-01", -1, sku="F", reverses="2")
    assert [row[:5] for row in evaluate(world(programs, sale(100), sale(200, sku="F"), back)).accruals] == [
        ("ALL", "A", "2024-Q1", "100", "10.00"),
        ("F", "A", "2024-Q1", "150", "0.00"),
    ]


def customer_rule(**more: Any) -> dict[str, Any]:
    return program("new_customer", rate="0.1", window_days=60, **more)


def test_a_new_customer_up_to_its_cap() -> None:
    lines = (
        sale(100, "2024-03-31", customer_code="K"), sale(900, "2024-04-01", customer_code="K"),
        sale(900, "2024-05-30", customer_code="K"), sale(7, "2024-04-01"),
    )  # fmt: skip
    found = evaluate(world(customer_rule(cap_per_customer="60", min_first_order="100"), *lines))
    assert rows(found) == [("2024-Q1", "100", "10.00", ""), ("2024-Q2", "1807", "50.00", "")]
    assert found.lines == [("P", "1", "10.00"), ("P", "2", "50.00")]


def test_the_customer_of_another_partner_is_not_new() -> None:
    other = sale(1, "2024-01-01", customer_code="K", partner_code="NOBODY")
    lines = (sale(100, customer_code="K"), sale(-1, "2023-01-01", customer_code="K", reverses="1"))
    assert rows(evaluate(world(customer_rule(), *lines, other)))[0][1:] == ("99", "9.90", "")
    rule = customer_rule(scope={"field": "product.sku", "op": "eq", "value": "X"})
    earlier = sale(1, "2023-12-31", sku="F", customer_code="K")
    assert rows(evaluate(world(rule, lines[0], earlier))) == [("2024-Q1", "100", "0.00", "nothing_earned")]


def test_growth_is_compared_exactly_and_names_the_faults_of_its_baseline() -> None:
    rule = program("growth", bands=bands(("0.1", "0.5")), baseline="previous_period", pay_on="excess")
    lines = (sale("33.3", "2024-01-01"), sale("36.63", "2024-04-01"), sale(1, "2024-01-01", currency="EUR"))
    found = evaluate(world(rule | {"valid_from": "2024-04-01"}, *lines))
    assert rows(found) == [("2024-Q2", "36.63", "1.67", "")]
    assert found.exceptions == [("3", "P", "no_rate EUR->USD on 2024-01-01")]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({"field": "sale.channel", "op": "ne", "value": "web"}, True),
        ({"not": {"field": "sale.channel", "op": "eq", "value": "web"}}, True),
        ({"field": "sale.attr.size", "op": "gte", "value": "2.0"}, True),
        ({"field": "sale.attr.size", "op": "eq", "value": "2.0"}, False),
        ({"field": "sale.attr.word", "op": "not_in", "value": ["x"]}, True),
        ({"field": "sale.attr.word", "op": "lt", "value": 5}, False),
        ({"field": "sale.net_amount", "op": "between", "value": [1, "1.00"]}, True),
        ({"all": []}, True),
        ({"any": []}, False),
    ],
)
def test_conditions(test: dict[str, Any], expected: bool) -> None:
    line = sale(1) | {"attr.size": " 2 ", "attr.word": "two"}
    assert bool(evaluate(world(program("retroactive", bands=FLAT, scope=test), line)).accruals) is expected
