"""The journal's guards: what the database refuses whoever asks, and what `post` promises."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from prm.identity.actor import Actor
from prm.ledger.accounts import Account
from prm.ledger.models import Entry, Journal
from prm.ledger.selectors import balances
from prm.ledger.services import Posting, post
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import make_tenant

DAY = dt.date(2026, 3, 31)


def write(key: str = "K1", *amounts: str, **more: Any) -> Journal:
    postings = [Posting(Account.EXPENSE, Account.ACCRUED, Decimal(amount), "CNY") for amount in amounts or ("10",)]
    return post(
        "accrual", key=key, actor=Actor.system("tests"), effective_on=DAY, postings=postings, cause_type="tests",
        cause_id="1", **more,
    )  # fmt: skip


def side(journal: Journal, **values: Any) -> Entry:
    return Entry(journal=journal, account=Account.EXPENSE, currency=values.pop("currency", "CNY"), **values)


def bare_journal(key: str = "K2") -> Journal:
    return Journal.objects.create(
        kind="test", key=key, effective_on=DAY, actor_kind="system", actor_label="tests", cause_type="t", cause_id="1"
    )


@contextlib.contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__.pgcode == code, caught.value  # type: ignore[union-attr]


@pytest.fixture
def inside(tenant: Tenant) -> Iterator[Tenant]:
    with tenant_context(tenant):
        yield tenant


def test_a_journal_balances_and_a_negative_amount_turns_it_round(inside: Tenant) -> None:
    write("K1", "10.50", "-3.20")
    rows = Entry.objects.order_by("id").values_list("account", "debit", "credit")
    assert [(account, f"{debit:.2f}", f"{credit:.2f}") for account, debit, credit in rows] == [
        ("expense", "10.50", "0.00"),
        ("accrued", "0.00", "10.50"),
        ("accrued", "3.20", "0.00"),
        ("expense", "0.00", "3.20"),
    ]
    found = {row["account"]: row["balance"] for row in balances(by=["account"])}
    assert found == {"accrued": Decimal("7.30"), "expense": Decimal("-7.30")}


def test_the_same_key_again_writes_nothing(inside: Tenant) -> None:
    first = write("K1", "10")
    assert write("K1", "99").pk == first.pk
    assert (Journal.objects.count(), Entry.objects.count()) == (1, 2)


@pytest.mark.parametrize("amounts", [(), ("0",), ("5", "0.00")])
def test_empty_and_zero_journals_are_refused(inside: Tenant, amounts: tuple[str, ...]) -> None:
    postings = [Posting(Account.EXPENSE, Account.ACCRUED, Decimal(amount), "CNY") for amount in amounts]
    with pytest.raises(ValueError, match="each with an amount"):
        post("x", key="K", actor=Actor.system("t"), effective_on=DAY, postings=postings, cause_type="t", cause_id="1")
    assert not Journal.objects.exists()


def test_the_database_refuses_what_does_not_balance(inside: Tenant) -> None:
    journal = bare_journal()
    with refused("23000"):
        Entry.objects.bulk_create([side(journal, debit=Decimal(10)), side(journal, credit=Decimal("9.9999"))])
    with refused("23000"):
        side(journal, debit=Decimal(10)).save()
    with refused("23000"):  # two currencies do not make up for one another
        Entry.objects.bulk_create([side(journal, debit=Decimal(10)), side(journal, credit=Decimal(10), currency="EUR")])
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "values",
    [{"debit": 0, "credit": 0}, {"debit": -1, "credit": 0}, {"debit": 1, "credit": 1}, {"debit": 0, "credit": -1}],
)
def test_an_entry_has_one_positive_side(inside: Tenant, values: dict[str, int]) -> None:
    with refused("23514"):
        side(bare_journal(), **values).save()


def test_an_unknown_account_is_refused(inside: Tenant) -> None:
    with refused("23514"):
        Entry(journal=bare_journal(), account="pocket", currency="CNY", debit=Decimal(1)).save()


def test_a_second_reversal_is_refused(inside: Tenant) -> None:
    first = write("K1", "10")
    write("K1-r", "-10", reverses=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        write("K1-rr", "-10", reverses=first)
    assert Journal.objects.count() == 2


def test_a_committed_journal_is_sealed_even_for_a_balanced_pair(transactional_db: None) -> None:
    tenant = make_tenant("acme")
    with tenant_context(tenant):
        journal = write()
    with tenant_context(tenant):
        with refused("23000"):
            Entry.objects.bulk_create([side(journal, debit=Decimal(5)), side(journal, credit=Decimal(5))])
        assert Entry.objects.count() == 2


HISTORY = [
    ("UPDATE ledger_entry SET debit = debit + 1", "42501"),
    ("UPDATE ledger_journal SET kind = 'x'", "42501"),
    ("DELETE FROM ledger_entry", "42501"),
    ("DELETE FROM ledger_journal", "42501"),
    ("TRUNCATE ledger_entry", "42501"),
    ("TRUNCATE ledger_journal CASCADE", "42501"),
    ("ALTER TABLE ledger_entry DISABLE TRIGGER ALL", "42501"),
    ("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entries_check", "42501"),
    ("DROP TRIGGER ledger_entry_is_history ON ledger_entry", "42501"),
    ("SET session_replication_role = replica", "42501"),
    ("ALTER TABLE ledger_entry DROP CONSTRAINT entry_one_positive_side", "42501"),
]


@pytest.mark.parametrize(("statement", "code"), HISTORY)
def test_the_app_cannot_change_history(inside: Tenant, statement: str, code: str) -> None:
    write()
    with refused(code), connection.cursor() as cursor:
        cursor.execute(statement)
    assert [f"{entry.debit + entry.credit:.2f}" for entry in Entry.objects.all()] == ["10.00", "10.00"]


@pytest.mark.parametrize("statement", ["UPDATE ledger_entry SET debit = debit + 1", "DELETE FROM ledger_journal"])
def test_not_even_a_superuser_changes_history_by_accident(
    transactional_db: None, admin_db: Any, statement: str
) -> None:
    tenant = make_tenant("acme")
    with tenant_context(tenant):
        write()
    with admin_db.cursor() as cursor, pytest.raises(psycopg2.errors.RestrictViolation):
        cursor.execute(statement)
    with tenant_context(tenant):
        assert Entry.objects.count() == 2


def test_eight_writers_of_one_key_write_one_journal(transactional_db: None) -> None:
    tenant = make_tenant("acme")

    def work(number: int) -> str:
        try:
            with tenant_context(tenant):
                return str(write("same", str(number + 1)).pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(work, range(8)))) == 1
    with tenant_context(tenant):
        assert (Journal.objects.count(), Entry.objects.count()) == (1, 2)
