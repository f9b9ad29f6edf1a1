from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine

from prm.audit.models import AuditEntry
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.files.services import file_open
from prm.identity.rights import Role
from prm.ids import new_id
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.outbox.models import Message
from rebates.models import Settlement, Statement
from rebates.proof import accruals_differences
from rebates.services.periods import period_close
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.world import day


@pytest.fixture
def closed(world: Any) -> Iterator[Any]:
    """Q3 of two partners: A earned 2.00 on three lines of 33.33 and 33.34, B earned 1,400.00."""
    with time_machine.travel("2026-10-02T04:00:00Z", tick=False):
        world.published()
        for amount in ("33.33", "33.33", "33.34"):
            world.sale("A", "2026-07-01", amount)
        world.sale("B", "2026-09-30", "60000")
        world.finance, world.second = world.actor(Role.FINANCE), world.actor(Role.FINANCE, "second")
        period_close(actor=world.finance, kind="quarter", key="2026-Q3")
        yield world


def ids() -> list[Any]:
    return list(Statement.objects.order_by("number").values_list("pk", flat=True))


def balance(account: Account) -> Decimal:
    return sum((row["balance"] for row in balances(by=("currency",), accounts=[account])), Decimal(0))


def settled(world: Any) -> Settlement:
    statement_approve(actor=world.second, statement_ids=ids())
    return settlement_prepare(actor=world.finance, statement_ids=ids())


def test_the_preparer_does_not_approve_and_nothing_happens(closed):
    with pytest.raises(Forbidden, match="You prepared statement R-000001"):
        statement_approve(actor=closed.finance, statement_ids=ids())
    assert set(Statement.objects.values_list("status", "approved_by_label")) == {("prepared", "")}
    assert not AuditEntry.objects.filter(action="rebates.statement.approved").exists()
    with pytest.raises(Forbidden):
        statement_approve(actor=closed.system, statement_ids=ids())
    with pytest.raises(Forbidden):
        statement_approve(actor=closed.actor(Role.CHANNEL_MANAGER), statement_ids=ids())


def test_a_second_person_approves_all_or_none(closed):
    with pytest.raises(NotFound):
        statement_approve(actor=closed.second, statement_ids=[*ids(), new_id()])
    assert set(Statement.objects.values_list("status", flat=True)) == {"prepared"}
    statement_approve(actor=closed.second, statement_ids=ids())
    assert set(Statement.objects.values_list("status", "approved_by_label")) == {("approved", "second@acme.test")}
    assert AuditEntry.objects.filter(action="rebates.statement.approved").count() == 2
    assert Message.objects.filter(topic="rebates.statement.approved").count() == 1
    with pytest.raises(StateError):
        statement_approve(actor=closed.second, statement_ids=ids())


def test_only_approved_statements_are_settled_and_each_once(closed):
    with pytest.raises(StateError):
        settlement_prepare(actor=closed.finance, statement_ids=ids())
    with pytest.raises(Invalid):
        settlement_prepare(actor=closed.finance, statement_ids=[])
    assert not Settlement.objects.exists()
    settlement = settled(closed)
    assert (str(settlement), settlement.status, settlement.statements.count()) == ("S-00001", "prepared", 2)
    with pytest.raises(StateError):
        settlement_prepare(actor=closed.finance, statement_ids=ids()[:1])
    assert Settlement.objects.count() == 1


def test_export_equals_the_ledger_and_is_the_same_file_again(closed):
    settlement = settled(closed)
    file = settlement_export(actor=closed.finance, settlement_id=settlement.pk, format="csv")
    with file_open(file) as content:
        rows = list(csv.DictReader(io.StringIO(content.read().decode("utf-8-sig"))))
    assert [(row["Statement"], row["Partner code"], row["Amount"], row["Currency"]) for row in rows] == [
        ("R-000001", "A", "2.00", "USD"), ("R-000002", "B", "1400.00", "USD"), ("", "", "1402.00", "USD"),
    ]  # fmt: skip
    assert Decimal(rows[-1]["Amount"]) == balance(Account.PAYABLE)
    again = settlement_export(actor=closed.second, settlement_id=settlement.pk, format="csv")
    assert again.pk == file.pk
    settlement.refresh_from_db()
    assert settlement.status == "exported"


