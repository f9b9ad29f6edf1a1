"""What a lock of the books means for rebates: facts are taken, bookings go to the day they are learned."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine

from prm.errors import Invalid
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.lock import book_lock_set
from prm.ledger.selectors import balances
from rebates.models import Adjustment, Statement
from rebates.proof import accruals_differences
from rebates.selectors.bank_results import bank_result_view
from rebates.services.payments import payment_mark_paid, payment_reverse
from rebates.services.periods import period_close
from tests.rebates.paying import CSV, upload
from tests.rebates.paying import world as paying
from tests.rebates.world import World, day

pytestmark = pytest.mark.django_db
__all__ = ["paying"]


def lock(world: Any, until: str) -> None:
    book_lock_set(actor=world.actor(Role.FINANCE), until=day(until), reason="Handed over")


def owed(until: str) -> Decimal:
    accounts = [Account.ACCRUED, Account.PAYABLE]
    rows = balances(by=("currency",), accounts=accounts, until=day(until))
    return sum((row["balance"] for row in rows), Decimal(0))


def test_late_sales_and_late_closes_move_the_books_of_today(world: World) -> None:
    with time_machine.travel("2026-10-02T04:00:00Z", tick=False):
        world.published()
        world.sale("A", "2026-07-01", "1000")
        world.sale("A", "2026-10-01", "1000")
        world.update()
    with time_machine.travel("2026-11-10T04:00:00Z", tick=False):
        lock(world, "2026-10-31")
        assert owed("2026-10-31") == 40
        world.sale("A", "2026-10-20", "500")
        world.sale("A", "2026-09-20", "500")
        world.update()
        period_close(actor=world.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
        assert [one.total for one in Statement.objects.all()] == [30]
        world.sale("A", "2026-09-21", "500")
        world.update()
        assert [one.amount for one in Adjustment.objects.all()] == [10]
        assert (owed("2026-10-31"), owed("2026-11-10")) == (40, 70)
        assert accruals_differences() == []


def test_payments_need_a_day_after_the_lock(paying: Any) -> None:
    world = paying
    payment = world.settlement.payments.get(partner__code="A", form="cash")
    with time_machine.travel("2026-10-05T04:00:00Z", tick=False):
        lock(world, "2026-10-02")
        with pytest.raises(Invalid) as refused:
            payment_mark_paid(actor=world.finance, payment_id=payment.pk, paid_on=day("2026-10-02"), reference="B")
        assert refused.value.fields == {"paid_on": ["The books are locked until the end of 2026-10-02."]}
        payment_mark_paid(actor=world.finance, payment_id=payment.pk, paid_on=day("2026-10-03"), reference="B")
        lock(world, "2026-10-04")
        with pytest.raises(Invalid) as late:
            payment_reverse(actor=world.finance, payment_id=payment.pk, reason="AC", reversed_on=day("2026-10-04"))
        assert list(late.value.fields) == ["reversed_on"]
        payment_reverse(actor=world.finance, payment_id=payment.pk, reason="AC")


def test_a_banks_entry_of_a_locked_day_is_left_out(paying: Any) -> None:
    world = paying
    with time_machine.travel("2026-10-05T04:00:00Z", tick=False):
        lock(world, "2026-10-03")
        numbers = [str(one) for one in world.settlement.payments.filter(form="cash").order_by("number")]
        text = f"{CSV}{numbers[0]},paid,2026-10-03,\n{numbers[1]},paid,2026-10-04,\n{numbers[2]},failed,2026-10-03,AC\n"
        lines = bank_result_view(world.finance, upload(world, text).pk).lines
        assert [str(line.outcome) for line in lines] == ["locked", "pay", "fail"]
