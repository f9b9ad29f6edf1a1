"""The bank's answer: shown as what it would change, applied once and whole."""

from __future__ import annotations

import hashlib

import pytest
import time_machine

from prm.audit.models import AuditEntry
from prm.errors import Conflict, StateError
from prm.files.models import StoredFile
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates.models import BankResult, BankResultLine, Payment, Settlement
from rebates.pain001 import message_id
from rebates.selectors.bank_results import bank_result_view, counts_of, sums_of
from rebates.services.bank_results import applied_text, bank_result_apply
from rebates.services.payments import payment_mark_paid, payment_retry
from rebates.services.settlements import settlement_export
from rebates.states import ResultOutcome
from tests.rebates.bank_answers import Said, pain002
from tests.rebates.paying import (
    CSV,
    MESSAGE,
    D,
    apply,
    numbers,
    outcomes,
    paid_balance,
    proven,
    states,
    upload,
    world,
)
from tests.rebates.world import day

__all__ = ["world"]


def test_a_report_marks_paid_failed_and_leaves_the_rest(world):
    pay = numbers()
    result = upload(world, pain002(MESSAGE, [
        Said(pay["A"], "ACSC", f"{pay['A']}-1", amount="2.00", currency="USD", bank="BK77"),
        Said(pay["B"], "RJCT", f"{pay['B']}-1", "AC04", "Account closed"),
        Said(pay["C"], "ACSP"),
        Said("PAY-000099", "ACSC"),
        Said(pay["note"], "ACSC"),
    ]))  # fmt: skip
    assert (result.format, result.message, result.status) == ("pain002", "BANK-1", "checked")
    assert outcomes(world, result) == [
        (pay["A"], "pay"), (pay["B"], "fail"), (pay["C"], "pending"), ("PAY-000099", "unknown"),
        (pay["note"], "other_form"),
    ]  # fmt: skip
    assert set(states().values()) == {"exported", "prepared"}
    apply(world, result)
    assert states() == {pay["A"]: "paid", pay["B"]: "failed", pay["C"]: "exported", pay["note"]: "prepared"}
    paid, failed = (Payment.objects.get(number=int(pay[code][4:])) for code in "AB")
    assert (paid.paid_on, paid.reference, failed.failure) == (day("2026-10-02"), "BK77", "AC04 Account closed")
    assert (paid_balance(), Settlement.objects.get().status, proven()) == (D("2.00"), "partly_paid", True)
    result.refresh_from_db()
    assert (result.status, result.applied_by_label) == ("applied", world.finance.label)
    kept = list(BankResultLine.objects.order_by("row").values_list("outcome", "was"))
    assert kept == [("pay", "exported"), ("fail", "exported"), ("pending", "exported"), ("unknown", ""),
                    ("other_form", "prepared")]  # fmt: skip
    lines = bank_result_view(world.finance, result.pk).lines
    counts = counts_of(lines)
    assert (counts["changes"], counts["left_out"], counts["nothing"]) == (2, 2, 1)
    assert sums_of(lines, ResultOutcome.PAY) == [("USD", D("2.00"))]


def test_its_hash_is_in_the_audit_trail_and_an_event_tells_of_it(world):
    content = pain002(MESSAGE, [Said(numbers()["A"], "ACSC")])
    result = apply(world, upload(world, content))
    digest = hashlib.sha256(content).hexdigest()
    told = dict(AuditEntry.objects.filter(action__startswith="rebates.bank_result").values_list("action", "data"))
    assert told["rebates.bank_result.uploaded"]["sha256"] == digest
    assert told["rebates.bank_result.applied"] == {"from": "checked", "to": "applied", "reason": f"SHA-256 {digest}"}
    assert Message.objects.get(topic="rebates.bank_result.applied").payload == {"bank_result_id": str(result.pk)}
    assert Message.objects.filter(topic="rebates.payment.paid").count() == 1


def test_the_same_file_again_is_the_same_and_changes_nothing(world):
    content = pain002(MESSAGE, [Said(numbers()["A"], "ACSC")])
    first = upload(world, content)
    plan = bank_result_view(world.finance, first.pk)
    apply(world, first)
    again = upload(world, content, "renamed.xml")
    assert (again.pk, BankResult.objects.count(), StoredFile.objects.filter(purpose="bank_result").count()) == (
        first.pk, 1, 1,
    )  # fmt: skip
    with pytest.raises(Conflict) as caught:
        bank_result_apply(actor=world.second, result_id=again.pk, fingerprint=plan.fingerprint)
    assert (caught.value.code, "changes nothing any more" in str(caught.value)) == ("applied_already", True)
    assert (paid_balance(), BankResultLine.objects.count()) == (D("2.00"), 1)
    other = upload(world, pain002(MESSAGE, [Said(numbers()["A"], "ACSC")], message="BANK-2"))
    assert outcomes(world, other) == [(numbers()["A"], "same")]
    with pytest.raises(StateError) as nothing:
        apply(world, other)
    assert nothing.value.code == "nothing_to_apply"