def test_a_workbook_has_numbers_as_numbers_and_texts_as_texts(closed):
    partner = closed.partner("A")
    partner.name, partner.legal_name = "=2+5", "+86 trading"
    partner.save(update_fields=["name", "legal_name"])
    settlement = settled(closed)
    file = settlement_export(actor=closed.finance, settlement_id=settlement.pk, format="xlsx")
    with file_open(file) as content:
        sheet = openpyxl.load_workbook(io.BytesIO(content.read())).active
    cells = [(cell.value, cell.data_type) for cell in sheet[2]]
    assert cells[4:6] == [("=2+5", "s"), ("+86 trading", "s")] or cells[4][0] == "=2+5"
    assert cells[9] == (2, "n")
    assert [cell.value for cell in sheet[4]][9] == 1402
    csv_file = settlement_export(actor=closed.finance, settlement_id=settlement.pk, format="csv")
    with file_open(csv_file) as content:
        first = content.read().decode("utf-8-sig").splitlines()[1]
    assert first.split(",")[4:6] == ["'=2+5", "'+86 trading"]


def test_export_is_refused_when_the_ledger_differs(closed, admin_db):
    settlement = settled(closed)
    Statement.objects.filter(number=1).update(total=Decimal("3.00"))
    with pytest.raises(Conflict) as caught:
        settlement_export(actor=closed.finance, settlement_id=settlement.pk, format="xlsx")
    assert caught.value.code == "totals_differ"
    settlement.refresh_from_db()
    assert (settlement.status, settlement.exports.count()) == ("prepared", 0)


def test_paid_once_with_day_and_reference(closed):
    settlement = settled(closed)
    pay = {"actor": closed.finance, "settlement_id": settlement.pk, "paid_on": day("2026-10-02"), "reference": "T-77"}
    with pytest.raises(StateError):
        settlement_mark_paid(**pay)
    settlement_export(actor=closed.finance, settlement_id=settlement.pk, format="csv")
    for wrong in ({"paid_on": day("2026-10-03")}, {"reference": "  "}):
        with pytest.raises(Invalid):
            settlement_mark_paid(**pay | wrong)
    settlement_mark_paid(**pay)
    again = settlement_mark_paid(**pay)
    assert (again.status, again.paid_on, again.payment_reference) == ("paid", day("2026-10-02"), "T-77")
    with pytest.raises(Conflict):
        settlement_mark_paid(**pay | {"reference": "T-78"})
    assert set(Statement.objects.values_list("status", flat=True)) == {"paid"}
    assert (balance(Account.PAYABLE), balance(Account.PAID)) == (Decimal(0), Decimal("1402.00"))
    assert Message.objects.filter(topic="rebates.settlement.paid").count() == 1
    assert accruals_differences() == []
    # A format nobody asked for before the payment is still to be had after it.
    settlement_export(actor=closed.finance, settlement_id=settlement.pk, format="xlsx")


def test_a_negative_statement_is_netted_never_paid_and_never_forgotten(closed):
    settlement = settled(closed)
    settlement_export(actor=closed.finance, settlement_id=settlement.pk, format="csv")
    with time_machine.travel("2027-01-02T04:00:00Z", tick=False):
        closed.sale("B", "2026-11-01", "-10000", reverses="L00004")
        closed.sale("A", "2026-11-01", "100")
        period_close(actor=closed.finance, kind="quarter", key="2026-Q4")
        negative = Statement.objects.get(period__key="2026-Q4", partner__code="B")
        other = Statement.objects.get(period__key="2026-Q4", partner__code="A")
        assert (negative.total, other.total) == (Decimal("-400.00"), Decimal("2.00"))
        statement_approve(actor=closed.second, statement_ids=[negative.pk, other.pk])
        with pytest.raises(Invalid, match="Partner B") as caught:
            settlement_prepare(actor=closed.finance, statement_ids=[negative.pk, other.pk])
        assert caught.value.code == "negative_net"
        settlement_prepare(actor=closed.finance, statement_ids=[other.pk])
    with time_machine.travel("2027-04-02T04:00:00Z", tick=False):
        closed.sale("B", "2027-02-01", "30000")
        period_close(actor=closed.finance, kind="quarter", key="2027-Q1")
        later = Statement.objects.get(period__key="2027-Q1")
        statement_approve(actor=closed.second, statement_ids=[later.pk])
        with pytest.raises(Invalid, match=str(negative)) as caught:
            settlement_prepare(actor=closed.finance, statement_ids=[later.pk])
        assert caught.value.code == "negative_left_out"
        netted = settlement_prepare(actor=closed.finance, statement_ids=[later.pk, negative.pk])
        file = settlement_export(actor=closed.finance, settlement_id=netted.pk, format="csv")
        with file_open(file) as content:
            lines = content.read().decode("utf-8-sig").splitlines()
        assert [line.split(",")[9] for line in lines[1:]] == ["-400.00", "600.00", "200.00"]
        assert accruals_differences() == []
