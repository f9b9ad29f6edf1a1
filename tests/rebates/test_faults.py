"""A real worker: accruals within seconds, and a kill in the middle that leaves everything done once."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psutil
import pytest
from django.db import DatabaseError, connections

from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.local import testing
from prm.outbox.models import Delivery
from prm.outbox.services import emit
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.processes import wait_until
from rebates.locks import hold
from rebates.models import Accrual, Rebuild, Statement
from rebates.proof import accruals_differences
from rebates.selectors.rebuilds import rebuild_progress
from rebates.services.accruals import accruals_rebuild
from rebates.services.periods import period_close
from rebates.services.rebuild import rebuild_start
from tests.rebates.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme(celery_worker_process: Any) -> Tenant:
    return Tenant.objects.create(slug="acme", name="Acme", base_currency="USD", time_zone="Asia/Shanghai")


def inside(tenant: Tenant, read: Callable[[], Any]) -> Any:
    with tenant_context(tenant):
        return read()


def announce(partner_id: Any, day: str) -> None:
    """The event of a recorded sale."""
    payload = {"import_id": None, "partner_ids": [str(partner_id)], "since": day, "until": day}
    emit("commerce.sales.recorded", payload)


def delivered(tenant: Tenant) -> bool:
    return inside(tenant, lambda: not Delivery.objects.filter(done_at=None).exists())  # type: ignore[no-any-return]


def test_a_sale_reaches_the_accrual_within_seconds(acme):
    with tenant_context(acme):
        world = World(acme)
        world.published()
        partner = world.partner("A").pk
    wait_until(lambda: delivered(acme), 20, "the publication's recalculation")
    started = time.monotonic()
    with tenant_context(acme):
        world.sale("A", "2026-10-05", "1000")
        announce(partner, "2026-10-05")
    wait_until(lambda: inside(acme, Accrual.objects.exists), 10, "an accrual")
    assert time.monotonic() - started < 5
    assert inside(acme, lambda: Accrual.objects.get().payout) == Decimal("20.00")
    assert inside(acme, accruals_differences) == []


def test_publishing_and_tiers_recalculate_what_was_sold_before(acme):
    gold = {"field": "partner.tier", "op": "eq", "value": "gold"}
    with tenant_context(acme):
        world = World(acme)
        world.sale("A", "2026-10-05", "1000")
        world.published("ALL")
        world.published("GOLD", scope=gold)
    wait_until(lambda: delivered(acme), 20, "both publications")
    assert inside(acme, lambda: [one[0] for one in world.accruals()]) == ["ALL"]
    with tenant_context(acme):
        world.tier("A", "gold", "2026-10-01")
        emit("partners.tier.changed", {"partner_id": str(world.partner("A").pk), "since": "2026-10-01"})
    wait_until(lambda: inside(acme, lambda: len(world.accruals())) == 2, 10, "the tier's accrual")
    assert inside(acme, accruals_differences) == []


@pytest.mark.parametrize("victim", ["child", "worker"])
def test_a_kill_in_the_middle_of_an_evaluation_counts_once(acme, celery_worker_process, victim):
    with tenant_context(acme):
        world = World(acme)
        world.published()
        partner = world.partner("A").pk
    wait_until(lambda: delivered(acme), 20, "the publication's recalculation")
    # The lock stops the task after it has begun and before it writes.
    with tenant_context(acme):
        hold("accruals")
        _commit_elsewhere(acme, lambda: (world.sale("A", "2026-10-05", "1000"), announce(partner, "2026-10-05")))
        wait_until(_somebody_waits, 15, "a task that waits for the lock")
        if victim == "child":
            for pid in celery_worker_process.pool_pids():
                os.kill(pid, signal.SIGKILL)
        else:
            celery_worker_process.worker.kill()
    celery_worker_process.ensure()
    wait_until(lambda: delivered(acme), 60, "the delivery after the kill")
    with tenant_context(acme):
        assert world.accruals() == {("P1", "A", "2026-Q4"): ("1000", "20.00", "")}
        rows = balances(by=("account",), accounts=[Account.ACCRUED])
        assert [row["balance"] for row in rows] == [Decimal("20.00")]
        assert accruals_differences() == []


def test_a_close_killed_in_the_middle_is_as_if_it_never_began(acme):
    with tenant_context(acme):
        world = World(acme)
        world.published()
        for number in range(30):
            world.sale("A", f"2026-07-{number % 28 + 1:02}", "100.01")
        finance = world.actor(Role.FINANCE)
    wait_until(lambda: delivered(acme), 20, "the publication's recalculation")
    with pytest.raises(DatabaseError, match="terminat"):
        _close_and_crash(acme, finance)
    connections["default"].close()
    with tenant_context(acme):
        assert not Statement.objects.exists()
        assert accruals_differences() == []
        period_close(actor=finance, kind="quarter", key="2026-Q3")
        assert [one.number for one in Statement.objects.all()] == [1]
        assert accruals_differences() == []


def test_a_rebuild_killed_in_the_middle_is_finished_once_by_whoever_comes(acme, celery_worker_process):
    with tenant_context(acme):
        world = World(acme)
        world.published()
        world.published("P2", cap={"program_total": "1000"})
        for number in range(40):
            world.sale(f"A{number % 8}", f"2026-10-{number % 28 + 1:02}", "100.01")
    wait_until(lambda: delivered(acme), 20, "the publications' recalculation")
    with tenant_context(acme):
        Accrual.objects.all().delete()
        rebuild = rebuild_start(actor=world.system, lines_of_a_part=5)
        parts = rebuild.parts.count()
        assert parts > 4
    wait_until(lambda: inside(acme, lambda: rebuild_progress(rebuild).done) >= 1, 30, "a part that is done")
    for pid in celery_worker_process.pool_pids():
        os.kill(pid, signal.SIGKILL)
    celery_worker_process.worker.kill()
    celery_worker_process.ensure()
    wait_until(lambda: inside(acme, lambda: Rebuild.objects.get().status == "done"), 90, "the end of the rebuild")
    with tenant_context(acme):
        assert rebuild_progress(rebuild).done == parts
        assert Accrual.objects.count() == 16
        assert accruals_differences() == []
        assert accruals_rebuild(actor=world.system).is_empty


def _close_and_crash(tenant: Tenant, finance: Any) -> None:
    with tenant_context(tenant):
        period_close(actor=finance, kind="quarter", key="2026-Q3")
        _kill_this_backend()
        Statement.objects.count()


def _commit_elsewhere(tenant: Tenant, work: Callable[[], Any]) -> None:
    import threading

    def run() -> None:
        with tenant_context(tenant):
            work()
        connections["default"].close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)


def _somebody_waits() -> bool:
    with testing.admin(testing.claimed_slot().admin_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
        )
        return bool(cursor.fetchone()[0])


def _kill_this_backend() -> None:
    """As a crash of the server process behind this connection."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with testing.admin(testing.claimed_slot().admin_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    wait_until(lambda: not psutil.pid_exists(pid), 10, "the end of the backend")
