from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from prm.identity.actor import Actor
from prm.ledger.accounts import Account
from prm.ledger.lock import check_open
from prm.ledger.models import Entry, Journal


@dataclass(frozen=True, slots=True)
class Posting:
    """Moves `amount` (may be negative, never 0) from the `debit` account to the `credit` account."""

    debit: Account
    credit: Account
    amount: Decimal
    currency: str
    partner_id: UUID | None = None
    program_id: UUID | None = None
    period: str = ""


def post(
    kind: str,
    *,
    key: str,
    actor: Actor,
    effective_on: dt.date,
    postings: Sequence[Posting],
    cause_type: str,
    cause_id: str,
    reverses: Journal | None = None,
) -> Journal:
    """Write one journal, once per `key`: the same key again returns the first journal and writes nothing.

    Raises `ValueError` for an empty list or a zero amount, `StateError` (code `books_locked`) for a day that is locked.
    The database refuses what does not balance, and any later
    entry in this journal.
    """
    if not postings or any(not posting.amount for posting in postings):
        message = "a journal needs postings, each with an amount"
        raise ValueError(message)
    with transaction.atomic():
        check_open(effective_on)
        journal, is_new = Journal.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind, "effective_on": effective_on, "cause_type": cause_type, "cause_id": cause_id,
                "actor_kind": actor.kind, "actor_id": actor.id, "actor_label": actor.label[:254], "reverses": reverses,
            },
        )  # fmt: skip
        if is_new:
            Entry.objects.bulk_create(entry for posting in postings for entry in _entries(journal, posting))
    return journal


def _entries(journal: Journal, posting: Posting) -> tuple[Entry, Entry]:
    amount = abs(posting.amount)
    debit, credit = posting.debit, posting.credit
    if posting.amount < 0:
        debit, credit = credit, debit
    shared = {
        "journal": journal, "currency": posting.currency, "partner_id": posting.partner_id,
        "program_id": posting.program_id, "period": posting.period,
    }  # fmt: skip
    return Entry(account=debit, debit=amount, **shared), Entry(account=credit, credit=amount, **shared)
