"""What other rules would have cost, to the cent; where a cent makes a jump; bands reached by what came back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine

from rebates.engine.periods import PeriodKind
from rebates.models import Accrual, Program
from rebates.selectors.what_if import version_to_replay
from rebates.services.programs import program_amend, program_create
from rebates.versions import rules_of
from rebates.whatif.gaming import Suspicion, by_money, suspicions
from rebates.whatif.vendor import Replay, past_periods, replay
from tests.rebates.world import World, definition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]

STEP = {"type": "retroactive", "bands": [{"from": "0", "rate": "0.01"}, {"from": "40000", "rate": "0.03"}]}


@pytest.fixture
def november() -> Any:
    with time_machine.travel("2026-11-23T04:00:00Z", tick=False):
        yield


@pytest.fixture
def sold(world: World) -> World:
    """P1 at 2 % and 4 % from 50,000. Q2: A 10,000. Q3: A 60,000, B 39,500. Q4, running: B 100."""
    world.published("P1")
    world.sale("A", "2026-05-05", "10000")
    world.sale("A", "2026-08-05", "60000")
    world.sale("B", "2026-08-06", "39500")
    world.sale("B", "2026-10-06", "100")
    world.update()
    return world


def amended(world: World, **changes: Any) -> Program:
    program = Program.objects.get(code="P1")
    program_amend(actor=world.system, program_id=program.pk, definition=definition("P1", **changes))
    return program


def replayed(program: Program, periods: int = 4) -> Replay:
    """The draft, without one the newest version."""
    rules = rules_of(version_to_replay(program))
    return replay(rules, past_periods(rules.period, periods))


def doubts(program: Program) -> list[Suspicion]:
    return by_money(one for period in past_periods(PeriodKind.QUARTER, 4) for one in suspicions(program, period))


def costs(found: Any) -> list[tuple[str, str, str]]:
    return [(one.period.key, f"{one.before:.2f}", f"{one.after:.2f}") for one in found.costs]


def test_a_draft_is_replayed_as_if_it_had_been_in_force(sold):
    program = amended(sold, calculation=STEP, valid_from="2027-01-01")
    before = sorted(Accrual.objects.values_list("pk", "payout"))
    found = replayed(program, periods=2)
    # Q2: 200 → 100. Q3: A 1,000 + 400 → 1,800, B 790 → 395.
    assert costs(found) == [("2026-Q2", "200.00", "100.00"), ("2026-Q3", "2190.00", "2195.00")]
    assert found.totals() == [("USD", Decimal(2390), Decimal(2295))]
    # B 790 → 395 moves more than A 1,600 → 1,900.
    assert [(one.partner.code, one.before, one.after) for one in found.moves] == [
        ("B", Decimal(790), Decimal(395)), ("A", Decimal(1600), Decimal(1900)),
    ]  # fmt: skip
    assert sorted(Accrual.objects.values_list("pk", "payout")) == before


def test_cliffs_say_what_a_cent_brings_and_who_stood_just_below(sold):
    program = amended(sold, calculation=STEP, valid_from="2027-01-01")
    [cliff] = replayed(program, periods=1).cliffs
    # 39,999.99 at 1 % is 400.00, 40,000 at 3 % is 1,200.
    assert (cliff.start, cliff.below, cliff.at, cliff.jump) == (40000, Decimal("400.00"), 1200, Decimal("800.00"))
    [near] = cliff.near
    assert (near.partner.code, near.period.key, near.measure, near.missing) == ("B", "2026-Q3", 39500, 500)


def test_marginal_bands_have_no_cliff(sold):
    found = replayed(Program.objects.get())
    assert found.cliffs == []
    assert found.moves == []
    assert costs(found)[-1] == ("2026-Q3", "2190.00", "2190.00")


def test_milestones_jump_by_their_amount_and_units_by_one(sold):
    program = program_create(actor=sold.system, definition=definition(
        "NEW", calculation={"type": "milestone", "bands": [{"from": "1000", "amount": "50"}]}
    ))  # fmt: skip
    found = replayed(program, periods=2)
    assert [(one.start, one.jump) for one in found.cliffs] == [(1000, 50)]
    assert costs(found) == [("2026-Q2", "0.00", "50.00"), ("2026-Q3", "0.00", "100.00")]
    units = program_create(actor=sold.system, definition=definition("UNITS", measure="quantity", calculation={
        "type": "per_unit", "mode": "retroactive",
        "bands": [{"from": "0", "amount": "1"}, {"from": "10", "amount": "3"}],
    }))  # fmt: skip
    [cliff] = replayed(units).cliffs
    assert (cliff.below, cliff.at) == (9, 30)


def test_periods_are_whole_and_at_most_eight(sold):
    keys = [one.key for one in past_periods(PeriodKind.QUARTER, 99)]
    assert (len(keys), keys[0], keys[-1]) == (8, "2024-Q4", "2026-Q3")
    assert [one.key for one in past_periods(PeriodKind.MONTH, 0)] == ["2026-10"]


@pytest.fixture
def gamed(world: World) -> Program:
    """ROAD pays all at 1 %, from 40,000 at 3 %. Each partner reaches 40,000 in the last five days of the third quarter;
    A then returns a fifth of these units, B less; C had reached it before; D sold and returned outside the program.
    """
    world.product("T", line="Touring")
    road = {"field": "product.line", "op": "eq", "value": "Road"}
    program = world.published("ROAD", scope=road, calculation=STEP)
    for code, early in (("A", "30000"), ("B", "30000"), ("C", "45000"), ("D", "45000")):
        world.sale(code, "2026-07-15", early)
    for code, sku in (("A", "X"), ("B", "X"), ("C", "X"), ("D", "T")):
        world.sale(code, "2026-09-26", "10000", quantity="10", sku=sku, external_id=f"LATE-{code}")
    for code, sku, units in (("A", "X", 2), ("B", "X", 1), ("C", "X", 10), ("D", "T", 10)):
        world.sale(
            code, "2026-10-08", f"-{units}000", quantity=f"-{units}", sku=sku, reverses=f"LATE-{code}"
        )  # fmt: skip
    world.update()
    return program


def test_bands_reached_by_what_came_back_are_shown_with_the_money(world, gamed):
    [found] = doubts(gamed)
    assert (found.partner.code, found.period.key) == ("A", "2026-Q3")
    assert (found.sold, found.returned, found.share) == (10, 2, Decimal("0.2"))
    # 40,000 at 3 % against 30,000 at 1 %.
    assert (found.paid, found.without, found.at_stake) == (1200, 300, 900)


def test_sales_before_the_last_five_days_are_no_question(world, gamed):
    world.sale("E", "2026-07-15", "30000")
    world.sale("E", "2026-09-25", "10000", quantity="10", external_id="EARLY-E")
    world.sale("E", "2026-10-08", "-10000", quantity="-10", reverses="EARLY-E")
    assert [one.partner.code for one in doubts(gamed)] == ["A"]


def test_returns_after_the_next_period_are_no_question(world, gamed):
    world.sale("E", "2026-04-15", "30000")
    world.sale("E", "2026-06-30", "10000", quantity="10", external_id="LATE-E")
    world.sale("E", "2026-10-01", "-10000", quantity="-10", reverses="LATE-E")
    assert [one.partner.code for one in doubts(gamed)] == ["A"]
    world.sale("F", "2026-04-15", "30000")
    world.sale("F", "2026-06-26", "10000", quantity="10", external_id="LATE-F")
    world.sale("F", "2026-09-30", "-10000", quantity="-10", reverses="LATE-F")
    assert [one.partner.code for one in doubts(gamed)] == ["A", "F"]


def test_a_late_return_of_an_early_sale_stays_where_it_is(world, gamed):
    # 45,000 - 10,000 of E's early sales is below the band with and without the late 1,000.
    world.sale("E", "2026-07-15", "45000", quantity="45", external_id="EARLY-E")
    world.sale("E", "2026-09-27", "-10000", quantity="-10", reverses="EARLY-E")
    world.sale("E", "2026-09-28", "1000", external_id="LATE-E")
    world.sale("E", "2026-10-08", "-1000", reverses="LATE-E")
    assert [one.partner.code for one in doubts(gamed)] == ["A"]


def test_returns_go_with_the_late_sales_they_return(world, gamed):
    world.sale("E", "2026-07-15", "38000")
    world.sale("E", "2026-09-26", "10000", quantity="10", external_id="LATE-E")
    world.sale("E", "2026-09-29", "-2000", quantity="-2", reverses="LATE-E")
    world.sale("E", "2026-10-08", "-3000", quantity="-3", reverses="LATE-E")
    found = {one.partner.code: one for one in doubts(gamed)}
    # 38,000 + 10,000 - 2,000 at 3 % against 38,000 at 1 %; without the late sale its return of 2,000 is none either.
    assert (found["E"].paid, found["E"].without, found["E"].sold) == (1380, 380, 10)


def test_the_band_from_nothing_is_reached_by_nobody(world, gamed):
    world.sale("E", "2026-09-26", "10000", quantity="10", external_id="LATE-E")
    world.sale("E", "2026-10-08", "-5000", quantity="-5", reverses="LATE-E")
    assert [one.partner.code for one in doubts(gamed)] == ["A"]


def bands(found: Replay, key: str) -> list[tuple[str, str, int | None, int | None]]:
    return [(one.unit, str(one.start), one.before, one.after) for one in found.bands if one.period.key == key]


def test_partners_are_counted_by_the_band_they_reach_on_both_sides(sold):
    program = amended(sold, calculation=STEP, valid_from="2027-01-01")
    found = replayed(program, 2)
    # Q3: A with 60,000 is above 50,000 and 40,000, B with 39,500 below both.
    assert bands(found, "2026-Q3") == [("USD", "0", 1, 1), ("USD", "40000", None, 1), ("USD", "50000", 1, None)]
    assert bands(found, "2026-Q2") == [("USD", "0", 1, 1), ("USD", "40000", None, 0), ("USD", "50000", 0, None)]


def test_a_new_program_has_bands_on_one_side_and_some_stand_below_the_first(sold):
    new = definition("NEW", calculation={"type": "milestone", "bands": [{"from": "40000", "amount": "50"}]})
    program = program_create(actor=sold.system, definition=new)
    assert bands(replayed(program, 1), "2026-Q3") == [("USD", "None", None, 1), ("USD", "40000", None, 1)]


def test_bands_of_growth_are_shares_of_the_earlier_period(sold):
    growth = {
        "type": "growth", "baseline": "previous_period", "pay_on": "all", "without_baseline": "exclude",
        "bands": [{"from": "0.05", "rate": "0.02"}, {"from": "0.2", "rate": "0.03"}],
    }  # fmt: skip
    program = amended(sold, calculation=growth, valid_from="2027-01-01")
    # A grew from 10,000 to 60,000; B has nothing to compare with.
    assert bands(replayed(program, 1), "2026-Q3") == [
        ("USD", "0", 1, None), ("USD", "50000", 1, None), ("share", "None", None, 1), ("share", "0.05", None, 0),
        ("share", "0.2", None, 1),
    ]  # fmt: skip


def test_rates_by_line_have_no_bands(sold):
    rates = {"type": "line_rate", "rates": [{"when": {"all": []}, "rate": "0.02"}]}
    program = program_create(actor=sold.system, definition=definition("FLAT", calculation=rates))
    assert replayed(program).bands == []
