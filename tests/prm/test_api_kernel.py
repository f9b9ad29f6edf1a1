"""The kernel of the API: who is answered, problems, strict input, pages."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.conf import settings

from partners.models import Partner
from prm.errors import StateError
from prm.identity.models import ApiKey, Membership
from prm.identity.rights import Right, Role
from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast, make_partner
from tests.prm.api_things import ThingOutput, api, assert_problem, body, effects

__all__ = ["api"]
pytestmark = [pytest.mark.urls("tests.prm.api_things")]


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
