"""A payment keeps what became of it, attempt by attempt, whatever its settlement says."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from prm.errors import Forbidden
from prm.identity.rights import Role
from rebates.models import Payment, Statement
from rebates.selectors.payment_facts import payment_facts, statement_paid
from rebates.services.payments import payment_mark_failed, payment_mark_paid, payment_retry, payment_reverse
from rebates.services.periods import period_close
from rebates.services.settlements import settlement_export, settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.world import World, day

pytestmark = pytest.mark.django_db


def at(text: str) -> Any:
    return time_machine.travel(f"{text}T04:00:00Z", tick=False)


@pytest.fixture
def statement(world: World) -> Statement:
    """10.00 of partner A in an exported settlement."""
    finance, second = world.actor(Role.FINANCE), world.actor(Role.FINANCE, "second")
    with at("2026-10-02"):
        world.published()
        world.sale("A", "2026-07-01", "500")
        world.update()
        period_close(actor=finance, kind="quarter", key="2026-Q3")
        statement: Statement = Statement.objects.get()
        statement_approve(actor=second, statement_ids=[statement.pk])
        settlement = settlement_prepare(actor=finance, statement_ids=[statement.pk])
        settlement_export(actor=finance, settlement_id=settlement.pk, format="csv")
    return statement


def told(world: World, statement: Statement) -> list[tuple[str, str, int, str]]:
    (found,) = statement_paid(world.system, statement.pk)
    return [(one.fact.value, str(one.on), one.attempt, one.text) for one in found.facts]


def test_failed_paid_and_reversed_keep_their_days(world: World, statement: Statement) -> None:
    finance, payment = world.actor(Role.FINANCE), Payment.objects.get()
    assert told(world, statement) == []
    with at("2026-10-05"):
        payment_mark_failed(actor=finance, payment_id=payment.pk, reason="Account closed")
    failed = ("failed", "2026-10-05", 1, "Account closed")
    assert told(world, statement) == [failed]
    with at("2026-10-06"):
        payment_retry(actor=finance, payment_id=payment.pk)
    assert told(world, statement) == [failed]
    # The bank's file would carry it again; this vendor has no account to pay from.
    Payment.objects.filter(pk=payment.pk).update(status="exported")
    with at("2026-10-09"):
        payment_mark_paid(actor=finance, payment_id=payment.pk, paid_on=day("2026-10-07"), reference="BANK-9")
    paid = ("paid", "2026-10-07", 2, "BANK-9")
    assert told(world, statement) == [failed, paid]
    with at("2026-10-20"):
        payment_reverse(actor=finance, payment_id=payment.pk, reason="Returned", reversed_on=day("2026-10-19"))
    assert told(world, statement) == [failed, paid, ("reversed", "2026-10-19", 2, "Returned")]
    (found,) = statement_paid(world.system, statement.pk)
    assert (found.amount, found.payment.status) == (10, "reversed")


def test_facts_are_read_in_two_queries(
    world: World, statement: Statement, django_assert_num_queries: Any
) -> None:  # fmt: skip
    payments = list(Payment.objects.all())
    with django_assert_num_queries(2):
        payment_facts(payments)


def test_another_partner_sees_none_of_it(world: World, statement: Statement) -> None:
    own = world.actor(Role.PARTNER_FINANCE, partner=world.partner("A"))
    other = world.actor(Role.PARTNER_FINANCE, "other", partner=world.partner("B"))
    assert len(statement_paid(own, statement.pk)) == 1
    assert statement_paid(other, statement.pk) == []
    with pytest.raises(Forbidden):
        statement_paid(world.actor(Role.PARTNER_SALES, "sells", partner=world.partner("B")), statement.pk)
