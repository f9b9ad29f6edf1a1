"""What the vendor promised about money, exact on rows of every kind."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from partners.commitments import Kept, kept_of
from partners.metrics import Window
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from rebates.models import Dispute, ReviewSettings, Statement
from rebates.services.decisions import dispute_decide
from rebates.services.disputes import dispute_ask, dispute_open, dispute_withdraw, disputes_escalate_due
from rebates.services.periods import period_close
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.world import World, day


@pytest.fixture
def world(cast: Cast, time_machine: Any) -> Any:
    """Four partners' statements of the third quarter, which ends on 30 September: due until 20 October."""
    time_machine.move_to("2026-10-05T04:00:00Z", tick=False)
    with tenant_context(cast.tenant):
        world = World(cast.tenant)
        world.no_review()
        world.published("P1", currency="CNY")
        for number in range(1, 5):
            world.sale(f"P-{number}", "2026-07-01", f"{number}0000", currency="CNY")
        world.update()
        period_close(actor=cast.finance, kind="quarter", key="2026-Q3")
        yield world


def statement(number: int) -> Statement:
    return Statement.objects.get(partner__code=f"P-{number}")


def kept(code: str, world: World, since: str = "2026-10-01", until: str = "2026-12-31") -> dict[str, tuple[int, int]]:
    found = kept_of(code, Window(day(since), day(until)))
    names = {one.partner_id: one.partner.code for one in Statement.objects.select_related("partner")}
    return {names[key]: (one.kept, one.due) for key, one in sorted(found.items(), key=lambda item: names[item[0]])}


def test_statements_on_time(cast: Cast, world: World, time_machine: Any) -> None:
    # 23:59 in Shanghai on the last day, and a minute later.
    for moment, number in (("2026-10-20T15:59:00Z", 1), ("2026-10-20T16:00:00Z", 2)):
        time_machine.move_to(moment, tick=False)
        statement_approve(actor=cast.administrator, statement_ids=[statement(number).pk])
    assert kept("statements_on_time", world) == {"P-1": (1, 1), "P-2": (0, 1), "P-3": (0, 1), "P-4": (0, 1)}
    assert kept("statements_on_time", world, until="2026-10-20") == {"P-1": (1, 1)}
    assert kept("statements_on_time", world, since="2026-10-22") == {}


def test_payments_on_time(cast: Cast, world: World, time_machine: Any) -> None:
    time_machine.move_to("2026-10-10T04:00:00Z", tick=False)
    statement_approve(actor=cast.administrator, statement_ids=[statement(number).pk for number in range(1, 4)])
    for number, paid_on in ((1, "2026-11-09"), (2, "2026-11-10")):
        time_machine.move_to(f"{paid_on}T04:00:00Z", tick=False)
        settlement = settlement_prepare(actor=cast.finance, statement_ids=[statement(number).pk])
        settlement_export(actor=cast.finance, settlement_id=settlement.pk, format="csv")
        settlement_mark_paid(actor=cast.finance, settlement_id=settlement.pk, paid_on=day(paid_on), reference="B")
    # P-3 is approved and not paid, P-4 was never approved.
    assert kept("payments_on_time", world, until="2026-11-09") == {"P-1": (1, 1)}
    assert kept("payments_on_time", world) == {"P-1": (1, 1), "P-2": (0, 1), "P-3": (0, 1)}


def disputed(cast: Cast, number: int) -> Dispute:
    actor = World(cast.tenant).actor(Role.PARTNER_FINANCE, f"p{number}", statement(number).partner)
    line = statement(number).lines.get()
    claim = {"reason": "other", "claimed": line.amount + 1, "text": "x", "files": [("a.csv", BytesIO(b"1"))]}
    return dispute_open(actor=actor, line_id=line.pk, **claim)


def test_disputes_on_time(cast: Cast, world: World, time_machine: Any) -> None:
    ReviewSettings.objects.update(review_days=30, dispute_days=5)
    statement_approve(actor=cast.administrator, statement_ids=[statement(number).pk for number in range(1, 5)])
    first, second, third, fourth = (disputed(cast, number) for number in range(1, 5))
    assert {one.due_on for one in (first, second, third, fourth)} == {day("2026-10-12")}
    decision = {"decision": "rejected", "outcome": "partner_error", "text": "No."}
    time_machine.move_to("2026-10-12T04:00:00Z", tick=False)
    dispute_decide(actor=cast.finance, dispute_id=first.pk, **decision)
    dispute_ask(actor=cast.finance, dispute_id=third.pk, text="Which?")
    assert kept("disputes_on_time", world, until="2026-10-12") == {"P-1": (1, 1)}
    time_machine.move_to("2026-10-13T04:00:00Z", tick=False)
    # Not yet passed on, and late already; the third waits for the partner.
    late = {"P-1": (1, 1), "P-2": (0, 1), "P-4": (0, 1)}
    assert kept("disputes_on_time", world) == late
    assert disputes_escalate_due(actor=world.system) == 2
    assert kept("disputes_on_time", world) == late
    dispute_decide(actor=cast.administrator, dispute_id=second.pk, **decision)
    fourth_owner = World(cast.tenant).actor(Role.PARTNER_FINANCE, "p4", statement(4).partner)
    dispute_withdraw(actor=fourth_owner, dispute_id=fourth.pk)
    assert kept("disputes_on_time", world) == late


def test_other_vendors_promises_are_not_seen(cast: Cast, world: World, rival_cast: Cast) -> None:
    with tenant_context(rival_cast.tenant):
        assert kept_of("statements_on_time", Window(day("2026-10-01"), day("2026-12-31"))) == {}
    assert Kept(1, 2) != Kept(2, 2)
