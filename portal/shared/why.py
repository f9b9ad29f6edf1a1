"""What the drawer beside a list tells of one amount: its place in the books."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal.shared.journal_causes import causes_told
from portal.shared.pages import surface_of
from prm.web.surfaces import PortalRequest
from rebates.selectors.journals import journals_of

JOURNALS_SHOWN = 8


def journals_told(
    request: PortalRequest, *, partner_id: UUID, program_id: UUID, period: str, currency: str
) -> dict[str, Any]:
    """The newest `journals` that moved one place, and how many `older` ones there are."""
    found = journals_of(
        request.actor, partner_id=partner_id, program_id=program_id, period=period, currency=currency
    )  # fmt: skip
    shown = causes_told(request.actor, found[:JOURNALS_SHOWN], surface_of(request))
    older = found.count() - JOURNALS_SHOWN if len(shown) == JOURNALS_SHOWN else 0
    return {"journals": shown, "older": max(0, older)}
