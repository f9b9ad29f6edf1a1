from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import DecimalText, Input, Output, Query
from prm.identity.rights import Right
from rebates.models import Payment, SettlementLine
from rebates.selectors.payment_facts import statement_paid
from rebates.selectors.payments import clawback_ageing, payment_get, payment_lines, payment_list
from rebates.selectors.statements import statement_get
from rebates.services.payments import (
    deduction_confirm,
    goods_order_set,
    payment_mark_failed,
    payment_mark_paid,
    payment_retry,
    payment_reverse,
)
from rebates.states import PaymentFact, PaymentStatus, PayoutForm

READERS = (Right.STATEMENTS_VIEW, Right.OWN_STATEMENTS_VIEW)


class PaymentQuery(Query):
    partner_id = serializers.UUIDField()
    settlement_id = serializers.UUIDField()
    status = serializers.ChoiceField(PaymentStatus.choices)
    form = serializers.ChoiceField(PayoutForm.choices)
    search = serializers.CharField(help_text="A number such as `PAY-000012`, or part of a reference or partner.")


class PaymentOutput(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="Shown, and named in bank files, as PAY-000012.")
    settlement_id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField(source="partner.code")
    partner_name = serializers.CharField(source="partner.name")
    currency = serializers.CharField()
    form = serializers.ChoiceField(PayoutForm.choices)
    gross = DecimalText(help_text="What its lines earned.")
    clawback = DecimalText(help_text="What its lines took back, 0 or less.")
    amount = DecimalText(help_text="Gross plus claw-back: what is paid, never below 0.")
    status = serializers.ChoiceField(PaymentStatus.choices)
    attempt = serializers.IntegerField()
    credit_note = serializers.IntegerField(allow_null=True, help_text="Shown as CN-000012; null in other forms.")
    document = serializers.CharField(help_text="Goods order, or the invoice that a deduction is made from.")
    confirmed_at = serializers.DateTimeField(allow_null=True, help_text="When the partner confirmed a deduction.")
    paid_on = serializers.DateField(allow_null=True)
    reference = serializers.CharField()
    failure = serializers.CharField(help_text="Why it failed or was reversed.")
    created_at = serializers.DateTimeField()


class PaymentLineOutput(Output):
    statement_line_id = serializers.UUIDField()
    statement_id = serializers.UUIDField(source="statement_line.statement_id")
    period = serializers.CharField(source="statement_line.statement.period.key")
    program_code = serializers.CharField(source="statement_line.version.program.code")
    amount = DecimalText()


class PaymentPaidInput(Input):
    paid_on = serializers.DateField()
    reference = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="Left out, that of the credit note or order."
    )


class FailedInput(Input):
    reason = serializers.CharField(max_length=500)


class ReversedInput(FailedInput):
    reversed_on = serializers.DateField(required=False, help_text="Today when left out.")


class DocumentInput(Input):
    document = serializers.CharField(max_length=100)


class ClawbackOutput(Output):
    statement_id = serializers.UUIDField(source="statement.pk")
    partner_id = serializers.UUIDField(source="statement.partner_id")
    partner_code = serializers.CharField(source="statement.partner.code")
    currency = serializers.CharField(source="statement.currency")
    amount = DecimalText(help_text="Below 0.")
    days = serializers.IntegerField(help_text="Since the approval.")
    waiting = DecimalText(help_text="What waits of the same partner and currency to be netted with it.")


class ClawbacksOutput(Output):
    items = ClawbackOutput(many=True)


class HappenedOutput(Output):
    fact = serializers.ChoiceField(PaymentFact.choices)
    on = serializers.DateField(
        help_text="Business day of the payment or reversal; a failure's is when it was recorded."
    )
    attempt = serializers.IntegerField()
    text = serializers.CharField(help_text="The reference of a payment, else why it failed or came back.")


class StatementPaymentOutput(Output):
    payment = PaymentOutput()
    amount = DecimalText(help_text="What it pays of this statement.")
    facts = HappenedOutput(many=True, help_text="What became of it, oldest first.")


class StatementPaymentsOutput(Output):
    items = StatementPaymentOutput(many=True)


