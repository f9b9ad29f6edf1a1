"""A rebate year with the clock in hand: files come in, goods go back, the terms change, a line is disputed, four
quarters are closed and paid, a payment fails, a claw-back is netted. The books are proved at every step.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine

from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.importing import Importer
from rebates import fiscal
from rebates.models import Adjustment, Payment, Statement
from rebates.proof import accruals_differences
from rebates.services.accruals import accruals_rebuild, accruals_update
from rebates.services.amendments import program_amendment_request
from rebates.services.decisions import dispute_decide
from rebates.services.disputes import dispute_open
from rebates.services.payments import payment_mark_failed, payment_mark_paid, payment_retry
from rebates.services.periods import period_close
from rebates.services.programs import program_amend, program_publish
from rebates.services.reviews import reviews_lapse, statement_agree
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.world import World, definition

SALES = "external_id,partner_code,sku,sold_on,quantity,net_amount,currency,reverses"
BANDS = {"type": "retroactive", "bands": [{"rate": "0.02"}, {"from": "10000", "rate": "0.04"}]}


@pytest.fixture
def world(db: None) -> Iterator[World]:
    tenant = Tenant.objects.create(slug="year", name="Year", base_currency="USD", time_zone="Asia/Shanghai")
    with tenant_context(tenant):
        yield World(tenant)


class Year:
    def __init__(self, world: World) -> None:
        self.world = world
        self.finance, self.second = world.actor(Role.FINANCE), world.actor(Role.FINANCE, "second")
        self.partner = world.actor(Role.PARTNER_ADMINISTRATOR, "owner", partner=world.partner("A"))
        world.product("X")

    def brings(self, *rows: str) -> None:
        Importer(self.world.tenant, self.world.system).run("sales", "\n".join([SALES, *rows]) + "\n")
        accruals_update(actor=self.world.system)
        self.proves()

    def proves(self) -> None:
        assert accruals_differences() == []
        assert [row for row in balances(by=("currency",)) if row["balance"]] == []

    def closes(self, key: str) -> Statement:
        period_close(actor=self.finance, kind="quarter", key=key)
        self.proves()
        statement = Statement.objects.get(period__key=key)
        statement_approve(actor=self.second, statement_ids=[statement.pk])
        return statement

    def settles(self, *statements: Statement) -> Payment:
        settlement = settlement_prepare(actor=self.finance, statement_ids=[one.pk for one in statements])
        settlement_export(actor=self.finance, settlement_id=settlement.pk, format="csv")
        self.proves()
        return settlement.payments.get()

    def pays(self, payment: Payment) -> None:
        settlement_mark_paid(
            actor=self.finance, settlement_id=payment.settlement_id, paid_on=fiscal.today(), reference="bank"
        )
        self.proves()


def paid() -> Decimal:
    return sum((row["balance"] for row in balances(by=("currency",), accounts=[Account.PAID])), Decimal(0))


def test_a_year_of_files_returns_amendments_disputes_closes_and_payments(world):
    year = Year(world)
    with time_machine.travel("2026-01-02T04:00:00Z", tick=False):
        program = world.published("VOLUME", calculation=BANDS, valid_from="2026-01-01")
    with time_machine.travel("2026-03-30T04:00:00Z", tick=False):
        year.brings("L1,A,X,2026-01-10,6,6000,USD,", "L2,A,X,2026-02-10,5,5000,USD,")
        year.brings("L1,A,X,2026-01-10,6,6000,USD,")
        assert world.accruals() == {("VOLUME", "A", "2026-Q1"): ("11000", "440.00", "")}

    with time_machine.travel("2026-04-03T04:00:00Z", tick=False):
        first = year.closes("2026-Q1")
        statement_agree(actor=year.partner, statement_id=first.pk)
        payment = year.settles(first)
        payment_mark_failed(actor=year.finance, payment_id=payment.pk, reason="account closed")
        year.proves()
        payment_retry(actor=year.finance, payment_id=payment.pk)
        settlement_export(actor=year.finance, settlement_id=payment.settlement_id, format="xlsx")
        payment_mark_paid(actor=year.finance, payment_id=payment.pk, paid_on=fiscal.today(), reference="again")
        year.proves()
        assert paid() == Decimal(440)

    with time_machine.travel("2026-05-10T04:00:00Z", tick=False):
        # 2,000 go back: the first quarter was worth 2 % of 9,000, so 260 are owed back.
        year.brings("R1,A,X,2026-05-09,-2,-2000,USD,L2", "L3,A,X,2026-05-09,1,3000,USD,")
        assert Adjustment.objects.get().amount == Decimal(-260)

    with time_machine.travel("2026-07-03T04:00:00Z", tick=False):
        second = year.closes("2026-Q2")
        assert second.total == Decimal(-200)
        statement_agree(actor=year.partner, statement_id=second.pk)
        richer = definition("VOLUME", calculation={"type": "retroactive", "bands": [{"rate": "0.03"}]},
                            valid_from="2026-04-01")  # fmt: skip
        program_amend(actor=world.system, program_id=program.pk, definition=richer)
        program_amendment_request(
            actor=world.actor(Role.CHANNEL_MANAGER), program_id=program.pk, reason="agreed in March"
        )
        program_publish(actor=world.actor(Role.ADMINISTRATOR), program_id=program.pk)
        accruals_update(actor=world.system, program_ids=[program.pk])
        year.proves()
        # The second quarter's 3,000 at 3 % instead of 2 %: 30 more, booked in the third.
        booked = Adjustment.objects.filter(booked_period_key="2026-Q3").values_list("amount", flat=True)
        assert sum(booked) == Decimal(30)
        year.brings("L4,A,X,2026-07-02,9,9000,USD,")

    with time_machine.travel("2026-10-03T04:00:00Z", tick=False):
        third = year.closes("2026-Q3")
        assert third.total == Decimal(300)
        line = third.lines.get(kind="rebate")
        dispute = dispute_open(
            actor=year.partner, line_id=line.pk, reason="missing_sales", claimed=Decimal(300), text="1,000 are missing"
        )
        dispute_decide(
            actor=year.finance, dispute_id=dispute.pk, decision="partly_accepted", outcome="data_missing",
            text="One delivery note was found.", granted=Decimal(12),
        )  # fmt: skip
        year.proves()

    with time_machine.travel("2026-10-20T04:00:00Z", tick=False):
        reviews_lapse(actor=world.system)
        # The claw-back of the second quarter is netted: 300 less 200.
        payment = year.settles(second, third)
        assert (payment.gross, payment.clawback, payment.amount) == (Decimal(300), Decimal(-200), Decimal(100))
        year.pays(payment)
        assert paid() == Decimal(540)

    with time_machine.travel("2027-01-04T04:00:00Z", tick=False):
        year.brings("L5,A,X,2026-12-30,1,1000,USD,")
        fourth = year.closes("2026-Q4")
        assert fourth.total == Decimal(42)
        statement_agree(actor=year.partner, statement_id=fourth.pk)
        year.pays(year.settles(fourth))
        assert paid() == Decimal(582)
        assert [row["balance"] for row in balances(by=("account",), accounts=[Account.PAYABLE]) if row["balance"]] == []
        assert accruals_rebuild(actor=world.system).is_empty
