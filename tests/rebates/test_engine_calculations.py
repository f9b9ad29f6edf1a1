# ruff: noqa: E501 (tables of cases read better with one case in a line)
"""Payouts by hand: band edges, golden numbers, the laws of marginal and retroactive, traces that add up."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.engine.calculations import Aggregate
from rebates.engine.evaluate import payout_of
from rebates.engine.explain import next_band, trace_of
from rebates.engine.program import Program, parse_programs


def program(kind: str, *bands: tuple[Any, Any], currency: str = "USD", measure: str = "net_amount") -> Program:
    listed = [{"from": str(start), "rate": str(rate)} for start, rate in bands]
    [found] = parse_programs([
        {"code": "P", "currency": currency, "period": "quarter", "measure": measure, "calculation": {"type": kind, "bands": listed}}
    ])  # fmt: skip
    return found


def paid(found: Program, measure: Any) -> Decimal:
    return payout_of(found, Aggregate(Decimal(str(measure)))).amount


TWO = ((0, "0.10"), (1000, "0.25"))
THREE = ((0, "0.02"), (500000, "0.03"), (1000000, "0.04"))
RETURNS = ((0, "0.02"), (500000, "0.04"))


# The numbers of ../shared/research/rebate_examples.py that these types express, by the tag they have there.
@pytest.mark.parametrize(
    ("tag", "kind", "bands", "measure", "expected"),
    [
        ("D365 Stepped", "marginal", TWO, 2000, "350.00"),
        ("D365 Cumulative", "retroactive", TWO, 2000, "500.00"),
        ("marginal 1.2M", "marginal", THREE, 1200000, "33000.00"),
        ("retro 1.2M", "retroactive", THREE, 1200000, "48000.00"),
        ("retro just below", "retroactive", THREE, "999999.99", "30000.00"),
        ("retro at the edge", "retroactive", THREE, "1000000.00", "40000.00"),
        ("OCA bands, right", "marginal", ((0, "0.1"), (100, "0.2"), (300, "0.3")), 3800, "1100.00"),
        ("Q1 520k", "retroactive", RETURNS, 520000, "20800.00"),
        ("restated 490k", "retroactive", RETURNS, 490000, "9800.00"),
        ("marginal 520k", "marginal", RETURNS, 520000, "10800.00"),
        ("marginal 490k", "marginal", RETURNS, 490000, "9800.00"),
        ("forward 570k", "retroactive", RETURNS, 570000, "22800.00"),
        ("once at settlement", "retroactive", ((0, "0.05"),), "99.99", "5.00"),
        ("FX by transaction date", "retroactive", ((0, "0.02"), (145000, "0.03")), 144000, "2880.00"),
        ("FX at period end", "retroactive", ((0, "0.02"), (145000, "0.03")), 146000, "4380.00"),
        ("retro amendment before", "retroactive", ((0, "0.02"),), 500000, "10000.00"),
        ("retro amendment after", "retroactive", ((0, "0.025"),), 500000, "12500.00"),
        ("pool of 4 %", "retroactive", ((0, "0.04"),), 250000, "10000.00"),
    ],
)
def test_golden_numbers(tag: str, kind: str, bands: Any, measure: Any, expected: str) -> None:
    assert str(paid(program(kind, *bands), measure)) == expected


@pytest.mark.parametrize(
    ("tag", "kind", "bands", "units", "expected"),
    [
        ("KillBill ALL_TIERS, blocks of ten", "marginal", ((0, 1), (100, "0.5")), 150, "125.00"),
        ("KillBill TOP_TIER", "retroactive", ((0, 1), (100, "0.5")), 150, "75.00"),
        ("stepped units", "marginal", ((0, 0), (500, 2), (1000, 3)), 1200, "1600.00"),
    ],
)
def test_golden_numbers_by_unit(tag: str, kind: str, bands: Any, units: int, expected: str) -> None:
    assert str(paid(program(kind, *bands, measure="quantity"), units)) == expected


@pytest.mark.parametrize(
    ("measure", "marginal", "retroactive"),
    [
        ("-0.01", "0.00", "0.00"), ("0", "0.00", "0.00"), ("0.01", "0.00", "0.00"), ("99.99", "0.00", "0.00"),
        ("100", "0.00", "10.00"), ("100.01", "0.00", "10.00"), ("100.05", "0.01", "10.01"), ("999.99", "90.00", "100.00"),
        ("1000", "90.00", "200.00"), ("1000.01", "90.00", "200.00"), ("1000.03", "90.01", "200.01"),
    ],
)  # fmt: skip
def test_around_the_edges_of_bands(measure: str, marginal: str, retroactive: str) -> None:
    bands = ((100, "0.10"), (1000, "0.20"))
    assert str(paid(program("marginal", *bands), measure)) == marginal
    assert str(paid(program("retroactive", *bands), measure)) == retroactive


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        ("-5", "measure_not_positive"),
        ("0", "measure_not_positive"),
        ("99.99", "below_first_band"),
        ("100", "nothing_earned"),
        ("200", ""),
    ],
)
def test_reasons(measure: str, reason: str) -> None:
    assert payout_of(program("marginal", (100, "0.1")), Aggregate(Decimal(measure))).reason == reason


def test_a_rate_of_nothing_earns_nothing() -> None:
    assert payout_of(program("retroactive", (0, 0)), Aggregate(Decimal(5))).reason == "nothing_earned"


@pytest.mark.parametrize(("currency", "expected"), [("JPY", "1"), ("USD", "1.24"), ("KWD", "1.235")])
def test_rounded_once_to_the_minor_unit(currency: str, expected: str) -> None:
    assert str(paid(program("retroactive", (0, "0.1"), currency=currency), "12.35")) == expected


def test_forty_digits_are_not_lost() -> None:
    huge = Decimal("123456789012345678.123456789012345678901234567890")
    assert str(paid(program("retroactive", (0, "1")), huge)) == "123456789012345678.12"
    assert trace_of(program("retroactive", (0, "1")), Aggregate(huge)).total() == Decimal("123456789012345678.12")


measures = st.decimals(-1000, 5_000_000, places=4)


@st.composite
def rising(draw: st.DrawFn) -> tuple[tuple[int, Decimal], ...]:
    starts = sorted(draw(st.sets(st.integers(0, 2_000_000), min_size=1, max_size=6)))
    rates = sorted(draw(st.lists(st.decimals(0, 1, places=4), min_size=len(starts), max_size=len(starts))))
    return tuple(zip(starts, rates, strict=True))


@given(rising(), measures, st.decimals(0, 100, places=4))
def test_marginal_is_continuous_monotone_and_never_above_retroactive(
    bands: Any, measure: Decimal, more: Decimal
) -> None:
    stepped, cumulative = program("marginal", *bands), program("retroactive", *bands)
    before, after = (payout_of(stepped, Aggregate(m)).raw for m in (measure, measure + more))
    assert before <= after <= before + more * max(rate for _, rate in bands)
    assert before <= payout_of(cumulative, Aggregate(measure)).raw


@given(st.sampled_from(["marginal", "retroactive"]), rising(), measures)
def test_the_trace_adds_up_to_the_payout(kind: str, bands: Any, measure: Decimal) -> None:
    trace = trace_of(program(kind, *bands), Aggregate(measure))
    assert trace.total() == trace.payout == paid(program(kind, *bands), measure)


@given(st.sampled_from(["marginal", "retroactive"]), rising(), measures)
def test_the_next_band_keeps_its_promise(kind: str, bands: Any, measure: Decimal) -> None:
    found = program(kind, *bands)
    ahead = next_band(found, Aggregate(measure))
    if ahead is None:
        assert max(measure, Decimal(0)) >= bands[-1][0]
        return
    assert ahead.start == min(start for start, _ in bands if start > max(measure, Decimal(0)))
    assert measure + ahead.missing == ahead.start
    assert paid(found, measure) + ahead.gain == paid(found, ahead.start)


def test_a_trace_reads_as_data() -> None:
    assert trace_of(program("marginal", (0, "0.02"), (50000, "0.04")), Aggregate(Decimal("60000.127"))).to_json() == {
        "type": "marginal", "measure_kind": "net_amount", "measure": "60000.127", "currency": "USD", "payout": "1400.01",
        "reason": "", "next": None, "qualifiers": [],
        "steps": [
            {"step": "band", "amount": "1000", "from": "0", "to": "50000", "rate": "0.02", "part": "50000"},
            {"step": "band", "amount": "400.00508", "from": "50000", "to": None, "rate": "0.04", "part": "10000.127"},
            {"step": "rounding", "amount": "0.00492"},
        ],
    }  # fmt: skip
    below = trace_of(program("retroactive", (1000, "0.1")), Aggregate(Decimal(400)))
    assert (below.steps, below.payout, below.reason) == ((), Decimal("0.00"), "below_first_band")
    assert below.next_band is not None
    assert below.next_band.to_json() == {"from": "1000", "value": "0.1", "missing": "600", "gain": "100"}
