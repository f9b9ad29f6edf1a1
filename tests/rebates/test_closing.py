"""A close by a worker: once, whole, and told apart from another that is asked for meanwhile."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import pytest
import time_machine
from django.db import connections

from prm.audit.models import AuditEntry
from prm.errors import Conflict, StateError
from prm.identity.rights import Role
from prm.outbox.models import Delivery, Message
from prm.runs.orders import MAX_ATTEMPTS
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from prm.testing.processes import WorkerProcesses, wait_until
from rebates.close_work import CLOSES
from rebates.models import CloseRun, Period, Statement
from rebates.proof import accruals_differences
from rebates.services.closing import WATCH, period_close_start
from rebates.services.periods import period_close
from tests.rebates.world import World

Q3_OVER = "2026-10-02T04:00:00Z"
Q3 = {"kind": "quarter", "key": "2026-Q3"}


def sold(world: World) -> World:
    world.published()
    world.sale("A", "2026-07-01", "100", external_id="10")
    world.sale("B", "2026-09-30", "60000", external_id="12")
    world.update()
    return world


@time_machine.travel(Q3_OVER, tick=False)
def test_a_close_is_asked_for_then_done_as_whoever_asked(world):
    finance = sold(world).actor(Role.FINANCE)
    run = period_close_start(actor=finance, **Q3)
    assert (run.status, Period.objects.count(), Statement.objects.count()) == ("queued", 0, 0)
    assert [one.message.payload for one in Delivery.objects.filter(message__topic=WATCH)] == [{"run_id": str(run.pk)}]
    CLOSES.run(world.tenant, run.pk)
    run.refresh_from_db()
    assert (run.status, run.statements, run.error, run.attempts) == ("done", 2, "", 1)
    period = Period.objects.get()
    assert (period.status, period.closed_by_label) == ("closed", "finance@acme.test")
    assert set(Statement.objects.values_list("prepared_by_id", flat=True)) == {finance.id}
    assert accruals_differences() == []
    CLOSES.run(world.tenant, run.pk)
    assert Message.objects.filter(topic="rebates.period.closed").count() == 1
    actions = AuditEntry.objects.filter(action__startswith="rebates.close.").order_by("id")
    assert [one.action.rsplit(".", 1)[-1] for one in actions] == ["requested", "started", "finished"]


@time_machine.travel(Q3_OVER, tick=False)
def test_the_second_is_told_who_closes_and_afterwards_who_closed(world):
    sold(world)
    run = period_close_start(actor=world.actor(Role.FINANCE), **Q3)
    with pytest.raises(Conflict, match=r"being closed, by finance@acme\.test") as refused:
        period_close_start(actor=world.actor(Role.FINANCE, "second"), **Q3)
    assert refused.value.code == "closing"
    CLOSES.run(world.tenant, run.pk)
    with pytest.raises(StateError, match="closed already"):
        period_close_start(actor=world.actor(Role.FINANCE, "second"), **Q3)


@time_machine.travel(Q3_OVER, tick=False)
def test_what_comes_in_the_way_meanwhile_ends_it_with_the_reason(world):
    sold(world)
    run = period_close_start(actor=world.actor(Role.FINANCE), **Q3)
    world.sale("A", "2026-08-01", "5", currency="EUR")
    world.update()
    CLOSES.run(world.tenant, run.pk)
    run.refresh_from_db()
    assert (run.status, run.error_code) == ("failed", "exceptions_open")
    assert run.error == "1 line of the period is on the exceptions list."
    assert (Period.objects.count(), Statement.objects.count()) == (0, 0)
    failed = Message.objects.get(topic="rebates.close.failed")
    assert failed.payload == {"run_id": str(run.pk), "code": "exceptions_open"}
    again = period_close_start(actor=world.actor(Role.FINANCE), **Q3, accept_exceptions=True, reason="No rate yet")
    CLOSES.run(world.tenant, again.pk)
    assert AuditEntry.objects.get(action="rebates.period.closed").data["reason"] == "No rate yet"


@time_machine.travel(Q3_OVER, tick=False)
def test_another_way_of_closing_wins_and_the_run_is_told(world):
    sold(world)
    run = period_close_start(actor=world.actor(Role.FINANCE), **Q3)
    period_close(actor=world.actor(Role.FINANCE, "second"), **Q3)
    CLOSES.run(world.tenant, run.pk)
    run.refresh_from_db()
    assert (run.status, run.error) == ("failed", "2026-Q3 is closed already, by second@acme.test.")
    assert Message.objects.filter(topic="rebates.period.closed").count() == 1


@time_machine.travel(Q3_OVER, tick=False)
def test_a_close_that_takes_its_worker_along_is_given_up(world):
    sold(world)
    run = period_close_start(actor=world.actor(Role.FINANCE), **Q3)
    CloseRun.objects.update(attempts=MAX_ATTEMPTS)
    CLOSES.run(world.tenant, run.pk)
    run.refresh_from_db()
    assert (run.status, run.error_code, Statement.objects.count()) == ("failed", "gave_up", 0)
    assert run.error == "It was begun 5 times and never came to an end. Nothing has changed."


@pytest.mark.django_db(transaction=True)
def test_two_people_ask_at_the_same_moment(cast: Cast) -> None:
    barrier = threading.Barrier(2)
    answers: list[Any] = []

    def ask(role: Role) -> None:
        try:
            with tenant_context(cast.tenant):
                actor = World(cast.tenant).actor(role, str(role))
                barrier.wait(10)
                answers.append(period_close_start(actor=actor, kind="month", key="2026-07"))
        except Conflict as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(role,)) for role in (Role.FINANCE, Role.ADMINISTRATOR)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(type(one).__name__ for one in answers) == ["CloseRun", "str"]
    assert "closing" in answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_killed_worker_leaves_nothing_and_the_period_is_closed_once(
    cast: Cast, celery_worker_process: WorkerProcesses
) -> None:
    with tenant_context(cast.tenant):
        world = World(cast.tenant)
        world.published()
        world.sale("P-1", "2026-07-10", "1000")
        world.update()
        run = period_close_start(actor=cast.finance, **Q3)

    def state() -> str:
        with tenant_context(cast.tenant):
            return str(CloseRun.objects.get(pk=run.pk).status)

    for pid in celery_worker_process.pool_pids():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: state() in ("done", "failed"), 90, f"the close:\n{celery_worker_process.worker.tail()}")
    with tenant_context(cast.tenant):
        assert (state(), Statement.objects.count()) == ("done", 1)
        assert Message.objects.filter(topic="rebates.period.closed").count() == 1
        assert accruals_differences() == []
