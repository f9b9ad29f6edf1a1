from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import DecimalField, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from prm.ledger.accounts import Account
from prm.ledger.models import Entry, Journal

DIMENSIONS = frozenset({"account", "currency", "partner_id", "program_id", "period"})
_ZERO = Decimal(0)


def balances(
    *,
    by: Sequence[str],
    accounts: Sequence[Account] = (),
    partner_ids: Sequence[UUID] | None = None,
    program_ids: Sequence[UUID] | None = None,
    periods: Sequence[str] | None = None,
    until: dt.date | None = None,
) -> QuerySet[Entry, dict[str, Any]]:
    """Sums of entries grouped by dimensions out of `DIMENSIONS`: rows of these plus `balance` (credits - debits).

    With `until` only journals effective by that day count.
    """
    if unknown := set(by) - DIMENSIONS:
        raise ValueError(f"unknown dimensions: {sorted(unknown)}")
    entries = Entry.objects.all()
    if accounts:
        entries = entries.filter(account__in=accounts)
    if partner_ids is not None:
        entries = entries.filter(partner_id__in=partner_ids)
    if program_ids is not None:
        entries = entries.filter(program_id__in=program_ids)
    if periods is not None:
        entries = entries.filter(period__in=periods)
    if until is not None:
        entries = entries.filter(journal__effective_on__lte=until)
    output = DecimalField(max_digits=30, decimal_places=4)
    balance = Coalesce(Sum(F("credit") - F("debit")), _ZERO, output_field=output)
    grouped: QuerySet[Entry, dict[str, Any]] = entries.values(*by).annotate(balance=balance)
    return grouped.order_by(*by)


def entry_list(
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    account: str = "",
    period: str = "",
    partner_ids: Sequence[UUID] | None = None,
    program_ids: Sequence[UUID] | None = None,
) -> QuerySet[Entry]:
    """Entries in the order in which they were written; `since` and `until` are effective days, both included."""
    entries: QuerySet[Entry] = Entry.objects.all()
    given = {
        "journal__effective_on__gte": since, "journal__effective_on__lte": until, "account": account, "period": period,
        "partner_id__in": partner_ids, "program_id__in": program_ids,
    }  # fmt: skip
    for name, value in given.items():
        entries = entries.filter((name, value)) if value is not None and value != "" else entries
    return entries.order_by("id")


def entries_of(cause_type: str, cause_id: str) -> QuerySet[Entry]:
    """All entries of one cause, oldest first."""
    return Entry.objects.filter(journal__cause_type=cause_type, journal__cause_id=cause_id).order_by("id")


def journal_days(cause_type: str, cause_ids: Sequence[str]) -> dict[str, dt.date]:
    """By key the business day of each journal that one of these things caused."""
    journals = Journal.objects.filter(cause_type=cause_type, cause_id__in=cause_ids)
    return dict(journals.values_list("key", "effective_on"))


def journal_of(key: str) -> Journal | None:
    """The journal that was posted with this key."""
    return Journal.objects.filter(key=key).first()
