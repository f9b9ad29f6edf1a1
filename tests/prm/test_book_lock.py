"""The lock of the books: what it refuses, who moves it, and that the database holds to it."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction

from prm.audit.models import AuditEntry
from prm.errors import Conflict, Forbidden, Invalid, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right, Role
from prm.ledger.accounts import Account
from prm.ledger.lock import book_lock_confirm, book_lock_refuse, book_lock_set, locked_until
from prm.ledger.models import BookLock, Journal
from prm.ledger.services import Posting, post
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast, key_actor

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER, NOVEMBER = dt.date(2026, 9, 30), dt.date(2026, 10, 31), dt.date(2026, 11, 1)


@pytest.fixture(autouse=True)
def november() -> object:
    with time_machine.travel("2026-11-23T04:00:00Z", tick=False):
        yield


def write(day: dt.date, key: str = "") -> Journal:
    return post(
        "tests", key=key or f"K{day}", actor=Actor.system("tests"), effective_on=day, cause_type="tests", cause_id="1",
        postings=[Posting(Account.EXPENSE, Account.ACCRUED, Decimal(10), "CNY")],
    )  # fmt: skip


def lock(actor: Actor, until: dt.date | None, reason: str = "Month handed over") -> BookLock:
    return book_lock_set(actor=actor, until=until, reason=reason)


def test_nothing_is_booked_on_a_locked_day(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        before = write(OCTOBER)
        assert lock(cast.finance, OCTOBER).status == "in_force"
        with pytest.raises(StateError, match="locked until the end of 2026-10-31") as refused:
            write(OCTOBER, "other")
        assert refused.value.code == "books_locked"
        write(NOVEMBER)
        write(dt.date(2026, 11, 23))
        assert before.pk == Journal.objects.get(effective_on=OCTOBER).pk
        with pytest.raises(IntegrityError, match="books of this day are locked"), transaction.atomic():
            Journal.objects.create(
                kind="t", key="raw", effective_on=SEPTEMBER, actor_kind="system", actor_label="t", cause_type="t",
                cause_id="1",
            )  # fmt: skip
        assert [one.payload for one in Message.objects.filter(topic="ledger.book_lock.changed")] == [
            {"until": "2026-10-31"}
        ]


def test_one_person_moves_it_on_and_a_second_one_back(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        lock(cast.finance, SEPTEMBER)
        lock(cast.finance, OCTOBER)
        back = lock(cast.finance, SEPTEMBER, "A payment was forgotten")
        assert (back.status, locked_until()) == ("asked", OCTOBER)
        with pytest.raises(Conflict) as waiting:
            lock(cast.administrator, None)
        assert waiting.value.code == "lock_asked"
        for actor in (cast.finance, Actor.system("tests")):
            with pytest.raises(Forbidden):
                book_lock_confirm(actor=actor, lock_id=back.pk)
        book_lock_confirm(actor=cast.administrator, lock_id=back.pk)
        assert locked_until() == SEPTEMBER
        with pytest.raises(StateError):
            book_lock_confirm(actor=cast.administrator, lock_id=back.pk)
        states = list(BookLock.objects.order_by("created_at", "id").values_list("status", flat=True))
        assert states == ["replaced", "replaced", "in_force"]
        told = AuditEntry.objects.filter(action="ledger.book_lock.asked").order_by("id")
        assert [one.data["reason"] for one in told][-1] == "A payment was forgotten"


def test_a_change_can_be_refused_and_taken_back(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        lock(cast.finance, OCTOBER)
        for actor in (cast.finance, cast.administrator):
            asked = lock(cast.finance, None)
            book_lock_refuse(actor=actor, lock_id=asked.pk)
        assert locked_until() == OCTOBER


def test_what_is_refused(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        with pytest.raises(Invalid) as refused:
            lock(cast.finance, dt.date(2026, 11, 23), " ")
        assert set(refused.value.fields) == {"until", "reason"}
        with pytest.raises(StateError) as same:
            lock(cast.finance, None)
        assert same.value.code == "unchanged"
        with pytest.raises(Forbidden):
            lock(cast.actor(Role.CHANNEL_MANAGER), OCTOBER)
        with pytest.raises(IntegrityError), transaction.atomic():
            BookLock.objects.create(until=SEPTEMBER, status="in_force", reason="x", is_looser=True, asked_by_label="t")


def test_by_api_a_key_locks_and_people_confirm(cast: Cast) -> None:
    api = ApiClient(cast.tenant, make_key(cast))
    made = api.post("book-locks/", {"until": "2026-10-31", "reason": "Handed over"}, key="1")
    assert (made.status_code, made.json()["status"]) == (201, "in_force")
    asked = api.post("book-locks/", {"until": None, "reason": "Wrong month"}, key="2").json()
    assert asked["status"] == "asked"
    assert api.post(f"book-locks/{asked['id']}/confirm/", key="3").status_code == 403
    person = ApiClient(cast.tenant, user=cast.user(Role.FINANCE))
    assert person.post(f"book-locks/{asked['id']}/confirm/").json()["status"] == "in_force"
    listed = person.get("book-locks/").json()["items"]
    assert [(one["until"], one["status"]) for one in listed] == [(None, "in_force"), ("2026-10-31", "replaced")]


@pytest.mark.django_db(transaction=True)
def test_a_booking_and_the_lock_wait_for_one_another(cast: Cast) -> None:
    """The journal is written or refused, never written on a day that was locked before it was committed."""
    booked, may_end = threading.Event(), threading.Event()

    def book() -> None:
        try:
            with tenant_context(cast.tenant):
                write(OCTOBER)
                booked.set()
                may_end.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=book)
    thread.start()
    assert booked.wait(10)
    threading.Timer(0.3, may_end.set).start()
    with tenant_context(cast.tenant):
        lock(cast.finance, OCTOBER)
        assert may_end.is_set()
        assert Journal.objects.filter(effective_on=OCTOBER).count() == 1
    thread.join(10)


def test_a_keys_maker_does_not_confirm_what_the_key_asked_for(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        lock(cast.finance, OCTOBER)
        asked = lock(key_actor(cast.finance, Right.PERIODS_CLOSE), SEPTEMBER)
        assert (asked.status, asked.asked_by_id, asked.asked_by_label) == ("asked", cast.finance.id, "ERP")
        with pytest.raises(Forbidden) as refused:
            book_lock_confirm(actor=cast.finance, lock_id=asked.pk)
        assert refused.value.code == "same_person"
        book_lock_confirm(actor=cast.administrator, lock_id=asked.pk)
        assert locked_until() == SEPTEMBER
