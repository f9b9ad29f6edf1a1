"""Reviews and disputes through the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.api import ROOT, ApiClient, make_key
from prm.testing.make import Cast
from rebates.models import Statement
from rebates.services.periods import period_close
from rebates.services.statements import statement_approve
from tests.rebates.world import World

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n%an invoice\n"


@pytest.fixture
def line(cast: Cast) -> Iterator[dict[str, Any]]:
    """The line of P-1's statement over 200.00, in review."""
    with time_machine.travel("2026-10-02T04:00:00Z", tick=True):
        with tenant_context(cast.tenant):
            world = World(cast.tenant)
            world.published("P1", currency="CNY")
            for code in ("P-1", "P-2"):
                world.sale(code, "2026-07-01", "10000", currency="CNY")
            world.update()
            period_close(actor=cast.finance, kind="quarter", key="2026-Q3")
            statement_approve(
                actor=cast.administrator, statement_ids=list(Statement.objects.values_list("pk", flat=True))
            )
            statement = Statement.objects.get(partner=cast.partner)
            ids = {"statement": str(statement.pk), "line": str(statement.lines.get().pk)}
        yield ids


def client(cast: Cast, role: Role) -> ApiClient:
    return ApiClient(cast.tenant, user=cast.user(role))


def test_a_dispute_from_end_to_end(cast: Cast, line: dict[str, Any]) -> None:
    partner, finance = client(cast, Role.PARTNER_FINANCE), client(cast, Role.FINANCE)
    shown = partner.get(f"statements/{line['statement']}/").json()
    assert (shown["status"], shown["review_ends_on"], shown["agreed_at"]) == ("in_review", "2026-10-12", None)
    body = {"line_id": line["line"], "reason": "wrong_rate", "claimed": "300.00", "text": "The tier is gold."}
    made = partner.post("disputes/", body)
    assert made.status_code == 201, made.content
    dispute = made.json()
    assert (dispute["status"], dispute["stated"], dispute["claimed"]) == ("opened", "200.0000", "300.0000")
    assert dispute["due_on"] == "2026-10-16"
    address = f"disputes/{dispute['id']}/"
    assert partner.post("disputes/", body).status_code == 409

    assert finance.post(f"{address}acknowledge/").json()["status"] == "acknowledged"
    asked = finance.post(f"{address}entries/", {"text": "Since when?"})
    assert (asked.status_code, asked.json()["status"]) == (201, "awaiting_partner")
    assert partner.post(f"{address}entries/", {"text": "Since June."}).json()["status"] == "awaiting_vendor"
    said = [(one["side"], one["verb"]) for one in partner.get(f"{address}entries/").json()["items"]]
    assert said == [("partner", "open"), ("vendor", "acknowledge"), ("vendor", "ask"), ("partner", "answer")]

    decision = {"decision": "partly_accepted", "outcome": "our_error", "granted": "50", "text": "From July on."}
    assert finance.post(f"{address}decide/", decision).status_code == 400  # money moves with a key only
    decided = finance.post(f"{address}decide/", decision, key="d1").json()
    assert (decided["status"], decided["granted"]) == ("partly_accepted", "50.0000")
    assert finance.post(f"{address}decide/", decision, key="d1").json() == decided
    assert partner.post(f"{address}escalate/", {"text": "All of it."}).json()["status"] == "escalated"
    assert finance.post(f"{address}decide/", decision, key="d2").status_code == 403
    agreed = partner.post(f"statements/{line['statement']}/agree/").json()
    assert (agreed["status"], agreed["agreed_by"]) == ("approved", cast.user(Role.PARTNER_FINANCE).email)
    assert partner.post(f"{address}withdraw/", {}).json()["status"] == "withdrawn"
    found = finance.get("disputes/", statement_id=line["statement"], state="decided").json()["items"]
    assert [one["number"] for one in found] == [1]


def test_evidence_goes_in_and_out(cast: Cast, line: dict[str, Any]) -> None:
    partner = client(cast, Role.PARTNER_FINANCE)
    body = {"line_id": line["line"], "reason": "other", "claimed": "1", "text": "Less."}
    address = f"disputes/{partner.post('disputes/', body).json()['id']}/"
    file = SimpleUploadedFile("invoice.pdf", PDF)
    added = partner.client.post(f"{ROOT}{address}files/", {"file": file}, headers=partner.headers)
    assert added.status_code == 201, added.content
    [file] = partner.get(f"{address}entries/").json()["items"][1]["files"]
    assert (file["name"], file["content_type"], file["size"]) == ("invoice.pdf", "application/pdf", len(PDF))
    content = client(cast, Role.CHANNEL_MANAGER).get(f"{address}files/{file['id']}/")
    assert b"".join(content.streaming_content) == PDF


def test_the_paper_and_who_may_not(cast: Cast, line: dict[str, Any]) -> None:
    partner = client(cast, Role.PARTNER_FINANCE)
    paper = partner.get(f"statements/{line['statement']}/pdf/", language="zh-hans")
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    key = ApiClient(cast.tenant, make_key(cast))
    assert key.get("disputes/").status_code == 200
    assert key.post("disputes/", {}).status_code == 403
    assert client(cast, Role.PARTNER_SALES).get("disputes/").status_code == 403
