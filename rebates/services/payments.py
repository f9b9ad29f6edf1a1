"""What becomes of a payment: paid, failed, reversed, tried again. The settlement and its statements follow.

A failed or reversed payment is tried again in its own settlement; its lines are never freed, so nothing can be paid
twice by way of another settlement. Locks are taken in the order settlement, payments, statements.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.errors import Conflict, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.accounts import Account
from prm.ledger.lock import locked_text, locked_until
from prm.ledger.selectors import journal_of
from prm.ledger.services import Posting, post
from prm.outbox.services import emit
from prm.workflow.services import transition, transition_all
from rebates import fiscal
from rebates.models import Payment, Settlement, SettlementLine, Statement
from rebates.selectors.payments import settlement_differences
from rebates.states import (
    PAYMENT_TRANSITIONS,
    SETTLEMENT_TRANSITIONS,
    STATEMENT_TRANSITIONS,
    PaymentStatus,
    PayoutForm,
    SettlementStatus,
    StatementStatus,
)


@transaction.atomic
def payment_mark_paid(*, actor: Actor, payment_id: UUID, paid_on: dt.date, reference: str = "") -> Payment:
    """The money has left, the credit note is issued, the goods are ordered: ledger payable → paid.

    `reference` is the bank's for cash, the goods order for free goods; credit notes and confirmed deductions have
    their own. The same again changes nothing; another day or reference raises `Conflict`. Raises `StateError` before
    the export and for a deduction that the partner has not confirmed, `Invalid` for a day in the future or a missing
    reference. Emits `rebates.payment.paid`.
    """
    actor.require(Right.SETTLEMENTS_PAY)
    payment = _locked(payment_id)
    reference = reference.strip() or _own_reference(payment)
    if payment.status == PaymentStatus.PAID:
        if (payment.paid_on, payment.reference) != (paid_on, reference):
            raise Conflict(_("%(number)s is marked as paid already.") % {"number": payment}, code="already_paid")
        return payment
    payment_check(paid_on, reference)
    if payment.form == PayoutForm.DEDUCTION and payment.confirmed_at is None:
        raise StateError(_("The partner has not confirmed this deduction yet."), code="not_confirmed")
    check_against_ledger(payment.settlement)
    payments_pay(actor, payment.settlement, [(payment, reference)], paid_on)
    return payment


@transaction.atomic
def payment_mark_failed(*, actor: Actor, payment_id: UUID, reason: str) -> Payment:
    """The bank sent it back before it was paid. The ledger stays. Emits `rebates.payment.failed`."""
    actor.require(Right.SETTLEMENTS_PAY)
    payment = _locked(payment_id)
    reason = _reason(reason)
    action = "rebates.payment.failed"
    transition_all(
        [payment], "fail", table=PAYMENT_TRANSITIONS, actor=actor, action=action, reason=reason, failure=reason
    )
    emit(action, _payload(payment))
    return payment


@transaction.atomic
def payment_reverse(*, actor: Actor, payment_id: UUID, reason: str, reversed_on: dt.date | None = None) -> Payment:
    """Money that had left came back: ledger paid → payable, its statements are open again.

    Raises `StateError` unless it is paid, `Invalid` for a day before the payment or in the future. Emits
    `rebates.payment.reversed`.
    """
    actor.require(Right.SETTLEMENTS_PAY)
    payment = _locked(payment_id)
    reason, day = _reason(reason), reversed_on or fiscal.today()
    if day > fiscal.today() or (payment.paid_on and day < payment.paid_on):
        raise Invalid(fields={"reversed_on": [_("Between the day of the payment and today.")]})
    if (until := locked_until()) is not None and day <= until:
        raise Invalid(fields={"reversed_on": [locked_text(until)]})
    action = "rebates.payment.reversed"
    transition_all(
        [payment], "reverse", table=PAYMENT_TRANSITIONS, actor=actor, action=action, reason=reason, failure=reason,
        paid_on=None,
    )  # fmt: skip
    paid = journal_of(_key(payment))
    for postings in _moves([payment], Account.PAID, Account.PAYABLE).values():
        post(
            "rebates.payment_reversal", key=f"rebates.payment_reversal:{payment.pk}:{payment.attempt}", actor=actor,
            effective_on=day, postings=postings, cause_type="rebates.payment", cause_id=str(payment.pk), reverses=paid,
        )  # fmt: skip
    emit(action, _payload(payment))
    _follow(actor, payment.settlement, [payment], "")
    return payment


@transaction.atomic
def payment_retry(*, actor: Actor, payment_id: UUID) -> Payment:
    """A failed or reversed payment is prepared once more; the next file for the bank carries it again."""
    actor.require(Right.SETTLEMENTS_EDIT)
    payment = _locked(payment_id)
    again: dict[str, Any] = {"attempt": payment.attempt + 1, "transfer": None, "account": None, "reference": ""}
    if payment.form == PayoutForm.DEDUCTION:
        again |= {"document": "", "confirmed_at": None, "confirmed_by_label": ""}
    action = "rebates.payment.retried"
    transition_all([payment], "retry", table=PAYMENT_TRANSITIONS, actor=actor, action=action, **again)
    emit(action, _payload(payment))
    return payment


@transaction.atomic
def deduction_confirm(*, actor: Actor, payment_id: UUID, document: str) -> Payment:
    """The partner says on which of its payments to the vendor it deducts the amount.

    Only people of the partner itself. Emits `rebates.payment.deduction_confirmed`.
    """
    payment = _locked(payment_id)
    if not actor.is_partner or actor.partner_id != payment.partner_id:
        raise NotFound
    actor.require(Right.OWN_ACCOUNT_EDIT)
    if payment.form != PayoutForm.DEDUCTION or payment.confirmed_at or payment.status not in OPEN:
        raise StateError
    payment.document = _document(document)
    payment.confirmed_at, payment.confirmed_by_label = clock.now(), actor.label[:254]
    payment.save(update_fields=["document", "confirmed_at", "confirmed_by_label"])
    action = "rebates.payment.deduction_confirmed"
    record(actor, action, payment, {"document": payment.document})
    emit(action, _payload(payment))
    return payment


@transaction.atomic
def goods_order_set(*, actor: Actor, payment_id: UUID, document: str) -> Payment:
    """The order with which free goods are sent out."""
    actor.require(Right.SETTLEMENTS_EDIT)
    payment = _locked(payment_id)
    if payment.form != PayoutForm.FREE_GOODS or payment.status not in OPEN:
        raise StateError
    payment.document = _document(document)
    payment.save(update_fields=["document"])
    record(actor, "rebates.payment.goods_ordered", payment, {"document": payment.document})
    return payment


OPEN = (PaymentStatus.PREPARED, PaymentStatus.EXPORTED)


def is_ready(payment: Payment) -> bool:
    """Whether it can be paid together with others: goods need an order, a deduction the partner's word."""
    if payment.form == PayoutForm.DEDUCTION:
        return payment.confirmed_at is not None
    return payment.form != PayoutForm.FREE_GOODS or bool(payment.document)


