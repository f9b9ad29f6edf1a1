"""The outbox: nothing is told that did not happen, nothing that happened is lost, each handler has effect once."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from celery.exceptions import Retry
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction
from kombu.exceptions import OperationalError as BrokerError

from partners.models import Partner
from prm import clock
from prm.outbox import registry, relay, tasks
from prm.outbox.models import Delivery, Message
from prm.outbox.services import deliveries_skip, delivery_retry, emit
from prm.tenancy.celery import HEADER
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import Cast, make_tenant
from prm.testing.processes import WorkerProcesses, wait_until
from tests.contracts.rows import make_row

TOPIC = "tests.happened"


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """A handler of `TOPIC` that makes a partner named by the payload, or fails when told so."""
    calls: list[Any] = []
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    monkeypatch.setattr(registry, "_listeners", registry._listeners.copy())

    @registry.subscribe(TOPIC)
    def handler(payload: dict[str, Any]) -> None:
        calls.append(payload)
        make_row("partners.Partner", code=payload.get("code", f"P{len(calls)}"))
        if payload.get("fail"):
            raise ValueError(payload["fail"])

    yield calls
    registry._listeners.pop(TOPIC, None)


def deliver(delivery: Delivery) -> None:
    """The task as a worker runs it, here; again while the real worker of another test still holds the row."""
    for _ in range(50):
        with contextlib.suppress(Retry):
            tasks.deliver.apply(args=[str(delivery.pk)], headers={HEADER: str(delivery.tenant_id)}, throw=True)
            return
        time.sleep(0.1)
    pytest.fail("the delivery stays locked")


def emitted(tenant: Tenant, **payload: Any) -> Delivery:
    with tenant_context(tenant):
        return emit(TOPIC, payload).deliveries.get()


def reread(delivery: Delivery) -> Delivery:
    with tenant_context(delivery.tenant):
        return Delivery.objects.get(pk=delivery.pk)


def partners(tenant: Tenant) -> int:
    with tenant_context(tenant):
        return Partner.objects.count()


def test_what_is_rolled_back_is_never_told(handled: list[Any], tenant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError), tenant_context(tenant):
        raise ZeroDivisionError(emit(TOPIC, {}))
    with tenant_context(tenant):
        assert (Message.objects.count(), Delivery.objects.count()) == (0, 0)


def test_a_handler_runs_in_the_tenant_once(handled: list[Any], tenant: Tenant) -> None:
    delivery = emitted(tenant, code="A")
    for _again in range(3):
        deliver(delivery)
    assert handled == [{"code": "A"}]
    assert partners(tenant) == 1
    done = reread(delivery)
    assert (done.attempts, done.done_at is not None, done.parked_at, done.last_error) == (1, True, None, "")


def test_a_failing_handler_leaves_nothing_is_retried_later_then_parked(handled: list[Any], tenant: Tenant) -> None:
    delivery = emitted(tenant, code="A", fail="poison")
    waits = []
    for attempt in range(1, tasks.MAX_ATTEMPTS + 1):
        before = clock.now()
        deliver(delivery)
        seen = reread(delivery)
        assert (seen.attempts, seen.last_error) == (attempt, "ValueError: poison")
        assert (seen.parked_at is not None) == (attempt == tasks.MAX_ATTEMPTS)
        waits.append((seen.due_at - before).total_seconds())
    assert [round(wait) for wait in waits] == [4, 8, 16, 32, 64, 128]
    assert partners(tenant) == 0
    deliver(delivery)
    assert len(handled) == tasks.MAX_ATTEMPTS, "a parked delivery rests"
    with tenant_context(tenant):
        delivery_retry(Delivery.objects.get())
    deliver(delivery)
    assert len(handled) == tasks.MAX_ATTEMPTS + 1


def test_attempts_that_killed_their_worker_count(handled: list[Any], tenant: Tenant) -> None:
    delivery = emitted(tenant, code="A")
    for _killed in range(tasks.MAX_ATTEMPTS):
        assert tasks._count_attempt(tenant, delivery.pk)
    deliver(delivery)
    assert (reread(delivery).parked_at is not None, handled) == (True, [])
    assert reread(delivery).last_error == tasks.KILLED


def test_what_is_parked_is_listed_and_sent_again(
    handled: list[Any], tenant: Tenant, rival: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("outbox_parked")
    assert capsys.readouterr().out == "Nothing is parked.\n"
    delivery, other = emitted(tenant, fail="poison"), emitted(rival, fail="venom")
    for one in (delivery, other):
        for _attempt in range(tasks.MAX_ATTEMPTS):
            deliver(one)
    for slug, expected in ((None, 2), ("acme", 1)):
        with pytest.raises(CommandError, match=rf"^{expected} parked\.$") as caught:
            call_command("outbox_parked", tenant=slug)
        assert caught.value.returncode == 1
    lines = capsys.readouterr().out.splitlines()
    moment = reread(delivery).parked_at.isoformat(timespec="seconds")
    assert lines[-1] == f"acme {moment} tests.happened to {delivery.handler}, 6 attempts: ValueError: poison"
    assert [line.split()[0] for line in lines] == ["acme", "rival", "acme"]
    call_command("outbox_parked", tenant="acme", retry=True)
    assert capsys.readouterr().out.splitlines() == [lines[-1], "1 sent again."]
    assert (reread(delivery).parked_at, reread(delivery).attempts) == (None, 0)
    assert reread(other).parked_at is not None
    with pytest.raises(CommandError) as caught:
        call_command("outbox_parked", tenant="nobody")
    assert caught.value.returncode == 2


def test_what_is_no_news_any_more_is_not_delivered(handled: list[Any], tenant: Tenant) -> None:
    old, new = emitted(tenant, code="A"), emitted(tenant, code="B")
    with tenant_context(tenant):
        assert deliveries_skip([old.handler], before=new.message.created_at) == 1
        assert deliveries_skip(["another"], before=clock.now()) == 0
    for delivery in (old, new):
        deliver(delivery)
    assert handled == [{"code": "B"}]


def test_a_handler_that_no_app_has_any_more_is_parked_not_lost(handled: list[Any], tenant: Tenant) -> None:
    delivery = emitted(tenant)
    registry._handlers.clear()
    for _attempt in range(tasks.MAX_ATTEMPTS):
        deliver(delivery)
    assert (reread(delivery).parked_at is not None, "KeyError" in reread(delivery).last_error) == (True, True)


def test_messages_are_history(handled: list[Any], tenant: Tenant) -> None:
    with tenant_context(tenant):
        message = emit(TOPIC, {})
        for statement in ("UPDATE outbox_message SET topic = 'x'", "DELETE FROM outbox_message"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)
        assert Message.objects.get().pk == message.pk


# The relay, on committed rows


@pytest.fixture
def acme(transactional_db: None) -> Tenant:
    return make_tenant("acme")


worker = pytest.mark.django_db(transaction=True, databases=["default", "worker"])


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(delivery, tenant) of what the relay gave to Celery, which does not get it."""
    found: list[tuple[str, str]] = []

    def apply_async(args: list[str], headers: dict[str, str], **_options: Any) -> None:
        found.append((args[0], headers[HEADER]))

    monkeypatch.setattr(tasks.deliver, "apply_async", apply_async)
    return found


