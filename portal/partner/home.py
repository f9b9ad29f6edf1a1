from __future__ import annotations

from decimal import Decimal
from itertools import dropwhile

from django.http import HttpResponse
from django.shortcuts import render

from partners.selectors.onboarding import PlanView, plan_of
from partners.states.onboarding import PlanStatus
from portal.partner.cards import cards_of, nearest
from portal.partner.leaving import standing_of
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.earnings import Earnings, earnings_overview
from rebates.selectors.statements import statement_list

RECENT = 3


@page(Right.OWN_EARNINGS_VIEW)
def home(request: PortalRequest) -> HttpResponse:
    earnings = earnings_overview(request.actor)
    cards = cards_of(earnings.programs)
    context = {
        "earnings": earnings,
        "cards": cards,
        "nearest": nearest(cards),
        "wallet": _wallet(earnings),
        "statements": _statements(request),
        "onboarding": _onboarding(request),
        "standing": standing_of(request),
    }
    return render(request, "portal/partner/home.html", context)


def _wallet(earnings: Earnings) -> dict[str, object]:
    """The head of the page: the main currency large, the others beside it."""
    currency = earnings.currency
    amount = earnings.totals.get(currency, Decimal(0))
    before = earnings.previous.total(currency) if earnings.previous else Decimal(0)
    return {
        "currency": currency,
        "amount": amount,
        "share_of_before": amount / before if before > 0 else None,
        "days_left": (earnings.period.end - clock.today(require_tenant())).days,
        "others": [(code, total) for code, total in sorted(earnings.totals.items()) if code != currency],
        "trend": _trend(earnings, currency),
        "approved": sorted(earnings.approved.items()),
    }


def _trend(earnings: Earnings, currency: str) -> list[Decimal]:
    """Whole quarters only, from the first that brought anything: the running one would always look like a fall."""
    whole = [quarter.total(currency) for quarter in earnings.history[:-1]]
    totals = list(dropwhile(lambda total: total == 0, whole))
    return totals if len(totals) > 2 else []


def _onboarding(request: PortalRequest) -> PlanView | None:
    """The running plan, for who works on it."""
    partner_id = request.actor.partner_id
    if partner_id is None or not request.actor.can(Right.OWN_ONBOARDING_WORK):
        return None
    view = plan_of(request.actor, partner_id)
    return view if view is not None and view.plan.status == PlanStatus.RUNNING else None


def _statements(request: PortalRequest) -> list[object]:
    if not request.actor.can(Right.OWN_STATEMENTS_VIEW):
        return []
    return list(statement_list(request.actor)[:RECENT])
