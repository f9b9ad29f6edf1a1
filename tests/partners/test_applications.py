"""Applying: forms, drafts that keep what was typed, links, files, sending."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from partners.models import (
    Application,
    ApplicationForm,
    ApplicationLink,
    Partner,
)
from partners.policies.applications import applicant
from partners.selectors.applications import asked_of, clock_of, link_find
from partners.selectors.recruitment import form_open, funnel
from partners.services.application_review import application_approve, application_reject
from partners.services.applications import (
    application_confirm,
    application_save,
    application_start,
    application_submit,
    links_send,
)
from partners.services.recruitment import (
    form_save,
    forms_begin,
    recruitment_settings_change,
    visit_count,
)
from prm.audit.models import AuditEntry
from prm.errors import (
    Forbidden,
    Invalid,
    NotFound,
    StateError,
    TooLarge,
)
from prm.outbox.models import Message
from prm.testing.make import Cast
from tests.partners.applying import SYSTEM, begun, evidence, filled, move, sent, told

pytestmark = pytest.mark.django_db


def test_a_draft_keeps_whatever_was_typed_and_says_what_is_missing(acme: Cast) -> None:
    application = begun()
    typed = {
        "legal_name": "<script>alert(1)</script>",
        "country": "XX",
        "tax_id": "123",
        "contact_phone": "1",
        "q1": "9",
    }
    application_save(actor=applicant(application), application_id=application.pk, answers=typed | {"unknown": "x"})
    found = Application.objects.get()
    assert found.answers == typed
    asked = asked_of(found, "en")
    assert set(asked.problems) == {"country", "contact_name", "contact_phone", "territories", "q1"}
    assert asked.first_undone == "company"
    with pytest.raises(Invalid) as refusal:
        application_submit(
            actor=applicant(found), application_id=found.pk, consent=False, ip="192.0.2.7", language="en"
        )
    assert "consent" in refusal.value.fields
    assert Application.objects.get().status == "draft"


def test_nothing_is_sent_before_the_address_is_confirmed(acme: Cast) -> None:
    forms_begin()
    token = application_start(actor=SYSTEM, slug="reseller", email=" Li@ShenJiang.example ", language="en")
    application = link_find(token).application
    assert application.email == "li@shenjiang.example"
    filled(application)
    with pytest.raises(StateError) as refusal:
        application_submit(
            actor=applicant(application), application_id=application.pk, consent=True, ip="", language="en"
        )
    assert refusal.value.code == "not_confirmed"


def test_who_reads_the_mail_is_told_of_an_application_under_way_and_nobody_else(acme: Cast) -> None:
    first = begun()
    token = application_start(actor=SYSTEM, slug="reseller", email="LI@shenjiang.example", language="en")
    second = link_find(token).application
    assert second.pk != first.pk
    with pytest.raises(StateError) as refusal:
        application_confirm(actor=applicant(second), application_id=second.pk)
    assert refusal.value.code == "applied_already"
    assert str(first) in str(refusal.value.message)
    elsewhere = application_start(actor=SYSTEM, slug="service", email="li@shenjiang.example", language="en")
    other = link_find(elsewhere).application
    assert application_confirm(actor=applicant(other), application_id=other.pk).email_confirmed_at is not None


def test_a_form_is_no_tool_to_fill_a_mailbox(acme: Cast) -> None:
    forms_begin()
    for _time in range(5):
        application_start(actor=SYSTEM, slug="reseller", email="li@x.example", language="en")
    links_send(actor=SYSTEM, email="li@x.example")
    assert told() == ["partners.application.started"] * 3
    move(acme, "2026-11-26T03:00:01Z")
    links_send(actor=SYSTEM, email="nobody@x.example")
    links_send(actor=SYSTEM, email="li@x.example")
    assert told()[3:] == ["partners.application.link_asked"] * 3


def test_a_forged_and_an_expired_link_open_nothing(acme: Cast) -> None:
    forms_begin()
    token = application_start(actor=SYSTEM, slug="reseller", email="a@b.example", language="en")
    with pytest.raises(NotFound):
        link_find(token[:-1] + ("A" if token[-1] != "A" else "B"))
    assert not ApplicationLink.objects.filter(token_hash=token).exists()
    move(acme, "2026-12-27T02:00:00Z")
    with pytest.raises(NotFound):
        link_find(token)


def test_sending_starts_the_clock_in_business_hours(acme: Cast) -> None:
    application = sent()
    # 18 business hours from Thursday 10:00: 8 today, 9 on Friday, 1 on Monday.
    assert application.due_at == dt.datetime(2026, 11, 30, 2, 0, tzinfo=dt.UTC)
    assert (application.status, application.consent_ip, application.consent_language) == (
        "submitted",
        "192.0.2.7",
        "zh-hans",
    )
    assert application.consent_at is not None
    found = clock_of(application)
    assert found is not None
    assert (found.state, found.left) == ("running", dt.timedelta(hours=18))
    assert told()[-2:].count("partners.application.new") >= 1
    assert Message.objects.filter(topic="partners.application.submitted").count() == 1
    actors = set(AuditEntry.objects.filter(target_id=str(application.pk)).values_list("actor_label", flat=True))
    assert not any("@" in label for label in actors)


def test_files_are_judged_by_content_and_belong_to_the_draft(acme: Cast) -> None:
    application = begun()
    stored = evidence(application, name="../../etc/执照.pdf").file
    assert (stored.name, stored.content_type) == ("执照.pdf", "application/pdf")
    for content in (b"<html><script>", b"MZ\x90\x00" + b"\0" * 500, b""):
        with pytest.raises(Invalid):
            evidence(application, content=content)
    with pytest.raises(TooLarge):
        evidence(application, content=b"%PDF-" + b"0" * (20 * 1024 * 1024))
    with pytest.raises(Invalid):
        evidence(application, field="legal_name")
    for _count in range(9):
        evidence(application)
    with pytest.raises(Invalid):
        evidence(application)
    assert not AuditEntry.objects.filter(data__icontains="执照").exists()


def test_a_form_is_asked_as_it_was_when_the_draft_began(acme: Cast) -> None:
    application = begun()
    form = ApplicationForm.objects.get(slug="reseller")
    definition = form_open("reseller").definition
    definition["fields"] = [one for one in definition["fields"] if one["key"] != "q1"]
    form_save(actor=acme.manager, form_id=form.pk, partner_type="reseller", definition=definition)
    form_save(actor=acme.manager, form_id=form.pk, partner_type="reseller", definition=definition)
    assert form_open("reseller").number == 2
    assert "q1" in {field.key for field in asked_of(Application.objects.get(), "en").fields}
    assert "q1" not in {field.key for field in asked_of(begun("z@z.example"), "en").fields}
    assert application.version.number == 1
    with pytest.raises(Forbidden):
        form_save(actor=acme.finance, form_id=form.pk, partner_type="x", definition=definition)


def test_the_funnel_counts_each_stage_on_its_day(acme: Cast) -> None:
    forms_begin()
    form = ApplicationForm.objects.get(slug="reseller")
    for _time in range(5):
        visit_count(form_id=form.pk)
    begun("one@one.example")
    application = sent()
    move(acme, "2026-11-27T02:00:00Z")
    application_reject(actor=acme.manager, application_id=application.pk, reason="other", text="No")
    day = dt.date(2026, 11, 26)
    found = funnel(acme.manager, since=day, until=day)
    assert (found.visited, found.started, found.submitted, found.decided) == (5, 2, 1, 0)
    found = funnel(acme.manager, since=day, until=dt.date(2026, 11, 27), form_id=form.pk)
    assert (found.visited, found.decided, found.rejected) == (5, 1, 1)


def test_settings_are_checked(acme: Cast) -> None:
    for bad in (
        {"code_pattern": "P"}, {"opens": dt.time(18), "closes": dt.time(9)}, {"draft_days": 0},
        {"embed_origins": ["https://a.example; script-src *"]}, {"embed_origins": ["http://plain.example"]},
    ):  # fmt: skip
        with pytest.raises(Invalid), transaction.atomic():
            recruitment_settings_change(actor=acme.manager, **bad)
    settings = recruitment_settings_change(
        actor=acme.manager, code_pattern="{CC}-{###}", opens=dt.time(8), embed_origins=["https://www.Example.com/"]
    )
    assert settings.embed_origins == ["https://www.example.com"]
    application = sent()
    approved = application_approve(actor=acme.manager, application_id=application.pk)
    assert Partner.objects.get(pk=approved.partner_id).code == "CN-001"
