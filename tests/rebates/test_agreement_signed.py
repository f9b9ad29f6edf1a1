"""A program that asks for a signed agreement: it is looked for on the last day of the period."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from partners.services.agreement_life import agreement_notice_give, agreement_terminate
from partners.services.agreement_watch import agreements_watch
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.outbox.models import Delivery
from prm.outbox.registry import handler_named
from rebates.models import Adjustment
from rebates.proof import accruals_differences
from rebates.services.periods import period_close
from tests.partners.agreement_world import make_active, make_template
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
FLAT = {"type": "retroactive", "bands": [{"rate": "0.02"}]}
NOT_SIGNED = ("0.00", "qualifier agreement_signed")
WATCH = Actor.system("partners.watch")


def people(world: World) -> Any:
    return SimpleNamespace(manager=world.actor(Role.CHANNEL_MANAGER), partner=world.partner("A"))


def sold(world: World) -> None:
    world.published(calculation=FLAT, qualifiers=[{"type": "agreement_signed"}])
    for code, day, amount in (("A", "2026-07-10", "1000"), ("A", "2026-10-10", "2000"), ("B", "2026-10-10", "3000")):
        world.sale(code, day, amount)
    world.update()


def delivered() -> None:
    """What the agreements' messages bring about, once each."""
    rows = Delivery.objects.filter(done_at=None, handler__startswith="rebates.").select_related("message")
    for one in rows.order_by("message__created_at", "message_id"):
        if one.message.topic.startswith("partners.agreement."):
            handler_named(one.handler)(one.message.payload)
        Delivery.objects.filter(pk=one.pk).update(done_at=dt.datetime.now(dt.UTC))


def payouts(world: World) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (partner, key): (payout, reason) for (_code, partner, key), (_m, payout, reason) in world.accruals().items()
    }


def test_it_counts_from_the_signature_to_the_end(world: World) -> None:
    with time_machine.travel("2026-09-30T04:00:00Z", tick=False):
        sold(world)
        assert set(payouts(world).values()) == {NOT_SIGNED}
        cast = people(world)
        agreement = make_active(cast, make_template(cast))
        delivered()
    assert payouts(world) == {
        ("A", "2026-Q3"): ("20.00", ""), ("A", "2026-Q4"): ("40.00", ""), ("B", "2026-Q4"): NOT_SIGNED,
    }  # fmt: skip
    with time_machine.travel("2026-11-20T04:00:00Z", tick=False):
        last_day = dt.date(2026, 12, 30)
        agreement_terminate(actor=cast.manager, agreement_id=agreement.pk, reason="Breach", last_day=last_day)
        delivered()
        assert payouts(world)["A", "2026-Q4"] == NOT_SIGNED
        assert payouts(world)["A", "2026-Q3"] == ("20.00", "")
        assert accruals_differences() == []


def test_the_term_ends_before_the_period_does_unless_it_renews(world: World) -> None:
    with time_machine.travel("2026-09-15T04:00:00Z", tick=False):
        sold(world)
        cast = people(world)
        agreement = make_active(cast, make_template(cast, term_months=3, auto_renew=True))
        delivered()
        assert payouts(world)["A", "2026-Q4"] == ("40.00", "")
        agreement_notice_give(actor=cast.manager, agreement_id=agreement.pk, reason="Strategy")
        delivered()
        # Its last day is 14 December.
        assert payouts(world)["A", "2026-Q4"] == NOT_SIGNED
        assert payouts(world)["A", "2026-Q3"] == ("20.00", "")
    with time_machine.travel("2026-12-15T04:00:00Z", tick=False):
        assert agreements_watch(actor=WATCH) == 1
        delivered()
        assert payouts(world)["A", "2026-Q4"] == NOT_SIGNED
        assert accruals_differences() == []


def test_signed_after_the_period_is_too_late_for_it(world: World) -> None:
    with time_machine.travel("2026-10-05T04:00:00Z", tick=False):
        sold(world)
        period_close(actor=world.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
        cast = people(world)
        agreement = make_active(cast, make_template(cast), starts_on=dt.date(2026, 7, 1))
        delivered()
        assert agreement.active_from == dt.date(2026, 10, 5)
        assert payouts(world)["A", "2026-Q3"] == NOT_SIGNED
        assert payouts(world)["A", "2026-Q4"] == ("40.00", "")
        assert Adjustment.objects.count() == 0
        assert accruals_differences() == []
