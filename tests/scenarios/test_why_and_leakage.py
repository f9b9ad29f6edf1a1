"""Finance asks why: a statement's line opens beside it; a leakage report is asked for once and read when it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from prm.testing.processes import WorkerProcesses
from rebates.models import LeakageRun
from tests.scenarios.furnished import furnish


def test_a_line_is_explained_and_a_report_is_made(
    cast: Cast, browser: Callable[..., Any], celery_worker_process: WorkerProcesses
) -> None:
    house = furnish(cast)
    page = browser(cast.user(Role.FINANCE))
    page.goto(f"/f/statements/{house.ids['statement_id']}/")
    page.locator("[data-dialog-open=why]").first.click()
    drawer = page.locator("dialog#why")
    drawer.get_by_text("The close of a period").wait_for()
    assert drawer.get_by_text("Share of the payout").count() == 1
    assert page.url.endswith(f"/f/statements/{house.ids['statement_id']}/")
    page.keyboard.press("Escape")
    page.goto("/f/leakage/")
    page.get_by_text("No report yet").wait_for()
    page.get_by_role("button", name="Run the report").dblclick()
    done = page.locator("#report td.card-end").get_by_text("Done", exact=True)
    done.wait_for(timeout=60_000)
    assert done.count() == 1
    with tenant_context(cast.tenant):
        assert LeakageRun.objects.count() == 1
    assert page.errors == []
