"""A bank's file applied by a worker: once and whole, whatever is killed."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from prm.errors import Conflict
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.processes import WorkerProcesses, wait_until
from rebates.bank_results.work import APPLICATIONS
from rebates.models import ApplyRun, BankResult, BankResultLine, Payment
from rebates.services.bank_results import bank_result_apply_start
from rebates.services.payments import payment_mark_paid
from tests.rebates.test_bank_result_races import HEADER, brought, holds
from tests.rebates.test_payment_races import acme, exported, world

__all__ = ["acme", "world"]
pytestmark = pytest.mark.django_db(transaction=True)


def asked(world: Any, file: tuple[Any, str]) -> ApplyRun:
    with tenant_context(world.tenant):
        return bank_result_apply_start(actor=world.finance, result_id=file[0], fingerprint=file[1])


def state(world: Any) -> tuple[str, str, int]:
    with tenant_context(world.tenant):
        run = ApplyRun.objects.get()
        return str(run.status), run.error_code, BankResultLine.objects.count()


def test_it_is_asked_for_once_and_applied_once(world):
    first, second = exported(world)
    file = brought(world, f"{HEADER}{first},paid,2026-10-01,\n{second},failed,,AC04\n")
    run = asked(world, file)
    with pytest.raises(Conflict, match=r"finance@acme\.test is applying this file") as told:
        asked(world, file)
    assert (told.value.code, state(world)) == ("applying", ("queued", "", 0))
    APPLICATIONS.run(world.tenant, run.pk)
    APPLICATIONS.run(world.tenant, run.pk)
    assert state(world) == ("done", "", 2)
    with tenant_context(world.tenant):
        assert list(Payment.objects.order_by("number").values_list("status", flat=True)) == ["paid", "failed"]
        assert BankResult.objects.get().applied_by_label == "finance@acme.test"
        assert Message.objects.filter(topic="rebates.bank_result.applied").count() == 1
    with pytest.raises(Conflict, match="It changes nothing any more"):
        asked(world, file)
    holds(world, "2.0000")


def test_what_changed_meanwhile_is_said_and_nothing_is_applied(world):
    first, second = exported(world)
    file = brought(world, f"{HEADER}{first},paid,2026-10-01,\n{second},paid,2026-10-01,\n")
    run = asked(world, file)
    with tenant_context(world.tenant):
        payment_mark_paid(actor=world.second, payment_id=first.pk, paid_on=first.created_at.date(), reference="HAND")
    APPLICATIONS.run(world.tenant, run.pk)
    assert state(world) == ("failed", "plan_changed", 0)
    with tenant_context(world.tenant):
        assert ApplyRun.objects.get().error == "By now the file would change other payments. Look at it again."
        assert list(Payment.objects.order_by("number").values_list("status", flat=True)) == ["paid", "exported"]


@pytest.mark.slow
def test_a_killed_worker_leaves_nothing_and_the_file_is_applied_once(
    world: Any, celery_worker_process: WorkerProcesses
) -> None:
    first, second = exported(world)
    file = brought(world, f"{HEADER}{first},paid,2026-10-01,\n{second},paid,2026-10-01,\n")
    asked(world, file)
    for pid in celery_worker_process.pool_pids():
        os.kill(pid, signal.SIGKILL)
    tail = celery_worker_process.worker.tail
    wait_until(lambda: state(world)[0] in ("done", "failed"), 90, f"the application:\n{tail()}")
    assert state(world) == ("done", "", 2)
    holds(world, "6.0000")
