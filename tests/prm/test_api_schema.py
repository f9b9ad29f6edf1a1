"""The OpenAPI document: complete, valid, current, and served with its page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from prm.api.operations import Endpoint, Operation, operation_of
from prm.identity.rights import Right, Role
from prm.testing.make import Cast

SNAPSHOT = Path(__file__).resolve().parent.parent.parent / "docs" / "openapi.json"
RENEW = "manage.py spectacular --format openapi-json --file docs/openapi.json"
MONEY = {
    "period_close", "statement_approve", "dispute_decide", "settlement_prepare", "settlement_mark_paid",
    "payment_mark_paid", "payment_reverse", "bank_result_apply",
}  # fmt: skip


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    reset_generator_stats()
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return json.loads(json.dumps(made))  # type: ignore[no-any-return]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def endpoints(patterns: list[Any] | None = None) -> Iterator[type[Endpoint]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from endpoints(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and issubclass(getattr(pattern.callback, "cls", object), Endpoint):
            yield pattern.callback.cls


def declared() -> list[Operation]:
    found = [
        operation_of(view, method) for view in endpoints() for method in view.http_method_names if method != "head"
    ]
    return [operation for operation in found if operation is not None]


def test_the_document_is_valid_and_made_without_warnings(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert not GENERATOR_STATS, "see manage.py spectacular --fail-on-warn"
    validate_schema(document)


def test_the_committed_document_is_current(document: dict[str, Any]) -> None:
    assert json.loads(SNAPSHOT.read_text()) == document, f"renew it: {RENEW}"


def test_every_operation_is_in_the_document(document: dict[str, Any]) -> None:
    written = [operation["operationId"] for _path, _method, operation in operations(document)]
    assert sorted(written) == sorted(operation.name for operation in declared())
    assert len(written) == len(set(written)) > 55


def test_every_operation_names_its_rights() -> None:
    for operation in declared():
        assert bool(operation.rights) != operation.name.startswith("notification"), "only one's own things need none"
        assert all(isinstance(right, Right) for right in operation.rights)


def test_money_moves_with_a_key_only(document: dict[str, Any]) -> None:
    assert {operation.name for operation in declared() if operation.moves_money} == MONEY
    for _path, method, operation in operations(document):
        keys = [one for one in operation.get("parameters", []) if one["name"] == "Idempotency-Key"]
        assert len(keys) == (method == "post"), operation["operationId"]
        assert all(one.get("required", False) is (operation["operationId"] in MONEY) for one in keys)


def test_every_operation_tells_who_may_and_what_can_go_wrong(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        assert path.startswith("/api/v1/")
        assert operation["summary"]
        assert operation["security"] == [{"apiKey": []}, {"session": []}]
        wanted = {"400", "401", "403", "429"} | ({"404"} if "{" in path else set())
        assert wanted | ({"409", "413", "415", "422"} if method != "get" else set()) <= set(operation["responses"]), (
            path
        )
    assert document["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"


def test_no_list_is_without_end_and_no_secret_is_told(document: dict[str, Any]) -> None:
    names = {name for schema in document["components"]["schemas"].values() for name in schema.get("properties", {})}
    assert not {"secret_hash", "token_hash", "password", "tenant_id", "tenant"} & names
    for path, _method, operation in operations(document):
        body = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        if body.get("$ref", "").endswith("Page"):
            assert {"limit", "cursor"} <= {one["name"] for one in operation["parameters"]}, path


def test_anybody_may_read_the_document_at_a_vendor(document: dict[str, Any], cast: Cast) -> None:
    response = Client(SERVER_NAME="acme.localhost").get("/api/schema/")
    assert (response.status_code, response.json()) == (200, document)
    assert Client(SERVER_NAME="localhost").get("/api/schema/").status_code == 404


@pytest.mark.browser
def test_the_page_of_the_document(browser: Any, transactional_db: None, cast: Cast) -> None:
    page = browser(cast.user(Role.FINANCE))
    page.goto("/api/docs/")
    page.wait_for_selector(".opblock")
    # Of a document this large, the page holds only what is scrolled to.
    seen = set[str]()
    while "operations-partners-partner_list" not in seen:
        shown = set(page.locator(".opblock").evaluate_all("blocks => blocks.map(block => block.id)"))
        seen |= shown
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(50)
    assert len(seen) > 55
    page.locator("#operations-partners-partner_list").scroll_into_view_if_needed()
    page.locator("#operations-partners-partner_list .opblock-summary-control").click()
    page.locator("#operations-partners-partner_list .try-out__btn").click()
    page.locator("#operations-partners-partner_list .execute").click()
    page.wait_for_selector("#operations-partners-partner_list .live-responses-table .response-col_status")
    status = page.locator("#operations-partners-partner_list .live-responses-table tbody .response-col_status")
    assert status.first.inner_text().strip().startswith("200")
    assert page.errors == []
