"""A statement's line opens its explanation beside it; what became of its payments is told as it was."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine

from prm.identity.rights import Role
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast
from rebates.models import Payment, Statement, StatementLine
from rebates.recalculation import Cause
from rebates.services.payments import payment_mark_paid, payment_reverse
from rebates.services.periods import period_close
from rebates.services.settlements import settlement_export, settlement_prepare
from rebates.services.statements import statement_approve
from tests.portal.vendor import NOW, Vendor, get, text_of
from tests.rebates.world import World, day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return Vendor(cast, World(cast.tenant))


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(response)))


@pytest.mark.parametrize("surface", ["finance", "manager"])
def test_a_line_opens_trace_lines_and_journals_in_the_drawer(vendor: Vendor, surface: str) -> None:
    statement = vendor.closed()[0]
    with vendor.inside():
        line = StatementLine.objects.get(statement=statement)
    client = vendor.finance if surface == "finance" else vendor.manager
    address = f"/{surface[0]}/statements/{statement.pk}/lines/{line.pk}/why/"
    shown = text_of(get(client, f"{surface}:statement", statement.pk))
    assert f'hx-get="{address}"' in shown
    assert 'id="why-body"' in shown
    why = get(client, f"{surface}:statement_why", statement.pk, line.pk)
    said = words(why)
    assert "You sold ¥10,000.00 that count here; ¥10,000.00 between ¥0.00 and ¥50,000.00 at 2%: ¥200.00." in said
    assert "Payout ¥200.00" in said
    assert "L00001 2026-08-01 ¥10,000.00 ¥200.00" in said
    assert "Close 2026-11-23 · The close of a period -¥200.00 ¥200.00" in said
    assert "Accrual 2026-11-23 · A recalculation ¥200.00" in said
    assert f'href="/{surface[0]}/statements/{statement.pk}/lines/{line.pk}/#lines"' in text_of(why)


def test_an_adjustment_opens_with_its_cause_and_the_books(vendor: Vendor) -> None:
    vendor.closed()
    with vendor.inside():
        late = vendor.world.sale("P-1", "2026-08-02", "500", currency="CNY")
        vendor.world.update(cause=Cause("commerce.saleline", f"{late.sold_on}/{late.sold_on}"))
        with time_machine.travel("2027-01-05T04:00:00Z", tick=False):
            period_close(actor=vendor.cast.finance, kind="quarter", key="2026-Q4")
        line = StatementLine.objects.get(kind="adjustment")
    listed = words(get(vendor.finance, "finance:statement", line.statement_id))
    assert "Cause: sales that were recorded late." in listed
    why = get(vendor.finance, "finance:statement_why", line.statement_id, line.pk)
    said = words(why)
    assert "2026-Q3 was closed when the facts changed; the difference is booked in 2026-Q4." in said
    assert "Amount ¥10.00" in said
    assert 'href="/f/sales/?since=2026-08-02&amp;until=2026-08-02"' in text_of(why)
    assert "Every sale behind it" not in said
    assert "Sale lines recorded one by one ¥10.00" in said


def test_a_payment_that_came_back_is_told_to_partner_and_finance(vendor: Vendor) -> None:
    statement = vendor.closed()[0]
    finance, second = vendor.cast.finance, vendor.cast.administrator
    with vendor.inside():
        statement_approve(actor=second, statement_ids=[statement.pk])
        settlement = settlement_prepare(actor=finance, statement_ids=[statement.pk])
        settlement_export(actor=finance, settlement_id=settlement.pk, format="csv")
        payment = Payment.objects.get()
        payment_mark_paid(actor=finance, payment_id=payment.pk, paid_on=day("2026-11-20"), reference="BANK-7")
    partner = vendor.client(Role.PARTNER_FINANCE)
    assert "PAY-000001 Cash Paid on 2026-11-20 · BANK-7 ¥200.00 Paid" in words(
        get(partner, "partner:statement", statement.pk)
    )
    with vendor.inside():
        payment_reverse(
            actor=finance, payment_id=payment.pk, reason="Account closed", reversed_on=day("2026-11-22")
        )  # fmt: skip
        assert Statement.objects.get(pk=statement.pk).status == "settled"
    facts = "Paid on 2026-11-20 · BANK-7 Came back on 2026-11-22 · Account closed ¥200.00 Reversed"
    assert facts in words(get(partner, "partner:statement", statement.pk))
    assert facts in words(get(partner, "partner:payments"))
    shown = get(vendor.finance, "finance:statement", statement.pk)
    assert facts in words(shown)
    assert f'href="/f/payments/{payment.pk}/"' in text_of(shown)
    assert facts in words(get(vendor.manager, "manager:statement", statement.pk))
    api = ApiClient(vendor.cast.tenant, make_key(vendor.cast))
    (row,) = api.get(f"statements/{statement.pk}/payments/").json()["items"]
    assert (row["amount"], [(one["fact"], one["on"]) for one in row["facts"]]) == (
        "200.0000", [("paid", "2026-11-20"), ("reversed", "2026-11-22")],
    )  # fmt: skip
