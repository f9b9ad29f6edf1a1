"""The bank's answer on finance's pages: brought in, looked at, applied by a second click; the same again says so."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from prm.identity.rights import Role
from rebates.models import BankResult, Payment
from tests.portal.test_payment_pages import settled
from tests.portal.vendor import NOW, Vendor, get, post, text_of
from tests.rebates.bank_answers import Said, pain002
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
TABLE = (
    "reference,status,date,reason\nPAY-000001,paid,2026-11-20,\nPAY-000002,failed,,AC04 closed\n"
    "PAY-000009,paid,2026-11-20,\n"
)


@pytest.fixture
def vendor(cast: Any) -> Any:
    """P-1 is owed 200.00 and P-2 400.00 CNY, both exported."""
    with time_machine.travel(NOW, tick=False):
        vendor = Vendor(cast, World(cast.tenant))
        post(vendor.finance, "finance:settlement_export", settled(vendor).pk, "csv")
        yield vendor


def bring(vendor: Vendor, content: bytes | str = TABLE, name: str = "answer.csv", by: Client | None = None) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return post(by or vendor.finance, "finance:bank_result_new", file=SimpleUploadedFile(name, raw))


def only(vendor: Vendor) -> BankResult:
    with vendor.inside():
        found: BankResult = BankResult.objects.get()
        return found


def apply(vendor: Vendor, result: BankResult, fingerprint: str) -> str:
    """The page that it leads to, once the worker was at it."""
    client = vendor.finance
    answer = post(client, "finance:bank_result_apply", result.pk, fingerprint=fingerprint)
    vendor.carry_out()
    return text_of(client.get(answer.headers["Location"]))


def states(vendor: Vendor) -> list[str]:
    with vendor.inside():
        return list(Payment.objects.order_by("number").values_list("status", flat=True))


def test_what_it_would_change_is_seen_before_it_does(vendor: Vendor) -> None:
    assert "No file of the bank yet" in text_of(get(vendor.finance, "finance:bank_results"))
    assert bring(vendor).status_code == 302
    result = only(vendor)
    page = get(vendor.finance, "finance:bank_result", result.pk)
    assert [(str(one["label"]), one["count"], one["sums"]) for one in page.context["stats"]] == [
        ("Paid", 1, [("CNY", 200)]), ("Failed", 1, [("CNY", 400)]), ("Reversed", 0, []),
    ]  # fmt: skip
    assert (page.context["shown"], [str(line.payment) for line in page.context["page"]]) == (
        "changes", ["PAY-000001", "PAY-000002"],
    )  # fmt: skip
    assert "Apply 2 changes" in text_of(page)
    left = get(vendor.finance, "finance:bank_result", result.pk, show="left_out")
    assert "PAY-000009" in text_of(left)
    assert "No such payment" in text_of(left)
    assert states(vendor) == ["exported", "exported"]
    applied = apply(vendor, result, page.context["view"].fingerprint)
    assert states(vendor) == ["paid", "failed"]
    assert "The same file again changes nothing." in applied
    assert "Apply 2 changes" not in applied
    assert "AC04 closed" in text_of(get(vendor.finance, "finance:payment", _pk(vendor, 2)))


def _pk(vendor: Vendor, number: int) -> Any:
    with vendor.inside():
        return Payment.objects.get(number=number).pk


def test_the_same_file_again_says_who_applied_it(vendor: Vendor) -> None:
    bring(vendor)
    result = only(vendor)
    fingerprint = get(vendor.finance, "finance:bank_result", result.pk).context["view"].fingerprint
    apply(vendor, result, fingerprint)
    client = vendor.administrator
    again = bring(vendor, name="other-name.csv", by=client)
    assert only(vendor).pk == result.pk
    assert "It changes nothing any more." in text_of(client.get(again.headers["Location"]))
    assert "It changes nothing any more." in apply(vendor, result, fingerprint)
    assert states(vendor) == ["paid", "failed"]


def test_what_changed_in_the_meantime_has_to_be_looked_at_again(vendor: Vendor) -> None:
    bring(vendor)
    result = only(vendor)
    fingerprint = get(vendor.finance, "finance:bank_result", result.pk).context["view"].fingerprint
    paid = {"paid_on": "2026-11-20", "reference": "BY-HAND"}
    post(vendor.administrator, "finance:payment_act", _pk(vendor, 1), "paid", **paid)
    shown = apply(vendor, result, fingerprint)
    assert "Look at it again." in shown
    assert "Apply 1 change" in shown
    assert states(vendor) == ["paid", "exported"]


def test_what_can_not_be_read_is_refused_at_its_field(vendor: Vendor) -> None:
    for content, text in (
        (b"%PDF-1.7 x", "A status report of the bank (pain.002) or a CSV file is wanted."),
        ("reference,status\n", "These columns are missing: date, reason."),
        (TABLE + "PAY-000001,paid,tomorrow,\n", "Row 5: its date or its amount cannot be read."),
        (pain002("acme-S-00001-1", [Said("PAY-000001", "ACSC", on="soon")]), "The message holds a date that is none."),
    ):
        refused = bring(vendor, content)
        assert (refused.status_code, refused.context["form"].errors["file"]) == (422, [text])
    assert bring(vendor, "").status_code == 422


def test_the_page_speaks_chinese_and_gives_the_file_back(vendor: Vendor) -> None:
    bring(vendor)
    result = only(vendor)
    page = vendor.finance.get(f"/f/payments/results/{result.pk}/", headers={"Accept-Language": "zh-hans"})
    assert "应用 2 项变更" in text_of(page)
    file = get(vendor.finance, "finance:bank_result_file", result.pk)
    assert b"".join(file.streaming_content) == TABLE.encode()  # type: ignore[attr-defined]
    assert file.headers["Content-Disposition"] == 'attachment; filename="answer.csv"'
    assert "Bring in a file of the bank" in text_of(get(vendor.finance, "finance:payments"))
    assert "Bring in a file of the bank" not in text_of(
        get(vendor.client(Role.CHANNEL_MANAGER), "manager:home")
    )  # fmt: skip
