"""The bell, the inbox and preferences by hand: a partner on the phone in Chinese, an administrator at a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prm.identity.models import User
from prm.identity.notices import KEY_CREATED, PASSWORD_CHANGED
from prm.identity.rights import Role
from prm.notifications.models import Notice, Preference
from prm.notifications.services import notify
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from prm.testing.processes import wait_until

WHEN = {"changed_at": "2026-03-02T06:00:00+00:00"}


def told(cast: Cast, user: User, count: int) -> None:
    with tenant_context(cast.tenant):
        for _number in range(count):
            notify(PASSWORD_CHANGED, to=[user], data=WHEN)


def test_a_partner_reads_on_the_phone(cast: Cast, browser: Callable[..., Any]) -> None:
    user = cast.user(Role.PARTNER_SALES)
    told(cast, user, 3)
    page = browser(user, device="phone", locale="zh-Hans")
    page.goto("/inbox/")
    page.locator("#bell .bell-count", has_text="3").wait_for()
    page.get_by_role("button", name="将“您的密码已更改”标为已读").first.tap()
    page.locator("#bell .bell-count", has_text="2").wait_for()
    wait_until(lambda: page.locator(".notice-new").count() == 2, 10, "the list without the notice that was read")
    page.locator(".notice-new h2 a").first.tap()
    page.wait_for_url("**/accounts/sessions/")
    page.locator("#bell .bell-count", has_text="1").wait_for()
    page.locator("#bell").tap()
    page.get_by_role("button", name="全部标为已读").tap()
    page.locator("#bell:not(:has(.bell-count))").wait_for()
    with tenant_context(cast.tenant):
        assert not Notice.objects.filter(read_at=None).exists()
    page.goto("/settings/notifications/")
    page.locator("select[name=people]").select_option("digest")
    page.locator("[name=quiet_from]").fill("22:00")
    page.locator("[name=quiet_until]").fill("07:00")
    page.get_by_role("button", name="保存").tap()
    page.get_by_text("已保存。").wait_for()
    assert page.locator("[name=quiet_until]").input_value() == "07:00"
    with tenant_context(cast.tenant):
        assert Preference.objects.get(area="people").channel == "digest"
    assert page.errors == []


def test_an_administrator_looks_at_a_mail_before_it_is_sent(cast: Cast, browser: Callable[..., Any]) -> None:
    page = browser(cast.user(Role.ADMINISTRATOR))
    page.goto("/settings/messages/")
    page.get_by_role("link", name="New API key: ERP").click()
    english, chinese = page.frame_locator("iframe").first, page.frame_locator("iframe").last
    english.get_by_text("has made the API key “ERP”").wait_for()
    chinese.get_by_text("查看密钥").wait_for()
    page.get_by_role("button", name="Send me a sample").first.click()
    page.get_by_text("A sample was sent to administrator@acme.test.").wait_for()
    assert page.errors == []
    assert KEY_CREATED.is_locked
