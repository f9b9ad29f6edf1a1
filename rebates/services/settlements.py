"""Settlements: lines of approved statements handed to finance, one payment for each partner, currency and form.

Lines under dispute wait; the undisputed part of a statement is settled on time. See `netting` for what is paid when a
claw-back is among the lines, `payments` for what becomes of a payment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from prm.audit.services import record
from prm.errors import Conflict, Invalid, StateError
from prm.files.models import StoredFile
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.workflow.services import transition, transition_all
from rebates.exports import export_store
from rebates.locks import hold
from rebates.models import Payment, Settlement, SettlementExport, SettlementLine, Statement
from rebates.netting import Plan, PlannedPayment, open_negatives, plan_of
from rebates.selectors.payments import transfer_outlook
from rebates.services.payments import (
    check_against_ledger,
    is_due,
    offsets_pay,
    payment_check,
    payments_pay,
    settlement_locked,
)
from rebates.services.statements import statements_locked
from rebates.states import (
    PAYMENT_TRANSITIONS,
    SETTLEMENT_TRANSITIONS,
    STATEMENT_TRANSITIONS,
    ExportFormat,
    PaymentStatus,
    PayoutForm,
    SettlementStatus,
)


@transaction.atomic
def settlement_prepare(
    *, actor: Actor, statement_ids: Iterable[UUID], deduct_partner_ids: Iterable[UUID] = ()
) -> Settlement:
    """Settle the lines of these statements that are not held by a dispute. Emits `rebates.settlement.prepared`.

    A statement with held lines is partly settled; they join a later settlement once their dispute is decided. The
    partners in `deduct_partner_ids` deduct what they get from their next invoice. Settlements, payments and credit
    notes are numbered on without gaps.

    Raises `StateError` when a statement may not be settled or is already (of two at once one wins), `NotFound` for an
    unknown one, `Invalid` for none at all or held lines only, for a partner whose lines come to less than nothing, or
    one whose negative statement is left out.
    """
    actor.require(Right.SETTLEMENTS_EDIT)
    hold("settlements")
    statements = statements_locked(statement_ids)
    if not statements:
        raise Invalid(fields={"statements": [_("Choose at least one statement.")]})
    plan = plan_of(statements, deduct_partner_ids)
    waiting = {line.statement_id for line in plan.held}
    # A statement of which every line is held is not touched; one that is settled already is refused below.
    touched = [one for one in statements if one.pk in plan.lines or one.pk not in waiting]
    if not touched and plan.suspended:
        raise Invalid(_("The payouts of these partners are suspended."), code="payouts_suspended")
    if not touched:
        raise Invalid(_("Every line of these statements is under dispute."), code="all_held")
    _check_netting(plan, {one.pk for one in statements})
    settlement: Settlement = Settlement.objects.create(
        number=_next(Settlement, "number"), prepared_by_id=actor.id, prepared_by_label=actor.label[:254]
    )
    _payments_make(settlement, plan)
    _statements_settle(actor, settlement, touched, waiting)
    facts = {"statements": [str(one) for one in touched], "held_lines": len(plan.held)}
    record(actor, "rebates.settlement.prepared", settlement, facts)
    emit("rebates.settlement.prepared", {"settlement_id": str(settlement.pk)})
    return settlement


@transaction.atomic
def settlement_export(*, actor: Actor, settlement_id: UUID, format: str) -> StoredFile:  # noqa: A002 (the API's word)
    """The settlement's file in a format; the first call writes it, later ones return the same file.

    The bank's file has the cash payments that can be transferred; a later call writes another one for those that had
    no account before or are tried again. Emits `rebates.settlement.exported`. Raises `Conflict` (code `totals_differ`)
    when the lines do not equal the ledger to the cent, `Invalid` for an unknown format or nothing to transfer.
    """
    actor.require(Right.SETTLEMENTS_EDIT)
    if format not in ExportFormat.values:
        raise Invalid(fields={"format": [_("There is no such format.")]})
    settlement = settlement_locked(settlement_id)
    payments = list(settlement.payments.select_for_update(of=("self",)).select_related("partner").order_by("number"))
    earlier = settlement.exports.filter(format=format).select_related("file").order_by("-run").first()
    chosen = _transferable(payments, earlier) if format == ExportFormat.PAIN001 else payments
    if earlier is not None and (format != ExportFormat.PAIN001 or not chosen):
        record(actor, "rebates.settlement.export_repeated", settlement, {"format": format})
        _payments_export(actor, settlement, payments if format != ExportFormat.PAIN001 else [])
        return earlier.file  # type: ignore[no-any-return]
    return _write(actor, _Order(settlement, format, earlier.run + 1 if earlier else 1, chosen))


@transaction.atomic
def settlement_mark_paid(*, actor: Actor, settlement_id: UUID, paid_on: dt.date, reference: str) -> Settlement:
    """Everything in the settlement that is exported and ready has been paid: ledger payable → paid.

    Failed payments stay as they are; free goods without an order and deductions that the partner has not confirmed
    wait, and the settlement is partly paid until then. Cash gets `reference`, other forms have their own.

    The same again returns the settlement and changes nothing; with another day or reference it raises `Conflict`.
    Raises `StateError` when nothing can be paid now, `Invalid` for a day in the future or a missing reference. Emits
    `rebates.payment.paid`, and `rebates.settlement.paid` when nothing is left.
    """
    actor.require(Right.SETTLEMENTS_PAY)
    reference = reference.strip()
    settlement = settlement_locked(settlement_id)
    payments = list(settlement.payments.select_for_update(of=("self",)).order_by("number"))
    if settlement.status == SettlementStatus.PAID:
        if (settlement.paid_on, settlement.payment_reference) != (paid_on, reference):
            raise Conflict(_("%(number)s is marked as paid already.") % {"number": settlement}, code="already_paid")
        return settlement
    payment_check(paid_on, reference)
    due = [one for one in payments if is_due(one)]
    if not due:
        if any((one.paid_on, one.reference) == (paid_on, reference) for one in payments):
            return settlement
        raise StateError(_("Nothing in %(number)s can be marked as paid now.") % {"number": settlement})
    check_against_ledger(settlement)
    chosen = [(one, one.credit_note_number or one.document or reference) for one in due]
    payments_pay(actor, settlement, chosen, paid_on, reference)
    return settlement


@dataclass(frozen=True, slots=True)
class _Order:
    """A file to be written."""

    settlement: Settlement
    format: str
    run: int
    payments: list[Payment]


def _write(actor: Actor, order: _Order) -> StoredFile:
    settlement = order.settlement
    check_against_ledger(settlement)
    file = export_store(actor, settlement, order.format, order.payments, order.run)
    export = SettlementExport.objects.create(
        settlement=settlement, format=order.format, run=order.run, file=file, exported_by_label=actor.label[:254]
    )
    action = "rebates.settlement.exported"
    transition(settlement, "export", table=SETTLEMENT_TRANSITIONS, actor=actor, action=action, reason=order.format)
    if order.format == ExportFormat.PAIN001:
        for payment in order.payments:
            payment.transfer = export
            payment.save(update_fields=["transfer", "account"])
    nothing = list(settlement.payments.filter(amount=0, status=PaymentStatus.PREPARED))
    _payments_export(actor, settlement, {payment.pk: payment for payment in [*order.payments, *nothing]}.values())
    emit(action, {"settlement_id": str(settlement.pk), "format": order.format, "file_id": str(file.pk)})
    return file


def _check_netting(plan: Plan, chosen: set[UUID]) -> None:
    below = sorted({payment.partner_name for payment in plan.below_zero()})
    if below:
        text = _("These partners would be paid less than nothing: %(names)s. Settle them with later statements.")
        raise Invalid(text % {"names": ", ".join(below)}, code="negative_net")
    paid = [place for place, net in plan.nets().items() if net > 0]
    left_out = sorted(str(one) for one in open_negatives(paid) if one.pk not in chosen)
    if left_out:
        text = _("These statements are below zero and must be settled together with the others: %(numbers)s.")
        raise Invalid(text % {"numbers": ", ".join(left_out)}, code="negative_left_out")


def _payments_make(settlement: Settlement, plan: Plan) -> None:
    """Whoever calls holds the lock `settlements`, so nobody else takes the next numbers."""
    number, credit_note = _next(Payment, "number"), _next(Payment, "credit_note")
    lines: list[SettlementLine] = []
    payments: list[Payment] = []
    for planned in plan.payments:
        payment = _payment(settlement, planned, number + len(payments))
        if planned.form == PayoutForm.CREDIT_NOTE and payment.amount:
            payment.credit_note, credit_note = credit_note, credit_note + 1
        payments.append(payment)
        lines += [
            SettlementLine(settlement=settlement, payment=payment, statement_line=line, amount=line.amount)
            for line in planned.lines
        ]
    Payment.objects.bulk_create(payments, batch_size=2000)
    SettlementLine.objects.bulk_create(lines, batch_size=2000)


def _payment(settlement: Settlement, planned: PlannedPayment, number: int) -> Payment:
    partner = planned.lines[0].statement.partner
    return Payment(
        number=number, settlement=settlement, partner=partner, currency=planned.currency, form=planned.form,
        gross=planned.gross, clawback=planned.clawback, amount=planned.amount,
        beneficiary=partner.legal_name or partner.name,
    )  # fmt: skip


def _statements_settle(
    actor: Actor, settlement: Settlement, statements: Sequence[Statement], waiting: set[UUID]
) -> None:
    for verb, chosen in (
        ("settle", [one for one in statements if one.pk not in waiting]),
        ("settle_part", [one for one in statements if one.pk in waiting]),
    ):
        transition_all(
            chosen, verb, table=STATEMENT_TRANSITIONS, actor=actor, action="rebates.statement.settled",
            settlement=settlement,
        )  # fmt: skip


def _transferable(payments: list[Payment], earlier: SettlementExport | None) -> list[Payment]:
    """The cash payments for the next file of the bank. Raises `Invalid` with every hindrance when there is none."""
    outlook = transfer_outlook(payments)
    if not outlook.ready and earlier is None:
        reasons = sorted({str(hindrance.text) for hindrance in outlook.left_out})
        raise Invalid(" ".join([_("No payment can be transferred."), *reasons]), code="nothing_to_transfer")
    return outlook.ready


def _payments_export(actor: Actor, settlement: Settlement, payments: Iterable[Payment]) -> None:
    prepared = [payment for payment in payments if payment.status == PaymentStatus.PREPARED]
    transition_all(prepared, "export", table=PAYMENT_TRANSITIONS, actor=actor, action="rebates.payment.exported")
    offsets_pay(actor, settlement)


def _next(model: type[Settlement] | type[Payment], column: str) -> int:
    last = model.objects.aggregate(last=Max(column))["last"]
    return int(last or 0) + 1
