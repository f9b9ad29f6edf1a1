"""The frame's own pages: policy, colours, preferences, errors, the gallery's door."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.utils.translation import override

from prm.identity.rights import Role
from prm.testing.make import Cast
from prm.web import errors

pytestmark = pytest.mark.django_db

STRICT = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}


def policy(response: Any) -> set[str]:
    """The directives, nonces left out."""
    parts = response["Content-Security-Policy"].split(";")
    return {" ".join(w for w in part.split() if not w.startswith("'nonce-")) for part in parts}


def test_the_policy_is_strict(cast: Cast) -> None:
    response = cast.client(None).get("/accounts/login/")
    assert response.status_code == 200
    assert policy(response) >= STRICT
    assert "unsafe" not in response["Content-Security-Policy"]


def test_nonces_are_fresh_and_on_the_script_that_asks(cast: Cast) -> None:
    client = cast.client(None)
    seen = set()
    for _ in range(2):
        response = client.get("/accounts/login/")
        nonce = response["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
        assert f'nonce="{nonce}"' in response.content.decode()
        seen.add(nonce)
    assert len(seen) == 2


def test_only_the_operators_admin_is_relaxed(client: Client) -> None:
    response = client.get("/ops/login/", HTTP_HOST="localhost")
    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy(response)
    assert "frame-ancestors 'none'" in policy(response)


def test_the_tenants_colours(cast: Cast) -> None:
    client = cast.client(None)
    color = cast.tenant.brand_color.lstrip("#").lower()
    response = client.get(f"/brand/acme.css?v={color}")
    assert response["Content-Type"].startswith("text/css")
    assert "--brand:" in response.content.decode()
    assert "immutable" in response["Cache-Control"]
    assert "no-cache" in client.get("/brand/acme.css?v=old")["Cache-Control"]
    assert client.get("/brand/rival.css").status_code == 404
    icon = client.get("/brand/acme.svg")
    assert icon["Content-Type"] == "image/svg+xml"
    assert ">A</text>" in icon.content.decode()
    assert client.get("/brand/acme.webmanifest").json()["name"] == "Acme"


def test_a_vendors_name_cannot_break_out_of_its_icon(cast: Cast) -> None:
    cast.tenant.name = "<script>"
    cast.tenant.save(update_fields=["name"])
    assert "<script" not in cast.client(None).get("/brand/acme.svg").content.decode()


def test_the_theme_is_remembered_and_rendered_by_the_server(cast: Cast) -> None:
    client = cast.client(None)
    response = client.post("/preferences/theme/", {"theme": "dark", "next": "/accounts/login/"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()
    assert (
        client.post("/preferences/theme/", {"theme": "light"}, headers={"X-Requested-With": "fetch"}).status_code == 204
    )
    assert 'data-theme="light"' in client.get("/accounts/login/").content.decode()
    client.post("/preferences/theme/", {"theme": "<script>"})
    assert 'data-theme="light"' in client.get("/accounts/login/").content.decode()
    assert client.get("/preferences/theme/").status_code == 405


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_preferences_lead_nowhere_else(cast: Cast, target: str) -> None:
    client = cast.client(None)
    assert client.post("/preferences/theme/", {"theme": "dark", "next": target})["Location"] == "/"
    assert "evil" not in client.post("/preferences/language/", {"language": "en", "next": target})["Location"]


def test_the_language_is_kept_with_the_user(cast: Cast) -> None:
    client = cast.client(Role.FINANCE)
    client.post("/preferences/language/", {"language": "zh-hans", "next": "/menu/"})
    user = cast.user(Role.FINANCE)
    user.refresh_from_db()
    assert user.locale == "zh-hans"
    assert '<html lang="zh-hans"' in client.get("/menu/").content.decode()
    client.post("/preferences/language/", {"language": "xx", "next": "/menu/"})
    user.refresh_from_db()
    assert user.locale == "zh-hans"


def test_the_gallery_is_for_the_vendor_on_local_installations(cast: Cast, settings: Any) -> None:
    assert cast.client(Role.MARKETING).get("/components/").status_code == 200
    assert cast.client(Role.PARTNER_SALES).get("/components/").status_code == 404
    assert cast.client(None).get("/components/").status_code == 302
    settings.PRM_DEMO_ALLOWED = False
    assert cast.client(Role.ADMINISTRATOR).get("/components/").status_code == 404


def test_the_menu_page_names_every_page_without_scripts(cast: Cast) -> None:
    html = cast.client(Role.PARTNER_SALES).get("/menu/").content.decode()
    assert 'aria-label="Main"' in html
    assert "Sign out" in html
    assert cast.client(None).get("/menu/").status_code == 302


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_error_pages_say_no_more_than_they_should(language: str) -> None:
    request = RequestFactory().get("/x/", headers={"Accept": "text/html"})
    secret = PermissionDenied("Your role does not allow this.")
    with override(language):
        answers = {
            400: errors.bad_request(request, ValueError("secret")),
            403: errors.permission_denied(request, secret),
            404: errors.not_found(request, ValueError("secret path")),
            500: errors.server_error(request),
        }
        for status, response in answers.items():
            html = response.content.decode()
            assert response.status_code == status
            assert str(status) in html
            assert "secret" not in html
            assert "Traceback" not in html
            assert f'<html lang="{language}"' in html
        assert "Your role does not allow this." in answers[403].content.decode()


def test_errors_of_the_api_are_problems() -> None:
    response = errors.not_found(RequestFactory().get("/api/v1/x"))
    assert response["Content-Type"] == "application/problem+json"
    assert b'"status": 404' in response.content


def test_an_unknown_page_has_the_look(cast: Cast) -> None:
    response = cast.client(None).get("/no/such/page/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "error-page" in html
    assert "/brand/acme.css" in html


def test_a_forged_form_is_refused_kindly(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True, HTTP_HOST="acme.localhost")
    response = client.post("/preferences/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "expired" in response.content.decode()


def test_the_frame_asks_the_database_little(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = cast.client(Role.ADMINISTRATOR)
    client.get("/menu/")
    with django_assert_max_num_queries(21):
        client.get("/menu/")
