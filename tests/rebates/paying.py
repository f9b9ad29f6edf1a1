"""A vendor whose payments are at the bank, and short ways to bring in its answer."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from partners.services.accounts import account_confirm, account_propose
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from rebates.models import BankResult, Payment, Statement
from rebates.proof import accruals_differences
from rebates.selectors.bank_results import bank_result_view
from rebates.selectors.payments import paid_differences
from rebates.services.bank_results import bank_result_apply, bank_result_upload
from rebates.services.periods import period_close
from rebates.services.settlements import settlement_export, settlement_prepare
from rebates.services.statements import statement_approve

D = Decimal
MESSAGE = "acme-S-00001-1"
CSV = "reference,status,date,reason\n"


@pytest.fixture
def world(world: Any) -> Iterator[Any]:
    """A earns 2.00, B 4.00 and C 6.00 USD in cash, A 20.00 besides as a credit note; all are in the bank's file."""
    with time_machine.travel("2026-10-02T04:00:00Z", tick=False):
        world.finance, world.second = world.actor(Role.FINANCE), world.actor(Role.FINANCE, "second")
        world.published(scope={"field": "product.line", "op": "eq", "value": "Road"})
        world.published(
            "NOTE", payout={"form": "credit_note"}, scope={"field": "product.line", "op": "eq", "value": "N"}
        )
        world.product("N", line="N")
        for code, amount in (("A", "100"), ("B", "200"), ("C", "300")):
            world.sale(code, "2026-07-01", amount)
            account(world, world.partner(code).pk)
        account(world, None)
        world.sale("A", "2026-07-02", "1000", sku="N")
        period_close(actor=world.finance, kind="quarter", key="2026-Q3")
        ids = list(Statement.objects.values_list("pk", flat=True))
        statement_approve(actor=world.second, statement_ids=ids)
        world.settlement = settlement_prepare(actor=world.finance, statement_ids=ids)
        settlement_export(actor=world.finance, settlement_id=world.settlement.pk, format="pain001")
        yield world


def account(world: Any, partner_id: Any) -> None:
    one = account_propose(
        actor=world.finance, partner_id=partner_id, currency="USD", holder="H", number="123456789",
        bank_code="021000021",
    )  # fmt: skip
    account_confirm(actor=world.second, account_id=one.pk)


def upload(world: Any, content: bytes | str, name: str = "answer") -> BankResult:
    raw = content.encode() if isinstance(content, str) else content
    return bank_result_upload(actor=world.finance, name=name, content=io.BytesIO(raw))


def outcomes(world: Any, result: BankResult) -> list[tuple[str, str]]:
    return [(line.reference, str(line.outcome)) for line in bank_result_view(world.finance, result.pk).lines]


def apply(world: Any, result: BankResult) -> BankResult:
    plan = bank_result_view(world.finance, result.pk)
    return bank_result_apply(actor=world.finance, result_id=result.pk, fingerprint=plan.fingerprint)


def states() -> dict[str, str]:
    return {str(one): one.status for one in Payment.objects.order_by("number")}


def paid_balance() -> Decimal:
    return sum((row["balance"] for row in balances(by=("currency",), accounts=[Account.PAID])), D(0))


def proven() -> bool:
    return (accruals_differences(), paid_differences()) == ([], [])


def numbers() -> dict[str, str]:
    """partner, or `note`, → its payment's number."""
    return {
        "note" if one.form == "credit_note" else one.partner.code: str(one)
        for one in Payment.objects.select_related("partner")
    }
