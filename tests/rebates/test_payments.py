"""Payments of a settlement: forms, netting, held lines, marks, and the ledger after every step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from prm import clock
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.models import Journal
from prm.ledger.selectors import balances
from prm.ledger.services import Posting, post
from prm.outbox.models import Message
from prm.workflow.models import Transition
from rebates.models import Dispute, Payment, PayoutChoice, Settlement, SettlementLine, Statement, StatementLine
from rebates.proof import accruals_differences
from rebates.selectors.payments import (
    clawback_ageing,
    ledger_totals,
    paid_differences,
    settled_totals,
    settlement_differences,
)
from rebates.services.payments import (
    deduction_confirm,
    goods_order_set,
    payment_mark_failed,
    payment_mark_paid,
    payment_retry,
    payment_reverse,
)
from rebates.services.periods import period_close
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.world import day

D = Decimal
TODAY = day("2026-10-02")


@pytest.fixture
def world(world: Any) -> Iterator[Any]:
    with time_machine.travel("2026-10-02T04:00:00Z", tick=False):
        world.finance, world.second = world.actor(Role.FINANCE), world.actor(Role.FINANCE, "second")
        yield world


@pytest.fixture
def forms(world: Any) -> Any:
    """Partner A earns 2.00 in cash, 20.00 as a credit note and 4.00 as goods; B earns 200.00 in cash and goods each."""
    world.published("CASH")
    world.published("NOTE", payout={"form": "credit_note"}, scope=line("Note"))
    world.published("GOODS", payout={"form": "free_goods"}, scope=line("Goods"))
    world.sale("A", "2026-07-01", "100", sku="C")
    world.product("N", line="Note")
    world.product("G", line="Goods")
    world.sale("A", "2026-07-02", "1000", sku="N")
    world.sale("A", "2026-07-03", "200", sku="G")
    close(world, "2026-Q3")
    return world


def line(name: str) -> dict[str, Any]:
    return {"field": "product.line", "op": "eq", "value": name}


def close(world: Any, key: str) -> list[Any]:
    """Close a quarter and have its statements approved."""
    period_close(actor=world.finance, kind="quarter", key=key)
    ids = list(Statement.objects.filter(period__key=key).order_by("number").values_list("pk", flat=True))
    statement_approve(actor=world.second, statement_ids=ids)
    return ids


def everything() -> list[Any]:
    return list(Statement.objects.order_by("number").values_list("pk", flat=True))


def prepared(world: Any, ids: list[Any] | None = None, **more: Any) -> Settlement:
    return settlement_prepare(actor=world.finance, statement_ids=ids or everything(), **more)


def exported(world: Any, **more: Any) -> Settlement:
    settlement = prepared(world, **more)
    settlement_export(actor=world.finance, settlement_id=settlement.pk, format="csv")
    return settlement


def amounts(settlement: Settlement) -> dict[str, Decimal]:
    return {payment.form: payment.amount for payment in settlement.payments.all()}


def balance(account: Account) -> Decimal:
    return sum((row["balance"] for row in balances(by=("currency",), accounts=[account])), D(0))


def proven() -> bool:
    """Every claim about the books holds."""
    settlements = Settlement.objects.all()
    return (
        accruals_differences() == []
        and paid_differences() == []
        and all(settlement_differences(one) == [] for one in settlements)
        and all(settled_totals(one) == ledger_totals(one) for one in settlements)
    )


def dispute(world: Any, statement_line: StatementLine) -> Dispute:
    statement = statement_line.statement
    return Dispute.objects.create(
        number=1, statement=statement, line=statement_line, partner=statement.partner, reason="wrong_rate",
        stated=statement_line.amount, claimed=D("25.00"), currency=statement.currency, opened_at=clock.now(),
        due_on=day("2026-10-20"),
    )  # fmt: skip


def test_each_form_has_its_payment_and_its_number(forms):
    settlement = exported(forms)
    assert amounts(settlement) == {"cash": D("26.00"), "credit_note": D("20.00"), "free_goods": D("4.00")}
    note = settlement.payments.get(form="credit_note")
    assert (str(note), note.credit_note_number, note.beneficiary) == ("PAY-000002", "CN-000001", "Partner A")
    assert [payment.status for payment in settlement.payments.all()] == ["exported"] * 3
    assert SettlementLine.objects.filter(settlement=settlement).count() == StatementLine.objects.count()
    assert proven()


def test_paid_together_waits_for_goods_without_an_order(forms):
    settlement = exported(forms)
    pay = {"actor": forms.finance, "settlement_id": settlement.pk, "paid_on": TODAY, "reference": "BANK-1"}
    assert settlement_mark_paid(**pay).status == "partly_paid"
    assert proven()
    assert dict(settlement.payments.values_list("form", "reference")) == {
        "cash": "BANK-1", "credit_note": "CN-000001", "free_goods": "",
    }  # fmt: skip
    assert (balance(Account.PAID), balance(Account.PAYABLE)) == (D("46.00"), D("4.00"))
    assert Statement.objects.get().status == "settled"
    assert settlement_mark_paid(**pay).status == "partly_paid"
    goods = settlement.payments.get(form="free_goods")
    with pytest.raises(Invalid):
        payment_mark_paid(actor=forms.finance, payment_id=goods.pk, paid_on=TODAY)
    goods_order_set(actor=forms.finance, payment_id=goods.pk, document="SO-9")
    payment_mark_paid(actor=forms.finance, payment_id=goods.pk, paid_on=TODAY)
    settlement.refresh_from_db()
    goods.refresh_from_db()
    assert (settlement.status, settlement.paid_on, goods.reference) == ("paid", TODAY, "SO-9")
    assert (Statement.objects.get().status, balance(Account.PAYABLE)) == ("paid", D(0))
    assert Message.objects.filter(topic="rebates.settlement.paid").count() == 1
    assert proven()


def test_a_payment_fails_is_tried_again_and_paid(forms):
    settlement = exported(forms)
    cash = settlement.payments.get(form="cash")
    with pytest.raises(Invalid):
        payment_mark_failed(actor=forms.finance, payment_id=cash.pk, reason=" ")
    payment_mark_failed(actor=forms.finance, payment_id=cash.pk, reason="AC04 closed account")
    cash.refresh_from_db()
    assert (cash.status, cash.failure, balance(Account.PAID)) == ("failed", "AC04 closed account", D(0))
    assert proven()
    with pytest.raises(StateError):
        payment_mark_paid(actor=forms.finance, payment_id=cash.pk, paid_on=TODAY, reference="B")
    payment_retry(actor=forms.finance, payment_id=cash.pk)
    with pytest.raises(StateError):
        payment_mark_paid(actor=forms.finance, payment_id=cash.pk, paid_on=TODAY, reference="B")
    settlement_export(actor=forms.finance, settlement_id=settlement.pk, format="csv")
    payment_mark_paid(actor=forms.finance, payment_id=cash.pk, paid_on=TODAY, reference="B")
    cash.refresh_from_db()
    assert (cash.status, cash.attempt, cash.failure) == ("paid", 2, "")
    assert balance(Account.PAID) == D("26.00")
    assert proven()
    verbs = Transition.objects.filter(target_id=str(cash.pk)).values_list("verb", flat=True)
    assert sorted(verbs) == ["export", "export", "fail", "pay", "retry"]
    topics = set(Message.objects.filter(topic__startswith="rebates.payment").values_list("topic", flat=True))
    assert topics == {"rebates.payment.failed", "rebates.payment.retried", "rebates.payment.paid"}


def test_a_payment_is_reversed_once_and_paid_again(forms):
    settlement = exported(forms)
    for payment in settlement.payments.all():
        payment_mark_paid(actor=forms.finance, payment_id=payment.pk, paid_on=TODAY, reference=f"X{payment.number}")
    cash = settlement.payments.get(form="cash")
    settlement.refresh_from_db()
    assert (settlement.status, Statement.objects.get().status) == ("paid", "paid")
    for wrong in (day("2026-10-01"), day("2026-10-03")):
        with pytest.raises(Invalid):
            payment_reverse(actor=forms.finance, payment_id=cash.pk, reason="returned", reversed_on=wrong)
    payment_reverse(actor=forms.finance, payment_id=cash.pk, reason="returned by the bank")
    with pytest.raises(StateError):
        payment_reverse(actor=forms.finance, payment_id=cash.pk, reason="again")
    settlement.refresh_from_db()
    assert (settlement.status, settlement.paid_on, Statement.objects.get().status) == ("partly_paid", None, "settled")
    assert (balance(Account.PAID), balance(Account.PAYABLE)) == (D("24.00"), D("26.00"))
    assert proven()
    paid = Journal.objects.get(key=f"rebates.payment:{cash.pk}:1")
    assert Journal.objects.get(reverses=paid).key == f"rebates.payment_reversal:{cash.pk}:1"
    move = Posting(Account.PAID, Account.PAYABLE, D(1), "USD", cash.partner_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        post("x", key="x", actor=forms.finance, effective_on=TODAY, postings=[move], cause_type="x", cause_id="x",
             reverses=paid)  # fmt: skip
    payment_retry(actor=forms.finance, payment_id=cash.pk)
    settlement_export(actor=forms.finance, settlement_id=settlement.pk, format="csv")
    settlement_mark_paid(actor=forms.finance, settlement_id=settlement.pk, paid_on=TODAY, reference="BANK-2")
    settlement.refresh_from_db()
    assert (settlement.status, balance(Account.PAYABLE), balance(Account.PAID)) == ("paid", D(0), D("50.00"))
    assert proven()


def test_paid_twice_alike_is_once_and_otherwise_refused(forms):
    cash = exported(forms).payments.get(form="cash")
    pay = {"actor": forms.finance, "payment_id": cash.pk, "paid_on": TODAY, "reference": "B-1"}
    payment_mark_paid(**pay)
    payment_mark_paid(**pay)
    with pytest.raises(Conflict) as caught:
        payment_mark_paid(**pay | {"reference": "B-2"})
    assert caught.value.code == "already_paid"
    assert balance(Account.PAID) == D("26.00")


def test_who_may_mark_and_who_may_not(forms):
    cash = exported(forms).payments.get(form="cash")
    manager = forms.actor(Role.CHANNEL_MANAGER)
    for act in (payment_mark_failed, payment_reverse):
        with pytest.raises(Forbidden):
            act(actor=manager, payment_id=cash.pk, reason="x")
    with pytest.raises(Forbidden):
        payment_mark_paid(actor=manager, payment_id=cash.pk, paid_on=TODAY, reference="x")
    with pytest.raises(Forbidden):
        payment_retry(actor=manager, payment_id=cash.pk)
    with pytest.raises(Forbidden):
        clawback_ageing(forms.actor(Role.PARTNER_FINANCE, partner=forms.partner("A")))


def test_a_partner_deducts_and_says_on_which_invoice(forms):
    partner = forms.partner("A")
    own = forms.actor(Role.PARTNER_FINANCE, partner=partner)
    stranger = forms.actor(Role.PARTNER_FINANCE, "stranger", partner=forms.partner("B"))
    settlement = exported(forms, deduct_partner_ids=[partner.pk])
    assert amounts(settlement) == {"deduction": D("50.00")}
    payment = settlement.payments.get()
    with pytest.raises(StateError) as caught:
        payment_mark_paid(actor=forms.finance, payment_id=payment.pk, paid_on=TODAY, reference="x")
    assert caught.value.code == "not_confirmed"
    with pytest.raises(StateError):
        settlement_mark_paid(actor=forms.finance, settlement_id=settlement.pk, paid_on=TODAY, reference="x")
    for other in (stranger, forms.finance):
        with pytest.raises(NotFound):
            deduction_confirm(actor=other, payment_id=payment.pk, document="INV-1")
    deduction_confirm(actor=own, payment_id=payment.pk, document="INV-1")
    with pytest.raises(StateError):
        deduction_confirm(actor=own, payment_id=payment.pk, document="INV-2")
    payment_mark_paid(actor=forms.finance, payment_id=payment.pk, paid_on=TODAY)
    payment.refresh_from_db()
    assert (payment.status, payment.reference, payment.confirmed_by_label) == ("paid", "INV-1", own.label)
    assert proven()


def test_a_partner_can_always_deduct(forms):
    PayoutChoice.objects.create(partner=forms.partner("A"), form="deduction")
    assert amounts(prepared(forms)) == {"deduction": D("50.00")}


def test_held_lines_wait_and_the_rest_is_paid_on_time(forms):
    [held] = StatementLine.objects.filter(version__program__code="NOTE")
    case = dispute(forms, held)
    first = exported(forms)
    statement = Statement.objects.get()
    assert (amounts(first), statement.status) == ({"cash": D("26.00"), "free_goods": D("4.00")}, "part_settled")
    goods_order_set(actor=forms.finance, payment_id=first.payments.get(form="free_goods").pk, document="SO-1")
    settlement_mark_paid(actor=forms.finance, settlement_id=first.pk, paid_on=TODAY, reference="BANK-1")
    first.refresh_from_db()
    statement.refresh_from_db()
    assert (first.status, statement.status) == ("paid", "part_settled")
    assert (balance(Account.PAYABLE), balance(Account.PAID)) == (D("20.00"), D("30.00"))
    assert proven()
    with pytest.raises(Invalid) as caught:
        prepared(forms)
    assert caught.value.code == "all_held"
    Dispute.objects.filter(pk=case.pk).update(
        status="rejected", decision="rejected", outcome="partner_error", granted=D(0), decided_at=clock.now()
    )
    second = exported(forms)
    statement.refresh_from_db()
    assert (amounts(second), statement.status, statement.settlement) == ({"credit_note": D("20.00")}, "settled", second)
    assert proven()
    settlement_mark_paid(actor=forms.finance, settlement_id=second.pk, paid_on=TODAY, reference="BANK-2")
    statement.refresh_from_db()
    assert (statement.status, balance(Account.PAYABLE)) == ("paid", D(0))
    assert proven()
    with pytest.raises(StateError):
        prepared(forms)


def test_a_line_is_settled_once(forms):
    settlement = prepared(forms)
    first = SettlementLine.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        SettlementLine.objects.create(
            settlement=settlement, payment=first.payment, statement_line=first.statement_line, amount=first.amount
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=first.payment_id).update(amount=D(1))


def test_what_a_form_owes_is_taken_from_another(world):
    """Cash comes to -40.00, goods to 100.00: 60.00 in goods, shown as 100.00 less 40.00."""
    world.published("CASH", calculation=flat("0.04"), scope=line("Road"))
    world.published("GOODS", calculation=flat("0.10"), scope=line("Goods"), payout={"form": "free_goods"})
    world.product("G", line="Goods")
    world.sale("A", "2026-07-01", "1000", external_id="S1")
    close(world, "2026-Q3")
    exported(world)
    with time_machine.travel("2027-01-02T04:00:00Z", tick=False):
        world.sale("A", "2026-10-05", "-1000", reverses="S1")
        world.sale("A", "2026-10-06", "1000", sku="G")
        ids = close(world, "2026-Q4")
        settlement = exported(world, ids=ids)
        [payment] = settlement.payments.all()
        assert (payment.form, payment.gross, payment.clawback, payment.amount) == (
            "free_goods", D("100.00"), D("-40.00"), D("60.00"),
        )  # fmt: skip
        assert proven()


def flat(rate: str) -> dict[str, Any]:
    return {"type": "marginal", "bands": [{"from": "0", "rate": rate}]}


def test_clawbacks_age_until_they_are_netted_to_nothing(world):
    """-400.00 in the fourth quarter, 400.00 in the first: nothing is transferred, and both are done with the export."""
    world.published("P", calculation=flat("0.04"))
    world.sale("B", "2026-07-01", "10000", external_id="S1")
    close(world, "2026-Q3")
    exported(world)
    with time_machine.travel("2027-01-02T04:00:00Z", tick=False):
        world.sale("B", "2026-10-05", "-10000", reverses="S1")
        close(world, "2026-Q4")
        [row] = clawback_ageing(world.finance)
        assert (row.amount, row.days, row.bucket, row.waiting) == (D("-400.00"), 0, "30", D(0))
    with time_machine.travel("2027-04-02T04:00:00Z", tick=False):
        world.sale("B", "2027-02-01", "10000")
        [later] = close(world, "2027-Q1")
        [row] = clawback_ageing(world.finance)
        assert (row.amount, row.days, row.bucket, row.waiting) == (D("-400.00"), 90, "90", D("400.00"))
        with pytest.raises(Invalid, match=str(row.statement)):
            prepared(world, [later])
        settlement = exported(world, ids=[later, row.statement.pk])
        [payment] = settlement.payments.all()
        settlement.refresh_from_db()
        assert (payment.gross, payment.clawback, payment.amount) == (D("400.00"), D("-400.00"), D(0))
        payment.refresh_from_db()
        assert (payment.status, settlement.status, settlement.payment_reference) == ("paid", "paid", "S-00002")
        assert clawback_ageing(world.finance) == []
        assert proven()


def test_two_partners_one_fails_the_other_is_paid(world):
    world.published("P")
    world.sale("A", "2026-07-01", "100")
    world.sale("B", "2026-07-01", "200")
    close(world, "2026-Q3")
    settlement = exported(world)
    first, second = settlement.payments.all()
    payment_mark_failed(actor=world.finance, payment_id=first.pk, reason="unknown account")
    settlement_mark_paid(actor=world.finance, settlement_id=settlement.pk, paid_on=TODAY, reference="BANK-1")
    settlement.refresh_from_db()
    assert settlement.status == "partly_paid"
    assert list(Statement.objects.order_by("number").values_list("status", flat=True)) == ["settled", "paid"]
    assert balance(Account.PAID) == second.amount == D("4.00")
    assert proven()
