"""Disputes of statement lines as the two sides read them, and what they hold back from payment."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from rebates.models import Dispute
from rebates.states import DISPUTE_OPEN


def held_line_ids(statement_ids: Iterable[UUID]) -> set[UUID]:
    """The lines of these statements that are under an open dispute: they wait, everything else is paid on time.

    Whoever pays calls it with the statements' rows locked: a dispute opens and ends under the same lock.
    """
    rows = Dispute.objects.filter(statement_id__in=list(statement_ids), status__in=DISPUTE_OPEN)
    return set(rows.values_list("line_id", flat=True))