def test_money_that_came_back_is_a_reversal_once(world):
    pay = numbers()["A"]
    apply(world, upload(world, pain002(MESSAGE, [Said(pay, "ACSC")])))
    back = pain002(MESSAGE, [Said(pay, "RJCT", reason="AC06", on="2026-10-02T11:00:00+08:00")], message="BANK-2")
    result = upload(world, back)
    assert outcomes(world, result) == [(pay, "reverse")]
    apply(world, result)
    assert (states()[pay], paid_balance(), proven()) == ("reversed", D(0), True)
    third = upload(world, pain002(MESSAGE, [Said(pay, "RJCT"), Said(pay, "ACSC")], message="BANK-3"))
    assert outcomes(world, third) == [(pay, "same"), (pay, "impossible")]


def test_an_answer_to_an_earlier_attempt_is_stale(world):
    pay = numbers()["A"]
    apply(world, upload(world, pain002(MESSAGE, [Said(pay, "RJCT", f"{pay}-1")])))
    payment_retry(actor=world.finance, payment_id=Payment.objects.get(number=int(pay[4:])).pk)
    settlement_export(actor=world.finance, settlement_id=world.settlement.pk, format="pain001")
    late = upload(world, pain002(MESSAGE, [Said(pay, "ACSC", f"{pay}-1"), Said(pay, "ACSC")], message="LATE"))
    assert outcomes(world, late) == [(pay, "stale"), (pay, "stale")]
    table = upload(world, f"{CSV}{pay}-1,paid,2026-10-02,\n{pay}-2,paid,2026-10-02,\n")
    assert outcomes(world, table) == [(f"{pay}-1", "stale"), (f"{pay}-2", "pay")]
    apply(world, upload(world, pain002("acme-S-00001-2", [Said(pay, "ACSC", f"{pay}-2")], message="B3")))
    assert (states()[pay], paid_balance(), proven()) == ("paid", D("2.00"), True)


def test_a_whole_message_or_block_is_answered_at_once(world):
    pay = numbers()
    block = upload(world, pain002(MESSAGE, blocks=[(f"{MESSAGE}-USD", "ACSC"), (f"{MESSAGE}-EUR", "RJCT")]))
    assert outcomes(world, block) == [
        (pay["A"], "pay"), (pay["B"], "pay"), (pay["C"], "pay"), (MESSAGE, "unknown"),
    ]  # fmt: skip
    whole = upload(world, pain002(MESSAGE, group="RJCT"))
    assert outcomes(world, whole) == [(pay[code], "fail") for code in "ABC"]
    apply(world, whole)
    assert [states()[pay[code]] for code in "ABC"] == ["failed"] * 3
    assert set(Payment.objects.filter(form="cash").values_list("failure", flat=True)) == {"FF01"}
    assert outcomes(world, block) == [(pay["A"], "impossible"), (pay["B"], "impossible"), (pay["C"], "impossible"),
                                      (MESSAGE, "unknown")]  # fmt: skip


def test_a_block_without_a_name_is_no_answer_about_the_whole_message(world):
    """It might be that of another currency."""
    pay = numbers()
    result = upload(world, pain002(MESSAGE, blocks=[("", "ACSC"), (f"{MESSAGE}-USD", "PDNG")]))
    assert outcomes(world, result) == [("NOTPROVIDED", "unknown"), *((pay[code], "pending") for code in "ABC")]


def test_a_message_that_answers_another_vendors_file_touches_nothing(world):
    pay = numbers()["A"]
    for answered in ("rival-S-00001-1", "acme-S-00002-1", "anything"):
        result = upload(world, pain002(answered, [Said(pay, "ACSC", f"{pay}-1")]))
        assert outcomes(world, result) == [(pay, "foreign")]
    whole = upload(world, pain002("rival-S-00001-1", group="RJCT"))
    assert outcomes(world, whole) == [("rival-S-00001-1", "unknown")]


def test_two_vendors_with_a_long_like_name_have_messages_of_their_own(world):
    assert message_id(world.settlement, 1) == MESSAGE
    world.tenant.slug = "a-very-long-name-of-a-vendor"
    name = message_id(world.settlement, 1)
    assert name == f"a-very-long-na-{world.tenant.pk.hex[-5:]}-S-00001-1"
    assert len(name) <= 35


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ("{A},paid,2026-10-02,", "pay"),
        ("{A},成功,20261002,", "pay"),
        ("{a},ACSC,2026/10/01,", "pay"),
        ("{A},failed,,no such account", "fail"),
        ("{A},CANC,,", "fail"),
        ("{A},处理中,,", "pending"),
        ("{A},reversed,2026-10-02,", "impossible"),
        ("{A},paid,,", "no_day"),
        ("{A},paid,2026-10-03,", "future"),
        ("{A},whatever,2026-10-02,", "unread"),
        ("{note},paid,2026-10-02,", "other_form"),
        ("INV-7,paid,2026-10-02,", "unknown"),
        (",paid,2026-10-02,", "unknown"),
        ("PAY-99999999999,paid,2026-10-02,", "unknown"),
    ],
)
def test_a_row_of_a_table_means(world, row, outcome):
    pay = numbers() | {"a": numbers()["A"].lower()}
    result = upload(world, CSV + row.format(**pay) + "\n")
    assert [found for _reference, found in outcomes(world, result)] == [outcome]


