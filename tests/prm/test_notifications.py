"""Telling people: once each, in their language, on their clock, by the way they chose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from prm import clock
from prm.errors import StateError
from prm.identity.models import Membership, User
from prm.identity.rights import Role
from prm.notifications import catalogue
from prm.notifications.catalogue import NoticeKind
from prm.notifications.models import Mail, Notice, Preference, Schedule
from prm.notifications.services import mail_retry, notify, notify_address
from prm.notifications.services.forgetting import notices_prune
from prm.notifications.services.mails import mail_send, mails_make
from prm.notifications.states import Area, Channel, MailStatus
from prm.notifications.text import tell
from prm.notifications.times import next_at, quiet_end
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import Cast
from prm.testing.relay import relay

pytestmark = pytest.mark.django_db
MONDAY = "2026-03-02T06:00:00Z"  # 14:00 in Shanghai

TIER = NoticeKind(
    code="test.tier", area=Area.TIERS, audience=_("Partner administrator"), subject=_("Status"),
    body=_("%(partner)s: %(review_on)s, %(seen_at)s, %(worth_amount)s, %(role)s.\n\nFor %(reader)s at %(vendor)s."),
    action=_("Accept"), path="/p/tiers/%(tier_id)s/", choices={"role": Role},
)  # fmt: skip
MONEY = NoticeKind(
    code="test.money", area=Area.MONEY, audience=_("Finance"), subject=_("Payment"), body=_("Amount"), path="/p/"
)
URGENT = NoticeKind(
    code="test.urgent", area=Area.TIERS, audience=_("Finance"), subject=_("Warning"), body=_("Amount"), urgent=True
)
LINK = NoticeKind(
    code="test.link", area=Area.AGREEMENTS, audience=_("Signer"), subject=_("Sign in"), body=_("Amount"),
    action=_("Sign in"), path="/sign/%(token)s/",
)  # fmt: skip
DATA = {
    "partner": "<b>Blue</b> & Co", "review_on": "2026-04-01", "seen_at": "2026-03-01T18:00:00+00:00",
    "worth_amount": ["41000.5", "CNY"], "role": "finance", "tier_id": "a b",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {kind.code: kind for kind in (TIER, MONEY, URGENT, LINK)}
    monkeypatch.setattr(catalogue, "_kinds", {**catalogue._kinds, **ours})


@pytest.fixture
def at_acme(cast: Cast) -> Iterator[Cast]:
    with tenant_context(cast.tenant):
        yield cast


@pytest.fixture
def chief(at_acme: Cast) -> User:
    user = at_acme.user(Role.PARTNER_ADMINISTRATOR)
    user.time_zone = "Europe/Berlin"
    user.save()
    return user


def prefer(user: User, channel: Channel, area: Area = Area.TIERS) -> None:
    Preference.objects.update_or_create(user=user, area=area, defaults={"channel": channel})


def statuses() -> list[tuple[str, int]]:
    return list(Mail.objects.order_by("created_at", "pk").values_list("status", "attempts"))


# What is said, to whom


def test_a_reader_is_told_in_the_own_language_and_on_the_own_clock(at_acme: Cast, chief: User) -> None:
    finance = at_acme.user(Role.FINANCE)
    User.objects.filter(pk=finance.pk).update(locale="zh-hans", name="李伟")
    with time_machine.travel(MONDAY, tick=False):
        notify("test.tier", to=[chief, User.objects.get(pk=finance.pk)], data=DATA)
        assert relay() == 3
    chinese, english = sorted(mail.outbox, key=lambda one: one.to)
    assert (english.to, english.subject) == (["partner_administrator@acme.test"], "Status")
    assert "<b>Blue</b> & Co: 1 Apr 2026, 1 Mar 2026, 19:00, ¥41,000.50, Finance." in english.body
    assert "\n\nFor Partner administrator at Acme.\n" in english.body
    assert f"http://acme.localhost:8000/inbox/{Notice.objects.get(user=chief).pk}/" in english.body
    assert Notice.objects.get(user=chief).told.path == "/p/tiers/a%20b/"
    assert "You get this as: Partner administrator." in english.body
    assert "<b>Blue" not in english.alternatives[0][0]
    assert "&lt;b&gt;Blue&lt;/b&gt; &amp; Co" in english.alternatives[0][0]
    assert (chinese.to, chinese.subject) == (["finance@acme.test"], "状态")
    assert "2026年4月1日、" not in chinese.body
    assert "2026年4月1日" in chinese.body
    assert "财务" in chinese.body
    assert set(statuses()) == {("sent", 1)}


@pytest.mark.parametrize(
    ("days", "english", "chinese"),
    [(0, "today", "今天"), (1, "tomorrow", "明天"), (2, "in 2 days", "2 天后"), (60, "in 60 days", "60 天后")],
)
def test_days_to_an_end_are_said_as_people_say_them(at_acme: Cast, days: int, english: str, chinese: str) -> None:
    kind = catalogue.kind_of("partners.agreement.expiring")
    assert "days" in kind.names
    data = dict(kind.sample) | {"days": days}
    assert tell(kind, data, vendor="Acme", reader="").subject == f"Agreement A-00012 ends {english}"
    with translation.override("zh-hans"):
        assert tell(kind, data, vendor="Acme", reader="").subject == f"协议 A-00012 {chinese}到期"


def test_once_is_once_for_each_reader(at_acme: Cast, chief: User) -> None:
    finance = at_acme.user(Role.FINANCE)
    assert len(notify(MONEY, to=[chief, chief], data={}, once="s-1")) == 1
    assert [one.user for one in notify(MONEY, to=[chief, finance], data={}, once="s-1")] == [finance]
    assert len(notify(MONEY, to=[chief], data={}, once="s-2")) == 1
    assert len(notify_address(LINK, email=" A@b.test", language="en", data={"token": "x"}, once="s-1")) == 1
    assert notify_address(LINK, email="a@b.test", language="en", data={"token": "y"}, once="s-1") == []
    relay()
    assert sorted(one.to[0] for one in mail.outbox) == [
        "a@b.test", "finance@acme.test", "partner_administrator@acme.test", "partner_administrator@acme.test",
    ]  # fmt: skip


def test_texts_that_lack_their_data_are_refused_at_once(at_acme: Cast, chief: User) -> None:
    with pytest.raises(ValueError, match=r"test\.tier needs partner, role"):
        notify(TIER, to=[chief], data={name: DATA[name] for name in DATA if name not in {"partner", "role"}})
    with pytest.raises(ValueError, match="two kinds"):
        catalogue.register(TIER)


def test_who_has_left_hears_nothing(at_acme: Cast, chief: User) -> None:
    notify(MONEY, to=[chief], data={}, partner_id=at_acme.partner.pk)
    Membership.objects.filter(user=chief).update(is_active=False)
    relay()
    assert (mail.outbox, statuses()) == ([], [("dropped", 0)])
    # Who has moved to another partner hears of the former one no more, but of the new one.
    Membership.objects.filter(user=chief).update(is_active=True, partner=at_acme.other_partner)
    notify(MONEY, to=[chief], data={}, partner_id=at_acme.partner.pk)
    notify(MONEY, to=[chief], data={}, partner_id=at_acme.other_partner.pk)
    relay()
    assert [status for status, _attempts in statuses()] == ["dropped", "dropped", "sent"]


def test_a_secret_is_sealed_until_the_mail_has_left(at_acme: Cast) -> None:
    notify_address(LINK, email="sign@b.test", language="zh-hans", data={"token": "s3cret-t0ken"})
    row = Notice.objects.get()
    assert (row.data, row.sealed != "", "s3cret" in row.sealed) == ({}, True, False)
    relay()
    assert "http://acme.localhost:8000/sign/s3cret-t0ken/" in mail.outbox[0].body
    assert mail.outbox[0].subject == "登录"
    assert Notice.objects.get().sealed == ""


# The way it takes


def test_the_reader_chooses_the_way(at_acme: Cast, chief: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        for channel in (Channel.OFF, Channel.INBOX):
            prefer(chief, channel)
            assert [one.channel for one in notify(TIER, to=[chief], data=DATA)] == [channel]
        relay()
        assert (mail.outbox, Mail.objects.count()) == ([], 0)
        prefer(chief, Channel.MAIL)
        notify(TIER, to=[chief], data=DATA)
        relay()
    assert len(mail.outbox) == 1


def test_money_and_security_come_at_once_whatever_was_chosen(at_acme: Cast, chief: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        prefer(chief, Channel.OFF, Area.MONEY)
    Schedule.objects.create(user=chief, quiet_from=dt.time(0), quiet_until=dt.time(23, 59), digest_above=0)
    notify(MONEY, to=[chief], data={})
    relay()
    assert len(mail.outbox) == 1
    assert "Messages about money can't be switched off." in mail.outbox[0].body


def test_quiet_hours_hold_a_mail_until_they_end(at_acme: Cast, chief: User) -> None:
    Schedule.objects.create(user=chief, quiet_from=dt.time(22), quiet_until=dt.time(7))
    with time_machine.travel("2026-03-02T22:30:00Z", tick=False) as traveller:  # 23:30 in Berlin
        notify(TIER, to=[chief], data=DATA)
        notify(URGENT, to=[chief], data={})
        relay()
        assert [one.subject for one in mail.outbox] == ["Warning"]
        held = Mail.objects.get(status=MailStatus.HELD)
        assert held.due_at == dt.datetime(2026, 3, 3, 6, tzinfo=dt.UTC)
        traveller.move_to("2026-03-03T05:58:00Z")
        relay()
        mail_send(mail_id=held.pk)
        assert len(mail.outbox) == 1
        traveller.move_to("2026-03-03T06:00:00Z")
        relay()
    assert [one.subject for one in mail.outbox] == ["Warning", "Status"]


def test_what_was_read_while_it_was_held_is_not_sent(at_acme: Cast, chief: User) -> None:
    Schedule.objects.create(user=chief, quiet_from=dt.time(22), quiet_until=dt.time(7))
    with time_machine.travel("2026-03-02T22:30:00Z", tick=False) as traveller:
        notify(TIER, to=[chief], data=DATA)
        relay()
        Notice.objects.update(read_at=clock.now())
        traveller.move_to("2026-03-03T06:00:00Z")
        relay()
    assert (mail.outbox, statuses()) == ([], [("dropped", 0)])


def test_a_digest_is_one_mail_a_day(at_acme: Cast, chief: User) -> None:
    prefer(chief, Channel.DIGEST)
    with time_machine.travel(MONDAY, tick=False) as traveller:  # 07:00 in Berlin
        for number in range(3):
            notify(TIER, to=[chief], data=DATA | {"partner": f"P{number}"})
        relay()
        assert mail.outbox == []
        Notice.objects.filter(data__partner="P1").update(read_at=clock.now())
        traveller.move_to("2026-03-02T07:00:00Z")
        relay()
        [digest] = mail.outbox
        assert digest.subject == "Acme: 2 new messages"
        assert ("P0:" in digest.body, "P1:" in digest.body, "P2:" in digest.body) == (True, False, True)
        notify(TIER, to=[chief], data=DATA)
        relay()
        assert Mail.objects.latest("created_at").due_at == dt.datetime(2026, 3, 3, 7, tzinfo=dt.UTC)
        traveller.move_to("2026-03-03T07:00:00Z")
        relay()
    assert [one.subject for one in mail.outbox] == ["Acme: 2 new messages", "Acme: 1 new message"]


def test_too_many_mails_on_a_day_become_a_digest(at_acme: Cast, chief: User) -> None:
    Schedule.objects.create(user=chief, digest_above=2)
    with time_machine.travel(MONDAY, tick=False) as traveller:
        for _number in range(4):
            notify(TIER, to=[chief], data=DATA)
        notify(URGENT, to=[chief], data={})
        relay()
        assert sorted(one.subject for one in mail.outbox) == ["Status", "Status", "Warning"]
        traveller.move_to("2026-03-02T07:00:00Z")
        relay()
    assert mail.outbox[-1].subject == "Acme: 2 new messages"


# Sent, and at most once


def refuse(monkeypatch: pytest.MonkeyPatch, *faults: Exception) -> None:
    waiting, real = list(faults), EmailMultiAlternatives.send

    def send(self: Any, *args: Any, **more: Any) -> Any:
        if waiting:
            raise waiting.pop(0)
        return real(self, *args, **more)

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)


def test_a_server_that_refuses_is_asked_again_later(
    at_acme: Cast, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, SMTPServerDisconnected("gone"), OSError("no route"))
    with time_machine.travel(MONDAY, tick=False) as traveller:
        notify(MONEY, to=[chief], data={})
        relay()
        assert (statuses(), Mail.objects.get().error) == ([("waiting", 1)], "gone")
        for minutes, count in ((4, 1), (5, 2), (9, 2), (10, 3)):
            traveller.shift(dt.timedelta(minutes=minutes if minutes in {4, 9} else 1))
            relay()
            assert Mail.objects.get().attempts == count
    assert (len(mail.outbox), statuses(), Mail.objects.get().error) == (1, [("sent", 3)], "")


def test_an_address_that_is_refused_for_good_is_not_asked_again(
    at_acme: Cast, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, SMTPRecipientsRefused({chief.email: (550, b"no such user")}), ValueError("bad header"))
    notify(MONEY, to=[chief], data={})
    notify(MONEY, to=[chief], data={})
    relay()
    assert statuses() == [("failed", 1), ("failed", 1)]
    assert [one.error.split(":")[0] for one in Mail.objects.order_by("created_at", "pk")] == [
        "SMTPRecipientsRefused", "ValueError",
    ]  # fmt: skip


def test_a_worker_that_dies_before_the_mail_leaves_sends_none_twice(
    at_acme: Cast, chief: User, django_capture_on_commit_callbacks: Any
) -> None:
    prefer(chief, Channel.DIGEST)
    [notice] = notify(TIER, to=[chief], data=DATA)
    with time_machine.travel(MONDAY, tick=False) as traveller:
        for _run in range(2):
            mails_make(notice_ids=[notice.pk])
        traveller.shift(dt.timedelta(days=1))
        with django_capture_on_commit_callbacks(execute=False) as lost:
            mail_send(mail_id=Mail.objects.get().pk)
        assert len(lost) == 1
        with django_capture_on_commit_callbacks(execute=True):
            mail_send(mail_id=Mail.objects.get().pk)
            mails_make(notice_ids=[notice.pk])
        assert (mail.outbox, statuses()) == ([], [("leaving", 1)])
        # Nobody knows whether it left; an administrator may send it again, but not while a worker may be at it.
        with pytest.raises(StateError):
            mail_retry(actor=at_acme.administrator, mail_id=Mail.objects.get().pk)
        traveller.shift(dt.timedelta(minutes=15))
        mail_retry(actor=at_acme.administrator, mail_id=Mail.objects.get().pk)
        relay()
    assert (len(mail.outbox), statuses()) == (1, [("sent", 2)])


# Clocks that change


BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("now", "start", "end", "expected"),
    [
        # Over midnight, within a day, outside, at the ends.
        ("2026-06-01T21:00", "22:00", "07:00", "2026-06-02T05:00"),
        ("2026-06-01T03:00", "22:00", "07:00", "2026-06-01T05:00"),
        ("2026-06-01T11:00", "12:00", "14:00", "2026-06-01T12:00"),
        ("2026-06-01T10:00", "22:00", "07:00", None),
        ("2026-06-01T05:00", "22:00", "07:00", None),
        ("2026-06-01T20:00", "22:00", "07:00", "2026-06-02T05:00"),
        # The night that lacks 02:00 to 03:00 is an hour shorter, the one that has it twice an hour longer.
        ("2026-03-28T22:00", "22:00", "07:00", "2026-03-29T05:00"),
        ("2026-10-24T21:00", "22:00", "07:00", "2026-10-25T06:00"),
        # An end that is left out; an end that comes twice, before and after the first.
        ("2026-03-29T00:30", "22:00", "02:30", "2026-03-29T01:30"),
        ("2026-10-25T00:00", "22:00", "02:30", "2026-10-25T00:30"),
        ("2026-10-25T00:45", "22:00", "02:30", None),
        ("2026-10-25T01:10", "22:00", "02:30", "2026-10-25T01:30"),
    ],
)
def test_quiet_hours_end_when_the_wall_clock_says_so(now: str, start: str, end: str, expected: str | None) -> None:
    found = quiet_end(at(now), BERLIN, dt.time.fromisoformat(start), dt.time.fromisoformat(end))
    assert found == (at(expected) if expected else None)


def test_a_digest_comes_once_in_the_night_that_has_its_hour_twice() -> None:
    hour = dt.time(2, 30)
    first = next_at(at("2026-10-24T12:00"), BERLIN, hour, once_a_day=True)
    assert first == at("2026-10-25T00:30")
    assert next_at(first, BERLIN, hour, once_a_day=True) == at("2026-10-26T01:30")
    assert next_at(at("2026-03-28T12:00"), BERLIN, hour, once_a_day=True) == at("2026-03-29T01:30")


# Walls


def test_another_vendor_sees_none_of_it(at_acme: Cast, chief: User, rival: Tenant) -> None:
    notify(MONEY, to=[chief], data={})
    with tenant_context(rival):
        assert (Notice.objects.count(), Mail.objects.count()) == (0, 0)


def test_what_is_old_goes_with_its_mail_and_what_waits_stays(cast: Cast, settings: Any) -> None:
    settings.PRM_NOTICE_KEEP_DAYS = 400
    with tenant_context(cast.tenant):
        with time_machine.travel("2025-01-01T06:00:00Z", tick=False):
            notify(URGENT, to=[cast.user(Role.FINANCE)], data={})
            relay()
            notify(URGENT, to=[cast.user(Role.FINANCE)], data={})
            mails_make(notice_ids=list(Notice.objects.filter(mail=None).values_list("pk", flat=True)))
        with time_machine.travel("2025-02-20T06:00:00Z", tick=False):
            notify(URGENT, to=[cast.user(Role.FINANCE)], data={})
            mails = Mail.objects.order_by("created_at").values_list("status", flat=True)
            assert (notices_prune(), list(mails.all())) == (0, ["sent", "waiting"])
        with time_machine.travel("2026-02-05T06:00:01Z", tick=False):
            assert (notices_prune(), list(mails.all())) == (1, ["waiting"])
            assert Notice.objects.count() == 2
