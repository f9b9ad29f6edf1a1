"""What is owed at month-end and what moved it: exact, and equal to the books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from prm.errors import Forbidden, Invalid
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.models import Journal
from prm.ledger.selectors import balances
from prm.ledger.services import Posting, post
from rebates.models import Program, Statement
from rebates.proof import accruals_differences
from rebates.selectors.liability import COLUMNS, Liability, liability, liability_months
from rebates.services.periods import period_close
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.world import World, day


def at(moment: str) -> Any:
    return time_machine.travel(f"{moment}T04:00:00Z", tick=False)


@pytest.fixture
def finance(world: World) -> Iterator[Actor]:
    """August: earned; September: more, a return; October: closed, A paid, a late sale of Q3; November: nothing."""
    actor, second = world.actor(Role.FINANCE), world.actor(Role.ADMINISTRATOR)
    with at("2026-08-15"):
        world.published("P1")
        world.published("P2", calculation={"type": "retroactive", "bands": [{"from": "0", "rate": "0.10"}]})
        world.sale("A", "2026-08-01", "1000", external_id="L1")
        world.sale("B", "2026-08-02", "500")
        world.update()
    with at("2026-09-20"):
        world.sale("A", "2026-09-19", "2000")
        world.sale("A", "2026-09-19", "-100", reverses="L1")
        world.update()
    with at("2026-10-03"):
        period_close(actor=actor, kind="quarter", key="2026-Q3")
        ids = list(Statement.objects.filter(partner__code="A").values_list("pk", flat=True))
        statement_approve(actor=second, statement_ids=ids)
        settlement = settlement_prepare(actor=actor, statement_ids=ids)
        settlement_export(actor=actor, settlement_id=settlement.pk, format="csv")
        settlement_mark_paid(actor=actor, settlement_id=settlement.pk, paid_on=day("2026-10-03"), reference="B-1")
    with at("2026-10-20"):
        world.sale("B", "2026-09-30", "100")
        world.sale("B", "2026-10-19", "50")
        world.update()
    with at("2026-11-23"):
        yield actor


def month(actor: Actor, first: str, last: str, **more: Any) -> Liability:
    return liability(actor, since=day(first), until=day(last), **more)


def told(report: Liability) -> dict[str, dict[str, str]]:
    """What is not 0, by program and partner."""
    names = ("opening_accrued", "opening_payable", *COLUMNS, "closed", "closing_accrued", "closing_payable")
    return {
        row.program_code + row.partner_code: {
            name: f"{getattr(row, name):.2f}" for name in names if getattr(row, name)
        }
        for row in report.rows
    }  # fmt: skip


def test_each_month_begins_where_the_last_one_ended(finance):
    assert told(month(finance, "2026-08-01", "2026-08-31")) == {
        "P1": {"accruals": "30.00", "closing_accrued": "30.00"},
        "P2": {"accruals": "150.00", "closing_accrued": "150.00"},
    }
    assert told(month(finance, "2026-09-01", "2026-09-30")) == {
        "P1": {"opening_accrued": "30.00", "accruals": "38.00", "closing_accrued": "68.00"},
        "P2": {"opening_accrued": "150.00", "accruals": "190.00", "closing_accrued": "340.00"},
    }
    assert told(month(finance, "2026-10-01", "2026-10-31")) == {
        "P1": {
            "opening_accrued": "68.00", "accruals": "1.00", "adjustments": "2.00", "payments": "-58.00",
            "closed": "68.00", "closing_accrued": "3.00", "closing_payable": "10.00",
        },
        "P2": {
            "opening_accrued": "340.00", "accruals": "5.00", "adjustments": "10.00", "payments": "-290.00",
            "closed": "340.00", "closing_accrued": "15.00", "closing_payable": "50.00",
        },
    }  # fmt: skip
    assert told(month(finance, "2026-11-01", "2026-11-30")) == {
        "P1": {
            "opening_accrued": "3.00", "opening_payable": "10.00", "closing_accrued": "3.00", "closing_payable": "10.00"
        },
        "P2": {
            "opening_accrued": "15.00", "opening_payable": "50.00", "closing_accrued": "15.00",
            "closing_payable": "50.00",
        },
    }  # fmt: skip


def test_partners_of_one_program(finance):
    program = Program.objects.get(code="P1")
    assert told(month(finance, "2026-10-01", "2026-10-31", by="partner", program_id=program.pk)) == {
        "A": {"opening_accrued": "58.00", "payments": "-58.00", "closed": "58.00"},
        "B": {
            "opening_accrued": "10.00", "accruals": "1.00", "adjustments": "2.00", "closed": "10.00",
            "closing_accrued": "3.00", "closing_payable": "10.00",
        },
    }  # fmt: skip


def test_rows_totals_and_books_agree(finance):
    assert accruals_differences() == []
    for first, last in [("2026-08-01", "2026-08-31"), ("2026-10-01", "2026-10-31"), ("2026-01-01", "2026-12-31")]:
        for by in ("program", "partner"):
            report = month(finance, first, last, by=by)
            assert report.reconciles
            for row in [*report.rows, *report.totals]:
                assert row.opening + sum(getattr(row, name) for name in COLUMNS) == row.closing
    owed = sum(row["balance"] for row in balances(by=("account",), accounts=[Account.ACCRUED, Account.PAYABLE]))
    year = month(finance, "2026-01-01", "2026-12-31").totals[0]
    assert (year.opening, year.closing, owed) == (0, Decimal(78), Decimal(78))


def test_what_is_missing_in_the_rows_is_told(finance, monkeypatch):
    from rebates.selectors import liability as module

    monkeypatch.setattr(module, "movements", lambda **_narrowed: [])
    assert not month(finance, "2026-10-01", "2026-10-31").reconciles


def test_reversals_and_kinds_nobody_knows_are_not_left_out(finance, world):
    program = Program.objects.get(code="P1").pk

    def book(key: str, amount: str, kind: str, reverses: Journal | None = None) -> Journal:
        posting = Posting(
            Account.EXPENSE, Account.ACCRUED, Decimal(amount), "EUR", world.partner("A").pk, program, "2026-Q4"
        )
        return post(
            kind, key=key, actor=finance, effective_on=day("2026-11-02"), postings=[posting], cause_type="t",
            cause_id="1", reverses=reverses,
        )  # fmt: skip

    first = book("1", "7", "rebates.gift")
    book("2", "-3", "rebates.gift", reverses=first)
    report = month(finance, "2026-11-01", "2026-11-30")
    row = next(row for row in report.rows if row.currency == "EUR")
    assert (row.others, row.reversals, row.closing) == (7, -3, 4)
    assert report.reconciles
    assert [row.currency for row in report.totals] == ["EUR", "USD"]


def test_what_is_forfeited_leaves_and_what_is_carried_stays(world):
    actor = world.actor(Role.FINANCE)
    with at("2026-08-15"):
        for code, otherwise in (("P1", "forfeit"), ("P2", "carry")):
            world.published(code, minimum_payout={"amount": "50", "otherwise": otherwise})
        world.sale("A", "2026-08-01", "1000")
        world.update()
    with at("2026-10-03"):
        period_close(actor=actor, kind="quarter", key="2026-Q3")
        report = month(actor, "2026-10-01", "2026-10-31")
        assert told(report) == {
            "P1": {"opening_accrued": "20.00", "forfeits": "-20.00"},
            "P2": {"opening_accrued": "20.00", "closing_accrued": "20.00"},
        }
        assert report.reconciles
        assert accruals_differences() == []


def test_months_for_the_chart(finance):
    found = liability_months(finance, until=day("2026-11-23"), months=5)
    assert [(f"{row['month']:%m}", row["currency"], int(row["accrued"]), int(row["payable"])) for row in found] == [
        ("07", "USD", 0, 0),
        ("08", "USD", 180, 0),
        ("09", "USD", 408, 0),
        ("10", "USD", 18, 60),
        ("11", "USD", 18, 60),
    ]
    program = Program.objects.get(code="P1").pk
    last = liability_months(finance, until=day("2026-11-23"), months=1, program_id=program)
    assert [(row["accrued"], row["payable"]) for row in last] == [(3, 10)]


def test_who_may_and_what_days(finance, world):
    with pytest.raises(Invalid) as caught:
        month(finance, "2026-10-02", "2026-10-01")
    assert list(caught.value.fields) == ["until"]
    partner = world.actor(Role.PARTNER_FINANCE, partner=world.partner("A"))
    for read in (
        lambda: month(partner, "2026-10-01", "2026-10-31"),
        lambda: liability_months(partner, until=dt.date.max),
    ):
        with pytest.raises(Forbidden):
            read()
