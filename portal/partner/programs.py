from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from portal.partner.cards import cards_of
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.earnings import earnings_overview


@page(Right.OWN_EARNINGS_VIEW)
def programs(request: PortalRequest) -> HttpResponse:
    """What each program says, with the ladder of its bands."""
    earnings = earnings_overview(request.actor)
    cards = cards_of([*earnings.programs, *earnings.longer])
    latest = {card.accrual.version.program_id: card for card in sorted(cards, key=lambda c: c.accrual.period_start)}
    context = {"cards": sorted(latest.values(), key=lambda card: card.name), "period": earnings.period}
    return render(request, "portal/partner/programs.html", context)
