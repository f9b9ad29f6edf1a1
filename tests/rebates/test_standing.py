"""What a partner is at the end of a period: overdue receivables, and what it changes in money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from commerce.services import overdue_record
from prm.identity.rights import Role
from prm.outbox.models import Delivery
from prm.outbox.registry import handler_named
from rebates.engine.calculations import Standing
from rebates.engine.qualifiers import CertifiedPeople
from rebates.models import Adjustment
from rebates.proof import accruals_differences
from rebates.services.periods import period_close
from rebates.sql import standing
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
FLAT = {"type": "retroactive", "bands": [{"rate": "0.02"}]}
ASKS = [{"type": "no_overdue"}]


def sold(world: World, **changes: Any) -> World:
    world.published(calculation=FLAT, qualifiers=ASKS, **changes)
    world.sale("A", "2026-07-10", "1000")
    world.sale("A", "2026-10-10", "2000")
    world.sale("B", "2026-10-10", "3000")
    world.update()
    return world


def overdue(world: World, partner: str, day: str, amount: str, currency: str = "USD") -> None:
    overdue_record(
        actor=world.actor(Role.FINANCE), partner_code=partner, as_of=dt.date.fromisoformat(day), amount=amount,
        currency=currency,
    )  # fmt: skip


def delivered() -> None:
    for one in Delivery.objects.filter(done_at=None, message__topic="commerce.overdue.changed").select_related(
        "message"
    ):
        handler_named(one.handler)(one.message.payload)
        Delivery.objects.filter(pk=one.pk).update(done_at=dt.datetime.now(dt.UTC))


def payouts(world: World) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (partner, key): (payout, reason) for (_code, partner, key), (_m, payout, reason) in world.accruals().items()
    }


@time_machine.travel("2026-11-23T04:00:00Z", tick=False)
def test_it_counts_on_the_last_day_of_the_period_until_it_is_paid(world):
    sold(world)
    assert payouts(world)["A", "2026-Q3"] == ("20.00", "")
    overdue(world, "A", "2026-09-30", "500")
    overdue(world, "A", "2026-10-15", "0")
    delivered()
    assert payouts(world) == {
        ("A", "2026-Q3"): ("0.00", "qualifier no_overdue"), ("A", "2026-Q4"): ("40.00", ""),
        ("B", "2026-Q4"): ("60.00", ""),
    }  # fmt: skip
    overdue(world, "A", "2026-11-20", "5", currency="EUR")
    delivered()
    assert payouts(world)["A", "2026-Q4"] == ("0.00", "qualifier no_overdue")
    # One currency that is paid says nothing of the other.
    overdue(world, "A", "2026-11-21", "0")
    delivered()
    assert payouts(world)["A", "2026-Q4"] == ("0.00", "qualifier no_overdue")
    overdue(world, "A", "2026-11-22", "0", currency="EUR")
    delivered()
    assert payouts(world)["A", "2026-Q4"] == ("40.00", "")
    assert accruals_differences() == []


@time_machine.travel("2026-11-23T04:00:00Z", tick=False)
def test_a_fact_about_a_closed_period_becomes_an_adjustment_that_names_it(world):
    sold(world)
    period_close(actor=world.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
    overdue(world, "A", "2026-09-30", "500")
    overdue(world, "A", "2026-10-01", "0")
    delivered()
    [booked] = Adjustment.objects.all()
    assert (booked.amount, booked.origin_period_key, booked.cause_type) == (Decimal(-20), "2026-Q3", "commerce.overdue")
    assert booked.cause_id == str(world.partner("A").pk)
    assert payouts(world)["A", "2026-Q4"] == ("40.00", "")
    assert accruals_differences() == []


@time_machine.travel("2026-11-23T04:00:00Z", tick=False)
def test_programs_that_do_not_ask_do_not_look(world):
    world.published("FREE", calculation=FLAT)
    sold(world)
    overdue(world, "A", "2026-09-30", "500")
    delivered()
    fourth = [(place[0], told[1]) for place, told in world.accruals().items() if place[1:] == ("A", "2026-Q4")]
    assert sorted(fourth) == [("FREE", "40.00"), ("P1", "0.00")]


def test_people_are_counted_once_for_each_certification_and_once_in_all(world, monkeypatch):
    """A kind is one SELECT: here of rows that stand for certificates."""
    partner = world.partner("A")
    runs = f"""SELECT '{partner.pk}'::uuid AS partner_id, v.starts::date, v.ends::date, v.name, v.who FROM (VALUES
        ('2026-01-01', '2026-06-30', 'net', 'ann'), ('2026-01-01', '9999-12-31', 'net', 'bob'),
        ('2026-03-01', '9999-12-31', 'sec', 'bob')) v (starts, ends, name, who)"""
    monkeypatch.setattr(standing, "RUNS", {CertifiedPeople: lambda _sources, _where: runs})
    plan = type("Plan", (), {"partner_ids": [str(partner.pk)]})()
    found = standing.Standings(plan, None, [CertifiedPeople(1)])  # type: ignore[arg-type]
    assert found.on(partner.pk, dt.date(2026, 6, 30), "gold") == Standing(
        tier="gold", certified={"net": 2, "": 2, "sec": 1}
    )
    assert found.on(partner.pk, dt.date(2026, 7, 1), None).certified == {"net": 1, "": 1, "sec": 1}
    assert found.on(partner.pk, dt.date(2025, 7, 1), None) == Standing()
