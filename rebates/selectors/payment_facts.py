"""What became of payments, attempt by attempt: paid, failed, reversed, each with its business day.

The day of a payment and of its reversal is that of its journal; a failure moves no money, so its day is the one on
which it was recorded. What was paid and came back keeps both facts, whatever is tried afterwards.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum

from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.ledger.selectors import journal_days
from prm.workflow.models import Transition
from rebates.models import Payment, SettlementLine
from rebates.selectors.payments import statement_payments
from rebates.states import PaymentFact

VERBS: Mapping[str, PaymentFact] = {
    "pay": PaymentFact.PAID, "fail": PaymentFact.FAILED, "reverse": PaymentFact.REVERSED,
}  # fmt: skip
KEYS: Mapping[str, str] = {"pay": "rebates.payment", "reverse": "rebates.payment_reversal"}


@dataclass(frozen=True, slots=True)
class Happened:
    """`text` is the reference of what was paid, else why it failed or came back."""

    fact: PaymentFact
    on: dt.date
    attempt: int
    text: str


@dataclass(frozen=True, slots=True)
class StatementPayment:
    """A payment with what it pays of one statement, and what became of it, oldest first."""

    payment: Payment
    amount: Decimal
    facts: Sequence[Happened]


def statement_paid(actor: Actor, statement_id: UUID) -> list[StatementPayment]:
    """The payments of a statement's lines, by number. Raises `NotFound` as reading payments does."""
    payments = statement_payments(actor, statement_id)
    lines = SettlementLine.objects.filter(payment__in=payments, statement_line__statement_id=statement_id)
    amounts = dict(lines.order_by().values_list("payment_id").annotate(Sum("amount")))
    facts = payment_facts(payments)
    return [StatementPayment(one, amounts[one.pk], facts[one.pk]) for one in payments]


def payment_facts(payments: Iterable[Payment]) -> Mapping[UUID, Sequence[Happened]]:
    """What became of payments that the caller has been given, oldest first. Two queries, however many there are."""
    ids = [str(one.pk) for one in payments]
    days = journal_days("rebates.payment", ids)
    rows = Transition.objects.filter(target_type="rebates.payment", target_id__in=ids).order_by("at", "id")
    zone = ZoneInfo(require_tenant().time_zone)
    attempts: dict[str, int] = defaultdict(lambda: 1)
    found: dict[UUID, list[Happened]] = defaultdict(list)
    for row in rows:
        key, attempt = row.target_id, attempts[row.target_id]
        if row.verb == "retry":
            attempts[key] += 1
        elif row.verb in VERBS:
            # A payment of nothing moves no money and has no journal.
            day = days.get(f"{KEYS.get(row.verb)}:{key}:{attempt}") or row.at.astimezone(zone).date()
            found[UUID(key)].append(Happened(VERBS[row.verb], day, attempt, row.reason))
    return found