def is_due(payment: Payment) -> bool:
    """Whether marking the whole settlement as paid reaches it."""
    return payment.status == PaymentStatus.EXPORTED and bool(payment.amount) and is_ready(payment)


def payments_pay(
    actor: Actor, settlement: Settlement, payments: Sequence[tuple[Payment, str]], paid_on: dt.date, shared: str = ""
) -> None:
    """Pay locked payments, each with its reference; `shared` is what the settlement says when all of it is paid."""
    by_reference = defaultdict[str, list[Payment]](list)
    for payment, reference in payments:
        by_reference[reference].append(payment)
    action = "rebates.payment.paid"
    for reference, group in by_reference.items():
        goods = [payment for payment in group if payment.form == PayoutForm.FREE_GOODS and not payment.document]
        Payment.objects.filter(pk__in=[payment.pk for payment in goods]).update(document=reference)
        transition_all(
            group, "pay", table=PAYMENT_TRANSITIONS, actor=actor, action=action, reason=reference, paid_on=paid_on,
            reference=reference, failure="",
        )  # fmt: skip
    paid = [payment for payment, _reference in payments]
    _post_paid(actor, paid, paid_on)
    emit(action, {"settlement_id": str(settlement.pk), "payment_ids": [str(payment.pk) for payment in paid]})
    _follow(actor, settlement, paid, shared or (payments[0][1] if len(payments) == 1 else ""))


def offsets_pay(actor: Actor, settlement: Settlement, reference: str = "") -> bool:
    """Payments of nothing, where claw-backs took all, are done as soon as every other one is paid; True when done."""
    payments = list(Payment.objects.select_for_update().filter(settlement=settlement).order_by("number"))
    nothing = [one for one in payments if not one.amount and one.status == PaymentStatus.EXPORTED]
    if not nothing or any(one.status != PaymentStatus.PAID for one in payments if one.amount):
        return False
    day = max((one.paid_on for one in payments if one.paid_on), default=fiscal.today())
    payments_pay(actor, settlement, [(one, str(settlement)) for one in nothing], day, reference or str(settlement))
    return True


def settlement_locked(settlement_id: UUID) -> Settlement:
    settlement: Settlement | None = Settlement.objects.select_for_update().filter(pk=settlement_id).first()
    if settlement is None:
        raise NotFound
    return settlement


def check_against_ledger(settlement: Settlement) -> None:
    """What is exported or paid is what the ledger owes for exactly these lines, to the cent."""
    wrong = settlement_differences(settlement)
    if wrong:
        text = _("The statements of this settlement do not equal the ledger in %(count)s places; nothing was written.")
        raise Conflict(text % {"count": len(wrong)}, code="totals_differ")


def payment_check(paid_on: dt.date, reference: str) -> None:
    """Raises `Invalid` for a day in the future or in locked books, or a reference that is missing or too long."""
    faults: dict[str, list[str]] = {}
    until = locked_until()
    if paid_on > fiscal.today():
        faults["paid_on"] = [_("This day is in the future.")]
    elif until is not None and paid_on <= until:
        faults["paid_on"] = [locked_text(until)]
    if not reference:
        faults["reference"] = [_("Give the reference of the payment.")]
    if len(reference) > 100:
        faults["reference"] = [_("At most 100 characters.")]
    if faults:
        raise Invalid(fields=faults)


