"""Worked numbers of other people's documents and our own, as worlds: what the shared files print, said in programs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

from tests.rebates.oracle import Output, World
from tests.rebates.oracle.files import Row

Reading = Callable[[Sequence[Output]], list[Fraction]]
PARTNERS = [{"code": "A", "name": "Alpha", "type": "VAR", "region": "Europe", "country": "DE"}]
PRODUCTS = [
    {"sku": sku, "name": sku, "line": line, "category": "Goods"} for sku, line in (("X", "Base"), ("F", "Focus"))
]


def payouts(outputs: Sequence[Output]) -> list[Fraction]:
    """What each period pays, in their order."""
    sums: dict[str, Fraction] = {}
    for row in outputs[0].accruals:
        sums[row[2]] = sums.get(row[2], Fraction(0)) + Fraction(row[4])
    return list(sums.values())


def paid(output: Output) -> Fraction:
    return sum((Fraction(row[4]) for row in output.accruals), Fraction(0))


def in_all(outputs: Sequence[Output]) -> list[Fraction]:
    return [paid(outputs[0])]


def fall(outputs: Sequence[Output]) -> list[Fraction]:
    """By how much the second world pays less than the first."""
    return [paid(outputs[0]) - paid(outputs[1])]


def rise(outputs: Sequence[Output]) -> list[Fraction]:
    return [-number for number in fall(outputs)]


def taken_back(outputs: Sequence[Output]) -> list[Fraction]:
    return [-sum((Fraction(row[2]) for row in outputs[0].lines if row[2].startswith("-")), Fraction(0))]


def measures(outputs: Sequence[Output]) -> list[Fraction]:
    return [Fraction(row[3]) for row in outputs[0].accruals]


def shares(outputs: Sequence[Output]) -> list[Fraction]:
    return [Fraction(row[2]) for row in outputs[0].lines]


def true_up(outputs: Sequence[Output]) -> list[Fraction]:
    """Two parts alone, the whole, and what the whole pays beyond its parts."""
    first, second, whole = map(paid, outputs)
    return [first, second, whole, whole - first - second]


@dataclass(frozen=True)
class Golden:
    """`name` is what the shared file calls the number."""

    name: str
    worlds: tuple[World, ...]
    read: Reading = in_all


def program(kind: str, code: str = "P", **more: Any) -> dict[str, Any]:
    """A quarterly program in dollars; what is no key of a calculation is one of the program."""
    keys = {
        "bands", "mode", "cumulative", "rates", "baseline", "pay_on", "rate", "curve", "amount", "window_days",
        "cap_per_customer", "min_first_order",
    }  # fmt: skip
    calculation = {"type": kind} | {key: more.pop(key) for key in keys & more.keys()}
    return {"code": code, "currency": "USD", "period": "quarter", "calculation": calculation} | more


def bands(*pairs: tuple[Any, Any], name: str = "rate") -> list[dict[str, Any]]:
    return [{"from": start, name: rate} for start, rate in pairs]


def sale(amount: Any, sold_on: str = "2024-02-01", quantity: Any = 1, **more: str) -> Row:
    row = {
        "partner_code": "A", "sku": "X", "sold_on": sold_on, "quantity": str(quantity), "net_amount": str(amount),
        "currency": "USD",
    }  # fmt: skip
    return row | more


def world(programs: Any, *sales: Row, **more: Any) -> World:
    """Lines are numbered from 1 unless they say otherwise."""
    numbers = count(1)
    rows = [{"external_id": str(next(numbers))} | row for row in sales]
    listed = programs if isinstance(programs, list) else [programs]
    return World(more.pop("partners", PARTNERS), PRODUCTS, rows, listed, **more)


D365 = bands(("0", "0.1"), ("1000", "0.25"))
OWN = bands(("0", "0.02"), ("500000", "0.03"), ("1000000", "0.04"))
ANNUAL = bands(("0", "0.02"), ("1000000", "0.03"), ("2000000", "0.04"))
TWO = bands(("0", "0.02"), ("500000", "0.04"))
GROWTH = bands(("0.10", "0.02"), ("0.15", "0.03"))
CURVE = [{"attainment": a, "factor": f} for a, f in (("0.8", "0.5"), ("1", "1"), ("1.2", "1.5"))]
GREW = (sale(2000000, "2023-02-01"), sale(2350000, "2024-02-01"))
TARGET = [{"program_code": "P", "partner_code": "A", "period": "2024-Q1", "target": "1000000"}]
RETURN = sale(-30000, "2024-05-01", -1, reverses="2")
Q1 = (sale(490000), sale(30000))


def by_quarter(*amounts: int) -> list[Row]:
    days = ("2024-01-01", "2024-06-30", "2024-07-15", "2024-12-31")
    return [sale(amount, day) for amount, day in zip(amounts, days, strict=True)]


def _mixed(total: int, focus: int) -> World:
    mix = {"type": "mix", "scope": {"field": "product.line", "op": "eq", "value": "Focus"}, "min_share": "0.30"}
    programs = [
        program("retroactive", bands=bands((0, "0.03"))),
        program("retroactive", "MIX", bands=bands((0, "0.01")), qualifiers=[mix]),
    ]
    return world(programs, sale(total - focus), sale(focus, sku="F"))


def _collected() -> World:
    rates = [
        {"when": {"field": "sale.days_to_pay", "op": "lte", "value": days}, "rate": rate}
        for days, rate in ((30, "0.03"), (60, "0.02"), (90, "0.01"))
    ]
    lines = ((100000, "25"), (50000, "45"), (20000, "80"), (10000, "95"))
    return world(program("line_rate", rates=rates), *(sale(amount, days_to_pay=days) for amount, days in lines))


def _returned_units() -> World:
    rates = [
        {"when": {"field": "product.sku", "op": "eq", "value": sku}, "rate": rate}
        for sku, rate in (("F", "30"), ("X", "20"))
    ]
    back = [
        sale(-20, "2024-03-01", -2, sku="F", reverses="1"),
        sale(-10, "2024-03-01", -1, reverses="2"),
    ]
    rule = program("line_rate", rates=rates, measure="quantity", returns="at_sale_rate")
    return world(rule, sale(20, quantity=2, sku="F"), sale(80, quantity=8), *back)


def _stacked() -> World:
    best = {"group": "best", "rule": "best"}
    programs = [
        program("retroactive", "R1", bands=bands((0, "0.02"))),
        program("retroactive", "R2", bands=bands((0, "0.03")), stacking=best),
        # 2.5 % and 800: the first thousand earns 800 more.
        program("marginal", "R3", bands=bands((0, "0.825"), (1000, "0.025")), stacking=best),
    ]
    return world(programs, sale(100000))


def _yuan(read: Reading, name: str) -> Golden:
    rates = [
        {"date": day, "from_currency": "USD", "to_currency": "CNY", "rate": rate}
        for day, rate in (("2024-01-01", "7.10"), ("2024-03-01", "7.30"))
    ]
    rule = program("retroactive", bands=bands((0, "0.02"), (145000, "0.03")), currency="CNY")
    return Golden(name, (world(rule, sale(10000), sale(10000, "2024-03-31"), fx=rates),), read)


def _units(mode: str, quantity: int, *pairs: tuple[Any, Any]) -> World:
    return world(program("per_unit", mode=mode, bands=bands(*pairs, name="amount")), sale(1, quantity=quantity))


def _of_year(calculation: Sequence[Any], sales: Sequence[Row], name: str, period: str = "quarter") -> Golden:
    rule = program("retroactive", bands=calculation, period=period, accumulate="year_to_date")
    return Golden(name, (world(rule, *sales),), payouts)


def _one(name: str, kind: str, amount: Any, rates: Sequence[Any], **more: Any) -> Golden:
    return Golden(name, (world(program(kind, bands=rates, **more), sale(amount)),))


def _returns(policy: str, *lines: Row, kind: str = "retroactive") -> World:
    return world(program(kind, bands=TWO, returns=policy), *lines)


def _target(name: str, measure: int, **calculation: Any) -> Golden:
    return Golden(name, (world(program("target", **calculation), sale(measure), targets=TARGET),))


def _growth(name: str, pay_on: str) -> Golden:
    rule = program("growth", bands=GROWTH, baseline="same_period_last_year", pay_on=pay_on, valid_from="2024-01-01")
    return Golden(name, (world(rule, *GREW),))


def _customers(name: str) -> Golden:
    rule = program("new_customer", rate="0.05", window_days=90, cap_per_customer="1500", min_first_order="10000")
    amounts = ((40000, "K1"), (12000, "K2"), (8000, "K3"))
    return Golden(name, (world(rule, *(sale(amount, customer_code=code) for amount, code in amounts)),))


def _split(name: str, amount: str, *parts: int) -> Golden:
    rule = program("milestone", bands=bands((0, amount), name="amount"))
    return Golden(name, (world(rule, *map(sale, parts)),), shares)


PRINTED = [
    _one("peer D365 Stepped 2,000", "marginal", 2000, D365),
    _one("peer D365 Cumulative 2,000", "retroactive", 2000, D365),
    _one("peer D365 Rolling 2,000 (1000*10% + 2000*25%)", "rolling", 2000, D365),
    _one("peer D365 Total 2,000 (2000*10% + 2000*25%)", "total", 2000, D365),
    _one("own marginal 1.2M", "marginal", 1200000, OWN),
    _one("own retro 1.2M", "retroactive", 1200000, OWN),
    _one("own retro 999,999.99", "retroactive", "999999.99", OWN),
    _one("own retro 1,000,000.00", "retroactive", "1000000.00", OWN),
    Golden("peer KillBill ALL_TIERS 150 blocks", (_units("marginal", 150, (0, 1), (100, "0.5")),)),
    Golden("peer KillBill TOP_TIER 150 blocks", (_units("retroactive", 150, (0, 1), (100, "0.5")),)),
    Golden("peer aipowered stepped units 1,200", (_units("marginal", 1200, (0, 0), (500, 2), (1000, 3)),)),
    _one("correct marginal for the same bands", "marginal", 3800, bands((0, "0.1"), (100, "0.2"), (300, "0.3"))),
    _growth("peer Enable fully retrospective", "all"),
    _growth("peer Enable retrospective on excess", "excess"),
    # Growth that pays its bands slice by slice is `marginal` with the bands said in money.
    _one(
        "peer Enable non-retrospective bands", "marginal", 2350000,
        bands((0, 0), (2200000, "0.02"), (2300000, "0.03")),
    ),
    # A bonus of 30,000 at 100 % is a rate on what was sold, to as many places as rates have.
    _target("own target curve 99% of 30,000", 990000, rate="0.03030303030303030303", curve=CURVE),
    _target("own target curve 130% capped", 1300000, rate="0.02307692307692307692", curve=CURVE),
    _target("peer Yonyou all-or-nothing 99/100", 990000, bands=bands((1, "0.03"))),
    Golden("own mix 220/800 = 27.5%", (_mixed(800000, 220000),)),
    Golden("own mix 250/830 = 30.12%", (_mixed(830000, 250000),)),
    _customers("own new customer"),
    _one("own cap cascade payable", "marginal", 1200000, OWN, cap={"per_period": "30000", "program_total": "25000"}),
    Golden("own Q1 paid retro 520k", (_returns("restate", *Q1),)),
    Golden("own restate 490k", (_returns("restate", *Q1, RETURN),)),
    Golden("own clawback, restate", (_returns("restate", *Q1), _returns("restate", *Q1, RETURN)), fall),
    Golden(
        "own clawback, tier-at-sale (NetSuite policy)", (_returns("at_sale_rate", *Q1, RETURN),), taken_back
    ),
    Golden(
        "own clawback, net in Q2 (600k)",
        tuple(_returns("forward", *Q1, sale(600000, "2024-05-02"), *back) for back in ([], [RETURN])),
        fall,
    ),
    Golden(
        "own clawback, marginal restate",
        tuple(_returns("restate", *Q1, *back, kind="marginal") for back in ([], [RETURN])),
        fall,
    ),
    Golden("peer NetSuite partial return of 3 (2*30+1*20)", (_returned_units(),), taken_back),
    _one("own pool 4% of 250k", "retroactive", 250000, bands((0, "0.04"))),
    _split("own SAP-style contribution split", "1080", 12000, 9000, 6000),
    _split("own largest remainder 100/3", "100", 1, 1, 1),
    Golden("own stack + best-of", (_stacked(),)),
    _one("own once-at-settlement", "retroactive", "99.99", bands((0, "0.05"))),
    _yuan(measures, "own fx txn-date base"),
    _yuan(in_all, "own fx txn-date rebate"),
    _of_year(bands((100000, "0.05")), by_quarter(50000, 75000, 100000, 75000), "peer SAP community quarterly"),
    _of_year(
        bands((5000, "0.02"), (20000, "0.04")),
        [sale(3000, "2024-10-31"), sale(4000, "2024-11-01"), sale(20000, "2024-12-01")],
        "peer SAP learning Oct/Nov/final",
        "month",
    ),
    _of_year(ANNUAL, by_quarter(450000, 500000, 600000, 550000), "own annual cumulative"),
    Golden(
        "own retro amendment 2% -> 2.5% on 500k",
        tuple(world(program("retroactive", bands=bands((0, rate))), sale(500000)) for rate in ("0.02", "0.025")),
        rise,
    ),
    Golden(
        "peer OpenMeter repricing net (-150 + 80)",
        tuple(_units("retroactive", quantity, (0, 10), (16, 5)) for quantity in (15, 16)),
        rise,
    ),
    Golden("own collection rebate (Yonyou bands)", (_collected(),)),
]  # fmt: skip

CLAIMED = tuple(_units("retroactive", quantity, (0, 20), (51, 40)) for quantity in (40, 60))
BOTH = replace(CLAIMED[0], sales=[*CLAIMED[0].sales, CLAIMED[1].sales[0] | {"external_id": "2"}])
WORKED = [
    _one("WE01", "marginal", 2000, bands((0, "0.10"), (1000, "0.25"), (2500, "0"))),
    _one("WE03", "rolling", 2000, bands((0, "0.10"), (1000, "0.25"), (2500, "0"))),
    Golden("WE09", (*CLAIMED, BOTH), true_up),
    Golden("WE11", (_units("retroactive", 12, (10, 15), (20, 0)),)),
]


def printed_numbers(research: Path) -> dict[str, list[Fraction]]:
    """What `rebate_examples.py` prints, by the name before the numbers."""
    done = subprocess.run(
        [sys.executable, str(research / "rebate_examples.py")], capture_output=True, text=True, check=True
    )
    found = {}
    for line in done.stdout.splitlines():
        if "[" in line or "(Decimal" in line:
            name, _, numbers = re.split(r" (?=(\[|20k))", line, maxsplit=1)
            found[name] = [Fraction(number) for number in re.findall(r"-?[0-9]+(?:\.[0-9]+)?", numbers)]
        elif line != "ALL OK":
            name, number = line.rsplit(maxsplit=1)
            found[name.rstrip()] = [Fraction(number.replace(",", ""))]
    return found


def worked_numbers(data: Path) -> Mapping[str, list[Fraction]]:
    """The amounts that the cases of `worked_examples.jsonl` expect, parts of a sum left out."""
    found = {}
    for line in (data / "worked_examples.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        values = [value for key, value in case["expected"].items() if key not in ("parts", "per_deal")]
        flat = [part for value in values for part in (value if isinstance(value, list) else [value])]
        found[case["id"]] = [Fraction(str(value)) for value in flat]
    return found
