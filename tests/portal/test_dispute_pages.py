"""Reviews and disputes through the pages: the partner agrees or objects, finance asks and decides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from prm.identity.rights import Role
from prm.testing.make import Cast
from rebates.models import Adjustment, Dispute, ReviewSettings, Statement, StatementLine
from rebates.services.statements import statement_approve
from tests.portal.vendor import NOW, Vendor, get, post, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n%an invoice\n"


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return Vendor(cast, World(cast.tenant))


@pytest.fixture
def line(vendor: Vendor) -> Any:
    """The line of P-1's statement over 200.00, in review for ten days."""
    with time_machine.travel(NOW, tick=True):
        statements = vendor.closed()
        with vendor.inside():
            ReviewSettings.objects.update(review_days=10)
            statement_approve(actor=vendor.cast.administrator, statement_ids=[one.pk for one in statements])
            yield StatementLine.objects.get(statement__partner__code="P-1")


def partner(vendor: Vendor) -> Client:
    return vendor.client(Role.PARTNER_FINANCE)


def dispute(vendor: Vendor, line: Any, **changes: Any) -> Any:
    data = {"reason": "missing_sales", "claimed": "250", "text": "One sale is missing."} | changes
    return post(partner(vendor), "partner:dispute_new", line.statement_id, line.pk, **data)


def only(vendor: Vendor) -> Any:
    with vendor.inside():
        return Dispute.objects.get()


def test_the_partner_agrees(vendor: Vendor, line: Any) -> None:
    page = text_of(get(partner(vendor), "partner:statement", line.statement_id))
    assert "10 days left for your review" in page
    assert f"/p/statements/{line.statement_id}/lines/{line.pk}/dispute/" in page
    assert post(partner(vendor), "partner:statement_agree", line.statement_id).status_code == 302
    page = text_of(get(partner(vendor), "partner:statement", line.statement_id))
    assert "Agreed by partner_finance@" in page
    assert "days left" not in page
    assert post(partner(vendor), "partner:statement_agree", line.statement_id).status_code == 422


def test_who_only_reads_sees_no_buttons(vendor: Vendor, line: Any) -> None:
    assert post(vendor.client(Role.PARTNER_SALES), "partner:statement_agree", line.statement_id).status_code == 403
    assert post(vendor.finance, "partner:statement_agree", line.statement_id).status_code == 403
    finance = text_of(get(vendor.finance, "finance:statement", line.statement_id))
    assert "In review until" in finance
    assert "2026-12-03" in finance


def test_the_form_stands_in_place_and_says_what_is_wrong(vendor: Vendor, line: Any) -> None:
    address = f"/p/statements/{line.statement_id}/lines/{line.pk}/dispute/"
    part = partner(vendor).get(address, headers={"hx-request": "true"})
    assert part.status_code == 200
    assert "<html" not in text_of(part)
    for changes, said in (
        ({"claimed": "abc"}, "This is no amount."),
        ({"claimed": "200"}, "This is what the statement says."),
        ({"text": ""}, "This field is required."),
        ({"files": SimpleUploadedFile("x.pdf", b"<script>")}, "Accepted are:"),
    ):
        refused = dispute(vendor, line, **changes)
        assert refused.status_code == 422
        assert said in text_of(refused)
    with vendor.inside():
        assert not Dispute.objects.exists()


def test_from_the_objection_to_the_adjustment(vendor: Vendor, line: Any) -> None:
    sent = dispute(vendor, line, files=SimpleUploadedFile("invoice.pdf", PDF))
    assert sent.status_code == 302
    found = only(vendor)
    listed = text_of(get(vendor.finance, "finance:disputes", state="open"))
    assert "D-00001" in listed
    assert "¥50.00" in listed  # at stake
    page = text_of(get(vendor.finance, "finance:dispute", found.pk))
    assert "One sale is missing." in page
    with vendor.inside():
        file = found.entries.get().files.get().file
    for client, surface in ((vendor.finance, "finance"), (vendor.manager, "manager"), (partner(vendor), "partner")):
        download = get(client, f"{surface}:dispute_file", found.pk, file.pk)
        assert b"".join(download.streaming_content) == PDF  # type: ignore[attr-defined]
        assert download.headers["Content-Disposition"] == 'attachment; filename="invoice.pdf"'
    assert post(vendor.finance, "finance:dispute_acknowledge", found.pk).status_code == 302
    assert post(vendor.finance, "finance:dispute_ask", found.pk, text="").status_code == 422
    assert post(vendor.finance, "finance:dispute_ask", found.pk, text="Which invoice?").status_code == 302
    asked = text_of(get(partner(vendor), "partner:dispute", found.pk))
    assert "Your vendor asks for an answer" in asked
    assert "finance@" not in asked.replace("partner_finance@", "")
    assert post(partner(vendor), "partner:dispute_answer", found.pk, text="").status_code == 422
    assert post(partner(vendor), "partner:dispute_answer", found.pk, text="F-7").status_code == 302
    refused = post(vendor.finance, "finance:dispute_decide", found.pk, decision="rejected", outcome="our_error")
    assert refused.status_code == 422
    assert "Say why: the partner reads it." in text_of(refused)
    decision = {"decision": "partly_accepted", "outcome": "our_error", "granted": "20", "text": "Half of it."}
    assert post(vendor.finance, "finance:dispute_decide", found.pk, **decision).status_code == 302
    with vendor.inside():
        assert Adjustment.objects.get().amount == Decimal(20)
    seen = text_of(get(partner(vendor), "partner:dispute", found.pk))
    assert "¥20.00" in seen
    assert "Half of it." in seen


