"""A partner's review of its statements: who may agree, when silence agrees, when it is reminded."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from prm.audit.models import AuditEntry
from prm.errors import Forbidden, Invalid, NotFound, StateError
from prm.identity.rights import Role
from prm.outbox.models import Message
from prm.tenancy.celery import HEADER
from prm.workflow.models import Transition
from rebates import tasks
from rebates.models import Statement
from rebates.selectors.reviews import review_days_left
from rebates.selectors.statements import statement_get
from rebates.services.periods import period_close
from rebates.services.reviews import review_settings_change, reviews_lapse, reviews_remind, statement_agree
from rebates.services.settlements import settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.world import day

pytestmark = pytest.mark.django_db

MORNING = "2026-10-02T01:00:00Z"


def windows(world, **changes):
    values = {"review_days": 10, "reminder_days": 3, "dispute_days": 10} | changes
    return review_settings_change(actor=world.actor(Role.ADMINISTRATOR, "admin"), **values)


@pytest.fixture
def reviewed(world):
    """Two statements of the third quarter that partners look at until 12 October."""
    world.published()
    world.sale("A", "2026-07-01", "60000")
    world.sale("B", "2026-08-01", "10000")
    windows(world)
    with time_machine.travel(MORNING, tick=False):
        world.update()
        period_close(actor=world.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
        world.second = world.actor(Role.FINANCE, "second")
        statement_approve(actor=world.second, statement_ids=list(Statement.objects.values_list("pk", flat=True)))
    world.people = world.actor(Role.PARTNER_FINANCE, "a", world.partner("A"))
    return world


def of(code: str) -> Statement:
    return Statement.objects.get(partner__code=code)


def payloads(topic: str) -> list[dict]:
    return list(Message.objects.filter(topic=topic).order_by("created_at").values_list("payload", flat=True))


def test_the_approval_shows_it_to_the_partner_and_it_is_not_payable_yet(reviewed):
    statement = of("A")
    assert (statement.status, statement.review_ends_on) == ("in_review", day("2026-10-12"))
    assert payloads("rebates.statement.approved")[0]["review_ends_on"] == "2026-10-12"
    assert statement_get(reviewed.people, statement.pk).total == statement.total
    with pytest.raises(NotFound):
        statement_get(reviewed.people, of("B").pk)
    with pytest.raises(StateError):
        settlement_prepare(actor=reviewed.second, statement_ids=[statement.pk])


@time_machine.travel("2026-10-05T01:00:00Z", tick=False)
def test_the_partner_agrees_and_it_can_be_settled(reviewed):
    statement = statement_agree(actor=reviewed.people, statement_id=of("A").pk)
    assert statement.status == "approved"
    assert (statement.agreed_by_label, statement.agreed_at) == (
        "a@acme.test",
        dt.datetime(2026, 10, 5, 1, tzinfo=dt.UTC),
    )
    moves = (
        Transition.objects.filter(target_id=str(statement.pk)).order_by("at", "id").values_list("verb", "actor_label")
    )
    assert list(moves) == [("show", "second@acme.test"), ("agree", "a@acme.test")]
    assert payloads("rebates.statement.agreed") == [{"statement_ids": [str(statement.pk)], "by": "partner"}]
    with pytest.raises(StateError):
        statement_agree(actor=reviewed.people, statement_id=statement.pk)
    assert settlement_prepare(actor=reviewed.second, statement_ids=[statement.pk]).statements.count() == 1


def test_nobody_else_agrees(reviewed):
    statement = of("A")
    with pytest.raises(NotFound):
        statement_agree(
            actor=reviewed.actor(Role.PARTNER_FINANCE, "b", reviewed.partner("B")), statement_id=statement.pk
        )
    for role, partner in ((Role.PARTNER_SALES, reviewed.partner("A")), (Role.FINANCE, None)):
        with pytest.raises(Forbidden):
            statement_agree(actor=reviewed.actor(role, f"x-{role}", partner), statement_id=statement.pk)
    with pytest.raises(NotFound):  # the system has every right, yet no partner
        statement_agree(actor=reviewed.system, statement_id=statement.pk)


@pytest.mark.parametrize(
    ("now", "ended"),
    [
        ("2026-10-12T15:59:59Z", 0),  # the last second of the last day in Shanghai
        ("2026-10-12T16:00:01Z", 2),
    ],
)
def test_silence_agrees_after_the_last_day_at_the_vendor(reviewed, now, ended):
    with time_machine.travel(now, tick=False):
        assert (reviews_lapse(actor=reviewed.system), reviews_lapse(actor=reviewed.system)) == (ended, 0)
    statement = of("A")
    assert statement.status == ("approved" if ended else "in_review")
    assert (statement.agreed_at is None) == (not ended)
    assert statement.agreed_by_label == ""
    said = payloads("rebates.statement.agreed")
    assert [(len(one["statement_ids"]), one["by"]) for one in said] == ([(2, "window")] if ended else [])


def test_it_is_warned_once_before(reviewed):
    for now, count in (("2026-10-08T15:59:00Z", 0), ("2026-10-08T16:01:00Z", 2), ("2026-10-10T01:00:00Z", 0)):
        with time_machine.travel(now, tick=False):
            assert reviews_remind(actor=reviewed.system) == count
    said = payloads("rebates.statement.review_ending")
    assert {(one["statement_id"], one["ends_on"]) for one in said} == {
        (str(of(code).pk), "2026-10-12") for code in ("A", "B")
    }


def test_the_days_left_are_counted_at_the_vendor(reviewed):
    for now, left in (("2026-10-02T01:00:00Z", 10), ("2026-10-11T15:00:00Z", 1), ("2026-10-12T15:59:00Z", 0)):
        with time_machine.travel(now, tick=False):
            assert review_days_left(of("A")) == left
    statement = of("B")
    statement.status = "approved"
    assert review_days_left(statement) is None


def test_the_watch_does_it_all_and_only_once(reviewed, monkeypatch):
    sent: list[str] = []
    monkeypatch.setattr(tasks.watch, "apply_async", lambda **options: sent.append(options["headers"][HEADER]))
    with time_machine.travel("2026-10-12T17:01:00Z", tick=False):
        assert (tasks.watch_all(), tasks.watch_all()) == (1, 0)
        assert sent == [str(reviewed.tenant.pk)]
        tasks.vendor_watch(reviewed.tenant)
        tasks.vendor_watch(reviewed.tenant)
    assert Statement.objects.filter(status="approved").count() == 2
    assert len(payloads("rebates.statement.agreed")) == 1


def test_a_look_that_fails_keeps_none_of_the_others_back(reviewed, monkeypatch, caplog):
    def broken(*, actor):
        raise RuntimeError

    monkeypatch.setattr(tasks, "disputes_remind", broken)
    with time_machine.travel("2026-10-12T17:01:00Z", tick=False):
        tasks.vendor_watch(reviewed.tenant)
    assert Statement.objects.filter(status="approved").count() == 2
    assert "broken failed at" in caplog.text


def test_settings_are_checked_kept_and_audited(world):
    row = windows(world, review_days=5, days_off=[day("2026-10-08"), day("2026-10-01"), day("2026-10-08")])
    assert (row.review_days, row.days_off) == (5, ["2026-10-01", "2026-10-08"])
    entry = AuditEntry.objects.get(action="rebates.review_settings.changed")
    assert entry.data["review_days"] == 5
    assert entry.data["before"] == {"review_days": 0, "days_off": []}
    with pytest.raises(Invalid) as caught:
        windows(world, review_days=91, dispute_days=0)
    assert set(caught.value.fields) == {"review_days", "dispute_days"}
    with pytest.raises(Forbidden):
        review_settings_change(actor=world.actor(Role.FINANCE), review_days=1, reminder_days=1, dispute_days=1)
