"""Leaks that were sown are found with their exact amount and cause; a world that nobody touched shows none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine

from prm.errors import Forbidden
from prm.identity.rights import Role
from rebates.models import Program
from rebates.recalculation import Cause
from rebates.selectors.leakage import Leakage, leakage
from rebates.services.amendments import program_amendment_request
from rebates.services.periods import period_close
from rebates.services.programs import program_amend, program_publish
from rebates.states import LeakCause
from tests.rebates.world import World, definition

pytestmark = pytest.mark.django_db
FLAT = {"type": "retroactive", "bands": [{"rate": "0.02"}]}


@pytest.fixture
def closed(world: World) -> Any:
    """2 % on 1,000 of A and 2,000 of B in a closed quarter."""
    with time_machine.travel("2026-10-05T04:00:00Z", tick=False):
        world.published(calculation=FLAT)
        world.sale("A", "2026-07-10", "1000", external_id="A1")
        world.sale("B", "2026-07-10", "2000", external_id="B1")
        world.update()
        period_close(actor=world.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
    with time_machine.travel("2026-11-05T04:00:00Z", tick=False):
        yield world


def told(report: Leakage) -> list[tuple[Any, ...]]:
    return [
        (one.partner_code, one.period_key, one.stated, one.due, one.cause, one.amount, one.is_booked, one.lines)
        for one in report.leaks
    ]


def test_an_untouched_world_shows_no_leak(closed: World) -> None:
    report = leakage(closed.system)
    assert (report.leaks, report.totals, report.doubles) == ([], [], [])


def test_a_late_sale_is_open_until_an_adjustment_corrects_it(closed: World) -> None:
    closed.sale("A", "2026-08-01", "500")
    late = ("A", "2026-Q3", Decimal(20), Decimal(30), LeakCause.LATE_SALE, Decimal(10))
    assert told(leakage(closed.system)) == [(*late, False, 1)]
    closed.update(cause=Cause("imports.import", "x"))
    report = leakage(closed.system)
    assert told(report) == [(*late, True, 1)]
    total = report.totals[0]
    assert (total.underpaid, total.overpaid, total.open, total.count) == (10, 0, 0, 1)


def test_a_return_after_the_close_is_an_overpayment(closed: World) -> None:
    closed.sale("B", "2026-10-20", "-600", reverses="B1")
    assert told(leakage(closed.system)) == [
        ("B", "2026-Q3", Decimal(40), Decimal(28), LeakCause.LATE_RETURN, Decimal(-12), False, 1)
    ]


def test_an_amended_program_is_the_cause_of_its_differences(closed: World) -> None:
    program = Program.objects.get()
    richer = definition(calculation={"type": "retroactive", "bands": [{"rate": "0.03"}]}, valid_from="2026-07-01")
    program_amend(actor=closed.system, program_id=program.pk, definition=richer)
    program_amendment_request(actor=closed.actor(Role.ADMINISTRATOR, "asks"), program_id=program.pk, reason="agreed")
    program_publish(actor=closed.actor(Role.ADMINISTRATOR, "grants"), program_id=program.pk)
    report = leakage(closed.system)
    assert [row[4:6] for row in told(report)] == [
        (LeakCause.PROGRAM, Decimal(20)), (LeakCause.PROGRAM, Decimal(10)),
    ]  # fmt: skip


def test_a_line_under_two_ids_is_a_suspected_double_payment(world: World) -> None:
    with time_machine.travel("2026-10-05T04:00:00Z", tick=False):
        world.published(calculation=FLAT)
        for number in ("1", "2"):
            world.sale("A", "2026-07-10", "1000", external_id=f"A{number}", invoice_no="I1")
        world.sale("A", "2026-07-10", "1000", external_id="A3", invoice_no="I2")
        world.update()
        period_close(actor=world.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
        report = leakage(world.system)
        assert report.leaks == []
        assert [(one.external_ids, one.paid, one.currency) for one in report.doubles] == [
            (("A1", "A2"), Decimal(20), "USD")
        ]
        world.sale("A", "2026-10-01", "-1000", external_id="R1", reverses="A2")
        assert leakage(world.system).doubles == []


def test_filters_and_rights(closed: World) -> None:
    closed.sale("A", "2026-08-01", "500")
    closed.sale("B", "2026-08-01", "100")
    assert [one.partner_code for one in leakage(closed.system).leaks] == ["A", "B"]
    assert [one.partner_code for one in leakage(closed.system, search="partner b").leaks] == ["B"]
    assert leakage(closed.system, period_key="2026-Q2").leaks == []
    assert leakage(closed.system, cause="tier").leaks == []
    with pytest.raises(Forbidden):
        leakage(closed.actor(Role.PARTNER_SALES, partner=closed.partner("A")))