def test_what_a_table_says_of_the_money_has_to_agree(world):
    pay = numbers()
    table = "编号;状态;日期;原因;金额;币种\n" + "".join(
        f"{pay[code]};成功;2026-10-02;;{amount};{currency}\n"
        for code, amount, currency in (("A", "2.00", "USD"), ("B", "4.01", "USD"), ("C", "6", "CNY"))
    )
    result = upload(world, table.encode("gb18030"), "回单.csv")
    assert [found for _reference, found in outcomes(world, result)] == ["pay", "differs", "differs"]
    apply(world, result)
    paid = Payment.objects.get(number=int(pay["A"][4:]))
    assert (paid.reference, paid_balance()) == ("回单.csv", D("2.00"))


def test_a_file_that_contradicts_itself_changes_nothing_of_it(world):
    pay = numbers()
    result = upload(
        world,
        f"{CSV}{pay['A']},paid,2026-10-02,\n{pay['A']},failed,,x\n{pay['B']},paid,2026-10-02,\n"
        f"{pay['B']},paid,2026-10-02,\n{pay['C']},processing,,\n{pay['C']},paid,2026-10-01,\n",
    )
    assert [found for _reference, found in outcomes(world, result)] == [
        "contradicts", "contradicts", "pay", "same", "pending", "pay",
    ]  # fmt: skip
    apply(world, result)
    assert ([states()[pay[code]] for code in "ABC"], paid_balance()) == (["exported", "paid", "paid"], D("10.00"))
    assert proven()


def test_two_days_of_one_payment_are_a_contradiction_too(world):
    """The day is that of the books: it is not for us to choose one."""
    pay = numbers()
    result = upload(
        world,
        f"{CSV}{pay['A']},paid,2026-10-01,\n{pay['A']},paid,2026-10-02,\n{pay['B']},failed,2026-10-01,x\n"
        f"{pay['B']},failed,2026-10-02,x\n",
    )
    assert [found for _reference, found in outcomes(world, result)] == ["contradicts", "contradicts", "fail", "same"]


def test_a_reversal_before_its_payment_is_left_out(world):
    pay = numbers()["A"]
    payment_mark_paid(
        actor=world.finance, payment_id=Payment.objects.get(number=int(pay[4:])).pk, paid_on=day("2026-10-02"),
        reference="B",
    )  # fmt: skip
    result = upload(world, f"{CSV}{pay},returned,2026-10-01,closed\n")
    assert outcomes(world, result) == [(pay, "too_early")]


def test_who_applied_it_and_on_which_day_at_the_vendor(world):
    Tenant.objects.filter(pk=world.tenant.pk).update(time_zone="Asia/Shanghai")
    result = upload(world, f"{CSV}{numbers()['A']},paid,2026-10-02,\n")
    with tenant_context(world.tenant.pk), time_machine.travel("2026-10-02T17:30:00Z", tick=False):
        apply(world, result)
        assert " on 2026-10-03." in applied_text(BankResult.objects.get())


def test_what_was_seen_is_what_happens(world):
    pay = numbers()
    result = upload(world, f"{CSV}{pay['A']},paid,2026-10-02,\n{pay['B']},paid,2026-10-02,\n")
    seen = bank_result_view(world.finance, result.pk).fingerprint
    payment_mark_paid(
        actor=world.second, payment_id=Payment.objects.get(number=int(pay["A"][4:])).pk, paid_on=day("2026-10-01"),
        reference="by hand",
    )  # fmt: skip
    with pytest.raises(Conflict) as caught:
        bank_result_apply(actor=world.finance, result_id=result.pk, fingerprint=seen)
    assert (caught.value.code, states()[pay["B"]]) == ("plan_changed", "exported")
    apply(world, result)
    first = Payment.objects.get(number=int(pay["A"][4:]))
    assert (first.reference, states()[pay["B"]], paid_balance()) == ("by hand", "paid", D("6.00"))


def test_when_the_books_are_wrong_nothing_of_the_file_happens(world, monkeypatch):
    pay = numbers()
    result = upload(world, f"{CSV}{pay['A']},failed,,x\n{pay['B']},paid,2026-10-02,\n")
    monkeypatch.setattr("rebates.services.payments.settlement_differences", lambda _one: ["wrong"])
    with pytest.raises(Conflict) as caught:
        apply(world, result)
    assert caught.value.code == "totals_differ"
    assert (states()[pay["A"]], BankResult.objects.get().status) == ("exported", "checked")
