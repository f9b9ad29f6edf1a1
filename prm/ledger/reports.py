"""What the books say of a span of days, and what they said at the end of a day that is past. Sums, one query each.

Two times meet here. `effective_on` is the business date of a fact; `created_at` is when the books learned it. Movements
go by the first, what was believed by the second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from django.db.models import BooleanField, Case, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import ExpressionWrapper
from django.db.models.functions import Coalesce, TruncMonth

from prm.ledger.accounts import Account
from prm.ledger.models import Entry
from prm.ledger.selectors import DIMENSIONS

OPENING = ""
Rows: TypeAlias = "QuerySet[Entry, dict[str, Any]]"
_SIGNED = F("credit") - F("debit")
_AMOUNT = DecimalField(max_digits=30, decimal_places=4)
_ZERO = Value(Decimal(0), output_field=_AMOUNT)


def movements(
    *,
    by: Sequence[str],
    accounts: Sequence[Account],
    since: dt.date,
    until: dt.date,
    partner_ids: Sequence[UUID] | None = None,
    program_ids: Sequence[UUID] | None = None,
) -> Rows:
    """Rows of the dimensions `by`, `account`, `kind`, `is_reversal` and `amount` (credits - debits).

    `kind` is the journal's; `OPENING` stands for everything effective before `since`. What is effective after `until`
    is left out.
    """
    entries: Any = _narrowed(by, accounts, partner_ids, program_ids).filter(journal__effective_on__lte=until)
    before = Q(journal__effective_on__lt=since)
    reverses = ExpressionWrapper(Q(journal__reverses__isnull=False) & ~before, output_field=BooleanField())
    kind = Case(When(before, then=Value(OPENING)), default=F("journal__kind"))
    grouped = entries.annotate(kind=kind, is_reversal=reverses).values(*by, "account", "kind", "is_reversal")
    rows: Rows = grouped.annotate(amount=Sum(_SIGNED, output_field=_AMOUNT)).order_by(*by, "account", "kind")
    return rows


def month_changes(*, accounts: Sequence[Account], until: dt.date, program_ids: Sequence[UUID] | None = None) -> Rows:
    """`month` (its first day), `account`, `currency` and `amount`, over all months with entries up to `until`."""
    entries: Any = _narrowed((), accounts, None, program_ids).filter(journal__effective_on__lte=until)
    grouped = entries.annotate(month=TruncMonth("journal__effective_on")).values("month", "account", "currency")
    rows: Rows = grouped.annotate(amount=Sum(_SIGNED, output_field=_AMOUNT)).order_by("month", "currency", "account")
    return rows


def believed(
    *,
    by: Sequence[str],
    accounts: Sequence[Account],
    until: dt.datetime,
    partner_ids: Sequence[UUID] | None = None,
    program_ids: Sequence[UUID] | None = None,
    periods: Sequence[str] | None = None,
) -> Rows:
    """The balances of journals recorded before `until` beside those of today.

    Rows of the dimensions `by` with `then_<account>`, `now_<account>`, `then` and `now` (the sums over the accounts).
    """
    entries: Any = _narrowed(by, accounts, partner_ids, program_ids)
    entries = entries.filter(period__in=periods) if periods is not None else entries
    recorded = Q(journal__created_at__lt=until)
    sums: dict[str, Any] = {"then": _sum(recorded), "now": _sum(Q())}
    for account in accounts:
        sums[f"then_{account}"] = _sum(recorded & Q(account=account))
        sums[f"now_{account}"] = _sum(Q(account=account))
    rows: Rows = entries.values(*by).annotate(**sums).order_by(*by)
    return rows


def journals_since(
    *,
    since: dt.datetime | None = None,
    accounts: Sequence[Account],
    partner_id: UUID,
    program_id: UUID,
    period: str,
    currency: str,
) -> Rows:
    """The journals recorded from `since` on that moved one place, newest first, with `<account>` for each amount."""
    entries: Any = _narrowed((), accounts, [partner_id], [program_id]).filter(period=period, currency=currency)
    entries = entries.filter(journal__created_at__gte=since) if since else entries
    columns = ("kind", "created_at", "effective_on", "actor_label", "cause_type", "cause_id")
    named = {name: F(f"journal__{name}") for name in columns}
    sums = {account.value: _sum(Q(account=account)) for account in accounts}
    rows: Rows = entries.values("journal_id", **named).annotate(**sums).order_by("-created_at", "-journal_id")
    return rows


def _narrowed(
    by: Sequence[str],
    accounts: Sequence[Account],
    partner_ids: Sequence[UUID] | None,
    program_ids: Sequence[UUID] | None,
) -> QuerySet[Entry]:
    if unknown := set(by) - DIMENSIONS:
        raise ValueError(f"unknown dimensions: {sorted(unknown)}")
    entries: QuerySet[Entry] = Entry.objects.filter(account__in=accounts)
    if partner_ids is not None:
        entries = entries.filter(partner_id__in=partner_ids)
    if program_ids is not None:
        entries = entries.filter(program_id__in=program_ids)
    return entries


def _sum(condition: Q) -> Coalesce:
    return Coalesce(Sum(_SIGNED, filter=condition, output_field=_AMOUNT), _ZERO)
