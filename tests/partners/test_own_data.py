"""What a partner takes with it: papers, certificates, profile, plans and reviews, as its own people saw them."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine

from partners.data_export_work import data_export_run
from partners.models import BusinessReview, Location, PartnerProfile
from partners.selectors.agreements import file_of
from partners.services.certificates import certificate_award, certification_save
from partners.services.data_exports import data_export_request
from partners.services.people import person_move
from partners.services.plans import goal_add, plan_start
from partners.services.plans_agreeing import plan_propose
from prm.files.services import file_open
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.partners.agreement_world import make_active, make_draft, make_template

NOW = "2026-03-02T04:00:00Z"
PAPER = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def acme(cast: Cast) -> Any:
    with time_machine.travel(NOW, tick=False), tenant_context(cast.tenant):
        yield cast


def archive(cast: Cast) -> dict[str, bytes]:
    export = data_export_request(actor=cast.partner_administrator, partner_id=cast.partner.pk)
    data_export_run(cast.tenant, export.pk)
    export.refresh_from_db()
    with file_open(export.file) as content, zipfile.ZipFile(io.BytesIO(content.read())) as found:
        return {name: found.read(name) for name in found.namelist()}


def test_agreements_come_with_their_signed_papers(acme: Cast) -> None:
    template = make_template(acme)
    agreement = make_active(acme, template)
    make_draft(acme, template)
    make_active(acme, template, partner=acme.other_partner)
    found = archive(acme)
    assert [name for name in found if name.startswith("agreements/")] == [f"agreements/{agreement}.pdf"]
    with file_open(file_of(agreement)) as paper:
        assert found[f"agreements/{agreement}.pdf"] == paper.read()
    rows = found["agreements.csv"].decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[1].startswith(f"{agreement.number},original,Reseller agreement")


def test_certificates_of_those_whose_last_company_it_is(acme: Cast) -> None:
    certification_save(actor=acme.manager, code="net", name_en="Net", level="expert")
    for name in ("stays", "left", "changed"):
        made = certificate_award(
            actor=acme.manager, email=f"{name}@blue.example", name=name, certification="net",
            issued_on=dt.date(2026, 1, 15), partner_id=acme.partner.pk, evidence=(f"{name}.pdf", BytesIO(PAPER)),
        )  # fmt: skip
        target = {"left": None, "changed": acme.other_partner.pk}
        if name in target:
            person_move(actor=acme.manager, person_id=made.person_id, partner_id=target[name], reason="Left")
    found = archive(acme)
    rows = found["certificates.csv"].decode("utf-8-sig").splitlines()
    assert rows[0].startswith("email,name,certification,issued_on")
    assert [row.split(",")[0] for row in rows[1:]] == ["stays@blue.example", "left@blue.example"]
    papers = {name: content for name, content in found.items() if name.startswith("certificates/")}
    assert papers == {"certificates/0001-net.pdf": PAPER, "certificates/0002-net.pdf": PAPER}


def test_profile_plans_and_reviews_as_far_as_they_were_shown(acme: Cast) -> None:
    PartnerProfile.objects.create(partner=acme.partner, website="https://blue.example")
    Location.objects.create(partner=acme.partner, name="Head office", city="Shanghai", country="CN", is_main=True)
    plan = plan_start(actor=acme.manager, partner_id=acme.partner.pk, fiscal_year=2026, title="Grow together")
    goal_add(actor=acme.manager, plan_id=plan.pk, title="Revenue", target=Decimal(500), unit="money")
    plan_propose(actor=acme.manager, plan_id=plan.pk)
    plan_start(actor=acme.manager, partner_id=acme.partner.pk, fiscal_year=2027, title="Secret draft")
    for key, month, status in (("2025-Q3", 7, "shared"), ("2025-Q4", 10, "draft")):
        BusinessReview.objects.create(
            partner=acme.partner, period_key=key, starts_on=dt.date(2025, month, 1),
            ends_on=dt.date(2025, month + 2, 30), status=status, summary=f"Summary of {key}",
        )  # fmt: skip
    found = archive(acme)
    assert json.loads(found["profile.json"])["website"] == "https://blue.example"
    assert b"Head office,,Shanghai" in found["locations.csv"]
    kept = json.loads(found["plans/2026-01.json"])
    assert (kept["title"], [one["number"] for one in kept["versions"]]) == ("Grow together", [1])
    assert [(one["title"], Decimal(one["target"])) for one in kept["goals"]] == [("Revenue", Decimal(500))]
    assert json.loads(found["reviews/2025-Q3.json"])["summary"] == "Summary of 2025-Q3"
    assert not any(b"Secret draft" in content or b"of 2025-Q4" in content for content in found.values())
