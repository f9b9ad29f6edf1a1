from __future__ import annotations

from decimal import Decimal

import pytest

from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from rebates.models import Accrual, SaleException
from rebates.proof import accruals_differences
from tests.rebates.world import BANDS, World


def accrued() -> dict[str, Decimal]:
    rows = balances(by=("period", "currency"), accounts=[Account.ACCRUED])
    return {f"{row['period']} {row['currency']}": row["balance"] for row in rows}


def test_a_sale_becomes_an_accrual_to_the_cent_and_a_balanced_journal(world):
    world.published()
    world.sale("A", "2026-10-05", "60000.30")
    change = world.update()
    assert world.accruals() == {("P1", "A", "2026-Q4"): ("60000.3", "1400.01", "")}
    assert (change.written, change.deleted, change.adjustments, change.exceptions) == (1, 0, 0, 0)
    assert accrued() == {"2026-Q4 USD": Decimal("1400.01")}
    assert accruals_differences() == []
    assert Accrual.objects.get().explanation["payout"] == "1400.01"


def test_running_it_again_changes_and_posts_nothing(world):
    world.published()
    world.sale("A", "2026-10-05", "60000.30")
    world.update()
    again = world.update()
    assert again.is_empty
    assert again.journal_id is None


def test_a_line_without_a_rate_is_listed_and_counts_once_the_rate_is_there(world):
    world.published()
    world.sale("A", "2026-10-05", "100", currency="EUR")
    world.update()
    assert world.accruals() == {}
    assert list(SaleException.objects.values_list("reason", flat=True)) == ["no_rate EUR->USD on 2026-10-05"]
    world.rate("EUR", "USD", "2026-10-01", "1.1")
    world.update()
    assert world.accruals() == {("P1", "A", "2026-Q4"): ("110", "2.20", "")}
    assert not SaleException.objects.exists()


@pytest.mark.parametrize(
    ("amount", "marginal", "retroactive", "reason"),
    [
        ("49999.99", "1000.00", "1000.00", ""),
        ("50000", "1000.00", "2000.00", ""),
        ("50000.01", "1000.00", "2000.00", ""),
        ("50000.13", "1000.01", "2000.01", ""),
        ("0.24", "0.00", "0.00", ""),
        ("0.25", "0.01", "0.01", ""),
        ("0", "0.00", "0.00", "measure_not_positive"),
    ],
)
def test_at_around_and_across_a_band(world, amount, marginal, retroactive, reason):
    world.published("M")
    world.published("R", calculation={"type": "retroactive", "bands": BANDS})
    world.sale("A", "2026-10-05", amount)
    world.update()
    measure = "0" if amount == "0" else amount.rstrip("0").rstrip(".") if "." in amount else amount
    assert world.accruals() == {
        ("M", "A", "2026-Q4"): (measure, marginal, reason), ("R", "A", "2026-Q4"): (measure, retroactive, reason),
    }  # fmt: skip


def test_more_returned_than_sold_earns_nothing_and_takes_the_accrual_back(world):
    world.published()
    world.sale("A", "2026-10-05", "100", external_id="1")
    world.update()
    world.sale("A", "2026-11-05", "-150", reverses="1")
    world.update()
    assert world.accruals() == {("P1", "A", "2026-Q4"): ("-50", "0.00", "measure_not_positive")}
    assert accrued() == {"2026-Q4 USD": Decimal(0)}
    assert accruals_differences() == []


def test_another_vendor_is_neither_read_nor_written(world, rival):
    from prm.tenancy.context import tenant_context

    world.published()
    world.sale("A", "2026-10-05", "100")
    with tenant_context(rival):
        other = World(rival)
        other.published()
        other.sale("A", "2026-10-05", "7000")
        other.update()
        assert other.accruals() == {("P1", "A", "2026-Q4"): ("7000", "140.00", "")}
    assert world.accruals() == {}
    world.update()
    assert world.accruals() == {("P1", "A", "2026-Q4"): ("100", "2.00", "")}
    assert accrued() == {"2026-Q4 USD": Decimal("2.00")}
