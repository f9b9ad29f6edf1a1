"""A partner's page: cards and topics by registry and right, each within its budget of queries; the timeline."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from partners.models import Partner
from partners.services.partners import partner_update
from portal.shared import partner_cards, timeline
from prm.identity.rights import Role
from prm.testing.make import Cast
from tests.portal.vendor import NOW, Vendor, get, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return Vendor(cast, World(cast.tenant))


def request_of(vendor: Vendor, role: Role) -> Any:
    request: Any = RequestFactory().get("/m/partners/")
    request.tenant, request.actor, request.user = vendor.cast.tenant, vendor.cast.actor(role), vendor.cast.user(role)
    return request


@time_machine.travel(NOW, tick=False)
def test_every_card_stays_within_its_budget(vendor: Vendor) -> None:
    vendor.closed()
    request = request_of(vendor, Role.ADMINISTRATOR)
    with vendor.inside():
        partner = vendor.cast.partner
        spent = {}
        for card in partner_cards.cards():
            with CaptureQueriesContext(connection) as queries:
                frame = {"surface": "manager"}
                partner_cards._shown(card, request, partner, frame)
            if len(queries) > card.queries:
                spent[card.code] = (len(queries), card.queries)
    assert spent == {}


@time_machine.travel(NOW, tick=False)
def test_cards_and_topics_follow_the_readers_rights(vendor: Vendor) -> None:
    vendor.closed()
    seen = {}
    for role in (Role.ADMINISTRATOR, Role.CHANNEL_MANAGER, Role.MARKETING):
        page = get(vendor.client(role), "manager:partner", vendor.cast.partner.pk)
        seen[role] = {card.code for card in page.context["cards"]}
    assert {"sales", "accruals", "statements", "facts", "accounts", "tiers"} <= seen[Role.ADMINISTRATOR]
    assert seen[Role.CHANNEL_MANAGER] == seen[Role.ADMINISTRATOR]
    assert {"sales", "accruals", "statements", "accounts"} & seen[Role.MARKETING] == set()
    codes = [
        topic.code for topic, _url in get(vendor.manager, "manager:partner", vendor.cast.partner.pk).context["topics"]
    ]
    assert "earnings" in codes


def walked(vendor: Vendor, partner: Partner, size: int) -> list[timeline.Event]:
    found, after = [], ""
    for _page in range(100):
        page = timeline.timeline(vendor.cast.administrator, partner, after=after, size=size)
        found += page.events
        after = page.after
        if not after:
            return found
    raise AssertionError("the timeline never ends")


def test_timeline_pages_join_without_gap_or_repeat_even_within_one_instant(vendor: Vendor) -> None:
    vendor.closed()
    with vendor.inside():
        partner = vendor.cast.partner
        with time_machine.travel(NOW, tick=False):
            for number in range(7):
                partner_update(actor=vendor.cast.manager, partner_id=partner.pk, name=f"Name {number}")
            vendor.world.tier("P-1", "gold", "2026-01-01")
        whole = timeline.timeline(vendor.cast.administrator, partner, size=100).events
        assert len(whole) >= 8
        assert [event.at for event in whole] == sorted((event.at for event in whole), reverse=True)
        for size in (1, 2, 3, 5):
            keys = [event.key for event in walked(vendor, partner, size)]
            assert keys == [event.key for event in whole]
        assert {event.source for event in whole} >= {"partner", "statements"}


def test_a_later_page_costs_what_the_first_costs(vendor: Vendor) -> None:
    with vendor.inside():
        partner = vendor.cast.partner
        begun = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        for number in range(60):
            with time_machine.travel(begun + dt.timedelta(hours=number), tick=False):
                partner_update(actor=vendor.cast.manager, partner_id=partner.pk, name=f"Name {number}")
        costs, after = [], ""
        for _page in range(3):
            with CaptureQueriesContext(connection) as queries:
                page = timeline.timeline(vendor.cast.administrator, partner, after=after)
            after = page.after
            costs.append(len(queries))
    assert len(set(costs)) == 1


def test_the_timeline_is_fetched_in_place_and_reads_alone(vendor: Vendor) -> None:
    with vendor.inside():
        partner = vendor.cast.partner
        for number in range(25):
            partner_update(actor=vendor.cast.manager, partner_id=partner.pk, name=f"Name {number}")
    page = get(vendor.manager, "manager:partner", partner.pk)
    after = page.context["timeline"].after
    whole = get(vendor.manager, "manager:partner_timeline", partner.pk, after=after)
    part = vendor.manager.get(whole.request["PATH_INFO"], {"after": after}, headers={"HX-Request": "true"})
    assert len(whole.context["timeline"].events) == 5
    assert "<html" in text_of(whole)
    assert "<html" not in text_of(part)
    assert get(vendor.manager, "manager:partner_timeline", partner.pk, after="nonsense|x|y").status_code == 200
