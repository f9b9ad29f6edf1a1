"""shared:invitation with everybody who may open the link, and the pages of the team around it."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from prm.identity.models import Invitation, Membership, User
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from prm.testing.relay import relay

PASSWORD = "a long enough secret"


def link(cast: Cast, role: Role = Role.PARTNER_SALES, email: str = "lin@blue.test") -> str:
    """Invite through the page as the manager would; the path in the mail."""
    partner = str(cast.partner.pk) if role.startswith("partner") else ""
    sender = cast.client(Role.ADMINISTRATOR)
    answer = sender.post("/team/invite/", {"email": email, "role": role.value, "partner": partner})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    with tenant_context(cast.tenant):
        relay()
    found = re.search(r"localhost:8000(/invitations/\S+/)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def stranger(slug: str = "acme") -> Client:
    return Client(SERVER_NAME=f"{slug}.localhost")


def test_a_new_person_opens_an_account_and_is_in(cast: Cast) -> None:
    path, client = link(cast), stranger()
    page = client.get(path)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert "lin@blue.test" in page.content.decode()
    assert client.post(path, {"name": "", "password": "short"}).status_code == 422
    assert client.post(path, {"name": "Lin", "password": PASSWORD})["Location"] == "/"
    assert client.get("/")["Location"] == "/p/"
    assert client.get("/p/").status_code == 200
    assert stranger().get(path).status_code == 404
    again = stranger()
    answer = again.post("/accounts/login/", {"login": "lin@blue.test", "password": PASSWORD})
    assert answer["Location"] == "/", "the address counts as verified"


def test_who_has_an_account_signs_in_first(cast: Cast, rival_cast: Cast) -> None:
    guest = rival_cast.user(Role.PARTNER_SALES)
    path, client = link(cast, email=guest.email), stranger()
    page = client.get(path).content.decode()
    assert f"/accounts/login/?next={path}" in page
    assert 'name="password"' not in page
    assert client.post(path, {"name": "Impostor", "password": PASSWORD}).status_code == 200
    with tenant_context(cast.tenant):
        assert not Membership.objects.filter(user=guest).exists()
    client.force_login(guest)
    assert client.post(path)["Location"] == "/"
    assert client.get("/")["Location"] == "/p/"


def test_somebody_else_who_is_signed_in_takes_nothing(cast: Cast) -> None:
    path, client = link(cast), cast.client(Role.MARKETING)
    for method in (client.get, client.post):
        assert "is for somebody else" in method(path).content.decode()
    assert not User.objects.filter(email="lin@blue.test").exists()


@pytest.mark.parametrize("slug", ["rival", "acme"])
def test_a_link_of_elsewhere_and_an_invented_one_are_the_same(cast: Cast, rival_cast: Cast, slug: str) -> None:
    path = link(cast) if slug == "rival" else "/invitations/invented/"
    page = stranger(slug).get(path)
    assert page.status_code == 404
    assert "no longer valid" in page.content.decode()


def test_invitations_exist_at_vendors_only(cast: Cast) -> None:
    assert Client(SERVER_NAME="localhost").get(link(cast)).status_code == 404


def test_refusals_stand_at_their_fields(cast: Cast) -> None:
    client = cast.client(Role.ADMINISTRATOR)
    member = {"email": "finance@acme.test", "role": "finance"}
    assert "is a member already" in client.post("/team/invite/", member).content.decode()
    no_partner = {"email": "new@acme.test", "role": "partner_sales"}
    page = client.post("/team/invite/", no_partner)
    assert page.status_code == 422
    assert "needs a partner" in page.content.decode()
    assert (
        cast.client(Role.CHANNEL_MANAGER).post("/team/invite/", {"email": "x@a.test", "role": "finance"}).status_code
        == 422
    )
    with tenant_context(cast.tenant):
        assert not Invitation.objects.exists()


def now(cast: Cast, member: Membership) -> tuple[str, bool]:
    with tenant_context(cast.tenant):
        member.refresh_from_db()
    return member.role, member.is_active


def test_the_team_pages_do_what_they_say(cast: Cast) -> None:
    client, member = cast.client(Role.PARTNER_ADMINISTRATOR), cast.members[Role.PARTNER_SALES]
    page = client.get("/team/").content.decode()
    assert "partner_sales@acme.test" in page
    assert "finance@acme.test" not in page.replace("partner_finance@acme.test", "")
    assert client.post(f"/team/members/{member.pk}/role/", {"role": "partner_finance"}).status_code == 302
    assert now(cast, member) == ("partner_finance", True)
    assert client.post(f"/team/members/{member.pk}/deactivate/", {"reason": " "}).status_code == 422
    assert client.post(f"/team/members/{member.pk}/deactivate/", {"reason": "left"}).status_code == 302
    assert now(cast, member) == ("partner_finance", False)
    assert client.post(f"/team/members/{member.pk}/reactivate/").status_code == 302
    assert now(cast, member) == ("partner_finance", True)
    own = cast.members[Role.PARTNER_ADMINISTRATOR]
    last = client.post(f"/team/members/{own.pk}/deactivate/", {"reason": "left"})
    assert last.status_code == 422
    assert "last administrator" in last.content.decode()


def test_a_key_is_shown_on_the_answer_and_never_again(cast: Cast) -> None:
    client = cast.client(Role.ADMINISTRATOR)
    page = client.post("/settings/api-keys/new/", {"name": "ERP", "scopes": ["sales.view"]})
    token = re.search(r"prm_[a-z0-9]{12}_[\w-]{43}", page.content.decode())
    assert token
    assert page["Cache-Control"] == "no-store"
    later = client.get("/settings/api-keys/").content.decode()
    assert "ERP" in later
    assert token[0] not in later
    assert client.post("/settings/api-keys/new/", {"name": "", "scopes": ["team.manage"]}).status_code == 422
