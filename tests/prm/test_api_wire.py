"""The API over real HTTP, served as in production: what a test client cannot show."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest
from django.conf import settings

from prm.testing.api import PROBLEM, make_key
from prm.testing.make import Cast
from prm.testing.processes import SiteProcess

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def headers(transactional_db: None, cast: Cast) -> dict[str, str]:
    return {"Host": "acme.localhost", "Authorization": f"Bearer {make_key(cast)}", "Content-Type": "application/json"}


def ask(site: SiteProcess, method: str, path: str, headers: dict[str, str], **more: Any) -> tuple[int, Any, Any]:
    wire = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    try:
        wire.request(method, f"/api/v1/{path}", headers=headers, **more)
        response = wire.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text else None, response.headers
    finally:
        wire.close()


def test_a_partner_made_and_found(live_site: SiteProcess, headers: dict[str, str]) -> None:
    body = json.dumps({"code": "W-1", "name": "东方"}, ensure_ascii=False).encode()
    status, made, _more = ask(live_site, "POST", "partners/", headers | {"Idempotency-Key": "w"}, body=body)
    assert (status, made["name"]) == (201, "东方")
    status, again, more = ask(live_site, "POST", "partners/", headers | {"Idempotency-Key": "w"}, body=body)
    assert (status, again, more["Idempotency-Replayed"]) == (201, made, "true")
    status, page, more = ask(live_site, "GET", "partners/?search=W-1", headers)
    assert (status, page["items"], more["Content-Type"]) == (200, [made], "application/json")


def test_a_chunked_body_is_asked_for_its_length(live_site: SiteProcess, headers: dict[str, str]) -> None:
    status, problem, more = ask(
        live_site, "POST", "partners/", headers, body=iter([b'{"code":', b'"W"}']), encode_chunked=True
    )
    assert (status, problem["code"], more["Content-Type"]) == (411, "length_required", PROBLEM)


def test_a_body_that_is_too_large_is_refused(live_site: SiteProcess, headers: dict[str, str]) -> None:
    body = b'{"code": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    status, problem, _more = ask(live_site, "POST", "partners/", headers, body=body)
    assert (status, problem["code"]) == (413, "too_large")


def test_strangers_and_unknown_addresses(live_site: SiteProcess, headers: dict[str, str]) -> None:
    status, problem, more = ask(live_site, "GET", "partners/", {"Host": "acme.localhost"})
    assert (status, problem["code"], more["WWW-Authenticate"]) == (401, "not_authenticated", "Bearer")
    for path, host in (("nothing/", "acme.localhost"), ("partners/", "nobody.localhost")):
        status, problem, more = ask(live_site, "GET", path, headers | {"Host": host})
        assert (status, problem["code"], more["Content-Type"]) == (404, "not_found", PROBLEM)
    status, problem, more = ask(live_site, "GET", "partners/", headers | {"Host": "evil.example"})
    assert (status, problem["code"], more["Content-Type"]) == (400, "malformed", PROBLEM)
