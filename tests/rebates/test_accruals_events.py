"""Facts of the other apps, told through their services, move accruals; what was stated stays."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from commerce.models import SaleLine
from commerce.services import product_update, rate_create, sale_create
from partners.services.partners import partner_update, tier_set
from prm.errors import Conflict
from prm.identity.rights import Role
from prm.imports.models import Import
from prm.imports.services import import_run, import_start, import_undo, import_upload
from prm.outbox.models import Delivery
from prm.outbox.registry import handler_named
from prm.tenancy.celery import HEADER
from rebates import tasks
from rebates.models import AcceptedException, Accrual, Adjustment, SaleException, Statement
from rebates.proof import accruals_differences
from rebates.services.periods import period_close
from tests.rebates.world import World, day


def deliver() -> int:
    """Run what the outbox holds for this app, oldest first, as the worker would."""
    due = Delivery.objects.filter(done_at=None, handler__startswith="rebates.").select_related("message")
    found = list(due.order_by("message__created_at", "id"))
    for one in found:
        handler_named(one.handler)(one.message.payload)
        one.done_at = one.due_at
        one.save(update_fields=["done_at"])
    return len(found)


def imported(world: World, *rows: str) -> Import:
    text = "external_id,partner_code,sku,sold_on,quantity,net_amount,currency,reverses\n" + "\n".join(rows)
    content = io.BytesIO(text.encode())
    run = import_upload(actor=world.system, kind="sales", name="sales.csv", content=content)
    import_start(actor=world.system, import_id=run.pk)
    return import_run(actor=world.system, import_id=run.pk)


@pytest.fixture
def ready(world):
    world.partner("A")
    world.product("X")
    world.published("ALL")
    deliver()
    return world


def test_sales_rates_products_tiers_and_partners_move_accruals(ready):
    gold = {"field": "partner.tier", "op": "eq", "value": "gold"}
    ready.published("GOLD", scope=gold)
    ready.published("EAST", scope={"field": "partner.region", "op": "eq", "value": "East"})
    ready.published("BIKE", scope={"field": "product.line", "op": "eq", "value": "Bikes"})
    sale_create(
        actor=ready.system, external_id="1", partner_code="A", sku="X", sold_on="2026-07-01", quantity="1",
        net_amount="100", currency="EUR",
    )  # fmt: skip
    deliver()
    assert (Accrual.objects.count(), SaleException.objects.get().version.program.code) == (0, "ALL")
    rate_create(
        actor=ready.system, from_currency="EUR", to_currency="USD", valid_from=day("2026-01-01"), rate=Decimal(2)
    )  # fmt: skip
    deliver()
    assert ready.accruals() == {("ALL", "A", "2026-Q3"): ("200", "4.00", "")}
    partner = ready.partner("A")
    tier_set(actor=ready.system, partner_id=partner.pk, tier="gold", valid_from=day("2026-07-01"))
    partner_update(actor=ready.system, partner_id=partner.pk, region="East")
    product_update(actor=ready.system, product_id=ready.product("X").pk, line="Bikes")
    deliver()
    assert {code for code, _partner, _period in ready.accruals()} == {"ALL", "GOLD", "EAST", "BIKE"}
    assert not SaleException.objects.exists()
    assert accruals_differences() == []


def test_an_import_and_its_undo(ready):
    run = imported(ready, "1,A,X,2026-07-01,1,100,USD,", "2,A,X,2026-07-01,1,50,EUR,", "3,A,X,2026-07-09,-1,-10,USD,9")
    deliver()
    assert ready.accruals() == {("ALL", "A", "2026-Q3"): ("100", "2.00", "")}
    assert SaleException.objects.count() == 2
    import_undo(actor=ready.system, import_id=run.pk)
    deliver()
    assert (SaleLine.objects.count(), Accrual.objects.count(), SaleException.objects.count()) == (0, 0, 0)
    assert accruals_differences() == []


@time_machine.travel("2026-10-02T04:00:00Z", tick=True)
def test_an_import_in_a_statement_stays_and_a_late_one_names_itself(ready):
    run = imported(ready, "1,A,X,2026-07-01,1,100,USD,")
    deliver()
    period_close(actor=ready.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
    with pytest.raises(Conflict, match="R-000001") as caught:
        import_undo(actor=ready.system, import_id=run.pk)
    assert caught.value.code == "import_stated"
    late = imported(ready, "2,A,X,2026-07-01,1,50,USD,")
    deliver()
    adjustment = Adjustment.objects.get()
    assert (adjustment.cause_type, adjustment.cause_id, adjustment.amount) == ("imports.import", str(late.pk), 1)
    import_undo(actor=ready.system, import_id=late.pk)
    deliver()
    assert sorted(Adjustment.objects.values_list("amount", flat=True)) == [Decimal(-1), Decimal(1)]
    assert accruals_differences() == []
    assert Statement.objects.get().total == Decimal("2.00")


@time_machine.travel("2026-10-02T04:00:00Z", tick=True)
def test_the_database_refuses_changes_of_what_was_closed(ready):
    ready.sale("A", "2026-07-01", "100")
    period_close(actor=ready.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
    for statement in (
        "UPDATE rebates_accrual SET payout = 3",
        "DELETE FROM rebates_accrual",
        "DELETE FROM commerce_saleline",
        "UPDATE rebates_statementline SET amount = 3",
        "DELETE FROM rebates_statementsale",
        "UPDATE rebates_adjustment SET amount = 3",
        "UPDATE ledger_entry SET debit = 3",
        "TRUNCATE ledger_entry",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Accrual.objects.get().payout == Decimal("2.00")


def test_the_commands_prove_and_rebuild(ready, capsys):
    ready.sale("A", "2026-07-01", "100")
    with pytest.raises(CommandError) as caught:
        call_command("rebates_prove", tenant="acme")
    assert caught.value.returncode == 1
    assert "partner A, program ALL: ledger 0, engine 2.00 USD" in capsys.readouterr().out
    call_command("rebates_rebuild", tenant="acme")
    call_command("rebates_prove", tenant="acme")
    assert "No differences." in capsys.readouterr().out
    with pytest.raises(CommandError) as caught:
        call_command("rebates_prove", tenant="nobody")
    assert caught.value.returncode == 2


def test_two_beats_make_one_reconciliation_of_a_slot(ready, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.reconcile, "apply_async", lambda **options: sent.append(options["headers"][HEADER]))
    with time_machine.travel("2026-10-02T02:00:00Z", tick=False):
        assert (tasks.reconcile_all(), tasks.reconcile_all()) == (1, 0)
    with time_machine.travel("2026-10-03T02:00:00Z", tick=False):
        assert tasks.reconcile_all() == 1
    assert sent == [str(ready.tenant.pk)] * 2


def test_a_reconciliation_puts_right_what_an_event_missed(ready):
    ready.sale("A", "2026-07-01", "100")
    tasks.reconcile.run()
    assert ready.accruals() == {("ALL", "A", "2026-Q3"): ("100", "2.00", "")}


@time_machine.travel("2026-10-02T04:00:00Z", tick=True)
def test_a_line_that_a_close_left_out_can_be_undone(ready):
    run = imported(ready, "1,A,X,2026-07-01,1,50,EUR,")
    deliver()
    close = {"kind": "quarter", "key": "2026-Q3", "accept_exceptions": True, "reason": "no rate yet"}
    period_close(actor=ready.actor(Role.FINANCE), **close)
    kept = AcceptedException.objects.get()
    assert (kept.sale_line.external_id, kept.program.code, kept.reason) == (
        "1", "ALL", "no_rate EUR->USD on 2026-07-01",
    )  # fmt: skip
    import_undo(actor=ready.system, import_id=run.pk)
    deliver()
    assert not AcceptedException.objects.exists()
