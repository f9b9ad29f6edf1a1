"""The API's kernel on probe operations: problems, strict input, keyset pages, idempotency, limits."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import OperationalError, connection, connections
from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from redis.exceptions import ConnectionError as RedisGone
from rest_framework import serializers

from partners.models import Partner
from prm.api.models import IdempotencyRecord
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import DecimalText, ExactDecimalField, Input, Output, Query
from prm.api.tasks import prune_idempotency
from prm.audit.models import AuditEntry
from prm.audit.services import record
from prm.errors import Conflict, Invalid, NotFound, StateError, TooLarge
from prm.identity.models import ApiKey, Membership
from prm.identity.rights import Right, Role
from prm.tenancy.context import tenant_context
from prm.testing.api import PROBLEM, ApiClient, make_key
from prm.testing.make import Cast, make_partner

pytestmark = [pytest.mark.urls(__name__)]

ERRORS: dict[str, Exception] = {
    "conflict": Conflict(),
    "state": StateError(),
    "too-large": TooLarge(),
    "not-found": NotFound(),
    "http404": Http404(),
    "invalid": Invalid(fields={"code": ["Taken."]}),
    "bug": RuntimeError("secret detail"),
}


class ThingQuery(Query):
    region = serializers.CharField()


class Address(Input):
    street = serializers.CharField(max_length=10)


class ThingInput(Input):
    name = serializers.CharField(max_length=20)
    amount = ExactDecimalField(max_digits=10, decimal_places=2)
    on = serializers.DateField(required=False)
    addresses = Address(many=True, required=False)


class ThingOutput(Output):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    at = serializers.DateTimeField(source="created_at")


class EffectOutput(Output):
    name = serializers.CharField()
    effects = serializers.IntegerField()
    amount = DecimalText()


class Things(Endpoint):
    @lists(
        "thing_list", Right.PARTNERS_VIEW, output=ThingOutput, query=ThingQuery,
        orderings={"name": ("name", "id"), "-at": ("-created_at", "-id"), "code": ("code",)},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Partner]:
        things = Partner.objects.all()
        return things.filter(region=call.query["region"]) if "region" in call.query else things

    @writes("thing_create", Right.PARTNERS_EDIT, output=EffectOutput, body=ThingInput, status=201)
    def post(self, call: Call) -> dict[str, Any]:
        name = call.data["name"]
        record(call.actor, f"probe.{name}")
        if name == "refuse":
            raise StateError
        if name == "break":
            raise RuntimeError
        effects = AuditEntry.objects.filter(action=f"probe.{name}").count()
        return {"name": name, "effects": effects, "amount": call.data["amount"]}


class Money(Endpoint):
    @writes("thing_pay", Right.PARTNERS_EDIT, output=Output, moves_money=True)
    def post(self, call: Call) -> dict[str, Any]:
        record(call.actor, "probe.paid")
        return {}


class Failing(Endpoint):
    @reads("thing_fail", Right.PARTNERS_VIEW, output=Output)
    def get(self, call: Call, kind: str) -> None:
        if kind == "deadlock":
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$")
        raise ERRORS[kind]


urlpatterns = [
    path("api/v1/things/", Things.as_view()),
    path("api/v1/money/", Money.as_view()),
    path("api/v1/failing/<str:kind>/", Failing.as_view()),
]


@pytest.fixture
def api(cast: Cast) -> ApiClient:
    return ApiClient(cast.tenant, make_key(cast))


def body(name: str = "one", **more: Any) -> dict[str, Any]:
    return {"name": name, "amount": "12.50"} | more


def effects(cast: Cast, name: str = "one") -> int:
    with tenant_context(cast.tenant):
        return AuditEntry.objects.filter(action=f"probe.{name}").count()


def records(cast: Cast) -> int:
    with tenant_context(cast.tenant):
        return IdempotencyRecord.objects.count()


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    found = response.json()
    assert (response.status_code, response.headers["Content-Type"], found["code"]) == (status, PROBLEM, code), found
    assert found["status"] == status
    assert found["type"] == "about:blank"
    assert found["title"]
    assert found["detail"]
    assert response.headers["Cache-Control"] == "no-store"
    return found


# Who


def test_stranger_is_asked_for_a_key(cast: Cast) -> None:
    response = ApiClient(cast.tenant).get("things/")
    assert_problem(response, 401, "not_authenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "token", ["x", "prm_", "prm__", "prm_abc_def", "prm_a\u00e9_x", "prm_" + "a" * 5000, "prm_a%00_b"]
)
def test_unknown_key(cast: Cast, token: str) -> None:
    assert_problem(ApiClient(cast.tenant, token).get("things/"), 401, "invalid_credentials")


def test_key_of_another_tenant_is_as_unknown_as_none(cast: Cast, rival_cast: Cast) -> None:
    token = make_key(rival_cast)
    assert ApiClient(rival_cast.tenant, token).get("things/").status_code == 200
    foreign = ApiClient(cast.tenant, token).get("things/")
    unknown = ApiClient(cast.tenant, "prm_abcdefghijkm_secret").get("things/")
    assert_problem(foreign, 401, "invalid_credentials")
    assert foreign.content == unknown.content


def test_revoked_expired_and_orphaned_keys_are_dead_at_once(cast: Cast) -> None:
    token = make_key(cast)
    client = ApiClient(cast.tenant, token)
    assert client.get("things/").status_code == 200
    for fields in ({"revoked_at": dt.datetime.now(dt.UTC)}, {"expires_at": dt.datetime.now(dt.UTC)}):
        with tenant_context(cast.tenant):
            ApiKey.objects.update(revoked_at=None, expires_at=None)
            ApiKey.objects.update(**fields)
        assert_problem(client.get("things/"), 401, "invalid_credentials")
    with tenant_context(cast.tenant):
        ApiKey.objects.update(revoked_at=None, expires_at=None)
        Membership.objects.filter(role=Role.ADMINISTRATOR).update(is_active=False)
    assert_problem(client.get("things/"), 401, "invalid_credentials")


def test_a_right_that_the_key_lacks(cast: Cast) -> None:
    client = ApiClient(cast.tenant, make_key(cast, [Right.PARTNERS_VIEW]))
    assert client.get("things/").status_code == 200
    assert_problem(client.post("things/", body()), 403, "forbidden")
    assert effects(cast) == 0


def test_members_use_their_session_and_must_prove_themselves_to_write(cast: Cast) -> None:
    client = ApiClient(cast.tenant, user=cast.user(Role.ADMINISTRATOR))
    assert client.get("things/").status_code == 200
    assert client.post("things/", body()).status_code == 201
    client.client.handler.enforce_csrf_checks = True
    assert_problem(client.post("things/", body()), 403, "error")
    assert effects(cast) == 1


def test_member_of_no_place_here_is_a_stranger(cast: Cast, rival_cast: Cast) -> None:
    client = ApiClient(cast.tenant, user=rival_cast.user(Role.ADMINISTRATOR))
    assert_problem(client.get("things/"), 401, "not_authenticated")


def test_deactivated_member_is_out_at_once(cast: Cast) -> None:
    client = ApiClient(cast.tenant, user=cast.user(Role.MARKETING))
    assert client.get("things/").status_code == 200
    with tenant_context(cast.tenant):
        Membership.objects.filter(role=Role.MARKETING).update(is_active=False)
    assert_problem(client.get("things/"), 401, "not_authenticated")


# Problems


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("conflict", 409, "conflict"), ("state", 409, StateError.code), ("too-large", 413, "too_large"),
        ("not-found", 404, "not_found"), ("http404", 404, "not_found"), ("invalid", 422, "invalid"),
        ("bug", 500, "error"), ("deadlock", 409, "busy"),
    ],
)  # fmt: skip
def test_every_error_is_a_problem(api: ApiClient, kind: str, status: int, code: str) -> None:
    response = api.get(f"failing/{kind}/")
    found = assert_problem(response, status, code)
    assert found["retryable"] is (kind in {"bug", "deadlock"})
    assert found.get("fields") == ({"code": ["Taken."]} if kind == "invalid" else None)
    assert b"secret" not in response.content


def test_problems_speak_the_readers_language(api: ApiClient) -> None:
    api.headers["Accept-Language"] = "zh-CN"
    response = api.get("failing/not-found/")
    assert response.headers["Content-Language"] == "zh-hans"
    assert "Accept-Language" in response.headers["Vary"]
    assert_problem(response, 404, "not_found")


def test_methods_and_media_types(api: ApiClient) -> None:
    response = api.patch("things/", {})
    assert_problem(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, HEAD, POST"
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        sent = api.client.post("/api/v1/things/", b"a=1", content_type=kind, headers=api.headers)
        assert_problem(sent, 415, "unsupported_media_type")
    assert_problem(api.client.options("/api/v1/things/", headers=api.headers), 405, "method_not_allowed")


@pytest.mark.parametrize("address", ["/api/nothing/", "/api/v1/things", "/api/v1/things/x/", "/api/v1/\x00/"])
def test_unknown_addresses(api: ApiClient, address: str) -> None:
    assert_problem(api.client.get(address, headers=api.headers), 404, "not_found")
    assert_problem(api.client.post(address, b"{}", "application/json", headers=api.headers), 404, "not_found")


def test_unknown_vendor_and_the_platforms_own_host(api: ApiClient) -> None:
    for host in ("nobody.localhost", "localhost"):
        response = api.client.get("/api/v1/things/", headers=api.headers, SERVER_NAME=host)
        assert_problem(response, 404, "not_found")


# Strict input


def refused(api: ApiClient, sent: Any) -> dict[str, list[str]]:
    return assert_problem(api.post("things/", sent), 422, "invalid")["fields"]


def test_unknown_members_are_named(api: ApiClient, cast: Cast) -> None:
    more = {"tenant_id": str(uuid.uuid4()), "status": "active", "role": "administrator", "id": str(uuid.uuid4())}
    assert sorted(refused(api, body(**more))) == sorted(more)
    assert set(refused(api, body(addresses=[{"street": "x"}, {"street": "y", "tenant": 1}]))) == {"addresses.1.tenant"}
    assert effects(cast) == 0


def test_wrong_values_are_named(api: ApiClient) -> None:
    assert set(refused(api, {})) == {"name", "amount"}
    assert set(refused(api, [])) == {"body"}
    assert set(refused(api, body(addresses=[{"street": "x" * 11}]))) == {"addresses.0.street"}
    assert set(refused(api, body(on="31/02/2026"))) == {"on"}
    assert set(refused(api, body(name=""))) == {"name"}


@pytest.mark.parametrize("amount", [12.5, True, None, "1e3", "NaN", "1,000", "12.505", "9" * 40, "٣", "", {}, []])
def test_amounts_are_plain_decimals(api: ApiClient, amount: Any) -> None:
    assert set(refused(api, body(amount=amount))) == {"amount"}


@pytest.mark.parametrize(("amount", "read"), [("12.5", "12.5"), ("-3.07", "-3.07"), (7, "7")])
def test_amounts_arrive_exactly(api: ApiClient, amount: Any, read: str) -> None:
    assert api.post("things/", body(amount=amount)).json()["amount"] == read


@pytest.mark.parametrize(
    "text",
    [b"{", b"NaN", b'{"a":1e999}', b'{"name":"a","name":"b"}', b"\xff", b'{"a":"\\u0000"}', b'{"a":"\\ud800"}',
     b"[" * 100_000, b'{"a":' * 80 + b"1" + b"}" * 80, b'{"a":' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_malformed_json(api: ApiClient, text: bytes) -> None:
    response = api.client.post("/api/v1/things/", text, content_type="application/json", headers=api.headers)
    assert_problem(response, 400, "malformed")


def test_bodies_have_a_size(api: ApiClient) -> None:
    text = b'{"name": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    response = api.client.post("/api/v1/things/", text, content_type="application/json", headers=api.headers)
    assert_problem(response, 413, "too_large")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"password__startswith": "a"}, "password__startswith"), ({"tenant_id": "x"}, "tenant_id"),
        ({"ordering": "legal_name"}, "ordering"), ({"ordering": "partner__user__password"}, "ordering"),
        ({"limit": "0"}, "limit"), ({"limit": "many"}, "limit"), ({"region": ["East", "West"]}, "region"),
        ({"region": "a\0b"}, "region"), ({"cursor": "nonsense"}, "cursor"), ({"cursor": "e30"}, "cursor"),
        ({"cursor": "x" * 3000}, "cursor"), ({"cursor": "WyJuYW1lIiwgIngiXQ"}, "cursor"),
        ({"cursor": "WyJuYW1lIiwgIngiLCAieCJd"}, "cursor"),
    ],
)  # fmt: skip
def test_wrong_query_parameters_are_named(api: ApiClient, query: dict[str, Any], named: str) -> None:
    assert set(assert_problem(api.get("things/", **query), 400, "invalid_query")["fields"]) == {named}


def test_operations_without_query_take_none(api: ApiClient) -> None:
    found = assert_problem(api.post("things/?dry_run=1", body()), 400, "invalid_query")
    assert found["fields"] == {"dry_run": ["There is no such field."]}


# Pages


def codes(page: Any) -> list[str]:
    return [item["code"] for item in page["items"]]


def test_pages_follow_one_another_while_rows_come_and_go(api: ApiClient, cast: Cast) -> None:
    for number in range(3, 9):
        make_partner(cast.tenant, f"P-{number}", name="Same name")
    first = api.get("things/", limit=3, ordering="name").json()
    with tenant_context(cast.tenant):
        Partner.objects.filter(code=first["items"][1]["code"]).delete()
    make_partner(cast.tenant, "P-0", name="Aardvark")
    make_partner(cast.tenant, "P-9", name="Zebra")
    seen, cursor = codes(first), first["next_cursor"]
    while cursor:
        page = api.get("things/", limit=3, ordering="name", cursor=cursor).json()
        seen, cursor = seen + codes(page), page["next_cursor"]
    assert sorted(seen) == [f"P-{number}" for number in range(1, 10)]


def test_orderings_run_both_ways_and_end(api: ApiClient, cast: Cast) -> None:
    for number in range(3, 6):
        make_partner(cast.tenant, f"P-{number}")
    newest = [f"P-{number}" for number in (5, 4, 3, 2, 1)]
    first = api.get("things/", ordering="-at", limit=2).json()
    second = api.get("things/", ordering="-at", limit=2, cursor=first["next_cursor"]).json()
    third = api.get("things/", ordering="-at", limit=2, cursor=second["next_cursor"]).json()
    assert codes(first) + codes(second) + codes(third) == newest
    assert third["next_cursor"] is None
    assert_problem(api.get("things/", ordering="code", cursor=first["next_cursor"]), 400, "invalid_query")


def test_page_size_is_capped(api: ApiClient, cast: Cast) -> None:
    with tenant_context(cast.tenant):
        Partner.objects.bulk_create(Partner(code=f"X-{number}", name="X") for number in range(250))
    page = api.get("things/", limit=10**6).json()
    assert len(page["items"]) == 200
    assert page["next_cursor"]
    assert len(api.get("things/").json()["items"]) == 50


def test_rows_are_written_as_the_serializer_would(api: ApiClient, cast: Cast) -> None:
    item = api.get("things/", ordering="code", limit=1).json()["items"][0]
    assert item == ThingOutput(cast.partner).data


def test_lists_show_one_vendor(api: ApiClient, rival_cast: Cast) -> None:
    assert codes(api.get("things/", ordering="code").json()) == ["P-1", "P-2"]


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
