"""A request that is sent again has one effect; and how many are taken."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection, connections
from redis.exceptions import ConnectionError as RedisGone

from prm.api.models import IdempotencyRecord
from prm.api.operations import Call, writes
from prm.api.tasks import prune_idempotency
from prm.audit.models import AuditEntry
from prm.audit.services import record
from prm.identity.models import ApiKey
from prm.identity.rights import Right
from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast
from tests.prm.api_things import ERRORS, EffectOutput, ThingInput, Things, api, assert_problem, body, effects, records

__all__ = ["api"]
pytestmark = [pytest.mark.urls("tests.prm.api_things")]


# Idempotency


def test_replay_is_the_same_answer_without_the_effect(api: ApiClient, cast: Cast) -> None:
    first = api.post("things/", body(), key="k1")
    again = api.post("things/", dict(reversed(body().items())), key="k1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert effects(cast) == 1
    assert api.post("things/", body(), key="k2").json()["effects"] == 2


def test_a_key_belongs_to_one_request(api: ApiClient, cast: Cast) -> None:
    assert api.post("things/", body(), key="k").status_code == 201
    assert_problem(api.post("things/", body(amount="12.51"), key="k"), 422, "idempotency_key_reused")
    assert_problem(api.post("money/", key="k"), 422, "idempotency_key_reused")
    assert (effects(cast), effects(cast, "paid")) == (1, 0)


def test_keys_of_others_are_others(api: ApiClient, cast: Cast, rival_cast: Cast) -> None:
    api.post("things/", body(), key="k")
    second = ApiClient(cast.tenant, make_key(cast, name="CRM"))
    assert "Idempotency-Replayed" not in second.post("things/", body(), key="k").headers
    foreign = ApiClient(rival_cast.tenant, make_key(rival_cast))
    assert foreign.post("things/", body(amount="1"), key="k").status_code == 201
    assert (effects(cast), effects(rival_cast)) == (2, 1)


@pytest.mark.parametrize("name", ["refuse", "break", "", "x" * 21])
def test_nothing_is_stored_for_what_failed(api: ApiClient, cast: Cast, name: str) -> None:
    assert api.post("things/", body(name), key="k").status_code in {409, 422, 500}
    assert (effects(cast, name), records(cast)) == (0, 0)
    assert api.post("things/", body(), key="k").status_code == 201


def test_money_needs_a_key(api: ApiClient, cast: Cast) -> None:
    assert_problem(api.post("money/"), 400, "idempotency_key_required")
    assert effects(cast, "paid") == 0
    assert api.post("money/", key="k").status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "tab\there"])
def test_wrong_keys(api: ApiClient, key: str) -> None:
    assert_problem(api.post("things/", body(), key=key), 400, "idempotency_key_invalid")


def test_longest_key(api: ApiClient) -> None:
    assert api.post("things/", body(), key="x" * 255).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_one(transactional_db: None, cast: Cast) -> None:
    token = make_key(cast)
    gate = threading.Barrier(8)
    answers: list[Any] = []

    def send() -> None:
        client = ApiClient(cast.tenant, token)
        gate.wait()
        answers.append(client.post("things/", body(), key="k"))
        connections.close_all()

    threads = [threading.Thread(target=send) for _number in range(8)]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7
    assert (effects(cast), records(cast)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_crash_before_the_commit_leaves_nothing(
    transactional_db: None, cast: Cast, monkeypatch: pytest.MonkeyPatch, admin_db: Any
) -> None:
    api = ApiClient(cast.tenant, make_key(cast))
    written: list[bool] = []

    def cut(call: Call) -> dict[str, Any]:
        record(call.actor, "probe.one")
        written.append(AuditEntry.objects.filter(action="probe.one").exists())
        with connection.cursor() as cursor, admin_db.cursor() as admin:
            cursor.execute("SELECT pg_backend_pid()")
            admin.execute("SELECT pg_terminate_backend(%s)", cursor.fetchone())
        return {"name": "one", "effects": AuditEntry.objects.count(), "amount": 0}

    plain = Things.post
    monkeypatch.setattr(Things, "post", _same_operation(cut))
    assert api.post("things/", body(), key="k").status_code == 500
    connection.close()
    assert written == [True]
    assert (effects(cast), records(cast)) == (0, 0)
    monkeypatch.setattr(Things, "post", plain)
    assert api.post("things/", body(), key="k").json()["effects"] == 1
    assert (effects(cast), records(cast)) == (1, 1)


def _same_operation(do: Any) -> Any:
    @writes("thing_create", Right.PARTNERS_EDIT, output=EffectOutput, body=ThingInput, status=201)
    def post(self: Any, call: Call) -> Any:
        return do(call)

    return post


@pytest.mark.django_db(transaction=True)
def test_a_repetition_does_not_wait_for_ever(
    transactional_db: None, cast: Cast, monkeypatch: pytest.MonkeyPatch, admin_db: Any
) -> None:
    monkeypatch.setattr("prm.api.idempotency.WAIT", "200ms")
    token = make_key(cast)
    with tenant_context(cast.tenant):
        actor_id = ApiKey.objects.get().pk
    with admin_db.cursor() as admin:
        admin.execute("BEGIN")
        admin.execute(
            "INSERT INTO api_idempotencyrecord (id, tenant_id, actor_id, key, fingerprint, status, body, created_at)"
            " VALUES (%s, %s, %s, 'k', '', 0, '', now())",
            [str(uuid.uuid4()), str(cast.tenant.pk), str(actor_id)],
        )
        held = ApiClient(cast.tenant, token).post("things/", body(), key="k")
        admin.execute("ROLLBACK")
    assert assert_problem(held, 409, "busy")["retryable"] is True
    assert held.headers["Retry-After"] == "1"
    assert ApiClient(cast.tenant, token).post("things/", body(), key="k").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_long_request_does_not_hold_up_the_others_of_its_key(
    transactional_db: None, cast: Cast, admin_db: Any
) -> None:
    api = ApiClient(cast.tenant, make_key(cast))
    with admin_db.cursor() as admin:
        admin.execute("BEGIN")
        admin.execute("UPDATE identity_apikey SET last_used_at = NULL")
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        held = api.get("things/")
        admin.execute("ROLLBACK")
    connection.close()
    assert held.status_code == 200


def test_keys_are_forgotten_after_a_week(api: ApiClient, cast: Cast, rival_cast: Cast) -> None:
    foreign = ApiClient(rival_cast.tenant, make_key(rival_cast))
    with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(days=8)):
        api.post("things/", body(), key="old")
        foreign.post("things/", body(), key="old")
    api.post("things/", body(), key="new")
    assert prune_idempotency() == 2
    with tenant_context(cast.tenant):
        assert [found.key for found in IdempotencyRecord.objects.all()] == ["new"]


# Limits


@pytest.fixture
def _two_a_minute(settings: Any) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": {"key": "2/min"}}


@pytest.mark.usefixtures("_two_a_minute")
def test_too_many_requests_of_one_key(api: ApiClient, cast: Cast) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 23, 8, 0, 20, tzinfo=dt.UTC), tick=False) as clock:
        assert api.get("things/").headers["RateLimit"] == "limit=2, remaining=1, reset=40"
        assert api.get("things/").status_code == 200
        refused = api.get("things/")
        assert assert_problem(refused, 429, "throttled")["retryable"] is True
        assert refused.headers["Retry-After"] == "40"
        assert ApiClient(cast.tenant, make_key(cast)).get("things/").status_code == 200
        clock.shift(40)
        assert api.get("things/").status_code == 200


@pytest.mark.usefixtures("_two_a_minute")
def test_without_redis_requests_pass(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: Any, **_more: Any) -> None:
        raise RedisGone

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.add", gone)
    assert [api.get("things/").status_code for _number in range(4)] == [200] * 4


def test_unforeseen_database_errors_are_server_errors(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ERRORS, "bug", OperationalError("server closed the connection"))
    assert_problem(api.get("failing/bug/"), 500, "error")
