"""What is written once stays: every way to change history that SQL offers, as the role that the product runs with."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from prm.ledger.models import Entry, Journal
from prm.ledger.selectors import balances
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import make_tenant
from tests.contracts.rows import make_row, tenant_models
from tests.prm.test_ledger import bare_journal, side, write

KEPT = [model for model in tenant_models() if {"UPDATE", "DELETE"} <= set(model.revoked_rights)]
NO_RIGHT, UNBALANCED_OR_SEALED, CHECK, TWICE = "42501", "23000", "23514", "23505"


@contextlib.contextmanager
def refused(*codes: str) -> Iterator[None]:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__.pgcode in codes, caught.value  # type: ignore[union-attr]


def execute(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_the_tables_that_keep_history_are_known() -> None:
    """One that is missing here has lost its protection."""
    names = {model._meta.label for model in KEPT}
    assert {
        "audit.AuditEntry", "ledger.Entry", "ledger.Journal", "rebates.Adjustment", "rebates.Forfeit",
        "rebates.SettlementExport", "rebates.StatementLine", "rebates.StatementSale", "workflow.Transition",
    } <= names  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("model", [pytest.param(model, id=model._meta.label) for model in KEPT])
def test_no_row_of_them_can_be_changed_removed_or_written_over(tenant: Tenant, model: Any) -> None:
    table = model._meta.db_table
    with tenant_context(tenant):
        row = make_row(model)
        for sql in (
            f"UPDATE {table} SET id = id",
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"TRUNCATE {table} CASCADE",
            f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET id = {table}.id",
            f"MERGE INTO {table} t USING {table} s ON t.id = s.id WHEN MATCHED THEN DELETE",
            f"SELECT * FROM {table} FOR UPDATE",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"DROP TABLE {table} CASCADE",
        ):
            with refused(NO_RIGHT):
                execute(sql)
        assert model.objects.filter(pk=row.pk).exists()


APPENDED = [
    pytest.param([{"debit": Decimal(5)}, {"credit": Decimal(5)}], (UNBALANCED_OR_SEALED,), id="balanced"),
    pytest.param([{"debit": Decimal(5)}], (UNBALANCED_OR_SEALED,), id="unbalanced"),
    pytest.param([{"credit": Decimal("0.0001")}], (UNBALANCED_OR_SEALED,), id="the smallest amount"),
    pytest.param([{"debit": 0, "credit": 0}], (CHECK,), id="nothing"),
    pytest.param([{"debit": Decimal(-5)}, {"credit": Decimal(-5)}], (CHECK,), id="negative"),
]


@pytest.mark.parametrize(("amounts", "codes"), APPENDED)
def test_nothing_is_added_to_a_journal_that_is_committed(
    transactional_db: None, amounts: list[dict[str, Any]], codes: tuple[str, ...]
) -> None:
    tenant = make_tenant("acme")
    with tenant_context(tenant):
        journal = write()
    with tenant_context(tenant):
        with refused(*codes):
            Entry.objects.bulk_create([side(journal, **amount) for amount in amounts])
        assert [row["balance"] for row in balances(by=["account"])] == [10, -10]


def test_a_journal_can_not_pretend_to_be_of_a_later_transaction(transactional_db: None) -> None:
    """The seal is the transaction's number, which the database writes itself."""
    tenant = make_tenant("acme")
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_journal (id, tenant_id, created_at, kind, key, effective_on, actor_kind, actor_label,"
            " cause_type, cause_id, written_in)"
            " VALUES (uuidv7(), %s, now(), 'x', 'k', now(), 'system', 't', 't', '1', '9000000000000') RETURNING id",
            [tenant.pk],
        )
        key = cursor.fetchone()[0]
    with tenant_context(tenant):
        journal = Journal.objects.get(pk=key)
        with refused(UNBALANCED_OR_SEALED):
            Entry.objects.bulk_create([side(journal, debit=Decimal(5)), side(journal, credit=Decimal(5))])


@pytest.mark.django_db
def test_one_journal_can_not_balance_with_another(tenant: Tenant) -> None:
    with tenant_context(tenant):
        first, second = bare_journal("1"), bare_journal("2")
        with refused(UNBALANCED_OR_SEALED):
            Entry.objects.bulk_create([side(first, debit=Decimal(5)), side(second, credit=Decimal(5))])
        assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_journal_is_reversed_once_and_written_once_for_its_key(tenant: Tenant) -> None:
    with tenant_context(tenant):
        first = write("1")
        write("1-back", "-10", reverses=first)
        with refused(TWICE):
            write("1-back again", "-10", reverses=first)
        with refused(TWICE):
            bare_journal("1")
        assert (Journal.objects.count(), Entry.objects.count()) == (2, 4)


@pytest.mark.django_db
def test_what_history_refers_to_stays(tenant: Tenant) -> None:
    with tenant_context(tenant):
        write()
        with refused(NO_RIGHT, "23503", "23001"):
            execute("DELETE FROM tenancy_tenant")
            execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would do
        assert Entry.objects.count() == 2
