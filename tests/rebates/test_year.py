"""A rebate year at one vendor, with the clock in hand: the books are proved at every step."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import time_machine

from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from rebates.models import Accrual, Adjustment, SaleException, Statement
from rebates.proof import accruals_differences
from rebates.services.accruals import accruals_rebuild
from rebates.services.periods import period_close
from rebates.services.programs import program_amend, program_end, program_publish
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.world import World, day, definition

RATE = {"type": "retroactive", "bands": [{"from": "0", "rate": "0.02"}, {"from": "10000", "rate": "0.05"}]}
GOLD = {"field": "partner.tier", "op": "eq", "value": "gold"}


class Year:
    """What happens at the vendor; each step is followed by its recalculation and the proof."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.finance, self.second = world.actor(Role.FINANCE), world.actor(Role.FINANCE, "second")

    def sells(self, partner: str, sold_on: str, amount: str, **more: Any) -> None:
        self.world.sale(partner, sold_on, amount, **more)
        self.world.update(
            partner_ids=[self.world.partner(partner).pk], since=day(sold_on), until=day(sold_on)
        )  # fmt: skip
        self.proves()

    def proves(self) -> None:
        assert accruals_differences() == []
        sides = balances(by=("currency",))
        assert [row["balance"] for row in sides if row["balance"]] == []

    def closes(self, *keys: str, accepting: str = "") -> dict[str, Decimal]:
        for key in keys:
            kind = "quarter" if "Q" in key else "month"
            period_close(actor=self.finance, kind=kind, key=key, accept_exceptions=bool(accepting), reason=accepting)
            self.proves()
        return {
            f"{one.partner.code} {one.period.key}": one.total
            for one in Statement.objects.filter(period__key__in=keys).order_by("number")
        }

    def pays(self, *keys: str, partners: str = "AB") -> Decimal:
        statements = Statement.objects.filter(period__key__in=keys, partner__code__in=list(partners))
        ids = [one.pk for one in statements]
        statement_approve(actor=self.second, statement_ids=[one.pk for one in statements if one.status == "prepared"])
        settlement = settlement_prepare(actor=self.finance, statement_ids=ids)
        settlement_export(actor=self.finance, settlement_id=settlement.pk, format="xlsx")
        paid_on = time_of_payment()
        settlement_mark_paid(
            actor=self.finance, settlement_id=settlement.pk, paid_on=paid_on, reference=str(settlement)
        )  # fmt: skip
        self.proves()
        return sum((one.total for one in statements), Decimal(0))


def time_of_payment() -> Any:
    from rebates import fiscal

    return fiscal.today()


def total(account: Account) -> Decimal:
    return sum((row["balance"] for row in balances(by=("currency",), accounts=[account])), Decimal(0))


