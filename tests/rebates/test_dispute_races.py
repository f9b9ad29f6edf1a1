"""Two at once about one statement line, each with a connection of its own: one wins, the other is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

from prm.errors import Conflict, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates.models import Adjustment, Dispute, Statement, StatementLine
from rebates.proof import accruals_differences
from rebates.services.decisions import dispute_decide
from rebates.services.disputes import dispute_open, dispute_withdraw, disputes_escalate_due
from rebates.services.periods import period_close
from rebates.services.reviews import reviews_lapse, statement_agree
from rebates.services.statements import statement_approve
from tests.rebates.test_races import at_once, errors
from tests.rebates.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Case:
    """A statement in review until 12 October; its partner disputes the one line."""

    tenant: Tenant
    first: Actor
    second: Actor
    people: Actor
    system: Actor
    line: StatementLine
    dispute: Dispute

    def decide(self, actor: Actor) -> Callable[[], Any]:
        return lambda: dispute_decide(
            actor=actor, dispute_id=self.dispute.pk, decision="accepted", outcome="our_error", text="Yes"
        )

    def open(self) -> Dispute:
        return dispute_open(
            actor=self.people, line_id=self.line.pk, reason="other", claimed=self.line.amount + 100, text="More."
        )


@pytest.fixture
def case() -> Iterator[Case]:
    with time_machine.travel("2026-10-02T04:00:00Z", tick=True):
        tenant = Tenant.objects.create(slug="acme", name="Acme", base_currency="USD", time_zone="Asia/Shanghai")
        with tenant_context(tenant):
            world = World(tenant)
            world.published()
            world.sale("A", "2026-07-01", "60000")
            world.update()
            first, second = world.actor(Role.FINANCE, "first"), world.actor(Role.FINANCE, "second")
            people = world.actor(Role.PARTNER_FINANCE, "a", world.partner("A"))
            period_close(actor=first, kind="quarter", key="2026-Q3")
            line = StatementLine.objects.get()
            statement_approve(actor=second, statement_ids=[line.statement_id])
            found = Case(tenant, first, second, people, world.system, line, Dispute())
            found.dispute = found.open()
        yield found


def test_two_decisions_are_one(case: Case) -> None:
    assert errors(at_once(case.tenant, case.decide(case.first), case.decide(case.second))) == [StateError]
    with tenant_context(case.tenant):
        assert Adjustment.objects.get().amount == 100
        assert accruals_differences() == []


def test_a_withdrawal_and_a_decision_are_one(case: Case) -> None:
    withdraw = lambda: dispute_withdraw(actor=case.people, dispute_id=case.dispute.pk)  # noqa: E731
    assert errors(at_once(case.tenant, withdraw, case.decide(case.first))) == [StateError]
    with tenant_context(case.tenant):
        found = (Dispute.objects.get().status, Adjustment.objects.count())
    assert found in {("withdrawn", 0), ("accepted", 1)}


def test_a_decision_and_the_clock_are_in_one_order(case: Case) -> None:
    with time_machine.travel("2026-10-20T04:00:00Z", tick=True):
        escalate = lambda: disputes_escalate_due(actor=case.system)  # noqa: E731
        results = at_once(case.tenant, case.decide(case.second), escalate)
    with tenant_context(case.tenant):
        status = Dispute.objects.get().status
        assert Adjustment.objects.get().amount == 100
    assert errors(results) == []
    assert (status, results[1]) in {("accepted", 0), ("final", 1)}


def test_two_disputes_of_a_line_are_one(case: Case) -> None:
    with tenant_context(case.tenant):
        dispute_withdraw(actor=case.people, dispute_id=case.dispute.pk)
    assert errors(at_once(case.tenant, case.open, case.open)) == [Conflict]
    with tenant_context(case.tenant):
        assert sorted(str(one) for one in Dispute.objects.all()) == ["D-00001", "D-00002"]


def test_an_agreement_and_the_end_of_the_window_are_one(case: Case) -> None:
    agree = lambda: statement_agree(actor=case.people, statement_id=case.line.statement_id)  # noqa: E731
    lapse = lambda: reviews_lapse(actor=case.system)  # noqa: E731
    with time_machine.travel("2026-10-13T04:00:00Z", tick=True):
        results = at_once(case.tenant, agree, lapse, lapse)
    with tenant_context(case.tenant):
        assert Statement.objects.get().status == "approved"
        assert Message.objects.filter(topic="rebates.statement.agreed").count() == 1
    assert errors(results) in ([], [StateError])
