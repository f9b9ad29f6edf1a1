"""The inbox and its bell, preferences, and what administrators see of messages.

Addresses: shared:notice, shared:notice_read, shared:mail_again.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from prm.audit.models import AuditEntry
from prm.identity.models import Membership
from prm.identity.notices import FACTOR_CHANGED, KEY_CREATED, PASSWORD_CHANGED
from prm.identity.rights import Role
from prm.notifications import catalogue
from prm.notifications.catalogue import NoticeKind
from prm.notifications.models import Mail, Notice, Preference, Schedule
from prm.notifications.services import notify
from prm.notifications.states import Area, Channel, MailStatus
from prm.tenancy.context import tenant_context
from prm.testing.make import PASSWORD, Cast, make_member
from prm.testing.relay import relay

WHEN = {"changed_at": "2026-03-02T06:00:00+00:00"}
TIER = NoticeKind(
    code="test.tier", area=Area.TIERS, audience="Partner", subject="%(partner)s is <Gold>", body="One.\n\nTwo.",
    action="Look", path="/p/programs/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_kinds", {**catalogue._kinds, TIER.code: TIER})


def told(cast: Cast, role: Role, kind: NoticeKind = PASSWORD_CHANGED, **more: Any) -> Notice:
    with tenant_context(cast.tenant):
        data = WHEN if kind is PASSWORD_CHANGED else more.pop("data", {"partner": "Blue Harbour"})
        [notice] = notify(kind, to=[cast.user(role)], data=data, **more)
        return notice


def text(response: Any) -> str:
    return str(response.content.decode())


def bell(client: Client) -> str:
    page = text(client.get("/inbox/"))
    return page.partition('class="bell-count"')[2].partition("</span>")[0].rpartition(">")[2]


# The inbox


def test_the_bell_counts_what_is_unread_and_the_list_shows_it(cast: Cast) -> None:
    client = cast.client(Role.PARTNER_SALES)
    assert "No messages yet" in text(client.get("/inbox/"))
    told(cast, Role.PARTNER_SALES, TIER, partner_id=cast.partner.pk)
    told(cast, Role.PARTNER_SALES)
    told(cast, Role.FINANCE)
    page = text(client.get("/p/"))
    assert 'aria-label="Inbox: 2 unread"' in page
    shown = text(client.get("/inbox/"))
    assert ("Blue Harbour is &lt;Gold&gt;" in shown, "Your password was changed" in shown) == (True, True)
    assert shown.count("notice-new") == 2
    assert "Your password" not in text(client.get("/inbox/?area=tiers"))
    assert text(client.get("/inbox/bell/")).count("bell-count") == 1


def test_opening_reads_it_and_leads_there(cast: Cast) -> None:
    client = cast.client(Role.PARTNER_SALES)
    notice = told(cast, Role.PARTNER_SALES, TIER, partner_id=cast.partner.pk)
    assert bell(client) == "1"
    assert client.get(f"/inbox/{notice.pk}/")["Location"] == "/p/programs/"
    assert bell(client) == ""
    assert "Nothing is unread" in text(client.get("/inbox/?unread=on"))


def test_a_notice_of_another_partner_opens_there(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        Membership.objects.create(
            user=cast.user(Role.PARTNER_SALES), role=Role.PARTNER_ADMINISTRATOR, partner=cast.other_partner
        )
    client = cast.client(Role.PARTNER_SALES)
    for partner in (cast.partner, cast.other_partner):
        notice = told(cast, Role.PARTNER_SALES, TIER, partner_id=partner.pk)
        client.get(f"/inbox/{notice.pk}/")
        assert f">{partner.name}<" in text(client.get("/p/"))


def test_marking_one_and_all(cast: Cast) -> None:
    client = cast.client(Role.FINANCE)
    first, _second, _third = (told(cast, Role.FINANCE) for _number in range(3))
    answer = client.post(f"/inbox/{first.pk}/read/", headers={"HX-Request": "true"})
    assert ('id="bell"' in text(answer), "notice-new" in text(answer)) == (True, False)
    assert bell(client) == "2"
    assert client.post("/inbox/read/").status_code == 302
    assert bell(client) == ""


def test_nobody_reads_anothers(cast: Cast, rival_cast: Cast) -> None:
    notice = told(cast, Role.FINANCE)
    for client in (cast.client(Role.ADMINISTRATOR), rival_cast.client(Role.FINANCE)):
        for path in (f"/inbox/{notice.pk}/", f"/inbox/{uuid4()}/"):
            assert client.get(path).status_code == 404
        assert client.post(f"/inbox/{notice.pk}/read/").status_code == 404
    assert cast.client(None).get(f"/inbox/{notice.pk}/").status_code == 302
    with tenant_context(cast.tenant):
        assert Notice.objects.get().read_at is None
    assert cast.client(Role.FINANCE).get(f"/inbox/{notice.pk}/read/").status_code == 405


def test_who_moves_to_another_partner_leaves_the_messages_behind(cast: Cast) -> None:
    notice = told(cast, Role.PARTNER_SALES, TIER, partner_id=cast.partner.pk)
    with tenant_context(cast.tenant):
        Membership.objects.filter(user=cast.user(Role.PARTNER_SALES)).update(partner=cast.other_partner)
    client = cast.client(Role.PARTNER_SALES)
    assert "No messages yet" in text(client.get("/inbox/"))
    assert client.get(f"/inbox/{notice.pk}/").status_code == 404


def test_what_waits_at_another_vendor_is_said(cast: Cast, rival_cast: Cast) -> None:
    make_member(rival_cast.tenant, Role.FINANCE, email=cast.user(Role.FINANCE).email)
    with tenant_context(rival_cast.tenant):
        notify(PASSWORD_CHANGED, to=[cast.user(Role.FINANCE)], data=WHEN)
    page = text(cast.client(Role.FINANCE).get("/inbox/"))
    assert "1 unread message waits there." in page
    assert "http://rival.localhost/session/start/?from=acme" in page
    assert "bell-count" not in page


# Preferences


FREE = [
    "recruitment", "agreements", "onboarding", "certification", "tiers", "scorecards", "lifecycle", "people",
]  # fmt: skip


def form(**changed: str) -> dict[str, str]:
    hours = {"digest_at": "08:00", "digest_above": "20", "quiet_from": "", "quiet_until": ""}
    return dict.fromkeys(FREE, "mail") | hours | changed


def test_preferences_are_kept_and_locked_areas_say_why(cast: Cast) -> None:
    client = cast.client(Role.PARTNER_SALES)
    page = text(client.get("/settings/notifications/"))
    assert "Messages about security can&#x27;t be switched off." in page
    assert ('name="tiers"' in page, 'name="security"' in page, 'name="everywhere"' in page) == (True, False, False)
    answer = client.post("/settings/notifications/", form(tiers="digest", quiet_from="22:00", quiet_until="07:00"))
    assert answer.status_code == 302
    with tenant_context(cast.tenant):
        assert Preference.objects.get(area="tiers").channel == Channel.DIGEST
        assert Schedule.objects.get().quiet_until == dt.time(7)
    assert '<option value="digest" selected>' in text(client.get("/settings/notifications/"))


def test_a_locked_area_cannot_be_bypassed(cast: Cast) -> None:
    client = cast.client(Role.PARTNER_SALES)
    assert client.post("/settings/notifications/", form(security="off", money="off")).status_code == 302
    with tenant_context(cast.tenant):
        assert set(Preference.objects.values_list("area", flat=True)) == set(FREE)
    told(cast, Role.PARTNER_SALES)
    with tenant_context(cast.tenant):
        relay()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"quiet_from": "22:00"}, "Quiet hours need a beginning and an end."),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "Quiet hours can&#x27;t end when they begin."),
        ({"digest_above": "0"}, "Between 1 and 200."),
        ({"tiers": "pigeon"}, "Select a valid choice"),
    ],
)
def test_what_makes_no_sense_is_refused(cast: Cast, changed: dict[str, str], said: str) -> None:
    answer = cast.client(Role.FINANCE).post("/settings/notifications/", form(**changed))
    assert (answer.status_code, said in text(answer)) == (422, True)


def test_everywhere_is_everywhere(cast: Cast, rival_cast: Cast) -> None:
    make_member(rival_cast.tenant, Role.FINANCE, email=cast.user(Role.FINANCE).email)
    client = cast.client(Role.FINANCE)
    client.post("/settings/notifications/", form(tiers="off"))
    with tenant_context(rival_cast.tenant):
        assert Preference.objects.count() == 0
    client.post("/settings/notifications/", form(tiers="off", everywhere="on"))
    with tenant_context(rival_cast.tenant):
        assert Preference.objects.get(area="tiers").channel == Channel.OFF


# Administrators


def test_the_catalogue_shows_every_kind_and_a_preview_in_both_languages(cast: Cast) -> None:
    client = cast.client(Role.ADMINISTRATOR)
    page = text(client.get("/settings/messages/"))
    for code in catalogue._kinds:
        assert f"/settings/messages/{code}/" in page
    preview = client.get("/settings/messages/identity.password.changed/")
    assert ("Your password was changed" in text(preview), "您的密码已更改" in text(preview)) == (True, True)
    assert "frame-src 'self'" in preview["Content-Security-Policy"]
    frame = client.get("/settings/messages/frame/identity.password.changed/zh-hans/")
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    policy = frame["Content-Security-Policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert ("script-src" in policy, "default-src 'none'" in policy) == (False, True)
    assert '<head><base target="_blank">' in text(frame)
    for path in ("/settings/messages/no.such.kind/", "/settings/messages/frame/identity.password.changed/xx/"):
        assert client.get(path).status_code == 404


def test_a_sample_goes_to_whoever_asks_for_it(cast: Cast) -> None:
    answer = cast.client(Role.ADMINISTRATOR).post("/settings/messages/identity.password.changed/zh-hans/")
    assert answer.status_code == 302
    assert [(one.to, one.subject) for one in mail.outbox] == [(["administrator@acme.test"], "您的密码已更改")]


def test_a_sample_says_what_the_server_answers(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_more: Any) -> None:
        raise OSError("no route")

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", refuse)
    answer = cast.client(Role.ADMINISTRATOR).post("/settings/messages/identity.password.changed/en/")
    assert (answer.status_code, "The mail server answers: no route" in text(answer)) == (503, True)


def test_what_failed_is_shown_and_sent_again(cast: Cast) -> None:
    told(cast, Role.FINANCE)
    with tenant_context(cast.tenant):
        relay()
        mail.outbox.clear()
        Mail.objects.update(status=MailStatus.FAILED, error="550 no such user", sent_at=None, attempts=6)
        made = Mail.objects.get()
    client = cast.client(Role.ADMINISTRATOR)
    page = text(client.get("/settings/messages/sent/?status=failed&q=finance"))
    assert ("550 no such user" in page, "Send again" in page, "Your password was changed" in page) == (True, True, True)
    assert "No mail matches." in text(client.get("/settings/messages/sent/?status=sent"))
    path = f"/settings/messages/sent/{made.pk}/again/"
    assert cast.client(Role.CHANNEL_MANAGER).post(path).status_code == 403
    assert client.post(path).status_code == 302
    with tenant_context(cast.tenant):
        relay()
        assert Mail.objects.get().status == MailStatus.SENT
        assert AuditEntry.objects.filter(action="notifications.mail.retried").count() == 1
    assert len(mail.outbox) == 1
    assert client.post(path).status_code == 409
    assert client.post(f"/settings/messages/sent/{uuid4()}/again/").status_code == 404


# Security


def test_a_changed_password_and_a_new_key_are_told(cast: Cast) -> None:
    client = Client(SERVER_NAME="acme.localhost")
    client.post("/accounts/login/", {"login": "finance@acme.test", "password": PASSWORD})
    fresh = {"oldpassword": PASSWORD, "password1": "quite another secret", "password2": "quite another secret"}
    assert client.post("/accounts/password/change/", fresh).status_code == 302
    maker = cast.client(Role.ADMINISTRATOR)
    maker.post("/settings/api-keys/new/", {"name": "ERP", "scopes": ["sales.view"]})
    with tenant_context(cast.tenant):
        relay()
        told_of = set(Notice.objects.values_list("kind", "user__email"))
    assert told_of == {
        (PASSWORD_CHANGED.code, "finance@acme.test"), (KEY_CREATED.code, "administrator@acme.test"),
    }  # fmt: skip
    assert {one.subject for one in mail.outbox} == {"Your password was changed", "New API key: ERP"}
    assert FACTOR_CHANGED.is_locked
