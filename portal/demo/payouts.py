"""How the demo vendors pay: accounts, a deduction, files for the bank, and payments that went wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

from partners.selectors.partners import partner_list
from partners.services.accounts import account_confirm, account_propose
from prm.identity.actor import Actor
from rebates.selectors.bank_results import bank_result_view
from rebates.services.bank_results import bank_result_apply, bank_result_upload
from rebates.services.payments import goods_order_set
from rebates.services.payout_settings import payout_choice_set
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare

BANKS = [
    ("102290002916", "中国工商银行上海市分行"), ("105100000017", "中国建设银行北京市分行"),
    ("308584000013", "招商银行深圳分行"), ("103881000099", "中国农业银行西安分行"),
]  # fmt: skip
ABROAD = [("HSBCSGSG", "HSBC Singapore"), ("DBSSSGSG", "DBS Bank"), ("SCBLHKHH", "Standard Chartered Hong Kong")]
WAITING = 3


def accounts_create(manager: Actor, finance: Actor, second: Actor, name: str) -> None:
    """The vendor's own accounts, one of every partner, the last few of them waiting for a second person."""
    for currency, country in (("CNY", "CN"), ("USD", "US")):
        bank = _bank(1, country)
        own = account_propose(
            actor=finance, partner_id=None, currency=currency, holder=name, number="6222081200099001", **bank
        )
        account_confirm(actor=second, account_id=own.pk)
    partners = list(partner_list(manager).order_by("code"))
    for rank, partner in enumerate(partners):
        account = account_propose(
            actor=manager, partner_id=partner.pk, currency="CNY" if partner.country == "CN" else "USD",
            holder=partner.legal_name or partner.name, number=f"62170012{rank:04}{(rank * 7919 + 41) % 10000:04}",
            **_bank(rank, partner.country),
        )  # fmt: skip
        if rank < len(partners) - WAITING:
            account_confirm(actor=second, account_id=account.pk)


def _bank(rank: int, country: str) -> dict[str, str]:
    if country == "CN":
        code, name = BANKS[rank % len(BANKS)]
        return {"bank_code": code, "bank_name": name}
    code, name = ABROAD[rank % len(ABROAD)]
    return {"bic": code, "bank_name": name}


def settle(finance: Actor, statement_ids: Sequence[UUID], *, paid_on: dt.date, trouble: bool) -> None:
    """Pay everything; with `trouble`, one payment fails, another comes back, and a partner has yet to deduct."""
    if trouble:
        deducting = partner_list(finance).order_by("code")[4]
        payout_choice_set(actor=finance, partner_id=deducting.pk, form="deduction")
    settlement = settlement_prepare(actor=finance, statement_ids=statement_ids)
    for format_ in ("csv", "journal_csv"):
        settlement_export(actor=finance, settlement_id=settlement.pk, format=format_)
    _goods(finance, settlement)
    cash = list(settlement.payments.filter(form="cash", amount__gt=0).order_by("number"))
    if trouble and len(cash) > 2:
        settlement_export(actor=finance, settlement_id=settlement.pk, format="pain001")
        _answer(finance, settlement, 1, [f"{cash[0]},RJCT,,AC04 收款账户已销户", f"{cash[1]},ACSP,,"])
    reference = f"DEMO-{settlement.number}"
    settlement_mark_paid(actor=finance, settlement_id=settlement.pk, paid_on=paid_on, reference=reference)
    if trouble and len(cash) > 2:
        _answer(finance, settlement, 2, [f"{cash[1]},RJCT,{paid_on},AC01 户名与账号不符"])
        late = [f"{cash[2]},退票,{paid_on},AC06 账户已冻结", f"PAY-009999,成功,{paid_on},"]
        _answer(finance, settlement, 3, late, is_applied=False)


def _answer(finance: Actor, settlement: Any, number: int, rows: Sequence[str], *, is_applied: bool = True) -> None:
    """A file of the bank; one that is not applied waits to be looked at."""
    content = "\n".join(["reference,status,date,reason", *rows, ""])
    name = f"回单-{settlement}-{number}.csv"
    result = bank_result_upload(actor=finance, name=name, content=BytesIO(content.encode()))
    if is_applied:
        seen = bank_result_view(finance, result.pk).fingerprint
        bank_result_apply(actor=finance, result_id=result.pk, fingerprint=seen)


def _goods(finance: Actor, settlement: Any) -> None:
    for payment in settlement.payments.filter(form="free_goods", amount__gt=0):
        goods_order_set(actor=finance, payment_id=payment.pk, document=f"SO-{payment.number:05}")
