"""Payments as finance and partners read them, what stands in the way of a transfer, and the books behind them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from partners.selectors.accounts import accounts_in_force
from partners.selectors.suspension import suspended_ids
from partners.states.suspensions import SuspensionScope
from prm.db.scope import require_tenant
from prm.errors import NotFound, Text
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from rebates import fiscal
from rebates.models import Payment, Settlement, SettlementLine, Statement
from rebates.netting import SETTLEABLE, open_sums
from rebates.policies import statements_of
from rebates.states import PaymentStatus, PayoutForm

ZERO = Decimal(0)
Place = tuple[UUID, str, str]
"""(partner, period key, currency)"""
TRANSFERABLE = (PaymentStatus.PREPARED, PaymentStatus.EXPORTED)


def payment_list(
    actor: Actor,
    *,
    partner_id: UUID | None = None,
    settlement_id: UUID | None = None,
    status: str = "",
    form: str = "",
    search: str = "",
) -> QuerySet[Payment]:
    """Payments, newest first; a partner's people see their own. `search`: number, reference, partner."""
    owner = statements_of(actor, partner_id)
    rows: QuerySet[Payment] = Payment.objects.select_related("partner", "settlement", "account").order_by("-number")
    exact = {"partner_id": owner, "settlement_id": settlement_id, "status": status, "form": form}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    return rows.filter(_found(search)) if search else rows


