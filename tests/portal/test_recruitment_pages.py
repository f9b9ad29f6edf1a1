"""Reviewers' pages: the queue with its clock, acts with their refusals, forms with versions and preview, rules, API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from partners.models import Application, ApplicationForm, Location, Partner, PartnerProfile
from partners.selectors.locator import locator_partners
from partners.selectors.recruitment import form_open, recruitment_settings
from partners.services.recruitment import forms_begin, recruitment_settings_change
from prm.errors import NotFound
from prm.identity.rights import Right, Role
from prm.tenancy.context import tenant_context
from prm.testing.api import make_key
from prm.testing.make import Cast
from tests.partners.applying import ANSWERS, USCC, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    with time_machine.travel("2026-11-26T02:00:00Z", tick=False) as now:
        cast.now = now  # type: ignore[attr-defined]
        yield cast


def made(cast: Cast, **answers: Any) -> Application:
    with tenant_context(cast.tenant):
        return sent(**answers)


def only(cast: Cast) -> Application:
    with tenant_context(cast.tenant):
        return Application.objects.get()


def post(cast: Cast, name: str, *args: Any, role: Role = Role.CHANNEL_MANAGER, **data: Any) -> Any:
    return cast.client(role).post(reverse(f"manager:{name}", args=args), data)


def page(cast: Cast, name: str, *args: Any, role: Role = Role.CHANNEL_MANAGER, **query: str) -> str:
    answer = cast.client(role).get(reverse(f"manager:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_queue_shows_how_much_of_our_time_is_left(acme: Cast) -> None:
    application = made(acme)
    acme.now.move_to("2026-11-27T06:30:00Z", tick=False)  # type: ignore[attr-defined]
    shown = page(acme, "recruitment")
    assert ANSWERS["legal_name"] in shown
    assert "4 h 30 min left" in shown
    acme.now.move_to("2026-11-30T04:00:00Z", tick=False)  # type: ignore[attr-defined]
    assert "2 h overdue" in page(acme, "recruitment", state="late")
    assert str(application) not in page(acme, "recruitment", state="waiting")
    assert str(application) in page(acme, "recruitment", q=str(application), state="")


def test_a_reviewer_reads_answers_checks_and_consent_escaped(acme: Cast) -> None:
    application = made(acme, about="<script>alert(1)</script>")
    shown = page(acme, "application", application.pk)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert(1)" not in shown
    assert "The check digit of the unified social credit code is right." in shown
    assert "192.0.2.7" in shown
    assert USCC in shown


def test_who_recommended_is_shown_as_written_where_it_is_nobody_we_know(acme: Cast) -> None:
    shown = page(acme, "application", made(acme, referrer="Old <b>Wang</b>").pk)
    assert "Old &lt;b&gt;Wang&lt;/b&gt;" in shown
    assert "nobody we know" in shown


def test_acts_and_their_refusals_stand_on_the_page(acme: Cast) -> None:
    application = made(acme)
    assert post(acme, "application_take", application.pk).status_code == 302
    assert only(acme).reviewer_label == acme.manager.label
    refused = post(acme, "application_reject", application.pk, reason="", text="", reapply="instant")
    assert refused.status_code == 422
    assert ANSWERS["legal_name"] in refused.content.decode(), "nobody decides without having read"
    assert post(acme, "application_note", application.pk, text="Known to us").status_code == 302
    assert post(acme, "application_ask", application.pk, text="Where?").status_code == 302
    assert only(acme).status == "info_requested"
    assert post(acme, "application_approve", application.pk, text="").status_code == 422
    given = {"reason": "other", "text": "Sorry", "reapply": "never"}
    assert post(acme, "application_reject", application.pk, **given).status_code == 302
    late = post(acme, "application_reject", application.pk, role=Role.ADMINISTRATOR, **given)
    assert late.status_code == 422
    assert "is Rejected" in late.content.decode()


def test_duplicates_are_resolved_on_pages_before_approval(acme: Cast) -> None:
    with tenant_context(acme.tenant):
        Partner.objects.create(code="T-1", name=ANSWERS["legal_name"])
    application = made(acme)
    with tenant_context(acme.tenant):
        candidate = application.candidates.get()
    refused = post(acme, "application_approve", application.pk, text="")
    assert "First resolve each possible duplicate." in refused.content.decode()
    assert post(acme, "application_duplicate", application.pk, candidate.pk, "dismiss", reason="").status_code == 422
    args = (application.pk, candidate.pk)
    assert post(acme, "application_duplicate", *args, "dismiss", reason="Another owner").status_code == 302
    assert post(acme, "application_duplicate", application.pk, uuid4(), "dismiss", reason="x").status_code == 404
    assert post(acme, "application_approve", application.pk, text="Welcome").status_code == 302
    assert only(acme).status == "approved"


def test_who_approves_reads_what_becomes_of_the_contact(acme: Cast) -> None:
    with tenant_context(acme.tenant):
        Partner.objects.create(code="T-1", name=ANSWERS["legal_name"])
    application = made(acme)
    assert "invited as its administrator" in page(acme, "application_approve", application.pk)
    with tenant_context(acme.tenant):
        candidate = application.candidates.get()
    post(acme, "application_duplicate", application.pk, candidate.pk, "merge", reason="The same code")
    shown = page(acme, "application_approve", application.pk)
    assert f"The contact is invited to {ANSWERS['legal_name']} as one of its sales people" in shown
    assert "invited as its administrator" not in shown


def test_a_form_is_edited_previewed_and_versioned(acme: Cast) -> None:
    with tenant_context(acme.tenant):
        forms_begin()
        form = ApplicationForm.objects.get(slug="reseller")
    data = {
        "partner_type": "reseller", "is_open": "on", "title_en": "Sell with us", "title_zh": "",
        "consent_en": "I agree",
        "response_hours": "9", "reapply": "instant", "legal_name_order": "10", "country_order": "20", "tax_id_on": "on",
        "tax_id_order": "15", "q1_kind": "choice", "q1_label_en": "How big?", "q1_options_en": "Small\nBig",
        "q1_options_zh": "小\n大", "q1_on": "on", "q1_order": "30", "q2_kind": "text",
    }  # fmt: skip
    preview = post(acme, "recruitment_form", form.pk, **data, preview="1").content.decode()
    assert "Sell with us" in preview
    assert "公司法定名称" in preview
    assert post(acme, "recruitment_form", form.pk, **data).status_code == 302
    with tenant_context(acme.tenant):
        version = form_open("reseller")
    assert version.number == 2
    on = [one["key"] for one in version.definition["fields"] if one["on"]]
    assert on == ["legal_name", "tax_id", "country", "q1", "contact_name"]
    assert version.definition["fields"][3]["options"] == [{"en": "Small", "zh": "小"}, {"en": "Big", "zh": "大"}]
    bad = post(
        acme, "recruitment_form", form.pk, **data | {"q1_options_en": "One", "q1_options_zh": "", "consent_en": ""}
    )
    assert bad.status_code == 422
    assert "A choice needs two to twenty options" in bad.content.decode()
    new = data | {"slug": "oem"}
    assert post(acme, "recruitment_form_new", **new).status_code == 302
    assert post(acme, "recruitment_form_new", **new).status_code == 422
    assert acme.client(None).get("/join/oem/").status_code == 200
    closed = {name: value for name, value in data.items() if name != "is_open"}
    assert post(acme, "recruitment_form", form.pk, **closed).status_code == 302
    assert acme.client(None).get("/join/reseller/").status_code == 404


def test_rules_are_saved_or_refused_at_their_fields(acme: Cast) -> None:
    data = {
        "opens": "08:30", "closes": "17:30", "days_off": "2026-12-24\n2026-12-24", "code_pattern": "QD-{####}",
        "draft_days": "10", "answer_days": "20", "erase_days": "90", "locator_is_open": "on",
        "embed_origins": "https://www.example.com",
    }  # fmt: skip
    assert post(acme, "recruitment_settings", **data).status_code == 302
    with tenant_context(acme.tenant):
        found = recruitment_settings()
        assert (found.opens.isoformat(), found.code_pattern, len(found.days_off)) == ("08:30:00", "QD-{####}", 1)
    refused = post(acme, "recruitment_settings", **data | {"code_pattern": "QD"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["code_pattern"]


def test_the_api_lists_and_people_decide(acme: Cast) -> None:
    application = made(acme)
    secret = make_key(acme, [Right.APPLICATIONS_VIEW])
    client = acme.client(None)
    headers = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    row = client.get("/api/v1/applications/?state=open", **headers).json()["items"][0]
    assert (row["number"], row["form"], row["status"]) == (application.number, "reseller", "submitted")
    detail = client.get(f"/api/v1/applications/{application.pk}/", **headers).json()
    assert detail["answers"]["tax_id"] == USCC
    assert {one["code"] for one in detail["checks"]} == {"uscc", "domain", "email", "phone"}
    refused = client.post(
        f"/api/v1/applications/{application.pk}/approve/", {}, content_type="application/json", **headers
    )
    assert refused.status_code == 403


def public_partner(cast: Cast, place: str = "DE", **fields: Any) -> Partner:
    with tenant_context(cast.tenant):
        partner = Partner.objects.create(
            **{"code": "L-1", "name": "Found Ltd", "country": "DE", "region": "Europe"} | fields
        )
        PartnerProfile.objects.create(
            partner=partner, is_public=True, blurb_en="We install.", website="https://f.example"
        )
        Location.objects.create(partner=partner, name="HQ", city="Hamburg", country=place, region="North", is_main=True)
        Location.objects.create(partner=partner, name="Lab", city="Secretville", country=place, is_public=False)
        return partner


def test_the_locator_shows_only_who_agreed_and_works(acme: Cast) -> None:
    public_partner(acme)
    public_partner(acme, code="L-2", name="Gone Ltd", status="suspended")
    public_partner(acme, code="L-3", name="Paris Ltd", country="FR", place="FR")
    stranger = acme.client(None)
    shown = stranger.get("/partners/").content.decode()
    assert "Found Ltd" in shown
    assert "Hamburg" in shown
    for hidden in ("Gone Ltd", "Secretville", "Blue Harbour"):
        assert hidden not in shown
    assert "Found Ltd" in stranger.get("/partners/?country=DE&region=North").content.decode()
    french = stranger.get("/partners/?country=FR").content.decode()
    assert "Paris Ltd" in french
    assert "Found Ltd" not in french
    assert "Found Ltd" not in stranger.get("/partners/?q=other").content.decode()
    post(acme, "recruitment_settings", opens="09:00", closes="18:00", code_pattern="P-{####}", draft_days="1",
         answer_days="1", erase_days="1")  # fmt: skip
    assert stranger.get("/partners/").status_code == 404
    with tenant_context(acme.tenant), pytest.raises(NotFound):
        locator_partners()


def test_only_named_sites_may_embed_the_locator(acme: Cast) -> None:
    public_partner(acme)
    stranger = acme.client(None)
    closed = stranger.get("/partners/embed/")
    assert "frame-ancestors 'none'" in closed.headers["Content-Security-Policy"]
    with tenant_context(acme.tenant):
        recruitment_settings_change(actor=acme.manager, embed_origins=["https://www.example.com"])
    frame = stranger.get("/partners/embed/?lang=zh")
    assert "frame-ancestors https://www.example.com" in frame.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame.headers
    assert "全部专长" in frame.content.decode()
    page = stranger.get("/partners/")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
