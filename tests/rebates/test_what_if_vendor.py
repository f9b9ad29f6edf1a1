"""What other rules would have cost, to the cent; where a cent makes a jump; bands reached by what came back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine

from prm.errors import Forbidden
from prm.identity.rights import Role
from rebates.engine.periods import PeriodKind
from rebates.models import Accrual, Program
from rebates.services.programs import program_amend, program_create
from rebates.whatif.gaming import suspicions
from rebates.whatif.vendor import past_periods, program_replay
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


def costs(found: Any) -> list[tuple[str, str, str]]:
    return [(one.period.key, f"{one.before:.2f}", f"{one.after:.2f}") for one in found.costs]


def test_a_draft_is_replayed_as_if_it_had_been_in_force(sold):
    program = amended(sold, calculation=STEP, valid_from="2027-01-01")
    before = sorted(Accrual.objects.values_list("pk", "payout"))
    found = program_replay(sold.actor(Role.CHANNEL_MANAGER), program.pk, periods=2)
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
    [cliff] = program_replay(sold.actor(Role.FINANCE), program.pk, periods=1).cliffs
    # 39,999.99 at 1 % is 400.00, 40,000 at 3 % is 1,200.
    assert (cliff.start, cliff.below, cliff.at, cliff.jump) == (40000, Decimal("400.00"), 1200, Decimal("800.00"))
    [near] = cliff.near
    assert (near.partner.code, near.period.key, near.measure, near.missing) == ("B", "2026-Q3", 39500, 500)


def test_marginal_bands_have_no_cliff(sold):
    found = program_replay(sold.actor(Role.FINANCE), Program.objects.get().pk)
    assert found.cliffs == []
    assert found.moves == []
    assert costs(found)[-1] == ("2026-Q3", "2190.00", "2190.00")


def test_milestones_jump_by_their_amount_and_units_by_one(sold):
    program = program_create(actor=sold.system, definition=definition(
        "NEW", calculation={"type": "milestone", "bands": [{"from": "1000", "amount": "50"}]}
    ))  # fmt: skip
    found = program_replay(sold.actor(Role.FINANCE), program.pk, periods=2)
    assert [(one.start, one.jump) for one in found.cliffs] == [(1000, 50)]
    assert costs(found) == [("2026-Q2", "0.00", "50.00"), ("2026-Q3", "0.00", "100.00")]
    units = program_create(actor=sold.system, definition=definition("UNITS", measure="quantity", calculation={
        "type": "per_unit", "mode": "retroactive",
        "bands": [{"from": "0", "amount": "1"}, {"from": "10", "amount": "3"}],
    }))  # fmt: skip
    [cliff] = program_replay(sold.actor(Role.FINANCE), units.pk).cliffs
    assert (cliff.below, cliff.at) == (9, 30)


def test_periods_are_whole_and_at_most_eight(sold):
    keys = [one.key for one in past_periods(PeriodKind.QUARTER, 99)]
    assert (len(keys), keys[0], keys[-1]) == (8, "2024-Q4", "2026-Q3")
    assert [one.key for one in past_periods(PeriodKind.MONTH, 0)] == ["2026-10"]


def test_marketing_sees_no_money(sold):
    for ask in (program_replay, suspicions):
        with pytest.raises(Forbidden):
            ask(sold.actor(Role.MARKETING), Program.objects.get().pk)


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
    [found] = suspicions(world.actor(Role.CHANNEL_MANAGER), gamed.pk)
    assert (found.partner.code, found.period.key) == ("A", "2026-Q3")
    assert (found.sold, found.returned, found.share) == (10, 2, Decimal("0.2"))
    # 40,000 at 3 % against 30,000 at 1 %.
    assert (found.paid, found.without, found.at_stake) == (1200, 300, 900)


def test_sales_before_the_last_five_days_are_no_question(world, gamed):
    world.sale("E", "2026-07-15", "30000")
    world.sale("E", "2026-09-25", "10000", quantity="10", external_id="EARLY-E")
    world.sale("E", "2026-10-08", "-10000", quantity="-10", reverses="EARLY-E")
    assert [one.partner.code for one in suspicions(world.actor(Role.FINANCE), gamed.pk)] == ["A"]


def test_returns_after_the_next_period_are_no_question(world, gamed):
    world.sale("E", "2026-04-15", "30000")
    world.sale("E", "2026-06-30", "10000", quantity="10", external_id="LATE-E")
    world.sale("E", "2026-10-01", "-10000", quantity="-10", reverses="LATE-E")
    assert [one.partner.code for one in suspicions(world.actor(Role.FINANCE), gamed.pk)] == ["A"]
    world.sale("F", "2026-04-15", "30000")
    world.sale("F", "2026-06-26", "10000", quantity="10", external_id="LATE-F")
    world.sale("F", "2026-09-30", "-10000", quantity="-10", reverses="LATE-F")
    assert [one.partner.code for one in suspicions(world.actor(Role.FINANCE), gamed.pk)] == ["A", "F"]


def test_a_late_return_of_an_early_sale_stays_where_it_is(world, gamed):
    # 45,000 - 10,000 of E's early sales is below the band with and without the late 1,000.
    world.sale("E", "2026-07-15", "45000", quantity="45", external_id="EARLY-E")
    world.sale("E", "2026-09-27", "-10000", quantity="-10", reverses="EARLY-E")
    world.sale("E", "2026-09-28", "1000", external_id="LATE-E")
    world.sale("E", "2026-10-08", "-1000", reverses="LATE-E")
    assert [one.partner.code for one in suspicions(world.actor(Role.FINANCE), gamed.pk)] == ["A"]


def test_returns_go_with_the_late_sales_they_return(world, gamed):
    world.sale("E", "2026-07-15", "38000")
    world.sale("E", "2026-09-26", "10000", quantity="10", external_id="LATE-E")
    world.sale("E", "2026-09-29", "-2000", quantity="-2", reverses="LATE-E")
    world.sale("E", "2026-10-08", "-3000", quantity="-3", reverses="LATE-E")
    found = {one.partner.code: one for one in suspicions(world.actor(Role.FINANCE), gamed.pk)}
    # 38,000 + 10,000 - 2,000 at 3 % against 38,000 at 1 %; without the late sale its return of 2,000 is none either.
    assert (found["E"].paid, found["E"].without, found["E"].sold) == (1380, 380, 10)


def test_the_band_from_nothing_is_reached_by_nobody(world, gamed):
    world.sale("E", "2026-09-26", "10000", quantity="10", external_id="LATE-E")
    world.sale("E", "2026-10-08", "-5000", quantity="-5", reverses="LATE-E")
    assert [one.partner.code for one in suspicions(world.actor(Role.FINANCE), gamed.pk)] == ["A"]
