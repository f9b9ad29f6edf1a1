"""The leakage report as finance reads and downloads it."""

from __future__ import annotations

import datetime as dt
import itertools
import re

import pytest
import time_machine

from prm import clock
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast
from rebates.leak_work import leakage_run
from rebates.models import LeakageRun
from rebates.services.leakage import leakage_start
from tests.portal.vendor import NOW, Vendor, get, post, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
SECONDS = itertools.count(1)


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return Vendor(cast, World(cast.tenant))


def run_report(vendor: Vendor) -> None:
    """Press the button twice, then let a worker work; a second after the run before."""
    with time_machine.travel(clock.now() + dt.timedelta(seconds=next(SECONDS)), tick=False):
        pressed_and_worked(vendor)


def pressed_and_worked(vendor: Vendor) -> None:
    for _press in range(2):
        assert post(vendor.finance, "finance:leakage_run").status_code == 302
    with vendor.inside():
        run = LeakageRun.objects.get(status="queued")
    working = text_of(get(vendor.finance, "finance:leakage"))
    assert 'hx-trigger="every 2s"' in working
    assert "Replaying the closed periods" in working
    leakage_run(vendor.cast.tenant, run.pk)


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("Leakage", "Sales recorded late", "Open")), ("zh-hans", ("返利漏损", "销售补录", "少付"))],
)
def test_leakage_lists_what_a_closed_period_paid_too_little(
    vendor: Vendor, language: str, said: tuple[str, ...]
) -> None:
    vendor.closed()
    assert "No report yet" in text_of(get(vendor.finance, "finance:leakage"))
    run_report(vendor)
    assert "Nothing leaked" in text_of(get(vendor.finance, "finance:leakage"))
    with vendor.inside():
        vendor.world.sale("P-1", "2026-08-02", "500", currency="CNY")
    run_report(vendor)
    client = vendor.finance
    client.cookies["django_language"] = language
    text = text_of(get(client, "finance:leakage"))
    for part in (*said, "¥10.00"):
        assert part in text
    lines = get(vendor.finance, "finance:leakage_csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert ",10.00," in lines[1]


@time_machine.travel(NOW, tick=False)
def test_the_audit_trail_names_a_report_by_its_day_at_the_vendor(vendor: Vendor) -> None:
    with vendor.inside(), time_machine.travel("2026-11-23T17:00:00Z", tick=False):
        leakage_start(actor=vendor.cast.administrator)
    trail = text_of(get(vendor.finance, "finance:audit"))
    assert '<span class="muted">Leakage report</span> 2026-11-24' in re.sub(
        r'<span class="nowrap">([^<]*)</span>', r"\1", trail
    )


@time_machine.travel(NOW, tick=False)
def test_earlier_reports_stay_as_they_were(vendor: Vendor) -> None:
    vendor.closed()
    run_report(vendor)
    with vendor.inside():
        first = LeakageRun.objects.get()
        vendor.world.sale("P-1", "2026-08-02", "500", currency="CNY")
    run_report(vendor)
    listed = text_of(get(vendor.finance, "finance:leakage"))
    assert f'href="/f/leakage/?run={first.pk}"' in listed
    assert "Nothing leaked" not in listed
    assert "Nothing leaked" in text_of(get(vendor.finance, "finance:leakage", run=str(first.pk)))
    assert get(vendor.finance, "finance:leakage", run=str(vendor.cast.tenant.pk)).status_code == 404
    api = ApiClient(vendor.cast.tenant, make_key(vendor.cast))
    assert [row["found"] for row in api.get("leakage/runs/").json()["items"]] == [1, 0]
    assert [row["amount"] for row in api.get("leakage/").json()["leaks"]] == ["10.0000"]
    old = api.get("leakage/", run_id=str(first.pk)).json()
    assert (old["leaks"], old["run"]["status"]) == ([], "done")
    asked = [api.post("leakage/runs/", {}).json()["id"] for _press in range(2)]
    assert asked[0] == asked[1]
    assert api.get(f"leakage/runs/{asked[0]}/").json()["status"] == "queued"
