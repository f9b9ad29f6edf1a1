"""Reminders by mail: who gets one, in which language, once each, and never twice by a worker that dies."""

from __future__ import annotations

from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from prm.identity.models import Membership, User
from prm.identity.rights import Role
from prm.outbox.models import Delivery, Message
from prm.outbox.registry import handler_named
from rebates import tasks
from rebates.models import Dispute, Reminder, Statement
from rebates.services.disputes import dispute_acknowledge, dispute_ask, disputes_escalate_due
from rebates.services.reminders import disputes_remind, reminder_send, review_reminders_make
from rebates.services.reviews import reviews_remind, statement_agree
from tests.rebates.test_disputes import NOW, opened
from tests.rebates.test_disputes import reviewed as disputed
from tests.rebates.test_reviews import of, reviewed, windows
from tests.rebates.world import day

__all__ = ["disputed", "reviewed"]
pytestmark = pytest.mark.django_db
SOON = "2026-10-09T02:00:00Z"


@pytest.fixture
def relay(django_capture_on_commit_callbacks: Any) -> Any:
    """Run what waits in the outbox, as the relay and a worker would, until nothing does."""

    def run() -> int:
        count = 0
        while waiting := list(Delivery.objects.filter(done_at=None).select_related("message").order_by("due_at")):
            for one in waiting:
                with django_capture_on_commit_callbacks(execute=True):
                    handler_named(one.handler)(one.message.payload)
                    Delivery.objects.filter(pk=one.pk).update(done_at=one.due_at)
                count += 1
        return count

    return run


def quiet() -> None:
    """What the set-up announced is not what these tests are about."""
    Delivery.objects.all().delete()


def told() -> list[tuple[list[str], str]]:
    return sorted((one.to, one.subject) for one in mail.outbox)


def test_everybody_at_the_partner_who_may_object_is_reminded_in_their_language(reviewed, relay):
    quiet()
    chief = reviewed.actor(Role.PARTNER_ADMINISTRATOR, "chief", reviewed.partner("A"))
    reviewed.actor(Role.PARTNER_SALES, "sales", reviewed.partner("A"))
    gone = reviewed.actor(Role.PARTNER_FINANCE, "gone", reviewed.partner("A"))
    Membership.objects.filter(user_id=gone.id).update(is_active=False)
    User.objects.filter(pk=chief.id).update(locale="zh-hans", name="李伟")
    with time_machine.travel(SOON, tick=False):
        assert reviews_remind(actor=reviewed.system) == 2
        relay()
        assert told() == [
            (["a@acme.test"], "Acme: your review of R-000001 ends on 2026-10-12"),
            (["chief@acme.test"], "Acme：您对 R-000001 的复核将于 2026-10-12 截止"),
        ]
    english, chinese = sorted(mail.outbox, key=lambda one: one.to)
    address = f"/p/statements/{of('A').pk}/"
    assert "Acme has stated $1,400.00 for Partner A and 2026-Q3." in english.body
    assert "until 2026-10-12. After that day silence is agreement." in english.body
    assert "Messages about money can't be switched off." in english.body
    assert "http://acme.localhost" in english.body
    assert address in english.body
    assert address in english.alternatives[0][0]
    assert "Acme 已为Partner A出具 2026-Q3 的对账单，金额 US$1,400.00。" in chinese.body
    assert set(Reminder.objects.values_list("user__email", "due_on")) == {
        ("a@acme.test", day("2026-10-12")), ("chief@acme.test", day("2026-10-12")),
    }  # fmt: skip


def test_nobody_is_reminded_twice(reviewed, relay):
    quiet()
    with time_machine.travel(SOON, tick=False):
        for _run in range(2):
            tasks.vendor_watch(reviewed.tenant)
            relay()
        review_reminders_make(statement_id=of("A").pk)
        relay()
        for reminder_id in Reminder.objects.values_list("pk", flat=True):
            reminder_send(reminder_id=reminder_id)
    assert [one.to for one in mail.outbox] == [["a@acme.test"]]


def test_who_has_agreed_meanwhile_hears_nothing(reviewed, relay):
    quiet()
    with time_machine.travel(SOON, tick=False):
        reviews_remind(actor=reviewed.system)
        review_reminders_make(statement_id=of("A").pk)
        statement_agree(actor=reviewed.people, statement_id=of("A").pk)
        relay()
    assert (mail.outbox, Reminder.objects.count()) == ([], 0)


