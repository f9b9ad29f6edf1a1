"""Two at once, each with a connection of its own: one wins, the other is told, and the books are right."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection

from prm.errors import DomainError, StateError
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates.models import Accrual, Settlement, Statement
from rebates.proof import accruals_differences
from rebates.services.periods import period_close
from rebates.services.programs import program_amend, program_create, program_end, program_publish
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.world import World, day, definition

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme() -> Iterator[Tenant]:
    with time_machine.travel("2026-10-02T04:00:00Z", tick=True):
        tenant = Tenant.objects.create(slug="acme", name="Acme", base_currency="USD", time_zone="Asia/Shanghai")
        with tenant_context(tenant):
            World(tenant).no_review()
        yield tenant


def at_once(tenant: Tenant, *calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; returns what each returned, or the DomainError it raised."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            with tenant_context(tenant):
                results[index] = call()
        except DomainError as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def errors(results: list[Any]) -> list[type]:
    return [type(result) for result in results if isinstance(result, Exception)]


def prepared(tenant: Tenant) -> World:
    with tenant_context(tenant):
        world = World(tenant)
        world.published()
        for index in range(20):
            world.sale("AB"[index % 2], f"2026-07-{index + 1:02}", "3333.33")
        world.finance, world.second = world.actor(Role.FINANCE), world.actor(Role.FINANCE, "second")
    return world


def close(world: World) -> Any:
    return period_close(actor=world.finance, kind="quarter", key="2026-Q3")


def test_two_closes_make_one(acme):
    world = prepared(acme)
    results = at_once(acme, lambda: close(world), lambda: close(world))
    assert errors(results) == [StateError]
    with tenant_context(acme):
        assert sorted(Statement.objects.values_list("number", flat=True)) == [1, 2]
        assert Message.objects.filter(topic="rebates.period.closed").count() == 1
        assert accruals_differences() == []


def test_updates_at_once_count_each_sale_once(acme):
    world = prepared(acme)
    calls = [world.update] * 2
    calls += [lambda code=code: world.update(partner_ids=[world.partner(code).pk]) for code in "AB"]
    assert errors(at_once(acme, *calls)) == []
    with tenant_context(acme):
        assert Accrual.objects.count() == 2
        rows = balances(by=("account",), accounts=[Account.ACCRUED])
        assert [row["balance"] for row in rows] == [Decimal("1333.34")]
        assert accruals_differences() == []


def test_a_program_published_while_sales_arrive_is_right_in_the_end(acme):
    world = prepared(acme)
    with tenant_context(acme):
        program = program_create(actor=world.system, definition=definition("P2", period="month"))
        partner = world.partner("A").pk

    def publish() -> None:
        program_publish(actor=world.system, program_id=program.pk)
        world.update(program_ids=[program.pk])

    def sell() -> None:
        world.sale("A", "2026-08-01", "1000", external_id="during")
        world.update(partner_ids=[partner], since=day("2026-08-01"), until=day("2026-08-01"))

    assert errors(at_once(acme, publish, sell)) == []
    with tenant_context(acme):
        # Whoever commits second has seen the other's rows or is followed by an event; both orders end here.
        world.update()
        assert Accrual.objects.filter(version__program__code="P2", period_key="2026-08").get().payout == 20
        assert accruals_differences() == []


def test_a_sale_during_a_close_is_in_the_statement_or_an_adjustment(acme):
    world = prepared(acme)

    def sell() -> None:
        world.sale("A", "2026-08-01", "1000", external_id="during")

    assert errors(at_once(acme, lambda: close(world), sell)) == []
    with tenant_context(acme):
        world.update()
        assert accruals_differences() == []
        for statement in Statement.objects.all():
            for line in statement.lines.filter(kind="rebate"):
                shares = list(line.sales.values_list("measure", "amount"))
                assert sum(amount for _measure, amount in shares) == line.amount
                assert sum(measure for measure, _amount in shares) == line.measure


def approved(acme: Tenant) -> tuple[World, list[Any]]:
    world = prepared(acme)
    with tenant_context(acme):
        close(world)
        ids = list(Statement.objects.values_list("pk", flat=True))
        statement_approve(actor=world.second, statement_ids=ids)
    return world, ids


def test_two_approvals_make_one(acme):
    world = prepared(acme)
    with tenant_context(acme):
        close(world)
        ids = list(Statement.objects.values_list("pk", flat=True))
        third = world.actor(Role.FINANCE, "third")
    calls = [lambda: statement_approve(actor=world.second, statement_ids=ids)]
    calls += [lambda: statement_approve(actor=third, statement_ids=ids[::-1])]
    assert errors(at_once(acme, *calls)) == [StateError]
    with tenant_context(acme):
        assert len(set(Statement.objects.values_list("approved_by_label", flat=True))) == 1


def test_two_settlements_of_the_same_statements_make_one(acme):
    world, ids = approved(acme)
    calls = [lambda: settlement_prepare(actor=world.finance, statement_ids=ids)] * 2
    assert errors(at_once(acme, *calls)) == [StateError]
    with tenant_context(acme):
        assert Settlement.objects.count() == 1


def test_two_settlements_of_different_statements_have_numbers_without_gaps(acme):
    world, ids = approved(acme)
    calls = [lambda one=one: settlement_prepare(actor=world.finance, statement_ids=[one]) for one in ids]
    assert errors(at_once(acme, *calls)) == []
    with tenant_context(acme):
        assert sorted(Settlement.objects.values_list("number", flat=True)) == [1, 2]


def test_double_clicks_export_one_file_and_pay_once(acme):
    world, ids = approved(acme)
    with tenant_context(acme):
        settlement = settlement_prepare(actor=world.finance, statement_ids=ids)

    def export() -> Any:
        return settlement_export(actor=world.finance, settlement_id=settlement.pk, format="csv")

    def pay() -> Any:
        return settlement_mark_paid(
            actor=world.finance, settlement_id=settlement.pk, paid_on=day("2026-10-02"), reference="T-1"
        )

    files = at_once(acme, export, export)
    assert len({file.pk for file in files}) == 1
    assert errors(at_once(acme, pay, pay)) == []
    with tenant_context(acme):
        assert [row["balance"] for row in balances(by=("account",), accounts=[Account.PAID])] == [Decimal("1333.34")]
        assert Message.objects.filter(topic="rebates.settlement.paid").count() == 1
        assert accruals_differences() == []


def test_an_end_and_an_amendment_at_once_leave_one_truth(acme):
    world = prepared(acme)
    with tenant_context(acme):
        program = program_create(actor=world.system, definition=definition("P9", valid_from="2026-01-01"))
        program_publish(actor=world.system, program_id=program.pk)

    def amend() -> Any:
        return program_amend(
            actor=world.system, program_id=program.pk, definition=definition("P9", valid_from="2026-11-01")
        )

    def end() -> Any:
        return program_end(actor=world.system, program_id=program.pk, ends_on=day("2026-12-31"), reason="over")

    results = at_once(acme, amend, end, amend)
    assert StateError in errors(results)
    with tenant_context(acme):
        program.refresh_from_db()
        assert program.status == "ended"
        assert program.versions.count() <= 2
