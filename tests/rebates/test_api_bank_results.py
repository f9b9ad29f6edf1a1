"""The bank's answer through the REST API, by a key: sent, looked at, applied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from prm.identity.rights import Right, Role
from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast, make_cast
from rebates.bank_results.work import APPLICATIONS
from rebates.models import Payment, Statement
from rebates.services.periods import period_close
from rebates.services.settlements import settlement_export, settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.world import World

TABLE = b"reference,status,date,reason\nPAY-000001,paid,2026-10-01,\nPAY-000009,paid,2026-10-01,\n"
URL = "/api/v1/bank-results/"


def settled(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        world = World(cast.tenant)
        world.no_review()
        world.published()
        world.sale("P-1", "2026-07-01", "100")
        period_close(actor=world.system, kind="quarter", key="2026-Q3")
        ids = list(Statement.objects.values_list("pk", flat=True))
        statement_approve(actor=cast.administrator, statement_ids=ids)
        settlement = settlement_prepare(actor=cast.finance, statement_ids=ids)
        settlement_export(actor=cast.finance, settlement_id=settlement.pk, format="csv")


@pytest.fixture
def api(cast: Cast) -> Iterator[ApiClient]:
    with time_machine.travel("2026-10-02T04:00:00Z", tick=False):
        settled(cast)
        yield ApiClient(cast.tenant, make_key(cast))


def send(api: ApiClient, content: bytes = TABLE, kind: str = "text/csv") -> Any:
    return api.client.post(f"{URL}?name=answer.csv", content, kind, headers=api.headers)


def test_a_file_is_sent_looked_at_and_applied(api: ApiClient, cast: Cast) -> None:
    sent = send(api)
    assert sent.status_code == 201, sent.content
    result = sent.json()
    assert (result["file_name"], result["format"], result["status"]) == ("answer.csv", "csv", "checked")
    entries = api.get(f"bank-results/{result['id']}/entries/").json()
    assert entries["counts"] == {"changes": 1, "left_out": 1, "nothing": 0}
    assert [(one["row"], one["outcome"], one["was"], one["on"]) for one in entries["items"]] == [
        (2, "pay", "exported", "2026-10-01"), (3, "unknown", "", "2026-10-01"),
    ]  # fmt: skip
    assert entries["items"][1]["payment_id"] is None
    some = api.get(f"bank-results/{result['id']}/entries/", group="left_out").json()["items"]
    assert [one["reference"] for one in some] == ["PAY-000009"]
    body = {"fingerprint": entries["fingerprint"]}
    path = f"bank-results/{result['id']}/apply/"
    assert api.post(path, body).status_code == 400
    done = api.post(path, body, key="k")
    asked = done.json()["application"]
    assert (done.status_code, done.json()["status"], asked["status"]) == (202, "checked", "queued")
    assert api.post(path, body, key="k").content == done.content
    again = api.post(path, body, key="other")
    assert (again.status_code, again.json()["code"]) == (409, "applying")
    APPLICATIONS.run(cast.tenant, UUID(asked["id"]))
    applied = api.get(f"bank-results/{result['id']}/").json()
    assert (applied["status"], applied["applied_by"], applied["application"]["status"]) == ("applied", "ERP", "done")
    again = api.post(path, body, key="third")
    assert (again.status_code, again.json()["code"]) == (409, "applied_already")
    assert (send(api).json()["id"], len(api.get("bank-results/", status="applied").json()["items"])) == (
        result["id"], 1,
    )  # fmt: skip
    after = api.get(f"bank-results/{result['id']}/entries/").json()
    assert (after["fingerprint"], after["counts"]["changes"]) == ("", 1)
    with tenant_context(cast.tenant):
        assert Payment.objects.get().status == "paid"


def test_other_bodies(api: ApiClient) -> None:
    form = {"file": SimpleUploadedFile("f.csv", TABLE, "text/csv")}
    assert api.client.post(URL, form, headers=api.headers).json()["file_name"] == "f.csv"
    refused = send(api, b"<Document/>", "application/xml")
    assert (refused.status_code, refused.json()["code"], list(refused.json()["fields"])) == (
        422, "unreadable_result", ["file"],
    )  # fmt: skip
    assert send(api, b"reference,status,date,reason\n" + b"x" * (6 << 20)).status_code == 413


def test_who_may(api: ApiClient, cast: Cast, rival: Any) -> None:
    result_id = send(api).json()["id"]
    fingerprint = api.get(f"bank-results/{result_id}/entries/").json()["fingerprint"]
    without = ApiClient(cast.tenant, make_key(cast, [Right.STATEMENTS_VIEW, Right.SETTLEMENTS_EDIT], "no"))
    partner = ApiClient(cast.tenant, user=cast.user(Role.PARTNER_FINANCE))
    for client in (without, partner):
        assert client.get("bank-results/").status_code == 403
        assert send(client).status_code == 403
        assert client.post(f"bank-results/{result_id}/apply/", {"fingerprint": fingerprint}, key="x").status_code == 403
    other = make_cast(rival)
    settled(other)
    stranger = ApiClient(rival, make_key(other))
    assert stranger.get(f"bank-results/{result_id}/").status_code == 404
    assert stranger.get("bank-results/").json()["items"] == []
    body = {"fingerprint": fingerprint}
    assert stranger.post(f"bank-results/{result_id}/apply/", body, key="x").status_code == 404
    # The same bytes at another vendor are a file of their own.
    assert send(stranger).json()["id"] != result_id
    with tenant_context(cast.tenant):
        assert Payment.objects.get().status == "exported"


def test_how_a_partner_is_paid(api: ApiClient, cast: Cast, rival: Any) -> None:
    path = f"partners/{cast.partner.pk}/payout-choice/"
    url = f"/api/v1/{path}"
    assert api.get(path).json() == {"partner_id": str(cast.partner.pk), "form": ""}

    def put(client: ApiClient, form: str, address: str = url) -> Any:
        return client.client.put(address, {"form": form}, "application/json", headers=client.headers)

    assert put(api, "deduction").json()["form"] == "deduction"
    own = ApiClient(cast.tenant, user=cast.user(Role.PARTNER_FINANCE))
    assert own.get(path).json()["form"] == "deduction"
    assert own.get(f"partners/{cast.other_partner.pk}/payout-choice/").status_code == 404
    finance = ApiClient(rival, make_key(make_cast(rival)))
    assert finance.get(path).status_code == 404
    assert put(finance, "").status_code == 404
    manager = ApiClient(cast.tenant, make_key(cast, [Right.PARTNERS_VIEW, Right.STATEMENTS_VIEW], "reads"))
    assert put(manager, "").status_code == 403
    assert put(api, "free_goods").status_code == 422
    assert (put(api, "").status_code, api.get(path).json()["form"]) == (200, "")


def test_accounts_are_proposed_by_one_confirmed_by_a_second_person_and_masked(api: ApiClient, cast: Cast) -> None:
    """The key proposes; only people confirm, and not who proposed."""
    body = {"currency": "CNY", "holder": "Blue Harbour", "number": "6222081200001234", "bank_code": "102290002916",
            "partner_id": str(cast.partner.pk)}  # fmt: skip
    proposed = api.post("bank-accounts/", body)
    assert (proposed.status_code, proposed.json()["last4"], proposed.json()["status"]) == (201, "1234", "proposed")
    assert b"62220812" not in proposed.content
    path = f"bank-accounts/{proposed.json()['id']}/"
    assert api.post(f"{path}confirm/").status_code == 403
    finance = ApiClient(cast.tenant, user=cast.user(Role.FINANCE))
    assert finance.post(f"{path}confirm/").json()["status"] == "active"
    own = ApiClient(cast.tenant, user=cast.user(Role.PARTNER_FINANCE))
    mine = own.post("bank-accounts/", body | {"currency": "USD"}).json()
    assert own.post(f"bank-accounts/{mine['id']}/confirm/").status_code == 403
    assert {one["id"] for one in own.get("bank-accounts/").json()["items"]} == {proposed.json()["id"], mine["id"]}
    assert own.post("bank-accounts/", body | {"partner_id": str(cast.other_partner.pk)}).status_code == 404
    assert own.post("bank-accounts/", body | {"partner_id": None}).status_code == 404
