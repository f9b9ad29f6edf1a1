"""Payments, claw-backs and bank accounts as people use them, on the pages of finance, the manager and the partner."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from partners.models import BankAccount
from prm import clock
from prm.identity.rights import Role
from rebates.models import AccountNumber, Dispute, Payment, PayoutChoice, Settlement, Statement, StatementLine
from tests.portal.vendor import NOW, Vendor, get, post, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor(cast: Any) -> Any:
    with time_machine.travel(NOW, tick=False):
        yield Vendor(cast, World(cast.tenant))


def approved(vendor: Vendor) -> list[str]:
    ids = [str(one.pk) for one in vendor.closed()]
    post(vendor.administrator, "finance:statements_approve", statement=ids)
    return ids


def settled(vendor: Vendor, **more: Any) -> Settlement:
    post(vendor.finance, "finance:settlement_new", statement=approved(vendor), **more)
    with vendor.inside():
        return Settlement.objects.get()


def payment_of(vendor: Vendor, code: str = "P-1") -> Payment:
    with vendor.inside():
        found: Payment = Payment.objects.get(partner__code=code)
        return found


def test_what_it_pays_is_seen_before_and_held_lines_are_named(vendor: Vendor) -> None:
    ids = approved(vendor)
    with vendor.inside():
        line = StatementLine.objects.get(statement_id=ids[0])
        Dispute.objects.create(
            number=1, statement=line.statement, line=line, partner=line.statement.partner, reason="wrong_rate",
            stated=line.amount, claimed=300, currency="CNY", opened_at=clock.now(), due_on="2026-12-20",
        )  # fmt: skip
    page = get(vendor.finance, "finance:settlement_new")
    assert [(row["can_pick"], row["picked"], row["held"], row["amount"]) for row in page.context["rows"]] == [
        (False, False, 200, 0), (True, True, None, 400),
    ]  # fmt: skip
    assert [(one.partner_name, one.form, one.amount) for one in page.context["payments"]] == [
        ("Stone Bridge", "cash", 400)
    ]
    partner = str(vendor.cast.other_partner.pk)
    outcome = post(vendor.finance, "finance:settlement_preview", statement=ids, deduct=[partner])
    assert [(one.form, one.amount) for one in outcome.context["payments"]] == [("deduction", 400)]
    assert "¥400.00" in text_of(outcome)
    empty = post(vendor.finance, "finance:settlement_preview")
    assert "Choose at least one statement." in text_of(empty)
    post(vendor.finance, "finance:settlement_new", statement=ids[1:])
    with vendor.inside():
        assert list(Statement.objects.order_by("number").values_list("status", flat=True)) == ["approved", "settled"]


def test_a_payment_fails_is_retried_paid_and_reversed_by_page(vendor: Vendor) -> None:
    batch = settled(vendor)
    payment = payment_of(vendor)
    shown = text_of(get(vendor.finance, "finance:settlement", batch.pk))
    assert "2 payments are not in a file for the bank" in shown
    post(vendor.finance, "finance:settlement_export", batch.pk, "csv")
    assert "Mark as failed" in text_of(get(vendor.finance, "finance:payment", payment.pk))
    nothing = post(vendor.finance, "finance:payment_act", payment.pk, "failed", reason="")
    assert nothing.status_code == 422
    assert post(vendor.finance, "finance:payment_act", payment.pk, "failed", reason="AC01").status_code == 302
    assert "AC01" in text_of(get(vendor.finance, "finance:payment", payment.pk))
    post(vendor.finance, "finance:payment_act", payment.pk, "retry")
    post(vendor.finance, "finance:settlement_export", batch.pk, "csv")
    paid = {"paid_on": "2026-11-20", "reference": "BANK-9"}
    future = post(vendor.finance, "finance:payment_act", payment.pk, "paid", **paid | {"paid_on": "2027-01-01"})
    assert future.status_code == 422
    assert post(vendor.finance, "finance:payment_act", payment.pk, "paid", **paid).status_code == 302
    assert payment_of(vendor).status == "paid"
    back = {"reason": "came back", "reversed_on": "2026-11-22"}
    assert post(vendor.finance, "finance:payment_act", payment.pk, "reversed", **back).status_code == 302
    assert payment_of(vendor).status == "reversed"
    assert get(vendor.finance, "finance:payment_act", payment.pk, "burn").status_code == 404
    listed = text_of(get(vendor.finance, "finance:payments", status="reversed"))
    assert str(payment) in listed
    assert "PAY-000002" not in listed
    assert "No payment matches." in text_of(get(vendor.finance, "finance:payments", q="PAY-000099"))


def test_an_account_is_entered_by_one_and_confirmed_by_another(vendor: Vendor) -> None:
    vendor.history()
    partner = vendor.cast.partner
    entered = {"currency": "CNY", "holder": "Blue Harbour", "number": "6222081200001234"}
    refused = post(vendor.manager, "manager:partner_account", partner.pk, **entered)
    assert list(refused.context["form"].errors) == ["bank_code"]
    entered["bank_code"] = "102290002916"
    assert post(vendor.manager, "manager:partner_account", partner.pk, **entered).status_code == 302
    with vendor.inside():
        account = BankAccount.objects.get()
    for client, page, args in (
        (vendor.manager, "manager:partner", [partner.pk]), (vendor.finance, "finance:accounts", []),
        (vendor.client(Role.PARTNER_FINANCE), "partner:payments", []),
    ):  # fmt: skip
        text = text_of(get(client, page, *args))
        assert "•••• 1234" in text, page
        assert "62220812" not in text, page
    assert post(vendor.manager, "finance:account_confirm", account.pk).status_code == 403
    assert post(vendor.finance, "finance:account_confirm", account.pk).status_code == 302
    own = {"currency": "EUR", "holder": "Blue Harbour", "number": "DE89370400440532013000"}
    assert post(vendor.client(Role.PARTNER_FINANCE), "partner:account_new", **own).status_code == 302
    with vendor.inside():
        second = BankAccount.objects.get(currency="EUR")
        assert BankAccount.objects.get(pk=account.pk).status == "active"
    assert post(vendor.finance, "finance:account_reject", second.pk, reason="unknown").status_code == 302
    assert post(vendor.finance, "finance:account_new", **own).status_code == 302
    with vendor.inside():
        mine = BankAccount.objects.get(partner=None)
    assert post(vendor.finance, "finance:account_confirm", mine.pk).status_code == 403


def test_the_banks_file_comes_by_page(vendor: Vendor) -> None:
    batch = settled(vendor)
    refused = post(vendor.finance, "finance:settlement_export", batch.pk, "pain001")
    assert refused.status_code == 302
    for client, confirmer, page, args in (
        (vendor.finance, vendor.administrator, "finance:account_new", []),
        (vendor.manager, vendor.finance, "manager:partner_account", [vendor.cast.partner.pk]),
    ):
        data = {"currency": "CNY", "holder": "H", "number": "6222081200001234", "bank_code": "102290002916"}
        post(client, page, *args, **data)
        with vendor.inside():
            waiting = BankAccount.objects.get(status="proposed")
        post(confirmer, "finance:account_confirm", waiting.pk)
    file = post(vendor.finance, "finance:settlement_export", batch.pk, "pain001")
    content = b"".join(file.streaming_content)  # type: ignore[attr-defined]
    assert (file.headers["Content-Type"], content.count(b"<CdtTrfTxInf>")) == ("application/xml", 1)
    shown = text_of(get(vendor.finance, "finance:settlement", batch.pk))
    assert "S-00001-pain001.xml" in shown
    assert "SHA-256" in shown
    assert "1 payment is not in a file for the bank" in shown


def test_a_partner_confirms_its_deduction(vendor: Vendor) -> None:
    partner = vendor.cast.partner
    post(vendor.finance, "manager:partner_payout", partner.pk, form="deduction")
    with vendor.inside():
        assert PayoutChoice.objects.get().form == "deduction"
    batch = settled(vendor)
    payment = payment_of(vendor)
    own = vendor.client(Role.PARTNER_ADMINISTRATOR)
    assert "Confirm deduction" in text_of(get(own, "partner:payments"))
    assert "Confirm deduction" not in text_of(get(vendor.client(Role.PARTNER_SALES), "partner:home"))
    other = payment_of(vendor, "P-2")
    assert get(own, "partner:deduction", other.pk).status_code == 404
    assert str(other) not in text_of(get(own, "partner:payments"))
    assert post(own, "partner:deduction", payment.pk, document="INV-7").status_code == 302
    post(vendor.finance, "finance:settlement_export", batch.pk, "csv")
    post(vendor.finance, "finance:settlement_pay", batch.pk, paid_on="2026-11-20", reference="B-1")
    assert (payment_of(vendor).reference, payment_of(vendor, "P-2").reference) == ("INV-7", "B-1")
    assert "INV-7" in text_of(get(own, "partner:payments"))
    post(vendor.finance, "manager:partner_payout", partner.pk, form="")
    with vendor.inside():
        assert not PayoutChoice.objects.exists()


def test_account_numbers_are_ours_or_the_standard(vendor: Vendor) -> None:
    post(vendor.finance, "finance:account_numbers", cash="100201", payable="")
    with vendor.inside():
        assert list(AccountNumber.objects.values_list("account", "number")) == [("cash", "100201")]
    page = get(vendor.finance, "finance:accounts")
    assert [number for _label, number in page.context["numbers"]] == ["2241", "100201", "1122", "1122", "1405"]


def test_claw_backs_are_listed_by_age(vendor: Vendor) -> None:
    assert "No claw-back is open" in text_of(get(vendor.finance, "finance:clawbacks"))
    settled(vendor)
    with vendor.inside():
        for original, amount in (("L00001", "-10000"), ("L00002", "-15000")):
            vendor.world.sale("P-1", "2026-11-01", amount, currency="CNY", reverses=original)
        vendor.world.update()
    with time_machine.travel("2027-01-04T04:00:00Z", tick=False):
        post(vendor.finance, "finance:period_close", "quarter", "2026-Q4")
        vendor.carry_out()
        with vendor.inside():
            ids = [str(one.pk) for one in Statement.objects.filter(period__key="2026-Q4")]
        post(vendor.administrator, "finance:statements_approve", statement=ids)
        page = get(vendor.finance, "finance:clawbacks")
        assert [(row.amount, row.days) for row in page.context["rows"]] == [(-200, 0)]
        assert "Blue Harbour" in text_of(page)
        assert "1 claw-back waits to be netted" in text_of(get(vendor.finance, "finance:settlements"))
