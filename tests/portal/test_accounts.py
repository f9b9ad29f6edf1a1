"""Signing in: no sign-up, nothing told about who has an account, limits that all processes share, a second factor."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from prm.identity.models import Invitation, User
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import PASSWORD, Cast

LOGIN = "/accounts/login/"


def visitor(host: str = "acme.localhost", address: str = "10.0.0.1") -> Client:
    return Client(SERVER_NAME=host, REMOTE_ADDR=address)


def bare(response: Any) -> str:
    """The page without tokens, nonces and what was typed."""
    text = re.sub(r'(csrfmiddlewaretoken" value=|nonce=|X-CSRFToken": )"[^"]+"', r"\1", response.content.decode())
    return re.sub(r"[\w.]+@[\w.]+", "<email>", text)


def test_nobody_signs_up_without_an_invitation(cast: Cast) -> None:
    client = visitor()
    form = {"email": "new@acme.test", "password1": PASSWORD, "password2": PASSWORD}
    for response in (client.get("/accounts/signup/"), client.post("/accounts/signup/", form)):
        assert response.status_code == 200
        assert 'name="password1"' not in response.content.decode()
    assert not User.objects.filter(email="new@acme.test").exists()


@pytest.mark.parametrize("host", ["acme.localhost", "localhost"])
def test_the_same_account_signs_in_at_a_vendor_and_at_the_platform(cast: Cast, host: str) -> None:
    client = visitor(host)
    response = client.post(LOGIN, {"login": "Finance@ACME.test", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/accounts/sessions/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/accounts/sessions/").status_code == 302


def test_the_session_cookie_is_bound_to_its_host(cast: Cast) -> None:
    response = visitor().post(LOGIN, {"login": "finance@acme.test", "password": PASSWORD})
    cookie = response.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["domain"], cookie["httponly"], cookie["samesite"], cookie["path"]) == ("", True, "Lax", "/")


def test_a_wrong_password_and_an_unknown_address_look_alike(cast: Cast) -> None:
    answers, seconds = [], []
    for email in ("finance@acme.test", "nobody@acme.test"):
        began = time.perf_counter()
        answers.append(visitor().post(LOGIN, {"login": email, "password": "wrong"}))
        seconds.append(time.perf_counter() - began)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert bare(answers[0]) == bare(answers[1])
    assert not Session.objects.exists()


def test_a_reset_tells_nothing_about_who_has_an_account(cast: Cast) -> None:
    pages = []
    for email in ("finance@acme.test", "nobody@acme.test"):
        client = visitor()
        response = client.post("/accounts/password/reset/", {"email": email})
        pages.append((response.status_code, response["Location"], bare(client.get(response["Location"]))))
    assert pages[0] == pages[1]
    known, unknown = (next(letter for letter in mail.outbox if letter.to == [to]) for to in
                      ("finance@acme.test", "nobody@acme.test"))  # fmt: skip
    assert "http://acme.localhost/accounts/password/reset/key/" in known.body
    assert "/password/reset/key/" not in unknown.body


def test_a_password_can_be_reset_once(cast: Cast) -> None:
    client = visitor()
    client.post("/accounts/password/reset/", {"email": "finance@acme.test"})
    link = re.search(r"http://acme.localhost(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    form = client.get(link[1])["Location"]
    new = {"password1": "another long secret", "password2": "another long secret"}
    assert client.post(form, new).status_code == 302
    assert cast.user(Role.FINANCE).__class__.objects.get(email="finance@acme.test").check_password(new["password1"])
    again = visitor()
    assert again.get(link[1]).status_code == 200, "the link is used up: a page says so"


def test_wrong_passwords_are_limited_for_an_address_across_hosts(cast: Cast) -> None:
    for _attempt in range(5):
        visitor().post(LOGIN, {"login": "finance@acme.test", "password": "wrong"})
    for host, address in (("acme.localhost", "10.0.0.1"), ("localhost", "10.0.0.9")):
        client = visitor(host, address)
        response = client.post(LOGIN, {"login": "finance@acme.test", "password": PASSWORD})
        assert response.status_code in {200, 429}
        assert "_auth_user_id" not in client.session
    other = visitor(address="10.0.0.9")
    assert other.post(LOGIN, {"login": "marketing@acme.test", "password": PASSWORD}).status_code == 302
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache"


def test_an_unverified_address_does_not_get_in(cast: Cast) -> None:
    EmailAddress.objects.filter(email="finance@acme.test").update(verified=False)
    client = visitor()
    response = client.post(LOGIN, {"login": "finance@acme.test", "password": PASSWORD})
    assert response["Location"].endswith("/accounts/confirm-email/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "target", ["http://rival.localhost/", "https://evil.example.com/", "//evil.example.com", "/\\evil"]
)
def test_signing_in_leads_nowhere_else(cast: Cast, rival: Tenant, target: str) -> None:
    form = {"login": "finance@acme.test", "password": PASSWORD, "next": target}
    assert visitor().post(LOGIN, form)["Location"] == "/"


def test_a_second_factor_is_asked_for_and_its_secret_rests_encrypted(cast: Cast) -> None:
    secret = generate_totp_secret()
    TOTP.activate(cast.user(Role.FINANCE), secret)
    stored = Authenticator.objects.get().data["secret"]
    assert secret not in stored
    assert get_adapter().decrypt(stored) == secret
    client = visitor()
    response = client.post(LOGIN, {"login": "finance@acme.test", "password": PASSWORD})
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/")["Location"].startswith(LOGIN)
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in client.session
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/"
    assert client.get("/")["Location"] == "/f/"


# Operators


@pytest.fixture
def operator(db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setenv("PRM_OPERATOR_PASSWORD", "a very long operator secret")
    call_command("operator_create", "Op@Platform.test", "--name", "Op", verbosity=0)
    return User.objects.get(email="op@platform.test")


def test_an_operator_is_made_by_command_and_signs_in_with_all_its_guards(operator: User) -> None:
    client = visitor("localhost")
    assert client.get("/ops/")["Location"].startswith("/ops/login/")
    assert LOGIN in client.get("/ops/login/")["Location"], "not the admin's own form"
    form = {"login": "op@platform.test", "password": "a very long operator secret"}
    assert client.post(LOGIN, form).status_code == 302
    assert client.get("/ops/").status_code == 200


def test_a_poor_password_makes_no_operator(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRM_OPERATOR_PASSWORD", "short")
    with pytest.raises(CommandError):
        call_command("operator_create", "op@platform.test", verbosity=0)
    assert not User.objects.exists()


def test_an_operator_opens_a_vendor_and_its_administrator_is_invited(operator: User) -> None:
    client = visitor("localhost")
    client.force_login(operator)
    form = {
        "slug": "new-vendor", "name": "New Vendor", "base_currency": "EUR", "time_zone": "Europe/Berlin",
        "fiscal_start_month": "4", "brand_color": "#123456", "locale": "en", "administrator_email": "chief@new.test",
    }  # fmt: skip
    response = client.post("/ops/tenancy/tenant/add/", form)
    assert response.status_code == 302, response.content.decode()[:3000]
    tenant = Tenant.objects.get(slug="new-vendor")
    assert (tenant.base_currency, tenant.fiscal_start_month) == ("EUR", 4)
    with tenant_context(tenant):
        assert Invitation.objects.get().email == "chief@new.test"
    assert client.post("/ops/tenancy/tenant/add/", form).status_code == 200, "the subdomain is taken"
    change = f"/ops/tenancy/tenant/{tenant.pk}/change/"
    assert client.get(change).status_code == 200
    client.post(change, form | {"slug": "other", "base_currency": "USD", "name": "Renamed", "is_active": ""})
    tenant.refresh_from_db()
    assert (tenant.slug, tenant.base_currency, tenant.name, tenant.is_active) == ("new-vendor", "EUR", "Renamed", False)
    assert visitor("new-vendor.localhost").get("/").status_code == 404


def test_an_operator_switches_an_account_off_and_sees_no_secret(operator: User, cast: Cast) -> None:
    client, user = visitor("localhost"), cast.user(Role.FINANCE)
    client.force_login(operator)
    page = client.get(f"/ops/identity/user/{user.pk}/change/").content.decode()
    assert user.password not in page
    assert "password" not in page.lower().replace("password_change", "").replace("change password", "")
    action = {"action": "deactivate", "_selected_action": [str(user.pk), str(operator.pk)]}
    assert client.post("/ops/identity/user/", action).status_code == 302
    user.refresh_from_db()
    operator.refresh_from_db()
    assert (user.is_active, operator.is_active) == (False, True)
    assert visitor().post(LOGIN, {"login": "finance@acme.test", "password": PASSWORD}).status_code in {200, 302}
    assert client.get("/ops/identity/user/add/").status_code == 403
