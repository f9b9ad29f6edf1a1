"""Partner companies through the REST API: shapes, authorisation, changes, the cost of a list."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.models import Partner, TierChange
from partners.services.partners import partner_change_status
from prm.audit.models import AuditEntry
from prm.errors import Forbidden
from prm.identity.rights import KEY_SCOPES, Right, Role
from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast, key_actor, make_partner
from tests.partners.ladder import on


@pytest.fixture
def api(cast: Cast) -> ApiClient:
    return ApiClient(cast.tenant, make_key(cast))


def codes(response: Any) -> list[str]:
    return [item["code"] for item in response.json()["items"]]


def test_a_partner_from_creation_to_change(api: ApiClient, cast: Cast) -> None:
    sent = {
        "code": "SH-7",
        "name": "申江数码",
        "region": "East",
        "country": "CN",
        "tags": ["b", "a", "b"],
        "tier": "Gold",
    }
    created = api.post("partners/", sent)
    assert created.status_code == 201
    made = created.json()
    fixed = {name: made[name] for name in ("code", "name", "region", "country", "tags", "tier", "status", "type")}
    assert fixed == sent | {"tags": ["a", "b"], "status": "active", "type": ""}
    assert api.get(f"partners/{made['id']}/").json() == made
    assert api.get("partners/", search="申江").json()["items"] == [made]
    changed = api.patch(f"partners/{made['id']}/", {"name": "申江数码科技", "tags": []})
    assert changed.status_code == 200
    assert {**made, "name": "申江数码科技", "tags": []} == changed.json() | {"updated_at": made["updated_at"]}
    with tenant_context(cast.tenant):
        entries = AuditEntry.objects.filter(action__startswith="partners.partner").order_by("at")
        assert [(entry.action, entry.actor_kind, entry.actor_label) for entry in entries] == [
            ("partners.partner.created", "api_key", "ERP"),
            ("partners.partner.changed", "api_key", "ERP"),
        ]


def test_refusals_name_the_members_and_leave_nothing(api: ApiClient, cast: Cast) -> None:
    taken = api.post("partners/", {"code": "P-1", "name": "Again"})
    assert (taken.status_code, taken.json()["code"], set(taken.json()["fields"])) == (409, "code_taken", {"code"})
    wrong = api.post("partners/", {"code": "P-3", "name": "New", "country": "XX"})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"country"})
    for name in ("status", "tenant_id", "id", "created_at"):
        refused = api.post("partners/", {"code": "P-3", "name": "New", name: "ended"})
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {name})
        refused = api.patch(f"partners/{cast.partner.pk}/", {name: "ended"})
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {name})
    with tenant_context(cast.tenant):
        assert list(Partner.objects.values_list("code", "status").order_by("code")) == [
            ("P-1", "active"),
            ("P-2", "active"),
        ]


def test_status_and_tiers(api: ApiClient, cast: Cast) -> None:
    url = f"partners/{cast.partner.pk}/"
    person = ApiClient(cast.tenant, user=cast.user(Role.CHANNEL_MANAGER))
    assert person.post(f"{url}status/", {"verb": "suspend", "reason": "Audit"}).json()["status"] == "suspended"
    again = person.post(f"{url}status/", {"verb": "suspend", "reason": "Audit"})
    assert again.status_code == 409
    with on("2026-02-01"):
        today = api.post(f"{url}tiers/", {"tier": "Ally"}).json()
    assert today["valid_from"] == "2026-02-01", "nothing that was paid is worked out again unasked"
    assert api.client.delete(f"/api/v1/{url}tiers/{today['id']}/", headers=api.headers).status_code == 204
    assert api.post(f"{url}tiers/", {"tier": "Silver", "valid_from": "0001-01-01"}).status_code == 201
    gold = api.post(f"{url}tiers/", {"tier": "Gold", "valid_from": "2026-01-01"}).json()
    listed = api.get(f"{url}tiers/").json()["items"]
    assert [(row["tier"], row["valid_from"]) for row in listed] == [("Gold", "2026-01-01"), ("Silver", "0001-01-01")]
    assert api.get(url).json()["tier"] == "Gold"
    other = f"partners/{cast.other_partner.pk}/tiers/{gold['id']}/"
    assert api.client.delete(f"/api/v1/{other}", headers=api.headers).status_code == 404
    gone = api.client.delete(f"/api/v1/{url}tiers/{gold['id']}/", headers=api.headers)
    assert (gone.status_code, gone.content) == (204, b"")
    assert api.get(url).json()["tier"] == "Silver"
    with tenant_context(cast.tenant):
        assert TierChange.objects.count() == 1


def test_a_key_neither_suspends_nor_ends_a_partnership(api: ApiClient, cast: Cast) -> None:
    for verb in ("suspend", "end"):
        refused = api.post(f"partners/{cast.partner.pk}/status/", {"verb": verb, "reason": "Audit"})
        assert refused.status_code == 403
    with tenant_context(cast.tenant):
        assert Partner.objects.get(pk=cast.partner.pk).status == "active"
        with pytest.raises(Forbidden):
            partner_change_status(
                actor=key_actor(cast.administrator, *KEY_SCOPES), partner_id=cast.partner.pk, verb="end", reason="x"
            )


def test_filters_and_orderings(api: ApiClient, cast: Cast) -> None:
    make_partner(cast.tenant, "N-1", name="North Star", region="North", tags=["vip"])
    assert codes(api.get("partners/")) == ["N-1", "P-1", "P-2"]
    assert codes(api.get("partners/", ordering="-code")) == ["P-2", "P-1", "N-1"]
    assert codes(api.get("partners/", region="North")) == codes(api.get("partners/", tag="vip")) == ["N-1"]
    assert codes(api.get("partners/", region="East", ordering="-name")) == ["P-2", "P-1"]
    assert codes(api.get("partners/", status="ended")) == []
    for query in ({"ordering": "legal_name"}, {"region__startswith": "N"}, {"status": "nothing"}):
        assert api.get("partners/", **query).status_code == 400


def test_another_vendors_partner_is_as_unknown_as_any(api: ApiClient, cast: Cast, rival_cast: Cast) -> None:
    person = ApiClient(cast.tenant, user=cast.user(Role.ADMINISTRATOR))
    foreign, unknown = rival_cast.partner.pk, uuid.uuid4()
    for answer in (
        lambda key: api.get(f"partners/{key}/"),
        lambda key: api.patch(f"partners/{key}/", {"name": "Mine"}),
        lambda key: api.get(f"partners/{key}/tiers/"),
        lambda key: api.post(f"partners/{key}/tiers/", {"tier": "Gold"}),
        lambda key: person.post(f"partners/{key}/status/", {"verb": "end", "reason": "x"}),
        lambda key: api.get(f"partners/{key}/earnings/"),
    ):
        assert (answer(foreign).status_code, answer(foreign).content) == (404, answer(unknown).content)
    assert api.get("partners/not-an-id/").content == api.get(f"partners/{unknown}/").content
    with tenant_context(rival_cast.tenant):
        assert Partner.objects.get(pk=foreign).name == "Blue Harbour"


def test_partner_people_see_their_company_only(cast: Cast) -> None:
    own = ApiClient(cast.tenant, user=cast.user(Role.PARTNER_SALES))
    assert codes(own.get("partners/")) == ["P-1"]
    assert own.get(f"partners/{cast.other_partner.pk}/").status_code == 404
    assert own.patch(f"partners/{cast.partner.pk}/", {"name": "We"}).status_code == 403


def test_rights_are_those_of_the_operation(cast: Cast) -> None:
    viewer = ApiClient(cast.tenant, make_key(cast, [Right.PARTNERS_VIEW]))
    editor = ApiClient(cast.tenant, make_key(cast, [Right.PARTNERS_EDIT]))
    assert viewer.get("partners/").status_code == 200
    assert viewer.post("partners/", {"code": "N", "name": "N"}).status_code == 403
    assert editor.get("partners/").status_code == 403


def test_a_list_costs_the_same_for_any_length(api: ApiClient, cast: Cast) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert api.get("partners/", limit=200).status_code == 200
        return len(queries)

    api.get("partners/")
    few = cost()
    with tenant_context(cast.tenant):
        made = Partner.objects.bulk_create(Partner(code=f"X-{number}", name="X") for number in range(150))
        TierChange.objects.bulk_create(TierChange(partner=one, tier="Gold") for one in made)
    assert cost() == few
    assert few <= 8


def test_times_are_utc_and_dates_iso(api: ApiClient, cast: Cast) -> None:
    item = api.get(f"partners/{cast.partner.pk}/").json()
    assert item["created_at"].endswith("Z")
    assert dt.datetime.fromisoformat(item["created_at"]) == cast.partner.created_at