@worker
def test_the_relay_sends_what_is_due_with_its_tenant_once_a_lease(
    handled: list[Any], acme: Tenant, sent: list[tuple[str, str]]
) -> None:
    rival = make_tenant("rival")
    expected = {(str(emitted(tenant).pk), str(tenant.pk)) for tenant in (acme, rival, acme)}
    assert relay.relay_once() == 3
    assert set(sent) == expected
    assert relay.relay_once() == 0, "each is leased"
    with tenant_context(acme):
        Delivery.objects.update(due_at=clock.now() - dt.timedelta(seconds=1))
    assert relay.relay_once() == 2, "a lease that ended is sent again"
    connections["worker"].close()


@worker
def test_two_relays_share_the_work_without_overlap(
    handled: list[Any], acme: Tenant, sent: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "BATCH", 7)
    with tenant_context(acme):
        for number in range(60):
            emit(TOPIC, {"code": str(number)})

    def run(_number: int) -> int:
        total = 0
        while count := relay.relay_once():
            total += count
        connections.close_all()
        return total

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(run, range(2))) == 60
    assert len(sent) == len(set(sent)) == 60


@worker
def test_a_relay_killed_after_sending_sends_again_and_the_effect_is_one(
    handled: list[Any], acme: Tenant, sent: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = emitted(acme, code="A")

    class Killed(BaseException):
        pass

    plain = tasks.deliver.apply_async

    def send_and_die(**options: Any) -> None:
        plain(**options)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(tasks.deliver, "apply_async", send_and_die)
        with pytest.raises(Killed):
            relay.relay_once(lease_seconds=0)
    assert relay.relay_once() == 1, "the lease of the killed one has ended"
    assert len(sent) == 2
    for _each in sent:
        deliver(delivery)
    assert (len(handled), partners(acme)) == (1, 1)
    connections["worker"].close()


@worker
def test_with_the_broker_away_the_request_succeeds_and_the_event_waits(
    handled: list[Any], acme: Tenant, monkeypatch: pytest.MonkeyPatch, sent: list[tuple[str, str]]
) -> None:
    delivery = emitted(acme, code="A")
    with monkeypatch.context() as patch:

        def away(**_options: Any) -> None:
            raise BrokerError

        patch.setattr(tasks.deliver, "apply_async", away)
        with pytest.raises(BrokerError):
            relay.relay_once()
    assert reread(delivery).due_at <= clock.now(), "the lease was given back"
    assert relay.relay_once() == 1
    connections["worker"].close()


def test_a_committed_invitation_goes_out_through_the_real_worker(
    celery_worker_process: WorkerProcesses, acme: Tenant
) -> None:
    """Emit, NOTIFY, relay, Redis, worker, handler, tenant: the whole way, with the real processes."""
    from prm.identity.services import invitation_create
    from prm.testing.make import make_cast

    cast: Cast = make_cast(acme)
    with tenant_context(acme):
        invitation_create(actor=cast.administrator, email="new@example.com", role="finance")
        delivery = Delivery.objects.get()
    wait_until(lambda: reread(delivery).done_at is not None, 20, "the delivery")
    assert reread(delivery).attempts == 1


# Pruning


def test_pruning_forgets_what_is_done_and_old_and_nothing_else(handled: list[Any], acme: Tenant, admin_db: Any) -> None:
    kept = [emitted(acme, code=code) for code in ("young", "parked", "open")]
    old = emitted(acme, code="old")
    deliver(old)
    deliver(kept[0])
    with admin_db.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        aged = [str(old.message_id), str(kept[1].message_id), str(kept[2].message_id)]
        cursor.execute(
            "UPDATE outbox_message SET created_at = now() - interval '91 days' WHERE id = ANY(%s::uuid[])", [aged]
        )
        cursor.execute("UPDATE outbox_delivery SET done_at = now() - interval '91 days' WHERE id = %s", [str(old.pk)])
        cursor.execute("UPDATE outbox_delivery SET parked_at = now() WHERE id = %s", [str(kept[1].pk)])
    tasks.prune()
    with tenant_context(acme):
        assert set(Message.objects.values_list("pk", flat=True)) == {each.message_id for each in kept}
    with pytest.raises(Exception, match="at least 30 days"), connection.cursor() as cursor:
        cursor.execute("SELECT prm_secure.outbox_prune(1)")