def test_the_partner_takes_it_back_or_further(vendor: Vendor, line: Any) -> None:
    dispute(vendor, line)
    found = only(vendor)
    assert post(partner(vendor), "partner:dispute_escalate", found.pk, text="No").status_code == 422
    post(vendor.finance, "finance:dispute_decide", found.pk, decision="rejected", outcome="partner_error", text="No.")
    assert "Not content with the decision?" in text_of(get(partner(vendor), "partner:dispute", found.pk))
    assert post(partner(vendor), "partner:dispute_escalate", found.pk, text="Look again.").status_code == 302
    own = text_of(get(vendor.finance, "finance:dispute", found.pk))
    assert "You reviewed it first" in own
    assert "/decide/" not in own
    decision = {"decision": "accepted", "outcome": "our_error"}
    assert post(vendor.finance, "finance:dispute_decide", found.pk, **decision).status_code == 403
    assert post(vendor.administrator, "finance:dispute_decide", found.pk, **decision).status_code == 302
    assert post(partner(vendor), "partner:dispute_withdraw", found.pk).status_code == 422
    assert only(vendor).status == "final"


def test_finance_hands_over(vendor: Vendor, line: Any) -> None:
    dispute(vendor, line)
    found = only(vendor)
    post(vendor.finance, "finance:dispute_acknowledge", found.pk)
    assert post(vendor.finance, "finance:dispute_escalate", found.pk, text="My own customer.").status_code == 302
    assert only(vendor).status == "escalated"


def test_menus_count_what_waits(vendor: Vendor, line: Any) -> None:
    assert get(partner(vendor), "partner:home").context["shell"].menu.tabs[3].count == 1
    dispute(vendor, line)
    [entry] = [
        one for one in get(vendor.finance, "finance:home").context["shell"].menu.links if one.label == "Disputes"
    ]
    assert entry.count == 1


def test_the_windows_are_set_by_administrators(vendor: Vendor, line: Any) -> None:
    assert get(vendor.finance, "finance:review_settings").status_code == 403
    page = {"review_days": "5", "reminder_days": "2", "dispute_days": "7", "days_off": "2026-10-01\n2026-10-02"}
    assert post(vendor.administrator, "finance:review_settings", **page).status_code == 302
    with vendor.inside():
        row = ReviewSettings.objects.get()
    assert (row.review_days, row.days_off) == (5, ["2026-10-01", "2026-10-02"])
    chosen = post(vendor.administrator, "finance:review_settings", **page, workday_calendar="CN")
    assert chosen.status_code == 302
    assert "Make-up workdays are known up to 20" in text_of(get(vendor.administrator, "finance:review_settings"))
    for wrong in ({"review_days": "91"}, {"days_off": "1 October"}, {"workday_calendar": "XX"}):
        assert post(vendor.administrator, "finance:review_settings", **{**page, **wrong}).status_code == 422


def test_the_checklist_links_to_each_list(vendor: Vendor) -> None:
    with time_machine.travel(NOW, tick=True):
        vendor.history()
        with vendor.inside():
            vendor.world.sale("P-1", "2026-08-02", "100", currency="EUR")
            vendor.world.update()
        page = text_of(get(vendor.finance, "finance:period", "quarter", "2026-Q3"))
        assert "1 line sold in the period lacks a rate" in page
        assert "/f/exceptions/?reason=no_rate#list" in page
        assert "Disputes of earlier statements are decided" in page
        closed = {"accept_exceptions": "on", "reason": "The rate comes later"}
        assert post(vendor.finance, "finance:period_close", "quarter", "2026-Q3", **closed).status_code == 302


@pytest.mark.parametrize(("language", "said"), [("en", b"R-000001"), ("zh-hans", b"R-000001")])
def test_the_paper_is_downloaded_in_both_languages(vendor: Vendor, line: Any, language: str, said: bytes) -> None:
    for client, name in ((vendor.finance, "finance:statement_pdf"), (partner(vendor), "partner:statement_pdf")):
        response = get(client, name, line.statement_id, language=language)
        assert response["Content-Type"] == "application/pdf"
        assert said.decode() in response["Content-Disposition"]
        assert response.content.startswith(b"%PDF-")
    with vendor.inside():
        foreign = Statement.objects.get(partner__code="P-2").pk
    assert get(partner(vendor), "partner:statement_pdf", foreign).status_code == 404