def test_a_rebate_year(world):
    year = Year(world)
    with time_machine.travel("2026-01-02T04:00:00Z", tick=False):
        program = world.published("VOLUME", calculation=RATE, valid_from="2026-01-01")
        world.published("GOLD", period="month", calculation=RATE, scope=GOLD, valid_from="2026-01-01")
        world.tier("B", "gold", "2026-03-01")

    with time_machine.travel("2026-03-20T04:00:00Z", tick=False):
        year.sells("A", "2026-01-15", "6000", external_id="A1")
        year.sells("A", "2026-02-15", "4000.01", external_id="A2")
        year.sells("B", "2026-02-28", "1000", external_id="B1")
        year.sells("B", "2026-03-01", "2000", external_id="B2")
        # A reaches 5 % on 10,000.01; B 2 % on 3,000, and 2 % on its gold March.
        assert world.accruals() == {
            ("VOLUME", "A", "2026-Q1"): ("10000.01", "500.00", ""),
            ("VOLUME", "B", "2026-Q1"): ("3000", "60.00", ""),
            ("GOLD", "B", "2026-03"): ("2000", "40.00", ""),
        }

    with time_machine.travel("2026-04-03T04:00:00Z", tick=False):
        assert year.closes("2026-01", "2026-02", "2026-03") == {"B 2026-03": Decimal("40.00")}
        assert year.closes("2026-Q1") == {"A 2026-Q1": Decimal("500.00"), "B 2026-Q1": Decimal("60.00")}
        assert year.pays("2026-03", "2026-Q1") == Decimal("600.00")
        assert (total(Account.PAID), total(Account.PAYABLE), total(Account.ACCRUED)) == (600, 0, 0)

    with time_machine.travel("2026-05-05T04:00:00Z", tick=False):
        # Two cents' worth comes back: A falls below 10,000 and the whole quarter is worth 2 % of 9,999.99.
        year.sells("A", "2026-05-04", "-0.02", external_id="R1", reverses="A2")
        found = Adjustment.objects.get()
        assert (found.origin_period_key, found.booked_period_key, found.amount) == (
            "2026-Q1",
            "2026-Q2",
            Decimal("-300.00"),
        )
        # A late line of March counts for both programs' closed periods.
        year.sells("B", "2026-03-31", "500", external_id="B3")
        assert sorted(Adjustment.objects.filter(partner__code="B").values_list("booked_period_key", "amount")) == [
            ("2026-04", Decimal("10.00")), ("2026-Q2", Decimal("10.00")),
        ]  # fmt: skip
        year.sells("A", "2026-05-04", "2000", external_id="A3")
        # A return that names nothing is listed and counts nowhere.
        year.sells("A", "2026-05-04", "-70", external_id="R2")
        assert SaleException.objects.get().reason == "return_without_original"

    with time_machine.travel("2026-06-10T04:00:00Z", tick=False):
        richer = definition("VOLUME", calculation=RATE | {"bands": [{"rate": "0.1"}]}, valid_from="2026-07-01")
        program_amend(actor=world.system, program_id=program.pk, definition=richer)
        program_publish(actor=world.system, program_id=program.pk)
        assert world.update(program_ids=[program.pk]).is_empty

    with time_machine.travel("2026-07-03T04:00:00Z", tick=False):
        stated = year.closes("2026-04", "2026-05", "2026-06", "2026-Q2", accepting="the partner looks for the line")
        # A: 2 % of 2,000 less 300 is below zero; it is stated, and waits.
        assert stated == {
            "B 2026-04": Decimal("10.00"), "A 2026-Q2": Decimal("-260.00"), "B 2026-Q2": Decimal("10.00"),
        }  # fmt: skip
        assert year.pays("2026-04", "2026-Q2", partners="B") == Decimal("20.00")
        negative = Statement.objects.get(period__key="2026-Q2", partner__code="A")
        statement_approve(actor=year.second, statement_ids=[negative.pk])

    with time_machine.travel("2026-09-01T04:00:00Z", tick=False):
        year.sells("A", "2026-08-01", "3000", external_id="A4")
        assert world.accruals()["VOLUME", "A", "2026-Q3"] == ("3000", "300.00", "")

    with time_machine.travel("2026-10-02T04:00:00Z", tick=False):
        assert year.closes("2026-Q3") == {"A 2026-Q3": Decimal("300.00")}
        # The claw-back is netted: 300 less 260 leaves 40.
        assert year.pays("2026-Q2", "2026-Q3", partners="A") == Decimal("40.00")
        program_end(actor=world.system, program_id=program.pk, ends_on=day("2026-10-31"), reason="new scheme next year")
        world.update(program_ids=[program.pk])

    with time_machine.travel("2027-01-04T04:00:00Z", tick=False):
        year.sells("A", "2026-10-31", "100", external_id="A5")
        year.sells("A", "2026-11-01", "9999", external_id="A6")
        assert world.accruals()["VOLUME", "A", "2026-Q4"] == ("100", "10.00", "")
        assert year.closes("2026-Q4") == {"A 2026-Q4": Decimal("10.00")}
        assert year.pays("2026-Q4", partners="A") == Decimal("10.00")
        assert (total(Account.PAYABLE), total(Account.ACCRUED)) == (0, 0)
        assert total(Account.PAID) == Decimal("670.00") == -total(Account.EXPENSE)
        before = set(Accrual.objects.values_list("pk", "payout"))
        assert accruals_rebuild(actor=world.system).is_empty
        assert set(Accrual.objects.values_list("pk", "payout")) == before
        assert sorted(Statement.objects.values_list("number", flat=True)) == list(range(1, 9))
