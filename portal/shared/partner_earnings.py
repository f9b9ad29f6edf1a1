"""What one partner earns in a quarter, program by program, and why other programs pay it nothing."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse

from partners.selectors.partners import partner_get
from portal.shared.pages import page_response
from portal.shared.unpaid import unpaid_rows
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates import fiscal
from rebates.selectors.earnings import earnings_overview
from rebates.selectors.unpaid import unpaid_programs


@page(Right.ACCRUALS_VIEW)
def partner_earnings(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    """Which quarter comes as `?period=2026-Q3`."""
    partner = partner_get(request.actor, partner_id)
    try:
        day = fiscal.calendar().from_key(request.GET["period"]).start if request.GET.get("period") else None
    except ValueError as error:
        raise Http404 from error
    earnings = earnings_overview(request.actor, partner_id, on=day)
    present = earnings_overview(request.actor, partner_id) if day else earnings
    context = {
        "partner": partner,
        "earnings": earnings,
        "quarters": present.history,
        "paying": [one for one in (*earnings.programs, *earnings.longer) if one.accrual.payout],
        "unpaid": unpaid_rows(
            unpaid_programs(request.actor, partner_id, on=earnings.period), for_partner=False
        ),
    }  # fmt: skip
    return page_response(request, "portal/shared/partner_earnings.html", context)
