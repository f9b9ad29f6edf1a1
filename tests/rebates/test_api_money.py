"""Programs and money through the REST API: from a JSON document to a paid settlement, and who may see what."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prm.identity.rights import Right, Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast
from rebates.close_work import CLOSES
from rebates.models import Adjustment, Program, Settlement, Statement, StatementLine
from tests.rebates.world import World, definition

NAMES = {"en": "Program P1", "zh-hans": "计划P1"}


@pytest.fixture
def now() -> Iterator[Any]:
    with time_machine.travel("2026-10-02T04:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def api(now: Any, cast: Cast) -> ApiClient:
    """A key with every scope: it may close, settle and pay, not approve."""
    return ApiClient(cast.tenant, make_key(cast))


def member(cast: Cast, role: Role) -> ApiClient:
    return ApiClient(cast.tenant, user=cast.user(role))


@pytest.fixture
def vendor(cast: Cast) -> World:
    world = World(cast.tenant)
    with tenant_context(cast.tenant):
        world.no_review()
    return world


@pytest.fixture
def sold(api: ApiClient, vendor: World) -> ApiClient:
    """P-1 earned 2.00 on three lines of 33.33 and 33.34, P-2 earned 1,400.00, in the third quarter."""
    with tenant_context(vendor.tenant):
        vendor.no_review()
        vendor.published()
        for amount in ("33.33", "33.33", "33.34"):
            vendor.sale("P-1", "2026-07-01", amount)
        vendor.sale("P-2", "2026-09-30", "60000")
        vendor.update()
    return api


@pytest.fixture
def closed(sold: ApiClient, cast: Cast) -> ApiClient:
    close(sold, cast)
    return sold


def close(client: ApiClient, cast: Cast, **body: Any) -> dict[str, Any]:
    """Asked for and done."""
    asked = client.post("periods/quarter/2026-Q3/close/", body, key="close")
    assert (asked.status_code, asked.json()["status"]) == (202, "queued")
    CLOSES.run(cast.tenant, UUID(asked.json()["id"]))
    return dict(client.get(f"closes/{asked.json()['id']}/").json())


def items(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["items"]
    return found


def ids(api: ApiClient) -> list[str]:
    return [item["id"] for item in items(api.get("statements/", ordering="number"))]


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


# Programs


def test_a_program_from_draft_to_its_end(api: ApiClient) -> None:
    created = api.post("programs/", definition(valid_from="2026-07-01"))
    assert created.status_code == 201, created.content
    program = created.json()
    assert (program["code"], program["name"], program["status"]) == ("P1", NAMES, "draft")
    url = f"programs/{program['id']}/"
    assert [item["id"] for item in items(api.get("programs/", search="计划"))] == [program["id"]]
    put = api.client.put(
        f"/api/v1/{url}draft/", definition(valid_from="2026-07-01", period="month"), "application/json",
        headers=api.headers,
    )  # fmt: skip
    assert put.json()["definition"]["period"] == "month"
    published = api.post(f"{url}publish/")
    assert (published.json()["status"], published.json()["versions"][0]["status"]) == ("published", "published")
    assert code_of(api.post(f"{url}publish/")) == (409, "wrong_state")
    version = api.get(f"{url}versions/1/").json()
    assert set(version["sentence"]) == {"en", "zh-hans"}
    assert version["sentence"]["en"] != version["sentence"]["zh-hans"]
    amended = api.post(f"{url}versions/", definition(valid_from="2026-11-01", period="month"))
    assert (amended.status_code, amended.json()["number"]) == (201, 2)
    assert [item["number"] for item in items(api.get(f"{url}versions/"))] == [2, 1]
    assert api.client.delete(f"/api/v1/{url}draft/", headers=api.headers).status_code == 204
    ended = api.post(f"{url}end/", {"ends_on": "2026-12-31", "reason": "Replaced"})
    assert (ended.json()["status"], ended.json()["ends_on"]) == ("ended", "2026-12-31")


def test_faults_of_a_document_are_told_by_path(api: ApiClient, cast: Cast) -> None:
    wrong = definition(calculation={"type": "marginal", "bands": [{"from": "0", "rate": "x"}]})
    refused = api.post("programs/", wrong)
    assert code_of(refused) == (422, "invalid_program")
    assert list(refused.json()["fields"]) == ["$.calculation.bands[0].rate"]
    assert list(api.post("programs/", definition(status="published")).json()["fields"]) == ["$.status"]
    assert api.post("programs/", [definition()]).status_code == 422
    assert api.post("programs/", definition()).status_code == 201
    assert list(api.post("programs/", definition()).json()["fields"]) == ["$.code"]
    with tenant_context(cast.tenant):
        assert Program.objects.count() == 1


# What is earned


def test_accruals_with_totals_explanation_and_lines(sold: ApiClient) -> None:
    listed = items(sold.get("accruals/", ordering="-payout"))
    assert [(row["partner_code"], row["payout"], row["measure"]) for row in listed] == [
        ("P-2", "1400.0000", "60000.000000"),
        ("P-1", "2.0000", "100.000000"),
    ]
    assert items(sold.get("accruals/totals/")) == [{"currency": "USD", "total": "1402.0000", "count": 2}]
    assert items(sold.get("accruals/totals/", period="2026-Q2")) == []
    own = f"accruals/{listed[1]['id']}/"
    detail = sold.get(own).json()
    assert {name: detail[name] for name in listed[1]} == listed[1]
    assert (detail["explanation"]["payout"], set(detail["sentence"])) == ("2", {"en", "zh-hans"})
    first = sold.get(f"{own}lines/", limit=2).json()
    second = sold.get(f"{own}lines/", limit=2, cursor=first["next_cursor"]).json()
    amounts = [row["amount"] for row in first["items"] + second["items"]]
    assert (len(first["items"]), second["next_cursor"]) == (2, None)
    assert sorted(float(amount) for amount in amounts) == [0.66, 0.67, 0.67]
    assert code_of(sold.get(f"{own}lines/", cursor="nonsense")) == (400, "invalid_query")


def test_filters_of_accruals(sold: ApiClient, cast: Cast) -> None:
    def partners(**query: Any) -> list[str]:
        return [row["partner_code"] for row in items(sold.get("accruals/", **query))]

    assert partners(partner_id=str(cast.partner.pk)) == ["P-1"]
    assert partners(search="Stone") == ["P-2"]
    assert partners(status="closed") == partners(program_id=str(uuid.uuid4())) == []
    assert len(partners(status="open", period="2026-Q3")) == 2
    for query in ({"status": "draft"}, {"partner__code": "P-1"}, {"ordering": "version__definition"}):
        assert sold.get("accruals/", **query).status_code == 400


def test_partner_people_see_their_earnings_and_nobody_elses(sold: ApiClient, cast: Cast) -> None:
    own = member(cast, Role.PARTNER_SALES)
    earned = own.get("earnings/", on="2026-09-30").json()
    assert (earned["period"]["key"], earned["totals"]) == ("2026-Q3", {"USD": "2.0000"})
    [program] = earned["programs"]
    assert program["reached"] == 0
    assert program["next_band"]["missing"] == "49900"
    assert sold.get(f"partners/{cast.partner.pk}/earnings/", on="2026-09-30").json() == earned
    assert own.get(f"partners/{cast.partner.pk}/earnings/", on="2026-09-30").json() == earned
    assert own.get(f"partners/{cast.other_partner.pk}/earnings/").status_code == 404
    assert code_of(sold.get("earnings/")) == (403, "forbidden")
    [mine] = items(own.get("accruals/"))
    assert mine["partner_code"] == "P-1"
    assert own.get("accruals/", partner_id=str(cast.other_partner.pk)).status_code == 404
    [foreign] = items(sold.get("accruals/", partner_id=str(cast.other_partner.pk)))
    for path in (f"accruals/{foreign['id']}/", f"accruals/{foreign['id']}/lines/"):
        assert own.get(path).content == own.get(path.replace(foreign["id"], str(uuid.uuid4()))).content
    assert own.get("sale-exceptions/").status_code == 403


# Closing, settling, paying


def test_a_period_needs_to_be_over_and_is_closed_once(sold: ApiClient, cast: Cast) -> None:
    names = {row["name"]: row["ok"] for row in items(sold.get("periods/quarter/2026-Q3/checklist/"))}
    assert names == {"open": True, "over": True, "earlier": True, "rates": True, "exceptions": True, "disputes": True}
    assert code_of(sold.post("periods/quarter/2026-Q3/close/", {})) == (400, "idempotency_key_required")
    assert code_of(sold.post("periods/quarter/2026-Q4/close/", {}, key="k")) == (409, "not_over")
    for address in ("quarter/2026-Q9", "month/2026-Q3", "week/1"):
        assert code_of(sold.post(f"periods/{address}/close/", {}, key="k")) == (404, "not_found")
        assert code_of(sold.get(f"periods/{address}/checklist/")) == (404, "not_found")
    asked = sold.post("periods/quarter/2026-Q3/close/", {}, key="k")
    assert (asked.status_code, asked.json()["status"], asked.json()["requested_by"]) == (202, "queued", "ERP")
    again = sold.post("periods/quarter/2026-Q3/close/", {}, key="k")
    assert (again.content, again.headers["Idempotency-Replayed"]) == (asked.content, "true")
    assert code_of(sold.post("periods/quarter/2026-Q3/close/", {}, key="other")) == (409, "closing")
    CLOSES.run(cast.tenant, UUID(asked.json()["id"]))
    [done] = items(sold.get("closes/", kind="quarter", key="2026-Q3"))
    assert (done["status"], done["statements"], done["error_code"]) == ("done", 2, "")
    assert code_of(sold.post("periods/quarter/2026-Q3/close/", {}, key="third")) == (409, "already_closed")
    [third] = [row for row in items(sold.get("periods/")) if row["key"] == "2026-Q3"]
    assert (third["is_closed"], third["can_close"], third["accruals"]) == (True, False, 2)
    with tenant_context(cast.tenant):
        assert Message.objects.filter(topic="rebates.period.closed").count() == 1


def test_statements_to_payment(closed: ApiClient, cast: Cast) -> None:
    first, second = items(closed.get("statements/", ordering="number"))
    assert [(row["partner_code"], row["total"], row["status"]) for row in (first, second)] == [
        ("P-1", "2.0000", "prepared"),
        ("P-2", "1400.0000", "prepared"),
    ]
    assert items(closed.get("statements/totals/", period="2026-Q3")) == [
        {"currency": "USD", "total": "1402.0000", "count": 2}
    ]
    [line] = items(closed.get(f"statements/{first['id']}/lines/"))
    shares = closed.get(f"statement-lines/{line['id']}/sales/", limit=200).json()["items"]
    assert (line["amount"], sum(float(share["amount"]) for share in shares)) == ("2.0000", 2.0)

    finance, both = member(cast, Role.FINANCE), {"statement_ids": ids(closed)}
    assert code_of(closed.post("statements/approve/", both, key="a")) == (403, "forbidden")
    assert code_of(closed.post("settlements/", both, key="s")) == (409, "wrong_state")
    approved = finance.post("statements/approve/", both, key="a")
    assert [row["status"] for row in items(approved)] == ["approved", "approved"]
    assert items(approved)[0]["approved_by"] == cast.user(Role.FINANCE).email

    prepared = closed.post("settlements/", both, key="s")
    assert prepared.status_code == 201
    settlement = prepared.json()
    assert settlement["totals"] == [{"currency": "USD", "total": "1402.0000", "count": 2}]
    url = f"settlements/{settlement['id']}/"
    paid = {"paid_on": "2026-10-02", "reference": "BANK-1"}
    assert code_of(closed.post(f"{url}paid/", paid, key="p")) == (409, "wrong_state")
    assert closed.get(f"{url}exports/csv/").status_code == 404
    export = closed.post(f"{url}exports/", {"format": "csv"}).json()
    file = closed.get(f"{url}exports/csv/")
    content = b"".join(file.streaming_content)
    assert (len(content), file.headers["Content-Disposition"][:10]) == (export["size"], "attachment")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "1402.00" in content.decode("utf-8-sig").splitlines()[-1]
    assert closed.post(f"{url}paid/", paid, key="p").json()["status"] == "paid"
    with tenant_context(cast.tenant):
        assert sum(row["balance"] for row in balances(by=("currency",), accounts=[Account.PAID])) == 1402
        assert Message.objects.filter(topic="rebates.settlement.paid").count() == 1
    assert closed.get(url).json()["payment_reference"] == "BANK-1"
    assert [row["status"] for row in items(closed.get("statements/"))] == ["paid", "paid"]


def test_the_preparer_does_not_approve(sold: ApiClient, cast: Cast) -> None:
    finance = member(cast, Role.FINANCE)
    assert close(finance, cast)["status"] == "done"
    refused = finance.post("statements/approve/", {"statement_ids": ids(sold)}, key="a")
    assert code_of(refused) == (403, "same_person")
    assert {row["status"] for row in items(sold.get("statements/"))} == {"prepared"}
    assert member(cast, Role.ADMINISTRATOR).post(
        "statements/approve/", {"statement_ids": ids(sold)}, key="a"
    ).status_code == 200  # fmt: skip


def test_a_keys_maker_does_not_approve_what_the_key_closed(sold: ApiClient, cast: Cast) -> None:
    key = ApiClient(cast.tenant, make_key(cast, [Right.PERIODS_CLOSE, Right.STATEMENTS_VIEW]))
    assert close(key, cast)["status"] == "done"
    refused = member(cast, Role.ADMINISTRATOR).post("statements/approve/", {"statement_ids": ids(sold)}, key="a")
    assert code_of(refused) == (403, "same_person")
    assert member(cast, Role.FINANCE).post(
        "statements/approve/", {"statement_ids": ids(sold)}, key="a"
    ).status_code == 200  # fmt: skip


def test_server_fields_in_bodies_are_refused(closed: ApiClient, cast: Cast) -> None:
    finance = member(cast, Role.FINANCE)
    for more in ({"status": "approved"}, {"approved_by_id": str(uuid.uuid4())}, {"total": "1"}, {"tenant_id": "x"}):
        refused = finance.post("statements/approve/", {"statement_ids": ids(closed)} | more, key="a")
        assert (refused.status_code, list(refused.json()["fields"])) == (422, list(more))
    for wrong in ({}, {"statement_ids": []}, {"statement_ids": ["R-1"]}, {"statement_ids": "all"}):
        assert finance.post("statements/approve/", wrong, key="a").status_code == 422
    assert finance.post("statements/approve/", {"statement_ids": [str(uuid.uuid4())]}, key="a").status_code == 404


def test_a_rivals_statement_is_as_unknown_as_any(closed: ApiClient, rival_cast: Cast) -> None:
    rival = ApiClient(rival_cast.tenant, user=rival_cast.user(Role.FINANCE))
    [first, _second] = ids(closed)
    for answer in (
        lambda key: rival.get(f"statements/{key}/"),
        lambda key: rival.get(f"statements/{key}/lines/"),
        lambda key: rival.post("statements/approve/", {"statement_ids": [key]}, key=f"a-{key}"),
        lambda key: rival.post("settlements/", {"statement_ids": [key]}, key=f"s-{key}"),
    ):
        assert (answer(first).status_code, answer(first).content) == (404, answer(str(uuid.uuid4())).content)
    assert items(rival.get("statements/")) == items(rival.get("accruals/")) == []
    assert items(closed.get("statements/"))[0]["status"] == "prepared"


def test_partner_people_see_statements_from_the_approval_on(closed: ApiClient, cast: Cast) -> None:
    """Also the row of `api:statement-line-sales` in the role matrix."""
    own, sales = member(cast, Role.PARTNER_FINANCE), member(cast, Role.PARTNER_SALES)
    with tenant_context(cast.tenant):
        mine, other = StatementLine.objects.order_by("statement__number")
    path = f"statement-lines/{mine.pk}/sales/"
    assert items(own.get("statements/")) == []
    assert own.get(path).status_code == 404
    finance = member(cast, Role.FINANCE)
    assert finance.post("statements/approve/", {"statement_ids": ids(closed)}, key="a").status_code == 200
    [statement] = items(own.get("statements/"))
    assert statement["partner_code"] == "P-1"
    assert len(items(own.get(path))) == 3
    foreign = own.get(f"statement-lines/{other.pk}/sales/")
    assert foreign.content == own.get(f"statement-lines/{uuid.uuid4()}/sales/").content
    assert own.get(f"statements/{other.statement_id}/").status_code == 404
    answers = {role: member(cast, role).get(path).status_code for role in Role}
    assert {role for role, code in answers.items() if code == 200} == {
        Role.ADMINISTRATOR, Role.CHANNEL_MANAGER, Role.FINANCE, Role.PARTNER_ADMINISTRATOR, Role.PARTNER_FINANCE,
    }  # fmt: skip
    assert (answers[Role.MARKETING], sales.get("statements/").status_code) == (403, 403)
    assert ApiClient(cast.tenant).get(path).status_code == 401
    assert ApiClient(cast.tenant, make_key(cast, [Right.SALES_VIEW])).get(path).status_code == 403
    assert own.get("settlements/").status_code == 403


def test_late_differences_are_listed(closed: ApiClient, vendor: World) -> None:
    with tenant_context(vendor.tenant):
        vendor.sale("P-1", "2026-08-01", "100")
        vendor.update()
        assert Adjustment.objects.count() == 1
    [row] = items(closed.get("adjustments/", origin_period="2026-Q3"))
    assert (row["amount"], row["booked_period"], row["partner_code"]) == ("2.0000", "2026-Q4", "P-1")
    assert items(closed.get("adjustments/", period="2026-Q3")) == []


def test_exceptions_are_listed_and_must_be_accepted(api: ApiClient, vendor: World, cast: Cast) -> None:
    with tenant_context(vendor.tenant):
        vendor.published()
        vendor.sale("P-1", "2026-07-01", "100", currency="EUR")
        vendor.sale("P-2", "2026-07-01", "100")
        vendor.update()
    [row] = items(api.get("sale-exceptions/"))
    assert (row["partner_code"], row["program_code"], bool(row["reason"])) == ("P-1", "P1", True)
    assert code_of(api.post("periods/quarter/2026-Q3/close/", {}, key="k")) == (409, "exceptions_open")
    accepted = {"accept_exceptions": True, "reason": "No rate for the euro"}
    assert close(api, cast, **accepted)["reason"] == "No rate for the euro"


# Cost


def cost(api: ApiClient, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert api.get(path, limit=200).status_code == 200
    return len(queries)


@pytest.mark.parametrize("path", ["accruals/", "statements/", "programs/"])
def test_lists_cost_the_same_for_any_length(sold: ApiClient, vendor: World, path: str) -> None:
    sold.get(path)
    few = cost(sold, path)
    with tenant_context(vendor.tenant):
        for number in range(8):
            vendor.published(f"Q{number}")
            vendor.sale(f"N-{number}", "2026-08-01", "100")
        vendor.update()
    many = cost(sold, path)
    assert many == few <= 9


def test_settlements_are_numbered_and_found(closed: ApiClient, cast: Cast) -> None:
    finance = member(cast, Role.FINANCE)
    finance.post("statements/approve/", {"statement_ids": ids(closed)}, key="a")
    for key in ids(closed):
        assert finance.post("settlements/", {"statement_ids": [key]}, key=key).status_code == 201
    assert [row["number"] for row in items(closed.get("settlements/"))] == [2, 1]
    assert [row["number"] for row in items(closed.get("settlements/", search="S-00001"))] == [1]
    with tenant_context(cast.tenant):
        assert Settlement.objects.count() == 2
        assert set(Statement.objects.values_list("status", flat=True)) == {"settled"}
