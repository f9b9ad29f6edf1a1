from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.partner.cards import card_of, cards_of
from portal.shared.payout_curve import curve_of
from portal.shared.traces import told
from portal.shared.unpaid import unpaid_rows
from prm.db.scope import require_tenant
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.discretion import told_to_partner
from rebates.engine.periods import Calendar
from rebates.engine.program import parse_program
from rebates.selectors.accruals import accrual_get, accrual_lines
from rebates.selectors.earnings import Earnings, earnings_overview, program_earning
from rebates.selectors.unpaid import unpaid_programs

LINES = 25


@page(Right.OWN_EARNINGS_VIEW)
def overview(request: PortalRequest) -> HttpResponse:
    """One quarter: which one comes as `?period=2026-Q3`."""
    earnings = earnings_overview(request.actor, on=_day(request.GET.get("period")))
    currency = request.GET.get("currency") or earnings.currency
    cards, longer = cards_of(earnings.programs), cards_of(earnings.longer)
    chart = _chart(earnings, currency)
    context = {
        "earnings": earnings,
        "currency": currency,
        "currencies": sorted({*earnings.totals, earnings.currency}),
        "cards": [card for card in cards if card.accrual.payout],
        "longer": [card for card in longer if card.accrual.payout],
        "unpaid": unpaid_rows(
            unpaid_programs(request.actor, on=earnings.period), for_partner=True,
            gains={card.accrual.pk: card.gain for card in (*cards, *longer)},
        ),
        "quarters": earnings_overview(request.actor).history if request.GET.get("period") else earnings.history,
        "chart": chart,
        "has_earned": any(value for series in chart["series"] for value in series["values"]),
    }  # fmt: skip
    return render(request, "portal/partner/earnings.html", context)


@page(Right.OWN_EARNINGS_VIEW)
def detail(request: PortalRequest, accrual_id: UUID) -> HttpResponse:
    """The number, how it comes about, and every line behind it."""
    accrual = accrual_get(request.actor, accrual_id)
    lines = accrual_lines(request.actor, accrual_id, after=request.GET.get("after"), limit=LINES)
    card = card_of(program_earning(accrual))
    context = {
        "card": card,
        # Growth and targets are drawn for a reference that is not the partner's own.
        "curve": curve_of(parse_program(accrual.version.definition)) if card.rungs else None,
        "trace": told(told_to_partner(accrual)),
        "currency": accrual.currency,
        "lines": lines,
    }
    template = "portal/shared/_line_share_rows.html" if request.htmx else "portal/partner/earning.html"
    return render(request, template, context)


def _day(key: str | None) -> Any:
    if not key:
        return None
    try:
        return Calendar(require_tenant().fiscal_start_month).from_key(key).start
    except ValueError as error:
        raise Http404 from error


def _chart(earnings: Earnings, currency: str) -> dict[str, Any]:
    history = earnings.history
    series = [
        (_("Paid"), "c1", [quarter.paid.get(currency, 0) for quarter in history]),
        (_("Stated, not yet paid"), "c2", [quarter.pending.get(currency, 0) for quarter in history]),
        (_("Estimated"), "c3", [quarter.estimated.get(currency, 0) for quarter in history]),
    ]
    return {
        "title": _("Earnings by quarter"),
        "desc": _("Paid, stated and estimated rebates of the last quarters in %(currency)s.") % {"currency": currency},
        "cats": [quarter.period.key for quarter in history],
        "series": [{"name": name, "values": values, "cls": css} for name, css, values in series],
        "stacked": True,
        "fmt": "money",
        "currency": currency,
    }
