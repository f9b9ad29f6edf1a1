"""A what-if with the real worker, which is killed in the middle."""

from __future__ import annotations

import os
import signal
from decimal import Decimal
from typing import Any

import pytest

from prm.outbox.models import Delivery
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from prm.testing.processes import WorkerProcesses, wait_until
from rebates.models import WhatIfRun
from rebates.services.what_if import what_if_start
from tests.rebates.world import World, definition
from tests.scenarios.material import this_quarter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.slow
def test_a_kill_in_the_middle_leaves_one_answer(
    cast: Cast, celery_worker_process: WorkerProcesses, owner_db: Any
) -> None:
    with tenant_context(cast.tenant):
        world = World(cast.tenant)
        program = world.published("P1", currency="CNY")
        for quarter in (this_quarter().previous, this_quarter().previous.previous):
            world.sale("P-1", quarter.day(1), "10000", currency="CNY")
    flat = definition("P1", currency="CNY", calculation={"type": "marginal", "bands": [{"from": "0", "rate": "0.1"}]})

    def delivered() -> bool:
        with tenant_context(cast.tenant):
            return not Delivery.objects.filter(done_at=None).exists()

    def reread() -> WhatIfRun:
        with tenant_context(cast.tenant):
            return WhatIfRun.objects.get()

    # Its sole process must not be at the program's accruals.
    wait_until(delivered, 120, "what the program's publication brings")
    # Whoever reads sales now waits: the worker is in the middle of it.
    cursor = owner_db.cursor()
    cursor.execute("BEGIN")
    cursor.execute("LOCK TABLE commerce_saleline IN ACCESS EXCLUSIVE MODE")
    with tenant_context(cast.tenant):
        what_if_start(actor=cast.finance, program_id=program.pk, periods=8, definition=flat)
    wait_until(lambda: reread().status == "running", 120, "the first attempt")
    for pid in celery_worker_process.pool_pids():
        os.kill(pid, signal.SIGKILL)
    cursor.execute("ROLLBACK")
    wait_until(lambda: reread().status == "done", 90, f"the answer; its log:\n{celery_worker_process.worker.tail()}")
    run = reread()
    assert (run.attempts, run.sums) == (2, [("CNY", Decimal(400), Decimal(2000))])
