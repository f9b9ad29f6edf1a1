"""Settlements: approved statements handed to finance, exported once per format, then paid.

Nothing negative is ever paid. A statement below zero is approved like any other and stays open until it is settled
together with others of the same partner and currency that outweigh it; leaving it out while paying the same partner
is refused, so a claw-back can be netted but not forgotten.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from prm.audit.services import record
from prm.errors import Conflict, Invalid, NotFound
from prm.files.models import StoredFile
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.accounts import Account
from prm.ledger.services import post
from prm.outbox.services import emit
from prm.workflow.services import transition, transition_all
from rebates import fiscal
from rebates.exports import export_store, ledger_totals, statement_totals_of
from rebates.locks import hold
from rebates.models import Settlement, SettlementExport, Statement
from rebates.services.periods import moves_of
from rebates.services.statements import statements_locked
from rebates.states import (
    SETTLEMENT_TRANSITIONS,
    STATEMENT_TRANSITIONS,
    ExportFormat,
    SettlementStatus,
    StatementStatus,
)

Place = tuple[UUID, str]
"""(partner, currency)"""


@transaction.atomic
def settlement_prepare(*, actor: Actor, statement_ids: Iterable[UUID]) -> Settlement:
    """Put approved statements into a new settlement, numbered on without gaps. Emits `rebates.settlement.prepared`.

    Raises `StateError` when one is not approved or in a settlement already (of two at once one wins), `NotFound` for
    an unknown one, `Invalid` for none at all, a partner whose statements come to less than nothing, or one whose
    negative statement is left out.
    """
    actor.require(Right.SETTLEMENTS_EDIT)
    hold("settlements")
    statements = statements_locked(statement_ids)
    if not statements:
        raise Invalid(fields={"statements": [_("Choose at least one statement.")]})
    _check_netting(statements)
    number = (Settlement.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    settlement: Settlement = Settlement.objects.create(
        number=number, prepared_by_id=actor.id, prepared_by_label=actor.label[:254]
    )
    transition_all(
        statements, "settle", table=STATEMENT_TRANSITIONS, actor=actor, action="rebates.statement.settled",
        settlement=settlement,
    )  # fmt: skip
    record(actor, "rebates.settlement.prepared", settlement, {"statements": [str(one) for one in statements]})
    emit("rebates.settlement.prepared", {"settlement_id": str(settlement.pk)})
    return settlement


@transaction.atomic
def settlement_export(*, actor: Actor, settlement_id: UUID, format: str) -> StoredFile:  # noqa: A002 (the API's word)
    """The settlement's file as `xlsx` or `csv`; the first call writes it, later ones return the same file.

    Raises `Conflict` (code `totals_differ`) when the statements do not equal the ledger to the cent, `Invalid` for an
    unknown format. Emits `rebates.settlement.exported`.
    """
    actor.require(Right.SETTLEMENTS_EDIT)
    if format not in ExportFormat.values:
        raise Invalid(fields={"format": [_("Choose XLSX or CSV.")]})
    settlement = _locked(settlement_id)
    earlier = SettlementExport.objects.filter(settlement=settlement, format=format).select_related("file").first()
    if earlier is not None:
        record(actor, "rebates.settlement.export_repeated", settlement, {"format": format})
        return earlier.file  # type: ignore[no-any-return]
    _check_against_ledger(settlement)
    file = export_store(actor, settlement, format)
    SettlementExport.objects.create(
        settlement=settlement, format=format, file=file, exported_by_label=actor.label[:254]
    )  # fmt: skip
    action = "rebates.settlement.exported"
    if settlement.status == SettlementStatus.PAID:
        record(actor, action, settlement, {"format": format})
    else:
        transition(settlement, "export", table=SETTLEMENT_TRANSITIONS, actor=actor, action=action, reason=format)
    emit(action, {"settlement_id": str(settlement.pk), "format": format, "file_id": str(file.pk)})
    return file


@transaction.atomic
def settlement_mark_paid(*, actor: Actor, settlement_id: UUID, paid_on: dt.date, reference: str) -> Settlement:
    """The money has left: ledger payable → paid. Emits `rebates.settlement.paid`.

    The same again returns the settlement and changes nothing; with another day or reference it raises `Conflict`.
    Raises `StateError` before the first export, `Invalid` for a day in the future or a missing reference.
    """
    actor.require(Right.SETTLEMENTS_PAY)
    reference = reference.strip()
    settlement = _locked(settlement_id)
    if settlement.status == SettlementStatus.PAID:
        if (settlement.paid_on, settlement.payment_reference) != (paid_on, reference):
            raise Conflict(_("%(number)s is marked as paid already.") % {"number": settlement}, code="already_paid")
        return settlement
    _check_payment(settlement, paid_on, reference)
    _check_against_ledger(settlement)
    settlement.paid_on, settlement.payment_reference = paid_on, reference
    settlement.save(update_fields=["paid_on", "payment_reference"])
    transition(settlement, "pay", table=SETTLEMENT_TRANSITIONS, actor=actor, action="rebates.settlement.paid")
    statements = list(settlement.statements.select_for_update().order_by("pk"))
    transition_all(
        statements, "pay", table=STATEMENT_TRANSITIONS, actor=actor, action="rebates.statement.paid", reason=reference
    )
    _post(actor, settlement, paid_on)
    emit("rebates.settlement.paid", {"settlement_id": str(settlement.pk), "paid_on": paid_on.isoformat()})
    return settlement


def _locked(settlement_id: UUID) -> Settlement:
    settlement: Settlement | None = Settlement.objects.select_for_update().filter(pk=settlement_id).first()
    if settlement is None:
        raise NotFound
    return settlement


def _check_netting(statements: Sequence[Statement]) -> None:
    nets, names = defaultdict[Place, Decimal](Decimal), dict[UUID, str]()
    for statement in statements:
        nets[statement.partner_id, statement.currency] += statement.total
        names[statement.partner_id] = statement.partner.name
    below = sorted(names[partner_id] for (partner_id, _currency), net in nets.items() if net < 0)
    if below:
        text = _("These partners would be paid less than nothing: %(names)s. Settle them with later statements.")
        raise Invalid(text % {"names": ", ".join(below)}, code="negative_net")
    _check_none_left_out(statements, nets)


def _check_none_left_out(statements: Sequence[Statement], nets: dict[Place, Decimal]) -> None:
    chosen = {statement.pk for statement in statements}
    open_ones = Statement.objects.filter(
        status=StatementStatus.APPROVED, total__lt=0, partner_id__in={partner_id for partner_id, _ in nets}
    )
    left_out = [
        str(one)
        for one in open_ones.order_by("number")
        if one.pk not in chosen and nets.get((one.partner_id, one.currency), 0) > 0
    ]
    if left_out:
        text = _("These statements are below zero and must be settled together with the others: %(numbers)s.")
        raise Invalid(text % {"numbers": ", ".join(left_out)}, code="negative_left_out")


def _check_payment(settlement: Settlement, paid_on: dt.date, reference: str) -> None:
    faults: dict[str, list[str]] = {}
    if paid_on > fiscal.today():
        faults["paid_on"] = [_("This day is in the future.")]
    if not reference:
        faults["reference"] = [_("Give the reference of the payment.")]
    if len(reference) > 100:
        faults["reference"] = [_("At most 100 characters.")]
    if faults:
        raise Invalid(fields=faults)


def _check_against_ledger(settlement: Settlement) -> None:
    """What is exported or paid is what the ledger owes for exactly these statements, to the cent."""
    stated, owed = statement_totals_of(settlement), ledger_totals(settlement)
    wrong = sorted(place for place in stated.keys() | owed.keys() if stated.get(place, 0) != owed.get(place, 0))
    if wrong:
        text = _("The statements of this settlement do not equal the ledger in %(count)s places; nothing was written.")
        raise Conflict(text % {"count": len(wrong)}, code="totals_differ")


def _post(actor: Actor, settlement: Settlement, paid_on: dt.date) -> None:
    ids = settlement.statements.values_list("pk", flat=True)
    postings = moves_of(ids, Account.PAYABLE, Account.PAID)
    if postings:
        post(
            "rebates.payment",
            key=f"rebates.payment:{settlement.pk}",
            actor=actor,
            effective_on=paid_on,
            postings=postings,
            cause_type="rebates.settlement",
            cause_id=str(settlement.pk),
        )
