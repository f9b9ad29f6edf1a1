"""Members, invitations and the audit trail through the REST API."""

from __future__ import annotations

import pytest

from prm.audit.services import record
from prm.identity.rights import Right, Role
from prm.identity.services.invitations import invitation_create
from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast


def test_members_by_session(cast: Cast) -> None:
    everybody = (
        ApiClient(cast.tenant, user=cast.user(Role.ADMINISTRATOR)).get("memberships/", limit=200).json()["items"]
    )
    assert [item["role"] for item in everybody] == sorted(role.value for role in Role)
    assert {item["email"] for item in everybody} == {cast.user(role).email for role in Role}
    assert not any("password" in item for item in everybody)


def test_a_partners_administrator_sees_the_own_company(cast: Cast) -> None:
    own = ApiClient(cast.tenant, user=cast.user(Role.PARTNER_ADMINISTRATOR))
    listed = own.get("memberships/").json()["items"]
    assert {(item["role"], item["partner_code"]) for item in listed} == {
        ("partner_administrator", "P-1"), ("partner_finance", "P-1"), ("partner_sales", "P-1"),
    }  # fmt: skip
    assert own.get("memberships/", side="vendor").json()["items"] == []
    assert own.get("memberships/", role="administrator").json()["items"] == []


@pytest.mark.parametrize("query", [{"user__password": "x"}, {"ordering": "user__password"}, {"side": "both"}])
def test_no_filter_reaches_a_secret(cast: Cast, query: dict[str, str]) -> None:
    client = ApiClient(cast.tenant, user=cast.user(Role.ADMINISTRATOR))
    assert client.get("memberships/", **query).status_code == 400


def test_open_invitations(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        invitation_create(actor=cast.administrator, email="new@acme.test", role=Role.MARKETING)
    [found] = ApiClient(cast.tenant, user=cast.user(Role.ADMINISTRATOR)).get("invitations/").json()["items"]
    assert (found["email"], found["role"], found["invited_by"]) == (
        "new@acme.test", "marketing", cast.user(Role.ADMINISTRATOR).email,
    )  # fmt: skip
    assert "token_hash" not in found
    assert ApiClient(cast.tenant, user=cast.user(Role.PARTNER_SALES)).get("invitations/").status_code == 403


def test_the_trail_by_key_in_pages(cast: Cast, rival_cast: Cast) -> None:
    client = ApiClient(cast.tenant, make_key(cast, [Right.AUDIT_VIEW]))
    with tenant_context(cast.tenant):
        for number in range(5):
            record(cast.manager, "tests.counted", cast.partner, {"number": number})
    with tenant_context(rival_cast.tenant):
        record(rival_cast.manager, "tests.counted", rival_cast.partner, {"number": 9})
    numbers, cursor = [], None
    while True:
        query = {"action": "tests.", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("audit-entries/", **query).json()
        numbers += [item["data"]["number"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert numbers == [4, 3, 2, 1, 0]
    first = page["items"][0]
    assert (first["actor"], first["target"], first["actor_kind"]) == (cast.manager.label, "Blue Harbour", "user")
    assert client.get("audit-entries/", who="nobody").json()["items"] == []
    assert client.get("audit-entries/", since="yesterday").status_code == 400
