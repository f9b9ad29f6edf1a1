"""What we believed on a day: what was recorded by its end at the vendor, beside today, and what made the difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from prm.errors import Forbidden, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Role
from rebates.models import Program
from rebates.recalculation import Cause
from rebates.selectors.beliefs import (
    belief_changes,
    belief_get,
    belief_list,
    belief_totals,
    beliefs_named,
    versions_known,
)
from rebates.services.periods import period_close
from rebates.services.programs import program_amend, program_publish
from tests.rebates.world import World, day, definition


def at(moment: str) -> Any:
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def finance(world: World) -> Iterator[Actor]:
    """A program since February; a sale known on 3 March, one learned a second after that day in Shanghai; a close."""
    actor = world.actor(Role.FINANCE)
    with at("2026-02-01T04:00:00Z"):
        world.published("P1")
    with at("2026-03-03T04:00:00Z"):
        world.sale("A", "2026-02-10", "1000")
        world.sale("B", "2026-02-10", "300")
        world.update(cause=Cause("imports.import", "first"))
    with at("2026-03-03T16:00:00Z"):  # 4 March, 00:00 in Shanghai
        world.sale("A", "2026-02-11", "500")
        world.update(cause=Cause("imports.import", "second"))
    with at("2026-04-02T04:00:00Z"):
        period_close(actor=actor, kind="quarter", key="2026-Q1")
        program = Program.objects.get(code="P1")
        program_amend(actor=world.system, program_id=program.pk, definition=definition("P1", valid_from="2026-04-01"))
        program_publish(actor=world.system, program_id=program.pk)
        world.published("P2", valid_from="2026-04-01")
    with at("2026-11-23T04:00:00Z"):
        yield actor


def told(actor: Actor, on: str, **filters: Any) -> list[tuple[str, ...]]:
    """Partner, period, and then/now of accrued and payable."""
    rows = beliefs_named(list(belief_list(actor, on=day(on), **filters)))
    return sorted(
        (row.partner_code, row.period, f"{row.then_accrued:.0f}/{row.now_accrued:.0f}",
         f"{row.then_payable:.0f}/{row.now_payable:.0f}", f"{row.difference:.0f}")
        for row in rows
    )  # fmt: skip


def test_a_day_ends_at_midnight_of_the_vendor(finance):
    assert told(finance, "2026-03-02") == [
        ("A", "2026-Q1", "0/0", "0/30", "30"),
        ("B", "2026-Q1", "0/0", "0/6", "6"),
    ]
    assert told(finance, "2026-03-03") == [
        ("A", "2026-Q1", "20/0", "0/30", "10"),
        ("B", "2026-Q1", "6/0", "0/6", "0"),
    ]
    assert told(finance, "2026-03-04")[0] == ("A", "2026-Q1", "30/0", "0/30", "0")
    assert told(finance, "2026-11-23") == [
        ("A", "2026-Q1", "0/0", "30/30", "0"),
        ("B", "2026-Q1", "0/0", "6/6", "0"),
    ]


def test_only_what_is_another_today(finance, world):
    assert told(finance, "2026-11-22", only_changed=True) == []
    changed = told(finance, "2026-03-03", only_changed=True)
    assert [row[0] for row in changed] == ["A", "B"], "a close moves money on: that is a difference of stations"
    assert told(finance, "2026-03-03", partner_id=world.partner("B").pk) == [("B", "2026-Q1", "6/0", "0/6", "0")]
    program = Program.objects.get(code="P2").pk
    assert told(finance, "2026-03-03", program_id=program) == []
    assert told(finance, "2026-03-03", period="2026-Q2") == []


def test_totals_by_currency(finance):
    found = belief_totals(finance, on=day("2026-03-03"))
    assert [(row["currency"], row["then"], row["now"], row["then_accrued"], row["now_payable"]) for row in found] == [
        ("USD", 26, 36, 26, 36)
    ]


def test_the_journals_that_made_the_difference(finance, world):
    place = {
        "partner_id": world.partner("A").pk, "program_id": Program.objects.get(code="P1").pk, "period": "2026-Q1",
        "currency": "USD",
    }  # fmt: skip
    found = belief_changes(finance, on=day("2026-03-03"), **place)
    assert [(row["kind"], row["cause_type"], row["accrued"], row["payable"]) for row in found] == [
        ("rebates.close", "rebates.period", -30, 30),
        ("rebates.accrual", "imports.import", 10, 0),
    ]
    assert (found[1]["cause_id"], f"{found[1]['effective_on']}") == ("second", "2026-03-04")
    belief = belief_get(finance, on=day("2026-03-03"), **place)
    moved = sum(row["accrued"] + row["payable"] + row["paid"] + row["forfeited"] for row in found)
    assert (belief.then, belief.now, belief.difference) == (20, 30, moved)
    assert list(belief_changes(finance, on=day("2026-11-23"), **place)) == []
    with pytest.raises(NotFound):
        belief_get(finance, on=day("2026-03-03"), **place | {"currency": "EUR"})


def test_the_rules_as_they_were_known(finance):
    def known(on: str) -> list[tuple[str, int, bool]]:
        return [(one.program.code, one.number, one.is_known) for one in versions_known(finance, on=day(on))]

    assert known("2026-01-31") == [("P1", 2, False), ("P1", 1, False), ("P2", 1, False)]
    assert known("2026-03-03") == [("P1", 2, False), ("P1", 1, True), ("P2", 1, False)]
    assert known("2026-04-02") == [("P1", 2, True), ("P2", 1, True)]


def test_the_future_and_strangers_are_refused(finance, world):
    with pytest.raises(Invalid) as caught:
        belief_totals(finance, on=day("2026-11-24"))
    assert list(caught.value.fields) == ["on"]
    partner = world.actor(Role.PARTNER_FINANCE, partner=world.partner("A"))
    for read in (belief_list, belief_totals, versions_known):
        with pytest.raises(Forbidden):
            read(partner, on=day("2026-03-03"))
