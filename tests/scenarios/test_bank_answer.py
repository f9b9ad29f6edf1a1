"""Finance brings the bank's answer in, in a browser: looks at it, applies it, and is told when it comes again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from partners.services.accounts import account_confirm, account_propose
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from prm.testing.processes import WorkerProcesses
from rebates.models import BankResult, Payment, Statement
from rebates.services.settlements import settlement_export, settlement_prepare
from tests.rebates.bank_answers import Said, pain002
from tests.scenarios.material import this_quarter
from tests.scenarios.test_paying import approved


def transferred(cast: Cast) -> str:
    """Both partners are in a file for the bank; gives the id of its message."""
    approved(cast)
    with tenant_context(cast.tenant):
        for partner_id in (None, cast.partner.pk, cast.other_partner.pk):
            account = account_propose(
                actor=cast.finance, partner_id=partner_id, currency="CNY", holder="H", number="6222081200001234",
                bank_code="102290002916",
            )  # fmt: skip
            account_confirm(actor=cast.administrator, account_id=account.pk)
        ids = list(Statement.objects.values_list("pk", flat=True))
        settlement = settlement_prepare(actor=cast.finance, statement_ids=ids)
        settlement_export(actor=cast.finance, settlement_id=settlement.pk, format="pain001")
        return f"{cast.tenant.slug}-{settlement}-1"


def send(page: Any, content: bytes) -> None:
    page.goto("/f/payments/results/new/")
    page.locator("input[type=file]").set_input_files(
        [{"name": "answer.xml", "mimeType": "application/xml", "buffer": content}]
    )
    page.locator(".submit-bar [type=submit]").click()
    page.wait_for_url(lambda url: not url.endswith("/new/"))


def test_the_banks_answer_is_looked_at_and_applied_once(
    browser: Callable[..., Any], cast: Cast, celery_worker_process: WorkerProcesses
) -> None:
    message = transferred(cast)
    day = f"{this_quarter().day(1)}T09:00:00+08:00"
    answer = pain002(message, [
        Said("PAY-000001", "ACSC", on=day, amount="200.00", currency="CNY"),
        Said("PAY-000002", "RJCT", reason="AC04", words="Account closed", on=day),
        Said("PAY-000003", "ACSC", on=day),
    ])  # fmt: skip
    page = browser(cast.user(Role.FINANCE))
    page.goto("/f/payments/")
    page.get_by_role("link", name="Bring in a file of the bank").click()
    page.wait_for_url("**/results/new/")
    send(page, answer)
    assert page.locator("#list tbody .pill").all_inner_texts() == ["Paid", "Failed"]
    page.get_by_role("link", name="Left out").click()
    page.locator("#list tbody tr").filter(has_text="PAY-000003").filter(has_text="No such payment").wait_for()
    with tenant_context(cast.tenant):
        assert set(Payment.objects.values_list("status", flat=True)) == {"exported"}
    page.get_by_role("button", name="Apply 2 changes").click()
    page.locator("main .page-head .pill").filter(has_text=re.compile(r"^\s*Applied\s*$")).wait_for()
    with tenant_context(cast.tenant):
        assert list(Payment.objects.order_by("number").values_list("status", flat=True)) == ["paid", "failed"]
    send(page, answer)
    page.locator(".toast").filter(has_text="It changes nothing any more.").wait_for()
    assert page.get_by_role("button", name="Apply 2 changes").count() == 0
    with tenant_context(cast.tenant):
        assert BankResult.objects.count() == 1
    assert page.errors == []
