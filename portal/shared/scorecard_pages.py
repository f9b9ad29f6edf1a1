"""A partner's scorecard, as both sides read it: its figures, and beside them what the vendor promised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse

from partners import commitments, fiscal
from partners.metrics import Window, drill_of
from partners.selectors.partners import partner_get
from partners.selectors.scorecards import About, about, figure_trend, figures_of, score_of, trends_of
from partners.states.plans import Side
from portal.shared.pages import page_response, surface_of
from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.web.surfaces import PortalRequest


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure with what it means, where its rows are, and how it went."""

    about: About
    figure: Any
    url: str
    trend: list[Decimal]

    @property
    def has_trend(self) -> bool:
        return len(self.trend) > 1


def partner_scorecard(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    partner = partner_get(request.actor, partner_id)
    return page_response(request, "portal/shared/scorecards/partner.html", scorecard_context(request, partner))


def own_scorecard(request: PortalRequest) -> HttpResponse:
    if request.actor.partner_id is None:
        raise NotFound
    return partner_scorecard(request, request.actor.partner_id)


def scorecard_context(request: PortalRequest, partner: Any) -> dict[str, Any]:
    score = score_of(request.actor, partner.pk, month_of(request))
    context: dict[str, Any] = {"partner": partner, "score": score}
    if score is None:
        return context
    shown = figures_shown(request.actor, partner.pk, score.month, surface_of(request), fresh=True)
    return context | {
        "own": [one for one in shown if one.about.side == Side.PARTNER],
        "promised": [one for one in shown if one.about.side == Side.VENDOR],
        "trend": known(trends_of(request.actor, [partner.pk], score.month)[partner.pk]),
        "before": fiscal.months_back(score.month, 1),
        "after": fiscal.months_back(score.month, -1),
        "is_now": score.month == fiscal.month_of(fiscal.today()),
    }


def figures_shown(actor: Actor, partner_id: UUID, month: dt.date, surface: str, *, fresh: bool = False) -> list[Shown]:
    """The figures of a month, the partner's first, in the order of the scorecard."""
    found = figures_of(actor, [partner_id], month).get(partner_id, {})
    trends = figure_trend(actor, partner_id, month)
    shown = []
    for (side, code), figure in sorted(
        found.items(), key=lambda item: (item[0][0] == Side.VENDOR, -item[1].weight, item[0][1])
    ):
        what = about(side, code, fresh=fresh)
        if what is not None:
            shown.append(Shown(what, figure, drill_url(figure, surface), known(trends.get((side, code), []))))
    return shown


def drill_url(figure: Any, surface: str) -> str:
    """The list of the rows behind a figure on this surface; empty where there is none."""
    window = Window(figure.since, figure.until)
    if figure.side == Side.VENDOR:
        if surface != "manager" or not commitments.known(figure.metric):
            return ""
        promise = commitments.commitment(figure.metric)
        return _address(promise.url_name, {}, promise.query(figure.partner_id, window))
    drill = drill_of(figure.metric, surface)
    if drill is None:
        return ""
    return _address(drill.url_name, drill.arguments(figure.partner_id), drill.query(figure.partner_id, window))


def _address(name: str, arguments: Any, query: Any) -> str:
    try:
        url = reverse(name, kwargs=dict(arguments))
    except NoReverseMatch:
        return ""
    return f"{url}?{urlencode(query)}" if query else url


def month_of(request: PortalRequest) -> dt.date | None:
    """The month that the address names."""
    try:
        return dt.date.fromisoformat(f"{request.GET.get('month', '')[:7]}-01")
    except ValueError:
        return None


def known(values: Iterable[Decimal | None]) -> list[Decimal]:
    """Months without a value are left out of a line."""
    return [value for value in values if value is not None]
