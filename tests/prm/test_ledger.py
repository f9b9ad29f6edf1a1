"""The journal: balanced, sealed, append-only, once per key; whoever tries."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from prm import clock
from prm.identity.actor import Actor
from prm.ids import new_id
from prm.ledger.accounts import Account
from prm.ledger.models import Entry, Journal
from prm.ledger.selectors import balances, entries_of
from prm.ledger.services import Posting, post
from prm.tenancy.context import tenant_context

SYSTEM = Actor.system("tests")


def booked(key: str = "k", amount: str = "10.00", **more: Any) -> Journal:
    posting = Posting(Account.EXPENSE, Account.ACCRUED, Decimal(amount), "USD", period="2026-Q3")
    return post(
        "test", key=key, actor=SYSTEM, effective_on=clock.now().date(), postings=[posting], cause_type="tests",
        cause_id="1", **more,
    )  # fmt: skip


def balance(account: Account) -> Decimal:
    return sum((row["balance"] for row in balances(by=("currency",), accounts=[account])), Decimal(0))


def test_a_posting_is_two_entries_and_a_balance_their_sum(tenant):
    with tenant_context(tenant):
        booked("one", "10.00")
        booked("two", "-2.50")
        assert balance(Account.ACCRUED) == Decimal("7.50") == -balance(Account.EXPENSE)
        found = [(one.account, one.debit, one.credit) for one in entries_of("tests", "1")]
        assert found[2:] == [("accrued", Decimal("2.50"), 0), ("expense", 0, Decimal("2.50"))]


def test_the_same_key_is_the_same_journal(tenant):
    with tenant_context(tenant):
        assert booked("k", "10.00").pk == booked("k", "99.00").pk
        assert balance(Account.ACCRUED) == Decimal("10.00")


def test_empty_and_zero_postings_are_refused(tenant):
    with tenant_context(tenant):
        with pytest.raises(ValueError, match="postings"):
            booked("k", "0")
        assert not Journal.objects.exists()


@pytest.mark.parametrize("extra", [{"debit": Decimal(1)}, {"credit": Decimal(1)}])
def test_the_database_refuses_what_does_not_balance(tenant, extra):
    with tenant_context(tenant):
        journal = booked()
        with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
            Entry.objects.create(journal=journal, account=Account.PAID, currency="USD", **extra)
        sides = [("USD", {"debit": 1}), ("EUR", {"credit": 1})]
        with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
            Entry.objects.bulk_create(
                Entry(journal=journal, account=Account.PAID, currency=currency, **side) for currency, side in sides
            )


@pytest.mark.django_db(transaction=True)
def test_a_committed_journal_is_sealed_even_for_a_balanced_pair(tenant):
    with tenant_context(tenant):
        journal = booked()
    with pytest.raises(DatabaseError, match="sealed"), tenant_context(tenant):
        Entry.objects.bulk_create(
            Entry(journal=journal, account=Account.PAID, currency="USD", **side)
            for side in ({"debit": 1}, {"credit": 1})
        )
    with tenant_context(tenant):
        assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET debit = debit + 1",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "UPDATE ledger_journal SET cause_id = 'x'",
        "DELETE FROM ledger_journal",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ],
)
def test_history_is_refused_to_the_application(tenant, statement):
    with tenant_context(tenant):
        booked()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert balance(Account.ACCRUED) == Decimal("10.00")


@pytest.mark.django_db(transaction=True)
def test_history_is_refused_to_a_superuser_too(tenant, admin_db):
    with tenant_context(tenant):
        booked()
    for statement in ("UPDATE ledger_entry SET debit = 7 WHERE debit > 0", "DELETE FROM ledger_journal"):
        with pytest.raises(Exception, match="append-only"), admin_db.cursor() as cursor:
            cursor.execute(statement)


def test_a_journal_is_reversed_once(tenant):
    with tenant_context(tenant):
        journal = booked()
        booked("undo", "-10.00", reverses=journal)
        with pytest.raises(IntegrityError), transaction.atomic():
            booked("undo again", "-10.00", reverses=journal)
        assert balance(Account.ACCRUED) == 0


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_key_post_once(tenant):
    barrier, found = threading.Barrier(8), []

    def run() -> None:
        barrier.wait(10)
        with tenant_context(tenant):
            found.append(booked().pk)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with tenant_context(tenant):
        assert (len(found), len(set(found)), Entry.objects.count()) == (8, 1, 2)


def test_another_tenant_uses_the_same_key_and_sees_nothing(tenant, rival):
    with tenant_context(tenant):
        booked()
    with tenant_context(rival):
        assert balance(Account.ACCRUED) == 0
        booked("k", "3.00")
        assert balance(Account.ACCRUED) == Decimal("3.00")


def test_balances_know_their_dimensions(tenant):
    with tenant_context(tenant):
        partner = new_id()
        post(
            "test", key="p", actor=SYSTEM, effective_on=clock.now().date(), cause_type="tests", cause_id="2",
            postings=[Posting(Account.EXPENSE, Account.ACCRUED, Decimal(4), "USD", partner_id=partner, period="2026")],
        )  # fmt: skip
        booked()
        rows = balances(
            by=("partner_id", "period"), accounts=[Account.ACCRUED], partner_ids=[partner], periods=["2026"]
        )
        assert [(row["partner_id"], row["period"], row["balance"]) for row in rows] == [(partner, "2026", Decimal(4))]
        with pytest.raises(ValueError, match="unknown dimensions"):
            balances(by=("journal__actor_label",))
