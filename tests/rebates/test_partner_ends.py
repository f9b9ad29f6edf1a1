"""Suspended payouts wait and are taken up again; who leaves leaves a reserve, which comes back less what returns."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from partners import exits as registry
from partners.exits import blockers
from partners.services.accounts import account_confirm, account_propose
from partners.services.exits import exit_at_once, exit_start
from partners.services.suspensions import suspension_lift, suspension_start
from prm.errors import Conflict, Forbidden, Invalid
from prm.identity.models import User
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.notifications.models import Notice
from rebates.models import Adjustment, ExitReserve, Settlement, Statement
from rebates.proof import accruals_differences
from rebates.selectors.payments import transfer_outlook
from rebates.selectors.settlements import settlement_plan
from rebates.services.accruals import accruals_rebuild
from rebates.services.payments import payment_mark_paid
from rebates.services.periods import period_close
from rebates.services.reminders import payments_tell, statements_tell
from rebates.services.reserves import reserve_hold, reserve_plan, reserve_undecided
from rebates.services.settlements import settlement_export, settlement_prepare
from rebates.services.statements import statement_approve

TWO_PER_CENT = {"type": "retroactive", "bands": [{"rate": "0.02"}]}
OCTOBER = "2026-10-05T04:00:00Z"
HELD = {"scope": "payouts", "reason_code": "compliance", "reason": "Papers are missing"}


def closed(world, key: str = "2026-Q3") -> dict[str, Statement]:
    """The quarter closed and approved: statement by partner code."""
    period_close(actor=world.actor(Role.FINANCE), kind="quarter", key=key)
    rows = {one.partner.code: one for one in Statement.objects.filter(period__key=key).select_related("partner")}
    statement_approve(actor=world.actor(Role.ADMINISTRATOR), statement_ids=[one.pk for one in rows.values()])
    return {one.partner.code: one for one in Statement.objects.filter(period__key=key).select_related("partner")}


def paid(settlement: Settlement) -> list[tuple[str, Decimal]]:
    return [(one.partner.code, one.amount) for one in settlement.payments.select_related("partner")]


@time_machine.travel(OCTOBER, tick=False)
def test_suspended_payouts_are_left_out_with_the_reason_and_taken_up_after(world) -> None:
    world.no_review()
    world.published(calculation=TWO_PER_CENT)
    world.sale("A", "2026-07-10", "5000")
    world.sale("B", "2026-07-10", "7000")
    world.update()
    finance, manager = world.actor(Role.FINANCE), world.actor(Role.CHANNEL_MANAGER)
    found = closed(world)
    row = suspension_start(actor=manager, partner_id=found["A"].partner_id, **HELD)
    plan = settlement_plan(finance, list(found.values()))
    assert plan.suspended == {found["A"].partner_id}
    assert [line.amount for line in plan.held] == [Decimal(100)]
    with pytest.raises(Invalid) as refused:
        settlement_prepare(actor=finance, statement_ids=[found["A"].pk])
    assert refused.value.code == "payouts_suspended"
    first = settlement_prepare(actor=finance, statement_ids=[one.pk for one in found.values()])
    assert paid(first) == [("B", Decimal(140))]
    assert {one.partner.code: one.status for one in Statement.objects.select_related("partner")} == {
        "A": "approved", "B": "settled",
    }  # fmt: skip
    suspension_lift(actor=manager, suspension_id=row.pk, reason="Papers came")
    second = settlement_prepare(actor=finance, statement_ids=[found["A"].pk])
    assert paid(second) == [("A", Decimal(100))]
    assert accruals_differences() == []


@time_machine.travel(OCTOBER, tick=False)
def test_a_prepared_payment_stays_out_of_the_banks_file_while_suspended(world) -> None:
    world.no_review()
    world.published(calculation=TWO_PER_CENT)
    world.sale("A", "2026-07-10", "5000")
    world.update()
    finance, manager = world.actor(Role.FINANCE), world.actor(Role.CHANNEL_MANAGER)
    found = closed(world)["A"]
    for partner_id in (found.partner_id, None):
        account = account_propose(
            actor=finance, partner_id=partner_id, currency="USD", holder="A", number="6222081200001234",
            bank_code="102290002916",
        )  # fmt: skip
        account_confirm(actor=world.actor(Role.ADMINISTRATOR), account_id=account.pk)
    payments = list(settlement_prepare(actor=finance, statement_ids=[found.pk]).payments.all())
    assert [one.amount for one in transfer_outlook(payments).ready] == [Decimal(100)]
    row = suspension_start(actor=manager, partner_id=found.partner_id, **HELD)
    outlook = transfer_outlook(payments)
    assert ([one.code for one in outlook.left_out], outlook.ready) == (["payouts_suspended"], [])
    suspension_lift(actor=manager, suspension_id=row.pk, reason="Papers came")
    assert [one.amount for one in transfer_outlook(payments).ready] == [Decimal(100)]


def leaving(world):
    """Sold 10,000 in the third quarter, of which 1,000 came back, and 4,000 in the fourth; leaves on 15 October."""
    world.published(calculation=TWO_PER_CENT)
    world.sale("A", "2026-07-10", "10000", external_id="S1")
    world.sale("A", "2026-08-10", "-1000", reverses="S1")
    world.sale("A", "2026-10-02", "4000")
    world.update()
    manager = world.actor(Role.CHANNEL_MANAGER)
    return exit_start(
        actor=manager,
        partner_id=world.partner("A").pk,
        reason_code="merger",
        reason="Sold",
        last_day=dt.date(2026, 10, 15),
    )


def owed(account: Account) -> dict[str, Decimal]:
    return {row["period"]: row["balance"] for row in balances(by=("period",), accounts=[account]) if row["balance"]}


def test_the_reserve_leaves_the_final_statement_and_comes_back_less_what_returned(world) -> None:
    """1,000 of 14,000 came back (7.142857 %); earned in the window 180 + 80: 18.57 are held back."""
    world.no_review()
    finance = world.actor(Role.FINANCE)
    with time_machine.travel("2026-10-05T04:00:00Z", tick=False):
        found = leaving(world)
        closed(world)
        [planned] = reserve_plan(found.partner_id, found.last_day)
        assert (planned.basis, planned.needed, planned.available) == (Decimal(260), Decimal("18.57"), Decimal(80))
        assert reserve_undecided(found.partner_id) == 1
        assert "rebates.reserve" in {check.code for check in blockers(found.partner_id)}
        with pytest.raises(Forbidden):
            reserve_hold(actor=world.actor(Role.CHANNEL_MANAGER), exit_id=found.pk)
        reserve_hold(actor=finance, exit_id=found.pk)
        with pytest.raises(Conflict):
            reserve_hold(actor=finance, exit_id=found.pk)
        row = ExitReserve.objects.get()
        assert (row.amount, row.return_rate, row.booked_period_key, row.release_period_key) == (
            Decimal("18.57"), Decimal("0.071429"), "2026-Q4", "2027-Q1",
        )  # fmt: skip
        assert reserve_undecided(found.partner_id) == 0
        assert owed(Account.ACCRUED) == {"2026-Q4": Decimal("61.43"), "2027-Q1": Decimal("18.57")}
        assert accruals_rebuild(actor=world.system).is_empty
        assert accruals_differences() == []
    with time_machine.travel("2027-01-05T04:00:00Z", tick=False):
        assert closed(world, "2026-Q4")["A"].total == Decimal("61.43")
        # A return of 500 that comes late takes 10 back.
        world.sale("A", "2027-01-04", "-500", reverses="S1")
        world.update()
        assert accruals_differences() == []
    with time_machine.travel("2027-04-05T04:00:00Z", tick=False):
        last = closed(world, "2027-Q1")["A"]
        assert last.total == Decimal("8.57")
        assert accruals_rebuild(actor=world.system).is_empty
        assert accruals_differences() == []
    assert Adjustment.objects.filter(cause_type="rebates.exit_reserve").count() == 2


@time_machine.travel(OCTOBER, tick=False)
def test_no_more_is_held_than_there_is_and_nothing_without_returns(world) -> None:
    world.published(calculation=TWO_PER_CENT)
    world.sale("A", "2026-07-10", "10000", external_id="S1")
    world.sale("A", "2026-08-10", "-6000", reverses="S1")
    world.sale("A", "2026-10-02", "1000")
    world.sale("B", "2026-10-02", "1000")
    world.update()
    closed(world)
    [planned] = reserve_plan(world.partner("A").pk, dt.date(2026, 10, 15))
    # 6,000 of 11,000 of 80 + 20, of which the open period has 20.
    assert (planned.needed, planned.amount, planned.missing) == (Decimal("54.55"), Decimal(20), Decimal("34.55"))
    assert reserve_plan(world.partner("B").pk, dt.date(2026, 10, 15)) == []
    exit_of_b = exit_start(
        actor=world.actor(Role.CHANNEL_MANAGER), partner_id=world.partner("B").pk, reason_code="merger", reason="Sold",
        last_day=dt.date(2026, 10, 15),
    )  # fmt: skip
    with pytest.raises(Invalid) as nothing:
        reserve_hold(actor=world.actor(Role.FINANCE), exit_id=exit_of_b.pk)
    assert nothing.value.code == "nothing_to_hold"
    assert {check.code for check in blockers(world.partner("B").pk)} == {"rebates.open_periods"}


@time_machine.travel(OCTOBER, tick=False)
def test_who_ran_the_account_hears_of_money_that_comes_after_the_end(world, monkeypatch: pytest.MonkeyPatch) -> None:
    world.no_review()
    world.published(calculation=TWO_PER_CENT)
    world.sale("A", "2026-07-10", "5000")
    world.update()
    partner, finance = world.partner("A"), world.actor(Role.FINANCE)
    chief = world.actor(Role.PARTNER_ADMINISTRATOR, "chief", partner)
    world.actor(Role.PARTNER_FINANCE, "books", partner)
    User.objects.filter(pk=chief.id).update(locale="zh-hans")
    monkeypatch.setattr(registry, "_checks", {})
    exit_at_once(actor=world.actor(Role.CHANNEL_MANAGER), partner_id=partner.pk, reason="Sold")
    found = closed(world)["A"]
    settlement = settlement_prepare(actor=finance, statement_ids=[found.pk])
    settlement_export(actor=finance, settlement_id=settlement.pk, format="csv")
    payment = settlement.payments.get()
    payment_mark_paid(actor=finance, payment_id=payment.pk, paid_on=dt.date(2026, 10, 5), reference="77")
    for _time in range(2):
        statements_tell(statement_ids=[found.pk])
        payments_tell(payment_ids=[payment.pk])
    told = Notice.objects.filter(kind__startswith="rebates.").order_by("kind")
    assert [(one.kind, one.email, one.language, one.user_id) for one in told] == [
        ("rebates.payment.after_exit", "chief@acme.test", "zh-hans", None),
        ("rebates.statement.after_exit", "chief@acme.test", "zh-hans", None),
    ]
    assert told[0].data["paid_amount"] == ["100.0000", "USD"]