def test_a_server_that_refuses_is_asked_again(reviewed, relay, monkeypatch):
    quiet()
    answers = [SMTPServerDisconnected("gone"), None]
    real = EmailMultiAlternatives.send

    def send(self: Any, *args: Any, **more: Any) -> Any:
        if (fault := answers.pop(0)) is not None:
            raise fault
        return real(self, *args, **more)

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    with time_machine.travel(SOON, tick=False):
        review_reminders_make(statement_id=of("A").pk)
        relay()
    assert (len(mail.outbox), answers) == (1, [])
    messages = Message.objects.filter(topic="rebates.reminder.due").count()
    assert (messages, Reminder.objects.get().sent_at is not None) == (2, True)


def test_a_worker_that_dies_before_the_mail_leaves_sends_none_twice(
    reviewed, monkeypatch, django_capture_on_commit_callbacks
):
    """It is noted as sent with the commit; what runs after it is lost with the worker, and never done again."""
    quiet()
    with time_machine.travel(SOON, tick=False):
        review_reminders_make(statement_id=of("A").pk)
        reminder = Reminder.objects.get()
        with django_capture_on_commit_callbacks(execute=False) as lost:
            reminder_send(reminder_id=reminder.pk)
        assert len(lost) == 1
        with django_capture_on_commit_callbacks(execute=True):
            reminder_send(reminder_id=reminder.pk)
    assert mail.outbox == []


def test_the_reviewer_of_a_dispute_is_reminded_once_for_each_day(disputed, relay):
    dispute = opened(disputed)
    assert dispute.due_on == day("2026-10-19")
    dispute_acknowledge(actor=disputed.first, dispute_id=dispute.pk)
    quiet()
    with time_machine.travel("2026-10-15T15:00:00Z", tick=False):
        assert disputes_remind(actor=disputed.system) == 0
    with time_machine.travel("2026-10-16T02:00:00Z", tick=False):
        assert (disputes_remind(actor=disputed.system), disputes_remind(actor=disputed.system)) == (1, 0)
        relay()
        assert told() == [(["first@acme.test"], "D-00001 of Partner A is to be decided by 2026-10-19")]
    assert "Partner A claims $1,500.00 instead of $1,400.00 on R-000001." in mail.outbox[0].body
    assert "After that day it goes to another reviewer." in mail.outbox[0].body
    assert f"/f/disputes/{dispute.pk}/" in mail.outbox[0].body
    mail.outbox.clear()
    with time_machine.travel("2026-10-20T02:00:00Z", tick=False):
        assert disputes_escalate_due(actor=disputed.system) == 1
        assert Dispute.objects.get().due_on == day("2026-11-03")
    quiet()
    with time_machine.travel("2026-11-01T02:00:00Z", tick=False):
        assert disputes_remind(actor=disputed.system) == 1
        relay()
    # Escalated: everybody but its first reviewer; the administrator made the settings.
    assert sorted(one.to for one in mail.outbox) == [["admin@acme.test"], ["second@acme.test"]]
    assert "whoever looked at it first does not decide it" in mail.outbox[0].body


def test_a_dispute_without_a_reviewer_reminds_all_who_could_be(disputed, relay):
    opened(disputed)
    quiet()
    with time_machine.travel("2026-10-17T02:00:00Z", tick=False):
        disputes_remind(actor=disputed.system)
        relay()
    assert sorted(one.to for one in mail.outbox) == [["admin@acme.test"], ["first@acme.test"], ["second@acme.test"]]


def test_what_waits_for_the_partner_is_not_due(disputed):
    dispute = opened(disputed)
    dispute_ask(actor=disputed.first, dispute_id=dispute.pk, text="Which invoices?")
    with time_machine.travel("2026-10-17T02:00:00Z", tick=False):
        assert disputes_remind(actor=disputed.system) == 0


def test_no_reminders_when_the_vendor_wants_none(disputed):
    opened(disputed)
    windows(disputed, reminder_days=0)
    with time_machine.travel("2026-10-19T02:00:00Z", tick=False):
        assert (disputes_remind(actor=disputed.system), reviews_remind(actor=disputed.system)) == (0, 0)
    assert Statement.objects.count() == 2
    assert NOW < "2026-10-19"
