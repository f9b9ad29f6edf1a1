"""Finance's reports through the pages: the liability of a span of days, and what was believed on a day."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from prm.testing.make import Cast
from rebates.models import Program
from tests.portal.vendor import NOW, QUARTER, Vendor, get, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor(cast: Cast) -> Any:
    """Accrued in October: 200 and 400 of Q3, 300 and 500 of Q4; Q3 closed in November."""
    from rebates.services.periods import period_close

    vendor = Vendor(cast, World(cast.tenant))
    with time_machine.travel("2026-10-10T04:00:00Z", tick=False):
        vendor.history()
    with time_machine.travel("2026-11-10T04:00:00Z", tick=False), vendor.inside():
        period_close(actor=cast.finance, **QUARTER)
    with time_machine.travel(NOW, tick=False):
        yield vendor


def test_the_liability_of_this_month_and_of_another(vendor: Vendor) -> None:
    page = get(vendor.finance, "finance:liability")
    report = page.context["report"]
    assert (str(report.since), str(report.until)) == ("2026-11-01", "2026-11-23")
    total = page.context["total"]
    assert (total.opening, total.closed, total.closing, total.closing_payable) == (1400, 600, 1400, 600)
    assert report.reconciles
    assert "equals the balances of the ledger" in text_of(page)
    october = get(vendor.finance, "finance:liability", since="2026-10-01", until="2026-10-31")
    assert [(name, row.accruals) for name, row in october.context["rows"]] == [("Program P1", Decimal(1400))]
    chart = page.context["chart"]
    assert [series["values"][-2:] for series in chart["series"]] == [[1400, 800], [0, 600]]
    current = [span["label"] for span in page.context["spans"] if span["is_current"]]
    assert current == ["This month"]


def test_a_program_opens_to_its_partners_and_the_file_has_the_rows(vendor: Vendor) -> None:
    with vendor.inside():
        program = Program.objects.get()
    query = {"since": "2026-11-01", "until": "2026-11-30", "by": "partner", "program": str(program.pk)}
    page = get(vendor.finance, "finance:liability", **query)
    assert [(name, row.closing_accrued, row.closing_payable) for name, row in page.context["rows"]] == [
        ("Blue Harbour", 300, 200), ("Stone Bridge", 500, 400),
    ]  # fmt: skip
    file = get(vendor.finance, "finance:liability_csv", **query)
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0][:6] == [
        "Program",
        "Partner code",
        "Partner",
        "Currency",
        "Accrued at the start",
        "Payable at the start",
    ]
    assert [row[1:5] + row[-3:] for row in rows[1:]] == [
        ["P-1", "Blue Harbour", "CNY", "500.00", "200.00", "300.00", "200.00"],
        ["P-2", "Stone Bridge", "CNY", "900.00", "400.00", "500.00", "400.00"],
    ]
    assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_days_that_make_no_span_show_the_month(vendor: Vendor) -> None:
    page = get(vendor.finance, "finance:liability", since="2026-12-01", until="2026-11-23")
    assert page.status_code == 200
    assert str(page.context["report"].since) == "2026-11-01"
    assert "The last day is before the first." in text_of(page)


def test_what_was_believed_and_the_causes(vendor: Vendor) -> None:
    page = get(vendor.finance, "finance:as_of")
    assert str(page.context["on"]) == "2026-10-31"
    beliefs = page.context["beliefs"]
    assert [(one.partner_code, one.then_accrued, one.now_payable, one.difference) for one in beliefs] == [
        ("P-1", 200, 200, 0), ("P-2", 400, 400, 0),
    ]  # fmt: skip
    early = get(vendor.finance, "finance:as_of", on="2026-10-09", q="P-2")
    assert [(one.period, one.difference) for one in early.context["beliefs"]] == [("2026-Q4", 500), ("2026-Q3", 400)]
    assert [(one.program.code, one.is_known) for one in early.context["versions"]] == [("P1", False)]
    first = early.context["beliefs"][1]
    place = {
        "on": "2026-10-09", "partner_id": str(first.partner_id), "program_id": str(first.program_id),
        "period": first.period, "currency": "CNY",
    }  # fmt: skip
    causes = get(vendor.finance, "finance:as_of_journals", **place)
    told = [
        (str(row["label"]), str(row["cause"]), row["accrued"], row["payable"]) for row in causes.context["journals"]
    ]
    assert told == [("Close", "The close of a period", -400, 400), ("Accrual", "A recalculation", 400, 0)]
    assert get(vendor.finance, "finance:as_of_journals", **place | {"period": "2020"}).status_code == 404


def test_a_day_on_which_nothing_is_another(vendor: Vendor) -> None:
    page = get(vendor.finance, "finance:as_of", on="2026-11-22")
    assert page.context["beliefs"] == []
    assert "Nothing is another today" in text_of(page)
    everything = get(vendor.finance, "finance:as_of", on="2026-11-22", show="all")
    assert len(everything.context["beliefs"]) == 4
    assert get(vendor.finance, "finance:as_of", on="2030-01-01", q="nobody").context["beliefs"] == []


def test_causes_lead_to_their_pages(vendor: Vendor) -> None:
    from portal.shared.journal_causes import causes_told
    from prm.ids import new_id

    with vendor.inside():
        settlement = str(new_id())
        journals = [
            {"kind": "rebates.payment", "cause_type": "rebates.settlement", "cause_id": settlement},
            {"kind": "rebates.accrual", "cause_type": "imports.import", "cause_id": str(new_id())},
            {"kind": "rebates.accrual", "cause_type": "commerce.saleline", "cause_id": "2026-10-01/2026-10-02"},
            {"kind": "rebates.new", "cause_type": "rebates.unheard", "cause_id": "x"},
        ]
        told = causes_told(vendor.cast.finance, journals)
    assert [(str(row["label"]), row["url"]) for row in told] == [
        ("Payment", f"/f/settlements/{settlement}/"),
        ("Accrual", ""),
        ("Accrual", "/f/sales/?since=2026-10-01&until=2026-10-02"),
        ("rebates.new", ""),
    ]
