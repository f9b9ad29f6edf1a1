from __future__ import annotations

from decimal import Decimal

from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from rebates.models import Accrual, SaleException
from rebates.proof import accruals_differences


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
