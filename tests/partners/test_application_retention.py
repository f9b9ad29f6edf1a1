"""What time does to applications: overdue answers, reminders, expiry, erasure."""

from __future__ import annotations

import pytest

from partners.models import Application, ApplicationFile
from partners.notices.agreements import SIGN_ASKED_BY_LINK
from partners.selectors.applications import application_list, entries_of
from partners.services.application_retention import (
    applications_erase,
    applications_escalate,
    applications_expire,
    applications_remind,
)
from partners.services.application_review import application_ask, application_reject
from partners.services.applications import application_start
from partners.services.recruitment import forms_begin
from prm import clock
from prm.audit.models import AuditEntry
from prm.files.models import StoredFile
from prm.notifications.models import Mail, Notice
from prm.notifications.services import notify_address
from prm.testing.make import Cast
from prm.workflow.models import Transition
from tests.partners.applying import SYSTEM, begun, evidence, move, sent

pytestmark = pytest.mark.django_db


def test_overdue_answers_are_told_once_for_each_due_time(acme: Cast) -> None:
    application = sent()
    assert applications_escalate(actor=SYSTEM) == 0
    move(acme, "2026-11-30T02:00:01Z")
    assert [applications_escalate(actor=SYSTEM) for _time in range(2)] == [1, 0]
    told = Notice.objects.filter(kind="partners.application.overdue")
    assert {one.user.email for one in told} == {acme.manager.label, acme.administrator.label}
    assert [one.pk for one in application_list(acme.manager, state="late")] == [application.pk]


def told_to(email: str) -> list[str]:
    return list(Notice.objects.filter(email=email).values_list("kind", flat=True))


def test_drafts_expire_and_personal_data_is_erased(acme: Cast) -> None:
    draft = begun("draft@x.example")
    evidence(draft)
    data = {"signer": "A", "number": "A-1", "partner": "B", "token": "x", "until_at": "2026-12-26T02:00:00+00:00"}
    notify_address(SIGN_ASKED_BY_LINK, email="draft@x.example", language="en", data=data)
    Mail.objects.update(status="sent", sent_at=clock.now())
    application = sent()
    application_reject(actor=acme.manager, application_id=application.pk, reason="other", text="李雷 sorry")
    move(acme, "2026-12-26T02:00:01Z")
    assert [applications_expire(actor=SYSTEM) for _time in range(2)] == [1, 0]
    assert applications_erase(actor=SYSTEM) == 0, "the mail about it has to leave first"
    move(acme, "2026-12-27T02:00:02Z")
    assert [applications_erase(actor=SYSTEM) for _time in range(2)] == [1, 0]
    gone = Application.objects.get(pk=draft.pk)
    assert (gone.status, gone.email, gone.answers) == ("expired", "", {})
    assert told_to("draft@x.example") == ["partners.agreement.sign_asked_by_link"]
    assert not ApplicationFile.objects.exists()
    assert not StoredFile.objects.exists()
    assert applications_erase(actor=SYSTEM) == 0
    move(acme, "2027-05-26T02:00:01Z")
    assert [applications_erase(actor=SYSTEM) for _time in range(2)] == [1, 0]
    erased = Application.objects.get(pk=application.pk)
    assert (erased.legal_name, erased.contact_name, erased.consent_ip) == ("", "", None)
    assert (erased.status, erased.reject_reason, str(erased)) == ("rejected", "other", str(application))
    assert {one.text for one in entries_of(acme.manager, erased)} == {""}
    kept = str(list(AuditEntry.objects.values_list("data", "actor_label", "target_label")))
    assert "李雷" not in kept
    assert "shenjiang" not in kept


def test_applicants_are_reminded_once_before_something_expires(acme: Cast) -> None:
    begun("draft@x.example")
    application = sent()
    application_ask(actor=acme.manager, application_id=application.pk, text="Well?")
    forms_begin()
    application_start(actor=SYSTEM, slug="service", email="never@confirmed.example", language="en")
    move(acme, "2026-12-20T02:00:00Z")
    assert applications_remind(actor=SYSTEM) == 0
    move(acme, "2026-12-21T02:00:01Z")
    assert [applications_remind(actor=SYSTEM) for _time in range(2)] == [2, 0]
    told = Notice.objects.filter(kind="partners.application.expiring").order_by("email")
    assert [(one.email, one.data["until_on"]) for one in told] == [
        ("draft@x.example", "2026-12-26"), ("li@shenjiang.example", "2026-12-26"),
    ]  # fmt: skip


def test_a_question_without_an_answer_expires(acme: Cast) -> None:
    application = sent()
    application_ask(actor=acme.manager, application_id=application.pk, text="Well?")
    move(acme, "2026-12-26T02:00:01Z")
    assert applications_expire(actor=SYSTEM) == 1
    expired = Application.objects.get()
    assert (expired.status, expired.email) == ("expired", "li@shenjiang.example")
    assert Transition.objects.filter(verb="expire").get().reason == "no_answer"
