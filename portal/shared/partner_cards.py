"""What a partner's page is made of: cards and links that each topic registers, and nothing here knows a topic by name.

    # portal/manager/agreements.py
    from portal.shared.partner_cards import PartnerCard, PartnerTopic, register

    register(
        PartnerCard("agreements", 40, Right.AGREEMENTS_VIEW, "portal/manager/agreements/_card.html", card, queries=2),
        PartnerTopic("agreements", 40, _("Agreements"), "file-pen-line", "manager:partner_agreements",
                     Right.AGREEMENTS_VIEW),
    )

Modules that the URLconf imports may register at their end. A template gets `partner`, `request`, `surface` and what the
card's context function returns; None from that function leaves the card out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest

Context = Callable[[PortalRequest, Any], Mapping[str, Any] | None]
MAIN, SIDE = "main", "side"


@dataclass(frozen=True, slots=True)
class PartnerCard:
    """`queries` is the most that the card may ask of the database; a test holds every card to it."""

    code: str
    order: int
    right: Right | None
    template: str
    context: Context
    queries: int
    column: str = MAIN


@dataclass(frozen=True, slots=True)
class PartnerTopic:
    """A page about one side of the partner; its address takes the partner's id."""

    code: str
    order: int
    label: str | Promise
    icon: str
    url_name: str
    right: Right | None = None

    def url(self, partner: Any) -> str:
        return reverse(self.url_name, args=[partner.pk])


@dataclass(frozen=True, slots=True)
class Shown:
    code: str
    column: str
    html: SafeString


_cards: dict[str, PartnerCard] = {}
_topics: dict[str, PartnerTopic] = {}


def register(*parts: PartnerCard | PartnerTopic) -> None:
    """Add cards and topics; one of a code that is there already takes its place."""
    for part in parts:
        if isinstance(part, PartnerCard):
            _cards[part.code] = part
        else:
            _topics[part.code] = part


def cards() -> list[PartnerCard]:
    return sorted(_cards.values(), key=lambda card: (card.order, card.code))


def cards_for(request: PortalRequest, partner: Any, frame: Mapping[str, Any]) -> list[Shown]:
    """The cards that this reader may see, rendered inside the request's transaction."""
    shown = [_shown(card, request, partner, frame) for card in _allowed(cards(), request)]
    return [card for card in shown if card is not None]


def topics_for(request: PortalRequest, partner: Any) -> list[tuple[PartnerTopic, str]]:
    """(topic, address) in order, as far as the reader may go there."""
    ordered = sorted(_topics.values(), key=lambda topic: (topic.order, topic.code))
    return [(topic, topic.url(partner)) for topic in _allowed(ordered, request)]


def _allowed(parts: Iterable[Any], request: PortalRequest) -> list[Any]:
    return [part for part in parts if part.right is None or request.actor.can(part.right)]


def _shown(card: PartnerCard, request: PortalRequest, partner: Any, frame: Mapping[str, Any]) -> Shown | None:
    context = card.context(request, partner)
    if context is None:
        return None
    html = render_to_string(card.template, {**frame, "partner": partner, **context}, request)
    return Shown(card.code, card.column, html)
