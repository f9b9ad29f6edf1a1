"""Reminders by mail: who gets one, in which language, once each, and never twice by a worker that dies."""

from __future__ import annotations

import pytest
import time_machine
from django.core import mail

from prm.identity.models import Membership, User
from prm.identity.rights import Role
from prm.notifications.models import Mail, Notice
from prm.outbox.models import Delivery
from prm.testing.relay import relay
from rebates import tasks
from rebates.models import Dispute, Statement
from rebates.services.disputes import dispute_acknowledge, dispute_ask, disputes_escalate_due
from rebates.services.reminders import disputes_remind, review_reminders_make
from rebates.services.reviews import reviews_remind, statement_agree
from tests.rebates.test_disputes import NOW, opened
from tests.rebates.test_disputes import reviewed as disputed
from tests.rebates.test_reviews import of, reviewed, windows
from tests.rebates.world import day

__all__ = ["disputed", "reviewed"]
pytestmark = pytest.mark.django_db
SOON = "2026-10-09T02:00:00Z"


def quiet() -> None:
    """What the set-up announced is not what these tests are about."""
    Delivery.objects.all().delete()
    Notice.objects.all().delete()


def told() -> list[tuple[list[str], str]]:
    return sorted((one.to, one.subject) for one in mail.outbox)


def test_everybody_at_the_partner_who_may_object_is_reminded_in_their_language(reviewed):
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
            (["a@acme.test"], "Acme: your review of R-000001 ends on 12 Oct 2026"),
            (["chief@acme.test"], "Acme：您对 R-000001 的复核将于 2026年10月12日 截止"),
        ]
    english, chinese = sorted(mail.outbox, key=lambda one: one.to)
    address = f"/inbox/{Notice.objects.get(user__email='a@acme.test').pk}/"
    assert "Acme has stated $1,400.00 for Partner A and 2026-Q3." in english.body
    assert "until 12 Oct 2026. After that day silence is agreement." in english.body
    assert "Messages about money can't be switched off." in english.body
    assert "http://acme.localhost" in english.body
    assert address in english.body
    assert address in english.alternatives[0][0]
    assert "Acme 已为Partner A出具 2026-Q3 的对账单，金额 US$1,400.00。" in chinese.body
    assert Notice.objects.get(user__email="a@acme.test").told.path == f"/p/statements/{of('A').pk}/"


def test_nobody_is_reminded_twice(reviewed):
    quiet()
    with time_machine.travel(SOON, tick=False):
        for _run in range(2):
            tasks.vendor_watch(reviewed.tenant)
            relay()
        review_reminders_make(statement_id=of("A").pk)
        relay()
    assert [one.to for one in mail.outbox] == [["a@acme.test"]]


def test_who_has_agreed_meanwhile_hears_nothing(reviewed):
    quiet()
    with time_machine.travel(SOON, tick=False):
        reviews_remind(actor=reviewed.system)
        review_reminders_make(statement_id=of("A").pk)
        statement_agree(actor=reviewed.people, statement_id=of("A").pk)
        relay()
    assert (mail.outbox, Mail.objects.get().status) == ([], "dropped")


def test_the_reviewer_of_a_dispute_is_reminded_once_for_each_day(disputed):
    dispute = opened(disputed)
    assert dispute.due_on == day("2026-10-19")
    dispute_acknowledge(actor=disputed.first, dispute_id=dispute.pk)
    quiet()
    with time_machine.travel("2026-10-15T15:00:00Z", tick=False):
        assert disputes_remind(actor=disputed.system) == 0
    with time_machine.travel("2026-10-16T02:00:00Z", tick=False):
        assert (disputes_remind(actor=disputed.system), disputes_remind(actor=disputed.system)) == (1, 0)
        relay()
        assert told() == [(["first@acme.test"], "D-00001 of Partner A is to be decided by 19 Oct 2026")]
    assert "Partner A claims $1,500.00 instead of $1,400.00 on R-000001." in mail.outbox[0].body
    assert "After that day it goes to another reviewer." in mail.outbox[0].body
    assert Notice.objects.get().told.path == f"/f/disputes/{dispute.pk}/"
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


def test_a_dispute_without_a_reviewer_reminds_all_who_could_be(disputed):
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
