"""The first page, the switcher, and the way to another vendor, with everybody who may come by.

Addresses: shared:root, shared:session_start, shared:session_handoff, shared:session_accept.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from prm.identity.models import Membership
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast


def at(slug: str, client: Client | None = None) -> Client:
    host = f"{slug}.localhost" if slug else "localhost"
    fresh = client or Client()
    fresh.defaults["SERVER_NAME"] = host
    return fresh


@pytest.mark.parametrize(
    ("role", "surface"),
    [
        (Role.ADMINISTRATOR, "/m/"),
        (Role.CHANNEL_MANAGER, "/m/"),
        (Role.MARKETING, "/m/"),
        (Role.FINANCE, "/f/"),
        (Role.PARTNER_ADMINISTRATOR, "/p/"),
        (Role.PARTNER_SALES, "/p/"),
        (Role.PARTNER_FINANCE, "/p/"),
    ],
)
def test_members_go_to_their_surface(cast: Cast, role: Role, surface: str) -> None:
    assert cast.client(role).get("/")["Location"] == surface


def test_strangers_sign_in_at_a_vendor_and_read_at_the_platform(cast: Cast) -> None:
    assert at("acme").get("/")["Location"] == "/accounts/login/?next=/"
    landing = at("").get("/")
    assert landing.status_code == 200
    assert b"/accounts/login/" in landing.content
    assert at("nobody").get("/").status_code == 404


def test_a_stranger_to_this_vendor_is_shown_the_own_ones(cast: Cast, rival_cast: Cast) -> None:
    client = at("rival")
    client.force_login(cast.user(Role.FINANCE))
    page = client.get("/")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"] or "max-age=0" in page["Cache-Control"]
    text = page.content.decode()
    assert "You are not a member of Rival" in text
    assert "http://acme.localhost/session/start/?from=rival&amp;membership=" in text
    for path in ("/f/", "/m/", "/p/", "/team/"):
        assert client.get(path).status_code == 404


def test_the_platform_lists_the_vendors_of_the_reader_only(cast: Cast, rival_cast: Cast) -> None:
    client = at("")
    client.force_login(cast.user(Role.FINANCE))
    text = client.get("/").content.decode()
    assert "http://acme.localhost/session/start/?from=&amp;membership=" in text
    assert "rival.localhost" not in text
    assert "/ops/" not in text


def test_switching_within_a_vendor(cast: Cast) -> None:
    user = cast.user(Role.PARTNER_SALES)
    with tenant_context(cast.tenant):
        other = Membership.objects.create(user=user, role=Role.PARTNER_FINANCE, partner=cast.other_partner)
        foreign = cast.members[Role.FINANCE]
    client = cast.client(Role.PARTNER_SALES)
    assert client.get("/p/").wsgi_request.membership.partner_id == cast.partner.pk
    assert client.post("/switch/", {"membership": str(other.pk)})["Location"] == "/"
    assert client.get("/p/").wsgi_request.membership.pk == other.pk
    for wrong in (str(foreign.pk), "nonsense", ""):
        assert client.post("/switch/", {"membership": wrong}).status_code == 404
    assert client.get("/p/").wsgi_request.membership.pk == other.pk
    with tenant_context(cast.tenant):
        Membership.objects.filter(pk=other.pk).update(is_active=False)
    assert client.get("/p/").wsgi_request.membership.partner_id == cast.partner.pk


def test_switching_to_another_vendor_signs_in_there(cast: Cast, rival_cast: Cast) -> None:
    user = cast.user(Role.FINANCE)
    with tenant_context(rival_cast.tenant):
        wanted = Membership.objects.create(user=user, role=Role.PARTNER_SALES, partner=rival_cast.partner)
    here, there = cast.client(Role.FINANCE), at("rival")

    started = there.get("/session/start/", {"from": "acme", "membership": str(wanted.pk)})["Location"]
    assert started.startswith("http://acme.localhost/session/handoff/?to=rival&state=")
    vouched = here.get("/session/handoff/?" + urlsplit(started).query)["Location"]
    assert vouched.startswith("http://rival.localhost/session/accept/?token=")
    query = urlsplit(vouched).query

    thief = at("rival")
    assert thief.get("/session/accept/?" + query)["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in thief.session
    # The token was spent on the thief; the honest browser begins again.
    started = there.get("/session/start/", {"from": "acme", "membership": str(wanted.pk)})["Location"]
    query = urlsplit(here.get("/session/handoff/?" + urlsplit(started).query)["Location"]).query
    assert there.get("/session/accept/?" + query)["Location"] == "/"
    assert there.session["_auth_user_id"] == str(user.pk)
    assert there.get("/")["Location"] == "/p/"
    assert there.get("/p/").wsgi_request.membership.pk == wanted.pk
    again = at("rival")
    again.get("/session/start/", {"from": "acme"})
    again.get("/session/accept/?" + query)
    assert "_auth_user_id" not in again.session


def test_nobody_is_vouched_for_where_they_have_no_place(cast: Cast, rival_cast: Cast) -> None:
    here = cast.client(Role.FINANCE)
    answers = {
        here.get("/session/handoff/", {"to": slug, "state": "s"}).status_code for slug in ("rival", "nobody", "")
    }
    assert answers == {404}
    assert here.get("/session/handoff/", {"to": "acme", "state": ""}).status_code == 404
    assert "/accounts/login/" in at("acme").get("/session/handoff/", {"to": "acme", "state": "s"})["Location"]


def test_nobody_is_sent_to_a_host_that_is_no_vendor(cast: Cast) -> None:
    for origin in ("evil.example.com", "nobody", "acme.localhost@evil", "../x"):
        assert at("acme").get("/session/start/", {"from": origin}).status_code == 404
    platform = at("acme").get("/session/start/", {"from": ""})["Location"]
    assert urlsplit(platform).hostname == "localhost"
    assert parse_qs(urlsplit(platform).query)["to"] == ["acme"]
    assert at("").get("/session/start/").status_code == 404
    assert at("").get("/session/accept/").status_code == 404


def test_whoever_is_signed_in_already_just_arrives(cast: Cast) -> None:
    assert cast.client(Role.FINANCE).get("/session/start/", {"from": ""})["Location"] == "/"


def test_the_profile_sets_name_language_and_time_zone(cast: Cast) -> None:
    client = cast.client(Role.PARTNER_SALES)
    answer = client.post("/settings/profile/", {"name": "Lin", "locale": "zh-hans", "time_zone": "Europe/Berlin"})
    assert answer.status_code == 302
    user = cast.user(Role.PARTNER_SALES)
    user.refresh_from_db()
    assert (user.name, user.locale, user.time_zone) == ("Lin", "zh-hans", "Europe/Berlin")
    assert 'lang="zh-hans"' in client.get("/settings/profile/").content.decode()
    for bad in ({"name": ""}, {"name": "L", "locale": "xx"}, {"name": "L", "time_zone": "Mars/Base"}):
        assert client.post("/settings/profile/", bad).status_code == 422
    user.refresh_from_db()
    assert (user.name, user.time_zone) == ("Lin", "Europe/Berlin")
