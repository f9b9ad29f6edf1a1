"""Finance takes a list with it as a file: from the button on the list to the checksum of what was downloaded."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prm.identity.rights import Role
from prm.testing.make import Cast
from prm.testing.processes import WorkerProcesses
from tests.scenarios.furnished import furnish


def test_a_list_becomes_a_file(cast: Cast, browser: Callable[..., Any], celery_worker_process: WorkerProcesses) -> None:
    house = furnish(cast)
    page = browser(cast.user(Role.FINANCE))
    page.goto(f"/f/accruals/?period={house.now.key}")
    page.get_by_role("link", name="Export", exact=True).click()
    page.wait_for_url("**/f/exports/new/**")
    assert page.locator("select[name=period]").input_value() == house.now.key
    assert page.locator(".column-list .column-name").first.inner_text() == "Program"
    page.get_by_role("button", name="Program down").click()
    first = page.locator(".column-list li").first
    first.get_by_text("Version", exact=True).wait_for()
    page.get_by_role("button", name="Leave out Version").click()
    first.get_by_text("Program", exact=True).wait_for()
    assert page.locator("select[name=period]").input_value() == house.now.key
    page.locator(".submit-bar [value=export]").click()
    page.wait_for_url("**/f/exports/")
    row = page.locator("#list tbody tr").first
    row.get_by_role("link", name="Download").wait_for(timeout=30_000)
    with page.expect_download() as started:
        row.get_by_role("link", name="Download").click()
    content = Path(started.value.path()).read_bytes()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Program", "Partner code", "Partner"]
    assert [line[:2] for line in rows[1:]] == [["ROAD", "P-1"], ["ROAD", "P-2"], ["ROAD", "P-3"]]
    assert row.locator("[data-copy]").get_attribute("data-copy") == hashlib.sha256(content).hexdigest()
    assert page.errors == []
