"""What stays below the minimum is carried, forfeited or, at the end of a program, paid: to the cent."""

from __future__ import annotations

from decimal import Decimal

import time_machine

from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from rebates.models import Adjustment, Forfeit, Statement
from rebates.proof import accruals_differences
from rebates.services.accruals import accruals_rebuild
from rebates.services.periods import period_close

TWO_PER_CENT = {"type": "retroactive", "bands": [{"rate": "0.02"}]}


def balance(account: Account) -> dict[str, Decimal]:
    return {row["period"]: row["balance"] for row in balances(by=("period",), accounts=[account]) if row["balance"]}


def lines(number: int) -> list[tuple[str, str, Decimal]]:
    statement = Statement.objects.get(number=number)
    return [(one.kind, one.period_key, one.amount) for one in statement.lines.order_by("kind", "amount")]


def test_a_small_amount_waits_for_the_next_period_and_is_paid_with_it(world):
    world.published(calculation=TWO_PER_CENT, minimum_payout={"amount": "50"})
    finance = world.actor(Role.FINANCE)
    world.sale("A", "2026-07-10", "2000")
    world.sale("A", "2026-10-10", "1500")
    world.update()
    with time_machine.travel("2026-10-05T04:00:00Z", tick=False):
        period_close(actor=finance, kind="quarter", key="2026-Q3")
    assert lines(1) == [("adjustment", "2026-Q3", Decimal(-40)), ("rebate", "2026-Q3", Decimal(40))]
    assert Statement.objects.get(number=1).total == 0
    assert (balance(Account.ACCRUED), balance(Account.PAYABLE)) == ({"2026-Q4": Decimal(70)}, {})
    assert accruals_differences() == []
    with time_machine.travel("2027-01-05T04:00:00Z", tick=False):
        assert accruals_rebuild(actor=world.system).is_empty
        period_close(actor=finance, kind="quarter", key="2026-Q4")
    assert lines(2) == [("adjustment", "2026-Q3", Decimal(40)), ("rebate", "2026-Q4", Decimal(30))]
    assert (Statement.objects.get(number=2).total, balance(Account.PAYABLE)) == (70, {"2026-Q4": Decimal(70)})
    assert accruals_differences() == []


@time_machine.travel("2026-10-05T04:00:00Z", tick=False)
def test_a_program_that_forfeits_says_so_and_the_ledger_keeps_it(world):
    world.published(calculation=TWO_PER_CENT, minimum_payout={"amount": "50", "otherwise": "forfeit"})
    world.sale("A", "2026-07-10", "2000")
    world.sale("B", "2026-07-10", "2500")
    world.update()
    period_close(actor=world.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
    assert lines(1) == [("forfeit", "2026-Q3", Decimal(-40)), ("rebate", "2026-Q3", Decimal(40))]
    assert lines(2) == [("rebate", "2026-Q3", Decimal(50))]
    assert [(one.partner.code, one.amount) for one in Forfeit.objects.all()] == [("A", Decimal(40))]
    assert balance(Account.FORFEITED) == {"2026-Q3": Decimal(40)}
    assert (balance(Account.ACCRUED), balance(Account.PAYABLE)) == ({}, {"2026-Q3": Decimal(50)})
    assert accruals_differences() == []


@time_machine.travel("2026-10-05T04:00:00Z", tick=False)
def test_a_program_that_is_over_pays_what_it_could_not_carry(world):
    world.published(calculation=TWO_PER_CENT, minimum_payout={"amount": "50"}, valid_to="2026-09-30")
    world.sale("A", "2026-07-10", "2000")
    world.update()
    period_close(actor=world.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
    assert (Statement.objects.get().total, Adjustment.objects.count()) == (40, 0)
    assert accruals_differences() == []
