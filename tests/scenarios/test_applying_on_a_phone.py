"""An applicant on a phone, a reviewer at a desk: in English and in Chinese, in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from partners.models import Application, Partner
from partners.services.application_steps import link_make
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import make_cast, make_tenant
from tests.partners.applying import USCC

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
WORDS = {
    "en": {"begin": "Begin the application", "next": "Save and continue", "wrong": "The check digit is wrong",
           "send": "Send the application", "confirm": "Confirm and continue", "ask": "Send the question",
           "answer": "Send the answer", "approve": "Approve", "welcome": "Welcome!"},
    "zh-Hans": {"begin": "开始申请", "next": "保存并继续", "wrong": "校验位不正确",
                "send": "提交申请", "confirm": "确认并继续", "ask": "发送问题", "answer": "提交答复",
                "approve": "批准", "welcome": "欢迎加入！"},
}  # fmt: skip


@pytest.mark.parametrize("locale", ["en", "zh-Hans"])
def test_from_stranger_to_partner(browser: Callable[..., Any], locale: str, tmp_path: Path) -> None:
    cast, words = make_cast(make_tenant("acme")), WORDS[locale]
    paper = tmp_path / "licence.pdf"
    paper.write_bytes(b"%PDF-1.7 licence")
    phone = browser(device="phone", locale=locale)
    phone.goto("/join/")
    phone.locator("a.row-item").first.click()
    phone.fill("input[name=email]", "li@shenjiang.example")
    phone.wait_for_timeout(3000)
    phone.get_by_role("button", name=words["begin"]).click()
    fill(phone, legal_name="上海申江数码科技股份有限公司", tax_id="91110000600037341M", website="shenjiang.example")
    phone.select_option("select[name=country]", "CN")
    phone.get_by_role("button", name=words["next"]).click()
    assert words["wrong"] in phone.inner_text("main")
    assert phone.input_value("input[name=tax_id]") == "91110000600037341M"
    fits(phone)
    fill(phone, tax_id=USCC)
    phone.get_by_role("button", name=words["next"]).click()
    fill(phone, contact_name="李雷", contact_phone="138 0013 8000")
    phone.get_by_role("button", name=words["next"]).click()
    fill(phone, territories="华东")
    phone.locator("input[name=q1][value='2']").check()
    phone.get_by_role("button", name=words["next"]).click()
    phone.set_input_files("input[name=evidence]", str(paper))
    phone.get_by_role("button", name=words["next"]).click()
    with tenant_context(cast.tenant):
        application = Application.objects.get()
        link = f"/join/a/{link_make(application, confirms=True)}/"
    phone.goto(link)
    phone.get_by_role("button", name=words["confirm"]).click()
    assert "licence.pdf" in phone.inner_text("main")
    phone.check("input[name=consent]")
    phone.get_by_role("button", name=words["send"]).click()
    phone.wait_for_url(f"**{link}")
    fits(phone)
    decided(browser(cast.user(Role.CHANNEL_MANAGER), locale=locale), phone, link, words)
    with tenant_context(cast.tenant):
        partner = Partner.objects.get(status="contracting")
        assert (partner.code, partner.legal_name) == ("P-0001", "上海申江数码科技股份有限公司")
    assert phone.errors == []


def decided(desk: Any, phone: Any, link: str, words: dict[str, str]) -> None:
    """Asked, answered by the link, approved."""
    desk.goto("/m/recruitment/")
    desk.get_by_role("link", name="上海申江数码科技股份有限公司").click()
    address = desk.url
    desk.goto(f"{address}ask/")
    desk.fill("textarea[name=text]", "哪些区域？")
    desk.get_by_role("button", name=words["ask"]).click()
    desk.wait_for_url(address)
    phone.goto(link)
    assert "哪些区域？" in phone.inner_text("main")
    phone.fill("textarea[name=text]", "上海和江苏")
    phone.get_by_role("button", name=words["answer"]).click()
    phone.wait_for_url(f"**{link}")
    desk.goto(f"{address}approve/")
    assert "上海和江苏" in desk.inner_text("main")
    desk.get_by_role("button", name=words["approve"], exact=True).click()
    desk.wait_for_url(address)
    phone.goto(link)
    assert words["welcome"] in phone.inner_text("main")
    assert desk.errors == []


def fill(page: Any, **values: str) -> None:
    for name, value in values.items():
        page.fill(f"input[name={name}]", value)


def fits(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
