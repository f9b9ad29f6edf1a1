"""Exports through the REST API: asked for, watched, downloaded; column sets."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from prm.exports.models import ColumnSet, Export
from prm.exports.work import export_run
from prm.identity.rights import Right
from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast
from tests.rebates.world import World

BODY = {"kind": "sales", "format": "csv", "columns": ["external_id", "net_amount"], "filters": {"partner": "P-1"}}


@pytest.fixture
def api(cast: Cast) -> ApiClient:
    with tenant_context(cast.tenant):
        world = World(cast.tenant)
        world.sale("P-1", "2026-10-01", "199.90", currency="CNY", external_id="L1")
        world.sale("P-2", "2026-10-01", "5", currency="CNY", external_id="L2")
    return ApiClient(cast.tenant, make_key(cast))


def written(cast: Cast, export_id: str) -> None:
    export_run(cast.tenant, export_id)  # type: ignore[arg-type]


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_an_export_from_the_request_to_the_file(api: ApiClient, cast: Cast) -> None:
    answer = api.post("exports/", BODY)
    assert answer.status_code == 201, answer.content
    export = answer.json()
    assert (export["status"], export["language"], export["sha256"]) == ("queued", "en", "")
    assert export["progress"] == {"done": 0, "total": 0, "percent": 0}
    early = api.get(f"exports/{export['id']}/file/")
    assert (early.status_code, early.json()["code"]) == (409, "not_done")
    written(cast, export["id"])
    done = api.get(f"exports/{export['id']}/").json()
    assert (done["status"], done["rows"]) == ("done", 1)
    file = api.get(f"exports/{export['id']}/file/")
    body = body_of(file)
    assert body == b"\xef\xbb\xbfLine id,Net amount\nL1,199.9\n"
    assert hashlib.sha256(body).hexdigest() == done["sha256"]
    assert file.headers["Content-Disposition"] == f'attachment; filename="{done["name"]}"'
    assert (file.headers["X-Content-Type-Options"], file.headers["Content-Type"]) == ("nosniff", "text/csv")
    assert [row["id"] for row in api.get("exports/", kind="sales", status="done").json()["items"]] == [export["id"]]
    assert api.get("exports/", kind="accruals").json()["items"] == []


def test_a_request_with_a_key_is_one_export(api: ApiClient, cast: Cast) -> None:
    first, again = (api.post("exports/", BODY, key="month-end") for _number in range(2))
    assert (first.content, again.headers["Idempotency-Replayed"]) == (again.content, "true")
    with tenant_context(cast.tenant):
        assert Export.objects.count() == 1


def test_wrong_requests_name_the_field(api: ApiClient) -> None:
    for changes, field in [
        ({"kind": "secrets"}, "kind"),
        ({"filters": {"since": "yesterday"}}, "since"),
        ({"columns": ["margin"]}, "columns"),
        ({"status": "done"}, "status"),
        ({"format": "pdf"}, "format"),
    ]:
        answer = api.post("exports/", BODY | changes)
        assert answer.status_code == 422
        assert list(answer.json()["fields"]) == [field]


def test_kinds_tell_columns_and_filters(api: ApiClient, cast: Cast) -> None:
    found = {kind["name"]: kind for kind in api.get("export-kinds/").json()["items"]}
    assert list(found) == [
        "partners", "scores", "sales", "accruals", "statement_lines", "sale_shares", "ledger_entries", "adjustments",
        "exceptions",
    ]  # fmt: skip
    assert found["sales"]["columns"][0] == {"name": "external_id", "label": "Line id", "usual": True}
    assert found["ledger_entries"]["filters"][0] == {"name": "since", "label": "From", "kind": "day"}
    narrow = ApiClient(cast.tenant, make_key(cast, [Right.EXPORTS_RUN, Right.ACCRUALS_VIEW], name="narrow"))
    assert [kind["name"] for kind in narrow.get("export-kinds/").json()["items"]] == [
        "accruals", "adjustments", "exceptions",
    ]  # fmt: skip


def test_cancel_and_try_again(api: ApiClient) -> None:
    export = api.post("exports/", BODY).json()
    assert api.post(f"exports/{export['id']}/cancel/").json()["status"] == "cancelled"
    assert api.post(f"exports/{export['id']}/retry/").status_code == 409


def test_column_sets_name_the_columns_of_an_export(api: ApiClient, cast: Cast) -> None:
    body = {"kind": "sales", "name": "ERP", "columns": ["net_amount", "external_id"], "is_shared": True}
    kept = api.post("column-sets/", body)
    assert kept.status_code == 201, kept.content
    address = f"column-sets/{kept.json()['id']}/"
    request = {"kind": "sales", "format": "csv", "column_set_id": kept.json()["id"]}
    assert api.post("exports/", request).json()["columns"] == ["net_amount", "external_id"]
    assert list(api.post("exports/", request | {"columns": ["sku"]}).json()["fields"]) == ["column_set_id"]
    assert list(api.post("exports/", request | {"kind": "accruals"}).json()["fields"]) == ["column_set_id"]
    put = api._send("PUT", address, body | {"columns": ["sku"]}, {})
    assert (put.status_code, put.json()["columns"]) == (200, ["sku"])
    assert [row["name"] for row in api.get("column-sets/", kind="sales").json()["items"]] == ["ERP"]
    assert api._send("DELETE", address, None, {}).status_code == 204
    with tenant_context(cast.tenant):
        assert not ColumnSet.objects.exists()
