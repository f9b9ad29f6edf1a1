"""What the books recorded of one partner, program, period and currency, journal by journal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from prm.errors import Forbidden
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.reports import journals_since
from rebates.selectors.beliefs import STATIONS


def journals_of(
    actor: Actor, *, partner_id: UUID, program_id: UUID, period: str, currency: str
) -> QuerySet[Any, dict[str, Any]]:
    """The journals that moved this place, newest first, with an amount for each station. Only for the vendor."""
    if not (actor.can(Right.ACCRUALS_VIEW) or actor.can(Right.STATEMENTS_VIEW)):
        raise Forbidden
    return journals_since(
        accounts=STATIONS, partner_id=partner_id, program_id=program_id, period=period, currency=currency
    )
