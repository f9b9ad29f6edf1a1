"""Two people mark one payment at once, or a dispute opens while its line is settled: one story, and the books hold."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from partners.models import BankAccount
from partners.services.accounts import account_confirm, account_propose
from prm.errors import Conflict, StateError
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates.models import Payment, Settlement, SettlementLine, Statement, StatementLine
from rebates.proof import accruals_differences
from rebates.selectors.payments import paid_differences
from rebates.services.payments import payment_mark_failed, payment_mark_paid, payment_retry, payment_reverse
from rebates.services.periods import period_close
from rebates.services.settlements import settlement_export, settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.test_races import at_once, errors
from tests.rebates.world import World, day

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = day("2026-10-02")


@pytest.fixture
def acme() -> Iterator[Tenant]:
    with time_machine.travel("2026-10-02T04:00:00Z", tick=True):
        yield Tenant.objects.create(slug="acme", name="Acme", base_currency="USD", time_zone="Asia/Shanghai")


@pytest.fixture
def world(acme: Tenant) -> Any:
    """A earns 2.00, B 4.00, in one exported settlement."""
    with tenant_context(acme):
        world = World(acme)
        world.no_review()
        world.finance, world.second = world.actor(Role.FINANCE), world.actor(Role.FINANCE, "second")  # type: ignore[attr-defined]
        world.published()
        world.sale("A", "2026-07-01", "100")
        world.sale("B", "2026-07-01", "200")
        period_close(actor=world.finance, kind="quarter", key="2026-Q3")  # type: ignore[attr-defined]
        ids = list(Statement.objects.values_list("pk", flat=True))
        statement_approve(actor=world.second, statement_ids=ids)  # type: ignore[attr-defined]
        return world


def exported(world: Any) -> list[Payment]:
    with tenant_context(world.tenant):
        ids = list(Statement.objects.values_list("pk", flat=True))
        settlement = settlement_prepare(actor=world.finance, statement_ids=ids)
        settlement_export(actor=world.finance, settlement_id=settlement.pk, format="csv")
        return list(settlement.payments.order_by("number"))


def paid_balance() -> Decimal:
    return sum((row["balance"] for row in balances(by=("currency",), accounts=[Account.PAID])), Decimal(0))


def test_paid_and_failed_at_once_leave_one_of_the_two(world):
    payment = exported(world)[0]
    results = at_once(
        world.tenant,
        lambda: payment_mark_paid(actor=world.finance, payment_id=payment.pk, paid_on=TODAY, reference="B-1"),
        lambda: payment_mark_failed(actor=world.second, payment_id=payment.pk, reason="AC01"),
    )
    assert errors(results) == [StateError]
    with tenant_context(world.tenant):
        payment.refresh_from_db()
        assert (payment.status, paid_balance()) in {("paid", Decimal("2.00")), ("failed", Decimal(0))}
        assert (accruals_differences(), paid_differences()) == ([], [])


def test_two_payments_of_one_settlement_paid_at_once_make_it_paid(world):
    payments = exported(world)
    calls = [
        lambda one=one: payment_mark_paid(actor=world.finance, payment_id=one.pk, paid_on=TODAY, reference=str(one))
        for one in payments
    ]
    assert errors(at_once(world.tenant, *calls)) == []
    with tenant_context(world.tenant):
        assert (Settlement.objects.get().status, paid_balance()) == ("paid", Decimal("6.00"))
        assert set(Statement.objects.values_list("status", flat=True)) == {"paid"}
        assert (accruals_differences(), paid_differences()) == ([], [])


def test_two_references_at_once_are_one_payment(world):
    payment = exported(world)[0]
    calls = [
        lambda text=text: payment_mark_paid(actor=world.finance, payment_id=payment.pk, paid_on=TODAY, reference=text)
        for text in ("B-1", "B-2")
    ]
    assert errors(at_once(world.tenant, *calls)) == [Conflict]
    with tenant_context(world.tenant):
        assert paid_balance() == Decimal("2.00")


def test_two_reversals_and_two_retries_are_one(world):
    payment = exported(world)[0]
    with tenant_context(world.tenant):
        payment_mark_paid(actor=world.finance, payment_id=payment.pk, paid_on=TODAY, reference="B-1")
    calls = [lambda: payment_reverse(actor=world.finance, payment_id=payment.pk, reason="returned")] * 2
    assert errors(at_once(world.tenant, *calls)) == [StateError]
    again = [lambda: payment_retry(actor=world.finance, payment_id=payment.pk)] * 2
    assert errors(at_once(world.tenant, *again)) == [StateError]
    with tenant_context(world.tenant):
        payment.refresh_from_db()
        assert (payment.attempt, paid_balance()) == (2, Decimal(0))
        assert (accruals_differences(), paid_differences()) == ([], [])


def test_overlapping_settlements_settle_each_line_once(world):
    with tenant_context(world.tenant):
        first, second = Statement.objects.order_by("number").values_list("pk", flat=True)
    calls = [
        lambda: settlement_prepare(actor=world.finance, statement_ids=[first, second]),
        lambda: settlement_prepare(actor=world.second, statement_ids=[second]),
    ]
    assert errors(at_once(world.tenant, *calls)) == [StateError]
    with tenant_context(world.tenant):
        lines = SettlementLine.objects.values_list("statement_line", flat=True)
        assert len(set(lines)) == len(lines) <= StatementLine.objects.count()
        assert Settlement.objects.count() == 1


def test_two_confirmations_of_one_account_are_one(world):
    with tenant_context(world.tenant):
        third = world.actor(Role.ADMINISTRATOR, "third")
        account = account_propose(
            actor=third, partner_id=world.partner("A").pk, currency="EUR", holder="A", number="DE89370400440532013000"
        )
    calls = [
        lambda actor=actor: account_confirm(actor=actor, account_id=account.pk)
        for actor in (world.finance, world.second)
    ]
    assert errors(at_once(world.tenant, *calls)) == [StateError]
    with tenant_context(world.tenant):
        assert BankAccount.objects.get().status == "active"