def _found(search: str) -> Q:
    text = search.strip()
    named = Q(reference__icontains=text) | Q(partner__name__icontains=text) | Q(partner__code__icontains=text)
    digits = text.upper().removeprefix("PAY-")
    return named | Q(number=int(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 10 else named


def payment_get(actor: Actor, payment_id: UUID) -> Payment:
    """Raises `NotFound` for an unknown payment or another partner's."""
    found = payment_list(actor).filter(pk=payment_id).first()
    if found is None:
        raise NotFound
    return found


def payments_of(settlement_id: UUID) -> QuerySet[Payment]:
    """All payments of a settlement that the caller has been given, by number."""
    rows: QuerySet[Payment] = Payment.objects.filter(settlement_id=settlement_id)
    return rows.select_related("partner", "settlement", "account").order_by("number")


def payment_lines(actor: Actor, payment_id: UUID) -> QuerySet[SettlementLine]:
    """The statement lines it is made of."""
    payment = payment_get(actor, payment_id)
    rows: QuerySet[SettlementLine] = SettlementLine.objects.filter(payment=payment)
    return rows.select_related("statement_line__statement__period", "statement_line__version__program").order_by(
        "statement_line__statement__number", "-statement_line__kind", "id"
    )


@dataclass(frozen=True, slots=True)
class Hindrance:
    payment: Payment
    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Outlook:
    """`ready` payments have their `account` set; `left_out` would be missing in the bank's file, and why."""

    ready: list[Payment]
    left_out: list[Hindrance]


def transfer_outlook(payments: Iterable[Payment]) -> Outlook:
    """Cash payments that the next file for the bank would carry, and those that it could not."""
    waiting = [
        payment
        for payment in payments
        if payment.form == PayoutForm.CASH and payment.amount and payment.status in TRANSFERABLE
        and payment.transfer_id is None
    ]  # fmt: skip
    partner_ids: set[UUID | None] = {payment.partner_id for payment in waiting}
    accounts = accounts_in_force(partner_ids | {None}, {payment.currency for payment in waiting})
    stopped = set(suspended_ids(SuspensionScope.PAYOUTS).filter(partner_id__in=partner_ids))
    outlook = Outlook([], [])
    for payment in waiting:
        payment.account = accounts.get((payment.partner_id, payment.currency))
        if payment.partner_id in stopped:
            text = _("The partner's payouts are suspended; a later file takes its payment up.")
            outlook.left_out.append(Hindrance(payment, "payouts_suspended", text))
        elif payment.account is None:
            text = _("A partner has no confirmed account in the currency of its payment.")
            outlook.left_out.append(Hindrance(payment, "no_payee_account", text))
        elif (None, payment.currency) not in accounts:
            text = _("The vendor has no confirmed account to pay from in the currency of a payment.")
            outlook.left_out.append(Hindrance(payment, "no_paying_account", text))
        else:
            outlook.ready.append(payment)
    return outlook


def settled_totals(settlement: Settlement) -> dict[Place, Decimal]:
    """What the lines of the settlement come to."""
    places = ("statement_line__statement__partner_id", "statement_line__statement__period__key",
              "statement_line__statement__currency")  # fmt: skip
    rows = SettlementLine.objects.filter(settlement=settlement).values_list(*places).annotate(Sum("amount"))
    return {(partner_id, key, currency): total for partner_id, key, currency, total in rows.order_by()}


def ledger_totals(settlement: Settlement) -> dict[Place, Decimal]:
    """What the ledger owes, or has paid, for these lines: its balance less what the statements owe for other lines."""
    settled = settled_totals(settlement)
    ids = SettlementLine.objects.filter(settlement=settlement).values("statement_line__statement_id")
    stated = Statement.objects.filter(pk__in=ids).values_list("partner_id", "period__key", "currency", "total")
    rows = balances(
        by=("partner_id", "period", "currency"),
        accounts=[Account.PAYABLE, Account.PAID],
        partner_ids=sorted({partner_id for partner_id, _key, _currency in settled}),
        periods=sorted({key for _partner, key, _currency in settled}),
    )
    booked = {(row["partner_id"], row["period"], row["currency"]): row["balance"] for row in rows}
    elsewhere = defaultdict[Place, Decimal](Decimal)
    for partner_id, key, currency, total in stated:
        elsewhere[partner_id, key, currency] = total - settled[partner_id, key, currency]
    return {place: booked.get(place, ZERO) - elsewhere[place] for place in settled}


def settlement_differences(settlement: Settlement) -> list[Place]:
    """Where the lines and the ledger disagree; empty when the books are right."""
    settled, booked = settled_totals(settlement), ledger_totals(settlement)
    wrong = {place for place in settled if settled[place] != booked[place]}
    payments = settlement.payments.values_list("partner_id", "currency", "pk", "amount")
    sums = dict(SettlementLine.objects.filter(settlement=settlement).values_list("payment_id").annotate(Sum("amount")))
    wrong |= {(partner, "", currency) for partner, currency, pk, amount in payments if sums.get(pk, ZERO) != amount}
    return sorted(wrong, key=str)


@dataclass(frozen=True, slots=True)
class Clawback:
    """A statement whose open lines come to less than nothing, and what waits of the same partner to net it with."""

    statement: Statement
    amount: Decimal
    days: int
    waiting: Decimal

    @property
    def bucket(self) -> str:
        """`30`, `60`, `90` days or `over`."""
        return next((str(limit) for limit in (30, 60, 90) if self.days <= limit), "over")


def clawback_ageing(actor: Actor, *, partner_id: UUID | None = None) -> list[Clawback]:
    """Open negative statements, the oldest first. Their age counts from the approval."""
    actor.require(Right.STATEMENTS_VIEW)
    negative = _open_sums(partner_id)
    waiting = defaultdict[tuple[UUID, str], Decimal](Decimal)
    for statement, total in negative.items():
        waiting[statement.partner_id, statement.currency] += max(total, ZERO)
    today = fiscal.today()
    rows = [
        Clawback(one, total, (today - _since(one)).days, waiting[one.partner_id, one.currency])
        for one, total in negative.items()
        if total < 0
    ]
    return sorted(rows, key=lambda row: (-row.days, row.statement.number))


def _open_sums(partner_id: UUID | None) -> dict[Statement, Decimal]:
    """Statements that may be settled → what their lines come to that no dispute holds."""
    rows = Statement.objects.filter(status__in=SETTLEABLE).select_related("partner", "period")
    statements = {one.pk: one for one in (rows.filter(partner_id=partner_id) if partner_id else rows)}
    return open_sums(statements)


def _since(statement: Statement) -> dt.date:
    moment = statement.approved_at or statement.created_at
    return moment.astimezone(ZoneInfo(require_tenant().time_zone)).date()


def paid_differences() -> list[tuple[UUID, UUID, str, str, Decimal, Decimal]]:
    """(partner, program, period, currency, ledger, lines) where the ledger's paid balance is not that of paid lines."""
    line = "statement_line__"
    places = (f"{line}statement__partner_id", f"{line}version__program_id", f"{line}statement__period__key",
              f"{line}statement__currency")  # fmt: skip
    paid = SettlementLine.objects.filter(payment__status=PaymentStatus.PAID).order_by()
    lines = {tuple(row[:4]): row[4] for row in paid.values_list(*places).annotate(Sum("amount"))}
    rows = balances(by=("partner_id", "program_id", "period", "currency"), accounts=[Account.PAID])
    booked = {(row["partner_id"], row["program_id"], row["period"], row["currency"]): row["balance"] for row in rows}
    return [
        (*place, booked.get(place, ZERO), lines.get(place, ZERO))
        for place in sorted(booked.keys() | lines.keys(), key=str)
        if booked.get(place, ZERO) != lines.get(place, ZERO)
    ]


def statement_payments(actor: Actor, statement_id: UUID) -> Sequence[Payment]:
    """The payments that lines of a statement went into, oldest first."""
    rows = payment_list(actor).filter(lines__statement_line__statement_id=statement_id)
    return list(rows.distinct().order_by("number"))
