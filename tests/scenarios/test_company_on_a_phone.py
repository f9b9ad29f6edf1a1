"""A partner's administrator with a phone, in Chinese: the team, what the company tells of itself, where it is paid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from partners.models import BankAccount, Location, PartnerProfile
from partners.services.accounts import account_confirm, account_propose
from prm.identity.models import Invitation, Membership
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast

ACCOUNT = {"holder": "蓝港科技有限公司", "bank_code": "102100099996", "bank_name": "工商银行"}


def send(page: Any, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form [type=submit]").last.click()


@pytest.fixture
def paid(cast: Cast) -> BankAccount:
    """The account in force, which the partner will change."""
    with tenant_context(cast.tenant):
        found = account_propose(
            actor=cast.finance, partner_id=cast.partner.pk, currency="CNY", number="6222000000001111", **ACCOUNT
        )
        return account_confirm(actor=cast.administrator, account_id=found.pk)


def test_the_team_and_the_profile(browser: Callable[..., Any], cast: Cast) -> None:
    phone = browser(cast.user(Role.PARTNER_ADMINISTRATOR), device="phone", locale="zh-CN")
    phone.goto("/p/company/")
    phone.get_by_role("link", name="团队").last.click()
    phone.wait_for_url("**/team/")
    phone.goto("/team/invite/")
    phone.locator("main [name=role]").select_option(Role.PARTNER_FINANCE)
    send(phone, email="wang@blue.test")
    phone.get_by_text("wang@blue.test").wait_for()
    member = cast.members[Role.PARTNER_SALES]
    phone.goto(f"/team/members/{member.pk}/deactivate/")
    send(phone, reason="已离职")
    phone.wait_for_url("**/team/")
    with tenant_context(cast.tenant):
        assert Invitation.objects.get().partner == cast.partner
        assert not Membership.objects.get(pk=member.pk).is_active
    phone.goto("/p/company/edit/")
    send(phone, website="https://blue.example", blurb_zh="深耕华东的系统集成商。")
    phone.wait_for_url("**/p/company/")
    phone.goto("/p/company/locations/new/")
    phone.locator("main [name=country]").select_option("CN")
    send(phone, name="上海总部", city="上海")
    phone.get_by_text("上海总部").wait_for()
    with tenant_context(cast.tenant):
        assert PartnerProfile.objects.get(partner=cast.partner).blurb_zh == "深耕华东的系统集成商。"
        assert Location.objects.get().is_main
    assert phone.errors == []


def test_a_changed_account_waits_and_can_be_stopped(browser: Callable[..., Any], cast: Cast, paid: BankAccount) -> None:
    phone = browser(cast.user(Role.PARTNER_ADMINISTRATOR), device="phone", locale="zh-CN")
    phone.goto("/p/payments/account/")
    send(phone, currency="CNY", number="6222000000009999", **ACCOUNT)
    phone.wait_for_url("**/p/payments/")
    with tenant_context(cast.tenant):
        changed = BankAccount.objects.exclude(pk=paid.pk).get()
    desk = browser(cast.user(Role.FINANCE))
    desk.goto(f"/f/accounts/{changed.pk}/confirm/")
    desk.locator("main form [type=submit]").click()
    desk.get_by_text("It takes effect in 72 hours.").wait_for()
    phone.reload()
    phone.locator("main a.btn-danger").click()
    send(phone, reason="不是我们提交的")
    phone.wait_for_url("**/p/payments/")
    with tenant_context(cast.tenant):
        states = dict(BankAccount.objects.values_list("last4", "status"))
    assert states == {"1111": "active", "9999": "rejected"}
    assert phone.errors == desk.errors == []
