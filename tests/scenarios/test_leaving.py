"""People in a browser: the directory on a desktop, an exit from notice to the archive that is fetched by a link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from partners.data_export_work import data_export_run
from partners.models import DataExport, Exit, Partner
from partners.services.data_exports import data_export_link
from prm import clock
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast

WORDS = {
    "en": {"tag": "Add tag", "undo": "Undo", "undone": "Undone", "start": "Start the exit", "end": "End partnership",
           "ends": "The partnership ends", "ended": "Ended"},
    "zh-Hans": {"tag": "添加标签", "undo": "撤销", "undone": "已撤销", "start": "发起退出", "end": "终止合作",
                "ends": "合作即将结束", "ended": "已终止"},
}  # fmt: skip


@pytest.mark.parametrize("locale", ["en", "zh-Hans"])
def test_the_directory_acts_on_what_is_ticked(browser: Callable[..., Any], cast: Cast, locale: str) -> None:
    words = WORDS[locale]
    page = browser(cast.user(Role.CHANNEL_MANAGER), locale=locale)
    page.goto("/m/partners/")
    page.locator("[data-select-all]").check()
    page.locator("[data-bulk] button").filter(has_text=words["tag"]).click()
    page.locator("[name=tag]").fill("vip")
    page.locator("main form [type=submit]").click()
    page.wait_for_url(lambda url: "/bulk/runs/" in url)
    assert page.locator("tbody tr").count() == 2
    with tenant_context(cast.tenant):
        assert Partner.objects.filter(tags=["vip"]).count() == 2
    page.locator("main .page-head a").filter(has_text=words["undo"]).click()
    page.locator("main form [type=submit]").click()
    page.locator("main .note").filter(has_text=cast.user(Role.CHANNEL_MANAGER).email).wait_for()
    with tenant_context(cast.tenant):
        assert not Partner.objects.filter(tags=["vip"]).exists()
    page.goto("/m/partners/?q=harbour")
    assert page.locator("tbody tr").count() == 1
    assert page.errors == []


@pytest.mark.parametrize("locale", ["en", "zh-Hans"])
def test_a_partner_leaves_and_takes_its_data_along(browser: Callable[..., Any], cast: Cast, locale: str) -> None:
    words = WORDS[locale]
    today = clock.today(cast.tenant)
    manager = browser(cast.user(Role.CHANNEL_MANAGER), locale=locale)
    manager.goto(f"/m/partners/{cast.partner.pk}/exit/")
    manager.locator("[name=reason]").fill("Sold to another company")
    manager.locator("[name=last_day]").fill((today - dt.timedelta(days=1)).isoformat())
    manager.locator("main form [type=submit]").click()
    manager.locator("main .field-error, main [aria-invalid=true]").first.wait_for()
    manager.locator("[name=last_day]").fill(today.isoformat())
    manager.locator("main form [type=submit]").filter(has_text=words["start"]).click()
    manager.wait_for_url(lambda url: "/m/exits/" in url)
    phone = browser(cast.user(Role.PARTNER_ADMINISTRATOR), device="phone", locale=locale)
    phone.goto("/p/")
    phone.locator("main .note").filter(has_text=words["ends"]).wait_for()
    with tenant_context(cast.tenant):
        found = Exit.objects.get()
    administrator = browser(cast.user(Role.ADMINISTRATOR), locale=locale)
    administrator.goto(f"/m/exits/{found.pk}/")
    administrator.locator("main .page-head a").filter(has_text=words["end"]).click()
    administrator.locator("[name=reason]").fill("All done")
    administrator.locator("main form [type=submit]").click()
    administrator.wait_for_url(f"**/m/exits/{found.pk}/")
    phone.goto("/p/")
    assert "/p/" not in phone.url or phone.locator("main .wallet").count() == 0
    with tenant_context(cast.tenant):
        export = DataExport.objects.get()
    data_export_run(cast.tenant, export.pk)
    with tenant_context(cast.tenant):
        _export, token = data_export_link(export_id=export.pk)
    stranger = browser(None, device="phone", locale=locale)
    stranger.goto(f"/exit-data/{token}/")
    with stranger.expect_download() as download:
        stranger.locator("main form [type=submit]").click()
    assert download.value.suggested_filename == export.name
    # The refused form is one that the browser notes.
    assert [error for error in manager.errors if "422" not in error] == []
    assert administrator.errors == stranger.errors == []
