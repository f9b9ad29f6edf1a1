"""Leaks that were sown are found with their exact amount and cause; a world that nobody touched shows none."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.models import Partner
from prm import clock
from prm.errors import Forbidden
from prm.identity.rights import Role
from prm.imports.services import import_undo
from prm.testing.importing import SALES, Importer
from rebates.leak_work import leakage_run
from rebates.leakage import leaks
from rebates.models import LeakageRow, Program
from rebates.recalculation import Cause
from rebates.selectors.leakage import Leakage, leakage, leakage_run_list
from rebates.services.amendments import program_amendment_request
from rebates.services.leakage import leakage_start
from rebates.services.periods import period_close
from rebates.services.programs import program_amend, program_publish
from rebates.states import LeakCause
from tests.rebates.world import World, definition

pytestmark = pytest.mark.django_db
SECONDS = itertools.count(1)
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


def report_of(world: World) -> Leakage:
    """A fresh report, a second after the one before."""
    with time_machine.travel(clock.now() + dt.timedelta(seconds=next(SECONDS)), tick=False):
        leakage_run(world.tenant, leakage_start(actor=world.system).pk)
    return leakage(world.system)


def told(report: Leakage) -> list[tuple[Any, ...]]:
    return [
        (one.partner_code, one.period_key, one.stated, one.due, one.cause, one.amount, one.is_booked, one.lines)
        for one in report.leaks
    ]


def test_an_untouched_world_shows_no_leak(closed: World) -> None:
    report = report_of(closed)
    assert (list(report.leaks), report.totals, report.doubles) == ([], [], [])


def test_a_late_sale_is_open_until_an_adjustment_corrects_it(closed: World) -> None:
    closed.sale("A", "2026-08-01", "500")
    late = ("A", "2026-Q3", Decimal(20), Decimal(30), LeakCause.LATE_SALE, Decimal(10))
    assert told(report_of(closed)) == [(*late, False, 1)]
    closed.update(cause=Cause("imports.import", "x"))
    report = report_of(closed)
    assert told(report) == [(*late, True, 1)]
    total = report.totals[0]
    assert (total.underpaid, total.overpaid, total.open, total.count) == (10, 0, 0, 1)


def test_a_return_after_the_close_is_an_overpayment(closed: World) -> None:
    closed.sale("B", "2026-10-20", "-600", reverses="B1")
    assert told(report_of(closed)) == [
        ("B", "2026-Q3", Decimal(40), Decimal(28), LeakCause.LATE_RETURN, Decimal(-12), False, 1)
    ]


def test_an_amended_program_is_the_cause_of_its_differences(closed: World) -> None:
    program = Program.objects.get()
    richer = definition(calculation={"type": "retroactive", "bands": [{"rate": "0.03"}]}, valid_from="2026-07-01")
    program_amend(actor=closed.system, program_id=program.pk, definition=richer)
    program_amendment_request(actor=closed.actor(Role.ADMINISTRATOR, "asks"), program_id=program.pk, reason="agreed")
    program_publish(actor=closed.actor(Role.ADMINISTRATOR, "grants"), program_id=program.pk)
    report = report_of(closed)
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
        report = report_of(world)
        assert not report.leaks
        assert [(one.external_ids, one.paid, one.currency) for one in report.doubles] == [
            (("A1", "A2"), Decimal(20), "USD")
        ]
        world.sale("A", "2026-10-01", "-1000", external_id="R1", reverses="A2")
        assert report_of(world).doubles == []


def test_filters_and_rights(closed: World) -> None:
    closed.sale("A", "2026-08-01", "500")
    closed.sale("B", "2026-08-01", "100")
    assert [one.partner_code for one in report_of(closed).leaks] == ["A", "B"]
    assert [one.partner_code for one in leakage(closed.system, search="partner b").leaks] == ["B"]
    assert leakage(closed.system, period_key="2026-Q2").leaks.count() == 0
    assert leakage(closed.system, cause="tier").leaks.count() == 0
    with pytest.raises(Forbidden):
        leakage(closed.actor(Role.PARTNER_SALES, partner=closed.partner("A")))


def test_a_line_that_a_close_left_out_is_an_exception_resolved_once_it_counts(world: World) -> None:
    with time_machine.travel("2026-10-05T04:00:00Z", tick=False):
        world.published(calculation=FLAT)
        world.sale("A", "2026-07-10", "1000")
        world.sale("A", "2026-07-11", "400", currency="EUR")
        world.update()
        period_close(
            actor=world.actor(Role.FINANCE), kind="quarter", key="2026-Q3", accept_exceptions=True, reason="no rate yet"
        )
    with time_machine.travel("2026-11-05T04:00:00Z", tick=False):
        assert told(report_of(world)) == []
        world.rate("EUR", "USD", "2026-07-01", "1.5")
        # The line counts now, and the correction is not booked yet.
        found = ("A", "2026-Q3", Decimal(20), Decimal(32), LeakCause.RATE, Decimal(12), False, 0)
        assert told(report_of(world)) == [found]
        world.update(cause=Cause("commerce.exchangerate", "2026-07-01"))
        assert told(report_of(world)) == [(*found[:4], LeakCause.EXCEPTION, Decimal(12), True, 0)]
        world.sale("B", "2026-07-11", "100")
        world.update(cause=Cause("commerce.saleline", "2026-07-11"))
        assert [row[4] for row in told(report_of(world))] == [LeakCause.EXCEPTION, LeakCause.LATE_SALE]


def test_one_report_at_a_time_and_every_attempt_counts(closed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = leakage_start(actor=closed.system)
    assert leakage_start(actor=closed.actor(Role.FINANCE)).pk == run.pk

    def broken(_tell: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("rebates.leak_work.leaks", broken)
    for _attempt in range(5):
        with pytest.raises(RuntimeError):
            leakage_run(closed.tenant, run.pk)
    leakage_run(closed.tenant, run.pk)
    run.refresh_from_db()
    assert (run.status, run.attempts) == ("failed", 5)
    assert leakage(closed.system).run is None
    assert leakage_start(actor=closed.system).pk != run.pk


def test_a_report_costs_the_same_queries_whatever_it_finds(closed: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            leaks()
        return len(captured)

    closed.sale("A", "2026-08-01", "500")
    few = queries()
    for number in range(12):
        closed.sale(f"P{number}", "2026-08-01", "500")
    assert queries() == few
    assert len(leaks()) == 13


def test_the_newest_reports_stay_and_older_ones_go(closed, settings):
    settings.PRM_LEAKAGE_REPORTS_KEPT = 2
    closed.sale("A", "2026-08-01", "50", external_id="A2")
    runs = [report_of(closed).run for _time in range(3)]
    assert [one.pk for one in leakage_run_list(closed.system)] == [runs[2].pk, runs[1].pk]
    assert set(LeakageRow.objects.values_list("run_id", flat=True)) == {runs[1].pk, runs[2].pk}


def test_a_partner_that_a_report_names_can_still_be_taken_back(closed):
    importer = Importer(closed.tenant, closed.actor(Role.ADMINISTRATOR))
    partners = importer.run("partners", "code,name,type,region,country\nZ,Zebra,reseller,East,CN\n")
    sales = importer.run("sales", f"{SALES}\nZ1,Z,X,2026-08-01,1,500,USD\n")
    assert ("Z", "2026-Q3", 0, 10) in [one[:4] for one in told(report_of(closed))]
    for run in (sales, partners):
        import_undo(actor=importer.actor, import_id=run.pk)
    assert not Partner.objects.filter(code="Z").exists()
    [row] = list(leakage(closed.system, search="zebra").leaks)
    assert (row.partner_code, row.partner_name, row.program_code, row.amount) == ("Z", "Zebra", "P1", 10)