class StatementPayments(Endpoint):
    @reads("statement_payments", READERS, output=StatementPaymentsOutput)
    def get(self, call: Call, statement_id: UUID) -> dict[str, Any]:
        """List the payments of a statement with what became of each: paid, failed, reversed."""
        return {"items": statement_paid(call.actor, statement_get(call.actor, statement_id).pk)}


class Payments(Endpoint):
    @lists(
        "payment_list", READERS, output=PaymentOutput, query=PaymentQuery,
        orderings={"-number": ("-number",), "number": ("number",)},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Payment]:
        """List payments, newest first."""
        return payment_list(call.actor, **call.query)


class PaymentDetail(Endpoint):
    @reads("payment_get", READERS, output=PaymentOutput)
    def get(self, call: Call, payment_id: UUID) -> Payment:
        """Get a payment."""
        return payment_get(call.actor, payment_id)


class PaymentLines(Endpoint):
    @lists("payment_lines", READERS, output=PaymentLineOutput, orderings={"id": ("id",)})
    def get(self, call: Call, payment_id: UUID) -> QuerySet[SettlementLine]:
        """List the statement lines that a payment is made of."""
        return payment_lines(call.actor, payment_id)


class PaymentPaid(Endpoint):
    @writes("payment_mark_paid", Right.SETTLEMENTS_PAY, output=PaymentOutput, body=PaymentPaidInput, moves_money=True)
    def post(self, call: Call, payment_id: UUID) -> Payment:
        """Say that a payment has been made."""
        payment_mark_paid(actor=call.actor, payment_id=payment_id, **call.data)
        return _answer(call, payment_id)


class PaymentFailed(Endpoint):
    @writes("payment_mark_failed", Right.SETTLEMENTS_PAY, output=PaymentOutput, body=FailedInput)
    def post(self, call: Call, payment_id: UUID) -> Payment:
        """Say that the bank did not carry out a payment, and why."""
        payment_mark_failed(actor=call.actor, payment_id=payment_id, **call.data)
        return _answer(call, payment_id)


class PaymentReversed(Endpoint):
    @writes("payment_reverse", Right.SETTLEMENTS_PAY, output=PaymentOutput, body=ReversedInput, moves_money=True)
    def post(self, call: Call, payment_id: UUID) -> Payment:
        """Say that the money of a payment came back, and why."""
        payment_reverse(actor=call.actor, payment_id=payment_id, **call.data)
        return _answer(call, payment_id)


class PaymentRetry(Endpoint):
    @writes("payment_retry", Right.SETTLEMENTS_EDIT, output=PaymentOutput)
    def post(self, call: Call, payment_id: UUID) -> Payment:
        """Prepare a failed or reversed payment once more."""
        payment_retry(actor=call.actor, payment_id=payment_id)
        return _answer(call, payment_id)


class PaymentGoodsOrder(Endpoint):
    @writes("goods_order_set", Right.SETTLEMENTS_EDIT, output=PaymentOutput, body=DocumentInput)
    def post(self, call: Call, payment_id: UUID) -> Payment:
        """Name the order that sends free goods out."""
        goods_order_set(actor=call.actor, payment_id=payment_id, **call.data)
        return _answer(call, payment_id)


class PaymentDeduction(Endpoint):
    @writes("deduction_confirm", Right.OWN_ACCOUNT_EDIT, output=PaymentOutput, body=DocumentInput)
    def post(self, call: Call, payment_id: UUID) -> Payment:
        """Confirm a deduction as its partner, with the invoice that it is made from."""
        deduction_confirm(actor=call.actor, payment_id=payment_id, **call.data)
        return payment_get(call.actor, payment_id)


class Clawbacks(Endpoint):
    @reads("clawback_ageing", Right.STATEMENTS_VIEW, output=ClawbacksOutput)
    def get(self, call: Call) -> dict[str, Any]:
        """List open negative statements, the oldest first."""
        return {"items": clawback_ageing(call.actor)}


def _answer(call: Call, payment_id: UUID) -> Payment:
    """A key that pays need not be one that reads."""
    rows: QuerySet[Payment] = Payment.objects.select_related("partner")
    return rows.get(pk=payment_id)
