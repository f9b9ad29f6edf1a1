"""Agreeing to a statement from the mail: shared:act with everybody who may open the link."""

from __future__ import annotations

import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from prm.audit.models import AuditEntry
from prm.identity.models import Membership, User
from prm.notifications.models import ActLink
from prm.testing.make import PASSWORD
from prm.testing.relay import relay
from rebates.services.reviews import statement_agree
from tests.rebates.test_reviews import of, reviewed

__all__ = ["reviewed"]
pytestmark = pytest.mark.django_db
DAY = "2026-10-05T01:00:00Z"


def link(world) -> str:
    """The path of the act in the mail to partner A's finance."""
    with time_machine.travel(DAY, tick=False):
        relay()
    [letter] = [one for one in mail.outbox if one.to == ["a@acme.test"]]
    found = re.search(r"http://acme\.localhost:8000(/act/\S+)", letter.body)
    assert found
    assert found[1] in letter.alternatives[0][0]
    return found[1]


def signed_in(email: str = "a@acme.test") -> Client:
    user = User.objects.get(email=email)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    client = Client(SERVER_NAME="acme.localhost")
    answer = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert answer["Location"] == "/"
    return client


def text(response) -> str:
    return str(response.content.decode())


def test_it_asks_for_signing_in_says_what_will_happen_and_does_it_once(reviewed):
    path = link(reviewed)
    stranger = Client(SERVER_NAME="acme.localhost")
    with time_machine.travel(DAY, tick=True):
        assert stranger.get(path)["Location"] == f"/accounts/login/?next={path}"
        assert stranger.post(path)["Location"] == f"/accounts/login/?next={path}"
        client = signed_in()
        asked = text(client.get(path))
        assert "You agree to statement R-000001 of 2026-Q3 over $1,400.00." in asked
        assert of("A").status == "in_review"
        assert "You have agreed to the statement." in text(client.post(path))
        statement = of("A")
        assert (statement.status, statement.agreed_by_label) == ("approved", "a@acme.test")
        again = client.post(path)
        assert (again.status_code, "This link was used on 5 Oct 2026" in text(again)) == (409, True)
        assert client.get(path).status_code == 409
    assert AuditEntry.objects.filter(action="notifications.act.used").count() == 1


def test_who_signed_in_long_ago_signs_in_again(reviewed):
    path = link(reviewed)
    with time_machine.travel(DAY, tick=True) as traveller:
        client = signed_in()
        traveller.shift(601)
        for answer in (client.get(path), client.post(path)):
            assert answer["Location"] == f"/accounts/reauthenticate/?next={path.replace('/', '%2F')}"
        assert of("A").status == "in_review"
        back = client.post(f"/accounts/reauthenticate/?next={path}", {"password": PASSWORD})
        assert back["Location"] == path
        assert client.post(path).status_code == 200
    assert of("A").status == "approved"


def test_another_person_can_do_nothing_with_it(reviewed):
    path = link(reviewed)
    reviewed.actor("partner_administrator", "other", reviewed.partner("A"))
    with time_machine.travel(DAY, tick=True):
        client = signed_in("other@acme.test")
        for answer in (client.get(path), client.post(path)):
            assert (answer.status_code, "This link is for somebody else" in text(answer)) == (403, True)
    assert of("A").status == "in_review"


def test_forged_and_expired_links_say_so_in_the_readers_language(reviewed):
    path = link(reviewed)
    client = Client(SERVER_NAME="acme.localhost", headers={"Accept-Language": "zh-hans"})
    for forged in (
        path[:-3] + "xx/",
        "/act/nonsense/",
        "/act/" + ActLink.objects.get(user__email="a@acme.test").pk.hex + "/",
    ):
        answer = client.get(forged)
        assert (answer.status_code, "此链接无效或不完整" in text(answer)) == (404, True)
    with time_machine.travel("2026-10-19T01:00:01Z", tick=False):
        answer = client.get(path)
        assert (answer.status_code, "此链接已于" in text(answer), "过期" in text(answer)) == (409, True, True)


def test_it_does_nothing_once_it_is_done_otherwise_or_its_owner_has_left(reviewed):
    path = link(reviewed)
    with time_machine.travel(DAY, tick=True):
        client = signed_in()
        statement_agree(actor=reviewed.people, statement_id=of("A").pk)
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code == 409
        assert ActLink.objects.get(user__email="a@acme.test").used_at is None
        Membership.objects.filter(user__email="a@acme.test").update(is_active=False)
        answer = client.get(path)
        assert (answer.status_code, "You do not work here any more" in text(answer)) == (403, True)
