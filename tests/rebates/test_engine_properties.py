# ruff: noqa: E501 (tables of cases read better with one case in a line)
"""The engine over SQL against a reckoning in plain Python, on random vendors and programs; and the laws that always hold."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from prm.money import minor_units
from rebates.engine.program import Program
from rebates.engine.versions import Version
from rebates.sql import Evaluation, Scope, all_allocations, evaluate, is_paged, line_allocations, orphans, paged_lines
from tests.rebates.random_vendors import days, programs, vendors
from tests.rebates.reckoning import reckon
from tests.rebates.small_vendor import Vendor, loaded, partner_id

pytestmark = pytest.mark.django_db
examples = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def evaluation(vendor: Vendor, found: list[Program], **more: Any) -> Evaluation:
    return evaluate(
        [Version.of(program) for program in found],
        calendar=vendor.calendar,
        base_currency=vendor.base_currency,
        **more,
    )


def results_of(vendor: Vendor, found: Evaluation) -> dict[tuple[Any, str, str], tuple[Fraction, Decimal]]:
    codes = {partner_id(code): code for code in vendor.partners}
    return {(r.version_id, codes[r.partner_id], r.period.key): (Fraction(r.measure), r.payout) for r in found}


@examples
@given(vendors(), programs(), st.none() | days)
def test_engine_equals_the_reckoning(vendor: Vendor, found: list[Program], as_of: date | None) -> None:
    expected = reckon(vendor, found, as_of)
    with loaded(vendor):
        evaluated = evaluation(vendor, found, as_of=as_of)
        assert results_of(vendor, evaluated) == expected.results
        exceptions = [*evaluated.exceptions(), *orphans(as_of=as_of)]
        assert {(x.external_id, x.version_id or "", x.reason) for x in exceptions} == expected.exceptions
        assert len(exceptions) == len(expected.exceptions)


@examples
@given(vendors(), programs())
def test_shares_of_the_lines_are_those_of_the_reckoning_and_add_up(vendor: Vendor, found: list[Program]) -> None:
    expected = reckon(vendor, found)
    codes = {partner_id(code): code for code in vendor.partners}
    with loaded(vendor):
        by_version: dict[Any, list[Any]] = {}
        whole = evaluation(vendor, found)
        for result in list(whole):
            by_version.setdefault(result.version, []).append(result)
            lines = line_allocations(
                [result.version], result.version, Scope(vendor.calendar, vendor.base_currency),
                partner_id=result.partner_id, period=result.period, payout=result.payout,
            )  # fmt: skip
            assert sum(line.amount for line in lines) == result.payout
            assert sum(Fraction(line.contribution) for line in lines) == Fraction(result.measure)
            key = (result.version_id, codes[result.partner_id], result.period.key)
            assert {line.external_id: line.amount for line in lines} == expected.shares[key]
        for version, results in by_version.items():
            shares: dict[str, Decimal] = {}
            for key, amounts in expected.shares.items():
                if key[0] == version.id:
                    shares |= {line: amount for line, amount in amounts.items() if amount}
            assert dict(all_allocations(whole, version, results)) == shares


@examples
@given(vendors(), programs())
def test_a_page_worked_out_alone_lists_the_same_lines_a_unit_off_at_most(vendor: Vendor, found: list[Program]) -> None:
    scope = Scope(vendor.calendar, vendor.base_currency)
    versions = [Version.of(program) for program in found]
    with loaded(vendor):
        for result in list(evaluation(vendor, found)):
            if not result.measure or not is_paged(result.version.program):
                continue
            version = next(one for one in versions if one.id == result.version_id)
            behind: Any = {"partner_id": result.partner_id, "period": result.period}
            exact = line_allocations(versions, version, scope, payout=result.payout, **behind)
            rate, pages, after = Fraction(result.payout) / Fraction(result.measure), [], None
            while page := paged_lines(versions, version, scope, rate=rate, after=after, limit=2, **behind):
                pages += page
                after = page[-1].sold_on, page[-1].external_id
            assert [replace(line, amount=Decimal(0)) for line in pages] == [
                replace(line, amount=Decimal(0)) for line in exact
            ]
            unit = Decimal(1).scaleb(-minor_units(result.currency))
            assert all(abs(one.amount - other.amount) <= unit for one, other in zip(pages, exact, strict=True))


@examples
@given(vendors(), programs(), st.randoms(use_true_random=False))
def test_order_of_lines_and_programs_changes_nothing(vendor: Vendor, found: list[Program], random: Random) -> None:
    lines, shuffled = list(vendor.lines), list(found)
    random.shuffle(lines)
    random.shuffle(shuffled)
    with loaded(vendor):
        before = results_of(vendor, evaluation(vendor, found))
    with loaded(replace(vendor, lines=tuple(lines))):
        assert results_of(vendor, evaluation(vendor, shuffled)) == before


@examples
@given(vendors(), programs())
def test_in_parts_equals_at_once(vendor: Vendor, found: list[Program]) -> None:
    with loaded(vendor):
        whole = list(evaluation(vendor, found))
        for result in whole:
            part = evaluation(
                vendor, found,
                partner_ids=[result.partner_id], since=result.period.start, until=result.period.end,
            )  # fmt: skip
            same = [x for x in part if (x.version, x.period) == (result.version, result.period)]
            assert [(x.aggregate, x.payout, x.reason) for x in same] == [
                (result.aggregate, result.payout, result.reason)
            ]
        by_partner = [evaluation(vendor, found, partner_ids=[partner_id(code)]) for code in vendor.partners]
        assert sorted(
            (str(x.partner_id), x.version_id, x.period.key, x.payout) for part in by_partner for x in part
        ) == sorted((str(x.partner_id), x.version_id, x.period.key, x.payout) for x in whole)


@examples
@given(vendors(), programs(rising=True, measures=("net_amount", "quantity")), st.data())
def test_a_return_never_raises_a_payout(vendor: Vendor, found: list[Program], data: st.DataObject) -> None:
    sales = [line for line in vendor.lines if not line.is_return]
    vendor = replace(vendor, lines=tuple(sales))
    original = data.draw(st.sampled_from(sales))
    part = Decimal(data.draw(st.integers(1, 100))) / 100
    returned = replace(
        original, external_id="RET", reverses=original.external_id, sold_on=data.draw(days),
        quantity=-original.quantity * part, net_amount=-original.net_amount * part,
    )  # fmt: skip
    assume(returned.is_return)
    with loaded(vendor):
        before = results_of(vendor, evaluation(vendor, found))
    with loaded(replace(vendor, lines=(*sales, returned))):
        after = results_of(vendor, evaluation(vendor, found))
    for key, (_, payout) in after.items():
        assert payout <= before.get(key, (Fraction(0), Decimal(0)))[1]


@examples
@given(vendors(), programs())
def test_a_full_return_of_every_line_leaves_nothing_under_restate(vendor: Vendor, found: list[Program]) -> None:
    restating = [replace(program, returns="restate") for program in found]
    sales = [line for line in vendor.lines if not line.is_return]
    back = [
        replace(line, external_id="B" + line.external_id, reverses=line.external_id, quantity=-line.quantity, net_amount=-line.net_amount)
        for line in sales
        if line.quantity or line.net_amount
    ]  # fmt: skip
    with loaded(replace(vendor, lines=(*sales, *back))):
        for result in evaluation(vendor, restating):
            assert (result.measure, result.payout, result.reason) == (0, 0, "measure_not_positive")


def test_nothing_sold_earns_nothing(db: None) -> None:
    with loaded(Vendor({}, {}, {}, {}, ())):
        assert list(evaluation(Vendor({}, {}, {}, {}, ()), [])) == []
        assert list(orphans()) == []
