"""Exports through the pages: asked for with filters and columns, watched, downloaded, cancelled; sets of columns."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import time_machine
from django.utils import translation

from prm.exports.models import ColumnSet, Export
from prm.exports.services import export_request
from prm.exports.work import export_run
from prm.runs.progress import progress_set
from prm.testing.make import Cast
from tests.portal.vendor import NOW, Vendor, get, post, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
NEW = "/f/exports/new/"


@pytest.fixture
def vendor(cast: Cast) -> Any:
    with time_machine.travel(NOW, tick=False):
        vendor = Vendor(cast, World(cast.tenant))
        vendor.history()
        yield vendor


def made(vendor: Vendor) -> Export:
    with vendor.inside():
        return Export.objects.select_related("file").latest("created_at")


def write(vendor: Vendor) -> Export:
    export_run(vendor.cast.tenant, made(vendor).pk)
    return made(vendor)


def rows(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def test_the_list_of_accruals_leads_to_an_export_of_its_filter(vendor: Vendor) -> None:
    with vendor.inside():
        partner = vendor.world.partner("P-1")
    page = text_of(get(vendor.finance, "finance:accruals", period="2026-Q4", q="harbour"))
    assert "/f/exports/new/?period=2026-Q4&amp;q=harbour&amp;kind=accruals" in page
    form = vendor.finance.get(
        NEW, {"kind": "accruals", "period": "2026-Q4", "partner": str(partner.pk), "q": "harbour"}
    )
    initial = form.context["form"].initial
    assert initial == {"period": "2026-Q4", "partner": "P-1", "search": "harbour"}
    assert [column.name for column in form.context["choice"].chosen][:2] == ["program_code", "version"]
    assert "/f/exports/new/?kind=statement_lines" not in text_of(get(vendor.finance, "finance:statements"))


def test_an_export_from_the_form_to_the_file(vendor: Vendor) -> None:
    sent = {"action": "export", "format": "csv", "period": "2026-Q4", "columns": ["payout", "partner_code"]}
    answer = vendor.finance.post(f"{NEW}?kind=accruals", sent)
    assert (answer.status_code, answer.url) == (302, "/f/exports/")
    waiting = get(vendor.finance, "finance:exports")
    assert waiting.context["active"]
    assert 'hx-trigger="every 2s"' in text_of(waiting)
    export = write(vendor)
    listed = get(vendor.finance, "finance:exports")
    assert not listed.context["active"]
    assert "every 2s" not in text_of(listed)
    assert export.sha256 in text_of(listed)
    file = get(vendor.finance, "finance:export_file", export.pk)
    assert rows(file) == [["Accrued", "Partner code"], ["300.00", "P-1"], ["500.00", "P-2"]]
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_refusals_stand_at_their_fields_and_what_was_typed_stays(vendor: Vendor) -> None:
    sent = {"action": "export", "format": "csv", "partner": "P-99", "columns": ["payout"]}
    refused = vendor.finance.post(f"{NEW}?kind=accruals", sent)
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"partner": ["There is no partner with this code."]}
    assert [column.name for column in refused.context["choice"].chosen] == ["payout"]
    none = vendor.finance.post(f"{NEW}?kind=accruals", {"action": "export", "format": "csv"})
    assert "Choose at least one column." in text_of(none)
    with vendor.inside():
        assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("up:currency", ["payout", "currency", "reason"]),
        ("down:payout", ["reason", "payout", "currency"]),
        ("up:payout", ["payout", "reason", "currency"]),
        ("remove:reason", ["payout", "currency"]),
        ("add:version", ["payout", "reason", "currency", "version"]),
        ("add:margin", ["payout", "reason", "currency"]),
        ("set:nothing", ["payout", "reason", "currency"]),
    ],
)
def test_columns_are_moved_without_sending_the_form(vendor: Vendor, action: str, expected: list[str]) -> None:
    sent = {"action": action, "partner": "typed", "columns": ["payout", "reason", "currency", "nonsense", "payout"]}
    page = vendor.finance.post(f"{NEW}?kind=accruals", sent)
    assert page.status_code == 200
    assert page.context["choice"].names == expected
    assert 'value="typed"' in text_of(page)
    with vendor.inside():
        assert not Export.objects.exists()


def test_a_running_export_shows_how_far_it_is_and_can_be_cancelled(vendor: Vendor) -> None:
    with vendor.inside():
        export = export_request(actor=vendor.cast.finance, kind="sales", format="xlsx", filters={"partner": "P-1"})
        Export.objects.filter(pk=export.pk).update(status="running")
    progress_set(export.pk, 41_200, 500_000)
    page = text_of(get(vendor.finance, "finance:exports"))
    assert "41,200 of 500,000 rows" in page
    assert "P-1" in page
    assert post(vendor.finance, "finance:export_cancel", export.pk).status_code == 302
    assert made(vendor).status == "cancelled"
    again = post(vendor.finance, "finance:export_cancel", export.pk)
    assert again.status_code == 302
    early = get(vendor.finance, "finance:export_file", export.pk)
    assert (early.status_code, early.url) == (302, "/f/exports/")


def test_a_failed_export_says_why_and_is_tried_again(vendor: Vendor) -> None:
    with vendor.inside():
        export = export_request(actor=vendor.cast.finance, kind="sales", format="csv")
        Export.objects.filter(pk=export.pk).update(status="failed", attempts=5, message="The disk is full.")
    assert "The disk is full." in text_of(get(vendor.finance, "finance:exports", status="failed"))
    assert post(vendor.finance, "finance:export_retry", export.pk).status_code == 302
    assert (write(vendor).status, made(vendor).message) == ("done", "")


def test_column_sets_are_made_from_the_form_used_and_removed(vendor: Vendor) -> None:
    kept = vendor.finance.post("/f/exports/columns/new/accruals/", {"columns": ["payout", "period"]})
    assert kept.context["choice"].names == ["payout", "period"]
    sent = {"action": "save", "name": "ERP", "is_shared": "on", "columns": ["payout", "period"]}
    assert vendor.finance.post("/f/exports/columns/new/accruals/", sent).status_code == 302
    with vendor.inside():
        one = ColumnSet.objects.get()
    assert (one.name, one.columns, one.is_shared) == ("ERP", ["payout", "period"], True)
    assert vendor.finance.post("/f/exports/columns/new/accruals/", sent).status_code == 422
    form = vendor.administrator.get(NEW, {"kind": "accruals", "set": str(one.pk)})
    assert form.context["choice"].names == ["payout", "period"]
    chosen = vendor.administrator.post(f"{NEW}?kind=accruals", {"action": f"set:{one.pk}", "columns": ["reason"]})
    assert chosen.context["choice"].names == ["payout", "period"]
    changed = post(vendor.administrator, "finance:column_set", one.pk, action="save", name="ERP 2", columns=["period"])
    assert changed.status_code == 302
    assert get(vendor.finance, "finance:column_set", one.pk).status_code == 404, "now it is the administrator's own"
    assert "ERP 2" in text_of(get(vendor.administrator, "finance:column_sets"))
    assert post(vendor.administrator, "finance:column_set_remove", one.pk).status_code == 302
    with vendor.inside():
        assert not ColumnSet.objects.exists()


def test_in_chinese(vendor: Vendor, request: pytest.FixtureRequest) -> None:
    client = vendor.finance
    client.cookies["django_language"] = "zh-hans"
    request.addfinalizer(translation.deactivate)
    page = client.get(NEW, {"kind": "ledger_entries"})
    for text in ("会计分录", "借方", "贷方", "新建导出"):
        assert text in text_of(page)
    sent = {"action": "export", "format": "csv", "columns": ["debit"]}
    client.post(f"{NEW}?kind=ledger_entries", sent)
    assert rows(get(client, "finance:export_file", write(vendor).pk))[0] == ["借方"]
