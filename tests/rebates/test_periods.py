from __future__ import annotations

from decimal import Decimal

import pytest
import time_machine

from prm.errors import Conflict, Forbidden, Invalid, StateError
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from rebates.models import Adjustment, Statement, StatementSale
from rebates.proof import accruals_differences
from rebates.services.periods import period_checklist, period_close

Q3_OVER = "2026-10-02T04:00:00Z"


def balance(account: Account) -> dict[str, Decimal]:
    return {row["period"]: row["balance"] for row in balances(by=("period",), accounts=[account]) if row["balance"]}


@time_machine.travel(Q3_OVER, tick=False)
def test_close_freezes_statements_lines_and_shares_and_moves_the_ledger(world):
    world.published()
    world.sale("A", "2026-07-01", "33.33", external_id="10")
    world.sale("A", "2026-08-01", "33.33", external_id="9")
    world.sale("A", "2026-09-30", "33.34", external_id="11")
    world.sale("B", "2026-09-30", "60000", external_id="12")
    world.update()
    finance = world.actor(Role.FINANCE)
    period = period_close(actor=finance, kind="quarter", key="2026-Q3")
    assert (period.status, period.closed_by_label) == ("closed", "finance@acme.test")
    found = {one.partner.code: (one.number, one.total, one.status) for one in Statement.objects.all()}
    assert found == {"A": (1, Decimal("2.00"), "prepared"), "B": (2, Decimal("1400.00"), "prepared")}
    shares = StatementSale.objects.filter(statement_line__statement__number=1).order_by("id")
    # 66.66, 66.66 and 66.68 cents: the two cents left over go to the largest remainders, then to "10" before "9".
    assert [(one.sale_line.external_id, one.amount) for one in shares] == [
        ("10", Decimal("0.67")), ("9", Decimal("0.66")), ("11", Decimal("0.67")),
    ]  # fmt: skip
    assert balance(Account.ACCRUED) == {}
    assert balance(Account.PAYABLE) == {"2026-Q3": Decimal("1402.00")}
    assert accruals_differences() == []


@time_machine.travel("2026-09-30T15:00:00Z", tick=False)
def test_a_period_closes_once_it_is_over_at_the_vendor(world):
    world.published()
    finance = world.actor(Role.FINANCE)
    with pytest.raises(StateError, match="2026-09-30"):
        period_close(actor=finance, kind="quarter", key="2026-Q3")
    # 16:00 UTC is midnight in Shanghai.
    with time_machine.travel("2026-09-30T16:00:00Z", tick=False):
        period_close(actor=finance, kind="quarter", key="2026-Q3")
        with pytest.raises(StateError, match=r"closed already, by finance@acme\.test"):
            period_close(actor=finance, kind="quarter", key="2026-Q3")


@time_machine.travel(Q3_OVER, tick=False)
def test_only_finance_closes_and_unknown_periods_are_refused(world):
    with pytest.raises(Forbidden):
        period_close(actor=world.actor(Role.CHANNEL_MANAGER), kind="quarter", key="2026-Q3")
    for kind, key in (("month", "2026-Q3"), ("quarter", "2026-Q5"), ("quarter", "x")):
        with pytest.raises(Invalid):
            period_close(actor=world.actor(Role.FINANCE), kind=kind, key=key)


@time_machine.travel(Q3_OVER, tick=False)
def test_open_exceptions_stop_a_close_unless_accepted_with_a_reason(world):
    world.published()
    world.sale("A", "2026-08-01", "100", currency="EUR")
    world.update()
    finance = world.actor(Role.FINANCE)
    with pytest.raises(Conflict) as caught:
        period_close(actor=finance, kind="quarter", key="2026-Q3")
    assert caught.value.code == "exceptions_open"
    with pytest.raises(Invalid):
        period_close(actor=finance, kind="quarter", key="2026-Q3", accept_exceptions=True)
    checks = {check.name: (check.ok, check.count) for check in period_checklist(finance, "quarter", "2026-Q3")}
    assert checks == {
        "open": (True, 0),
        "over": (True, 0),
        "earlier": (True, 0),
        "rates": (False, 1),
        "exceptions": (True, 0),
        "disputes": (True, 0),
    }
    period_close(actor=finance, kind="quarter", key="2026-Q3", accept_exceptions=True, reason="no rate for EUR yet")
    assert not Statement.objects.exists()
    world.rate("EUR", "USD", "2026-07-01", "1.5")
    world.update()
    found = Adjustment.objects.get()
    assert (found.origin_period_key, found.booked_period_key, found.amount) == ("2026-Q3", "2026-Q4", Decimal("3.00"))


@time_machine.travel(Q3_OVER, tick=False)
def test_a_close_counts_lines_that_no_update_has_seen_yet(world):
    world.published()
    world.sale("A", "2026-08-01", "100")
    period_close(actor=world.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
    assert Statement.objects.get().total == Decimal("2.00")


@time_machine.travel(Q3_OVER, tick=False)
def test_earlier_periods_close_first(world):
    world.published()
    world.sale("A", "2026-05-01", "100")
    world.sale("A", "2026-08-01", "100")
    world.update()
    finance = world.actor(Role.FINANCE)
    with pytest.raises(StateError, match="2026-Q2"):
        period_close(actor=finance, kind="quarter", key="2026-Q3")
    period_close(actor=finance, kind="quarter", key="2026-Q2")
    period_close(actor=finance, kind="quarter", key="2026-Q3")
    assert list(Statement.objects.order_by("number").values_list("number", "period__key")) == [
        (1, "2026-Q2"), (2, "2026-Q3"),
    ]  # fmt: skip


@time_machine.travel(Q3_OVER, tick=False)
def test_a_late_line_becomes_an_adjustment_on_the_next_statement(world):
    world.published()
    world.sale("A", "2026-08-01", "49000", external_id="first")
    world.update()
    finance = world.actor(Role.FINANCE)
    period_close(actor=finance, kind="quarter", key="2026-Q3")
    before = list(Statement.objects.values_list("number", "total"))
    world.sale("A", "2026-08-02", "2000", external_id="late")
    world.update(since=None)
    adjustment = Adjustment.objects.get()
    # 49,000 at 2 % was 980; 50,000 at 2 % and 1,000 at 4 % are 1,040.
    assert adjustment.amount == Decimal("60.00")
    assert world.update().is_empty
    assert list(Statement.objects.values_list("number", "total")) == before
    assert balance(Account.ACCRUED) == {"2026-Q4": Decimal("60.00")}
    world.sale("A", "2026-11-01", "-100", reverses="first")
    world.update()
    assert sorted(Adjustment.objects.values_list("amount", flat=True)) == [Decimal("-4.00"), Decimal("60.00")]
    assert accruals_differences() == []
    with time_machine.travel("2027-01-02T04:00:00Z", tick=False):
        period_close(actor=finance, kind="quarter", key="2026-Q4")
        statement = Statement.objects.get(period__key="2026-Q4")
        lines = statement.lines.order_by("amount").values_list("kind", "amount", "period_key")
        assert statement.total == Decimal("56.00")
        assert list(lines) == [("adjustment", Decimal("-4.00"), "2026-Q3"), ("adjustment", Decimal("60.00"), "2026-Q3")]
        assert accruals_differences() == []