def _locked(payment_id: UUID) -> Payment:
    found = Payment.objects.filter(pk=payment_id).values_list("settlement_id", flat=True).first()
    if found is None:
        raise NotFound
    settlement = settlement_locked(found)
    payment: Payment = Payment.objects.select_for_update(of=("self",)).select_related("partner").get(pk=payment_id)
    payment.settlement = settlement
    return payment


def _own_reference(payment: Payment) -> str:
    return payment.credit_note_number or payment.document


def _document(text: str) -> str:
    text = text.strip()
    if not text or len(text) > 100:
        raise Invalid(fields={"document": [_("Give a number of at most 100 characters.")]})
    return text


def _reason(text: str) -> str:
    if not text.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    return text.strip()[:500]


def _payload(payment: Payment) -> dict[str, str]:
    return {"payment_id": str(payment.pk), "settlement_id": str(payment.settlement_id)}


def _key(payment: Payment) -> str:
    return f"rebates.payment:{payment.pk}:{payment.attempt}"


def _post_paid(actor: Actor, payments: Sequence[Payment], paid_on: dt.date) -> None:
    moves = _moves(payments, Account.PAYABLE, Account.PAID)
    for payment in payments:
        if moves[payment.pk]:
            post(
                "rebates.payment", key=_key(payment), actor=actor, effective_on=paid_on, postings=moves[payment.pk],
                cause_type="rebates.payment", cause_id=str(payment.pk),
            )  # fmt: skip


def _moves(payments: Sequence[Payment], debit: Account, credit: Account) -> dict[UUID, list[Posting]]:
    """Payment → what its lines move, by partner, program, period and currency."""
    line = "statement_line__"
    places = ("payment_id", f"{line}statement__partner_id", f"{line}version__program_id",
              f"{line}statement__period__key", f"{line}statement__currency")  # fmt: skip
    rows = SettlementLine.objects.filter(payment__in=payments).order_by(*places).values_list(*places)
    moves = defaultdict[UUID, list[Posting]](list)
    for payment_id, partner_id, program_id, key, currency, total in rows.annotate(Sum("amount")):
        if total:
            moves[payment_id].append(Posting(debit, credit, total, currency, partner_id, program_id, key))
    return moves


def _follow(actor: Actor, settlement: Settlement, payments: Sequence[Payment], reference: str) -> None:
    """The settlement's state is that of its payments, a statement's that of the payments of its lines."""
    _statements_follow(actor, payments)
    rows = list(Payment.objects.filter(settlement=settlement).values_list("status", "paid_on", "amount"))
    paid = [row for row in rows if row[0] == PaymentStatus.PAID]
    if len(paid) == len(rows):
        day = max(row[1] for row in paid if row[1])
        settlement.paid_on, settlement.payment_reference = day, reference
        _settlement_goes(actor, settlement, "pay", SettlementStatus.PAID)
        emit("rebates.settlement.paid", {"settlement_id": str(settlement.pk), "paid_on": day.isoformat()})
        return
    if payments[0].status == PaymentStatus.PAID and offsets_pay(actor, settlement, reference):
        return
    settlement.paid_on, settlement.payment_reference = None, ""
    if any(row[2] for row in paid):
        _settlement_goes(actor, settlement, "pay_part", SettlementStatus.PARTLY_PAID)
    else:
        _settlement_goes(actor, settlement, "reopen", SettlementStatus.EXPORTED)


def _settlement_goes(actor: Actor, settlement: Settlement, verb: str, state: SettlementStatus) -> None:
    settlement.save(update_fields=["paid_on", "payment_reference"])
    if settlement.status != state:
        action = {"pay": "paid", "pay_part": "partly_paid", "reopen": "reopened"}[verb]
        transition(
            settlement, verb, table=SETTLEMENT_TRANSITIONS, actor=actor, action=f"rebates.settlement.{action}",
            reason=settlement.payment_reference,
        )  # fmt: skip


def _statements_follow(actor: Actor, payments: Sequence[Payment]) -> None:
    touched = SettlementLine.objects.filter(payment__in=payments).values("statement_line__statement_id")
    statements = list(Statement.objects.select_for_update().filter(pk__in=touched).order_by("pk"))
    lines = SettlementLine.objects.filter(statement_line__statement__in=statements)
    unpaid = set(
        lines.exclude(payment__status=PaymentStatus.PAID).values_list("statement_line__statement_id", flat=True)
    )
    whole = [one for one in statements if one.pk not in unpaid and one.status == StatementStatus.SETTLED]
    again = [one for one in statements if one.pk in unpaid and one.status == StatementStatus.PAID]
    table = STATEMENT_TRANSITIONS
    transition_all(
        whole, "pay", table=table, actor=actor, action="rebates.statement.paid", reason=payments[0].reference
    )
    transition_all(again, "reopen", table=table, actor=actor, action="rebates.statement.reopened")
