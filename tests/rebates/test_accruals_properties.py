"""Any interleaving of sales, returns, late originals, rates, tiers and removals: the updates that follow each of them
leave what a rebuild makes, what the ledger holds, and what the oracle says of every program.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings

from commerce.models import SaleLine
from prm.ledger.models import Entry
from rebates.models import Accrual, SaleException
from rebates.proof import accruals_differences
from rebates.services.accruals import accruals_rebuild
from tests.rebates.oracle import evaluate
from tests.rebates.rows import oracle_world, stored_output, told_output
from tests.rebates.world import World

DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2026, 9, 30))
CENTS = st.integers(1, 9_000_000).map(lambda cents: Decimal(cents) / 100)
SALES = st.tuples(st.just("sale"), st.sampled_from("AB"), DAYS, CENTS, st.sampled_from(["USD", "USD", "EUR"]))
RETURNS = st.tuples(st.just("return"), st.integers(0, 12), DAYS, st.integers(1, 100), st.booleans())
RATES = st.tuples(st.just("rate"), DAYS, st.integers(50, 200))
TIERS = st.tuples(st.just("tier"), st.sampled_from("AB"), st.sampled_from(["gold", "silver"]), DAYS)
REMOVALS = st.tuples(st.just("removal"), st.integers(0, 12))
STORIES = st.lists(st.one_of(SALES, SALES, SALES, RETURNS, RATES, TIERS, REMOVALS), min_size=1, max_size=14)


class Story:
    """Applies the steps to the world, each followed by the update that its event would cause."""

    def __init__(self, world: World) -> None:
        self.world, self.number = world, 0

    def __call__(self, step: tuple[Any, ...]) -> None:
        getattr(self, f"_{step[0]}")(*step[1:])

    def _name(self) -> str:
        self.number += 1
        return f"N{self.number:03}"

    def _sale(self, partner: str, day: dt.date, amount: Decimal, currency: str) -> None:
        self.world.sale(partner, day.isoformat(), str(amount), currency=currency, external_id=self._name())
        self.world.update(partner_ids=[self.world.partner(partner).pk], since=day, until=day)

    def _return(self, index: int, day: dt.date, percent: int, orphan: bool) -> None:
        lines = list(SaleLine.objects.filter(quantity__gt=0).order_by("id"))
        if not lines:
            return
        original = lines[index % len(lines)]
        amount = (original.net_amount * percent / 100).quantize(Decimal("0.01"))
        name = f"N{self.number + 2:03}" if orphan else original.external_id
        self.world.sale(
            original.partner.code, day.isoformat(), f"-{amount or Decimal('0.01')}", currency=original.currency,
            external_id=f"R{self._name()}", reverses=name,
        )  # fmt: skip
        self.world.update(partner_ids=[original.partner_id], since=day, until=day)

    def _rate(self, day: dt.date, percent: int) -> None:
        from commerce.models import ExchangeRate

        if not ExchangeRate.objects.filter(valid_from=day).exists():
            self.world.rate("EUR", "USD", day.isoformat(), f"{Decimal(percent) / 100}")
        self.world.update(since=day)

    def _tier(self, partner: str, tier: str, day: dt.date) -> None:
        from partners.models import TierChange

        owner = self.world.partner(partner)
        TierChange.objects.update_or_create(partner=owner, valid_from=day, defaults={"tier": tier})
        self.world.update(partner_ids=[owner.pk], since=day)

    def _removal(self, index: int) -> None:
        lines = list(SaleLine.objects.order_by("id"))
        if lines:
            SaleLine.objects.filter(pk=lines[index % len(lines)].pk)._raw_delete(SaleLine.objects.db)
            self.world.update()


def programs(world: World) -> None:
    world.published("ALL")
    gold = {"field": "partner.tier", "op": "eq", "value": "gold"}
    bands = [{"from": "1000", "rate": "0.05"}, {"from": "20000", "rate": "0.08"}]
    world.published("GOLD", scope=gold, period="month", calculation={"type": "retroactive", "bands": bands})
    world.published("END", scope=gold, partner_as_of="period_end", returns="forward", valid_from="2026-02-15")


def state() -> tuple[set[Any], set[Any]]:
    columns = ("version_id", "partner_id", "period_key", "measure", "payout", "reason")
    return set(Accrual.objects.values_list(*columns)), set(
        SaleException.objects.values_list("sale_line_id", "version_id", "reason")
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORIES)
def test_any_sequence_of_updates_equals_a_rebuild_and_the_ledger(world, story):
    with Undone():
        programs(world)
        apply = Story(world)
        for step in story:
            apply(step)
        after_updates = state()
        assert accruals_differences() == []
        assert stored_output() == told_output(evaluate(oracle_world()))
        assert debits_equal_credits()
        change = accruals_rebuild(actor=world.system)
        assert change.is_empty
        assert change.journal_id is None
        Accrual.objects.all().delete()
        SaleException.objects.all().delete()
        accruals_rebuild(actor=world.system)
        assert state() == after_updates
        assert accruals_differences() == []


def debits_equal_credits() -> bool:
    sums = Entry.objects.aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return bool(sums["debit"] == sums["credit"])


class Undone:
    """One example's rows, gone at its end: the fixture's transaction is shared by all examples."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            transaction.set_rollback(True)
        self.atomic.__exit__(kind, error, trace)


def test_a_rebuild_mends_rows_and_books_that_somebody_has_tampered_with(world):
    world.published()
    world.sale("A", "2026-05-01", "100")
    world.update()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rebates_accrual SET payout = 77")
    accruals_rebuild(actor=world.system)
    assert world.accruals() == {("P1", "A", "2026-Q2"): ("100", "2.00", "")}
    assert accruals_differences() == []


@pytest.mark.parametrize("payout", ["77", "0"])
def test_the_proof_names_what_differs(world, payout):
    world.published()
    world.sale("A", "2026-05-01", "100")
    world.update()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rebates_accrual SET payout = %s", [payout])
    [found] = accruals_differences()
    assert (found.partner_code, found.program_code, found.period) == ("A", "P1", "2026-Q2")
    assert (found.ledger, found.engine) == (Decimal("2.00"), Decimal(payout))
