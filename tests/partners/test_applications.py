"""Applying: drafts that keep what was typed, sending, the clock of the vendor's answer, questions, decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from io import BytesIO

import pytest
import time_machine
from django.db import IntegrityError, transaction

from partners.models import Application, ApplicationFile, ApplicationForm, ApplicationLink, Partner, PartnerProfile
from partners.policies.applications import applicant
from partners.selectors.applications import (
    application_get,
    application_list,
    asked_of,
    clock_of,
    entries_of,
    link_find,
    reapply_barrier,
)
from partners.selectors.recruitment import form_open, funnel
from partners.services.application_retention import (
    applications_erase,
    applications_escalate,
    applications_expire,
    applications_remind,
)
from partners.services.application_review import (
    application_approve,
    application_ask,
    application_assign,
    application_reject,
    application_take,
)
from partners.services.applications import (
    application_answer,
    application_confirm,
    application_save,
    application_start,
    application_submit,
    application_withdraw,
    links_send,
)
from partners.services.duplicates import candidate_dismiss, candidate_merge
from partners.services.recruitment import form_save, forms_begin, recruitment_settings_change, visit_count
from prm.audit.models import AuditEntry
from prm.errors import Forbidden, Invalid, NotFound, StateError, TooLarge
from prm.files.models import StoredFile
from prm.identity.actor import Actor
from prm.identity.models import Invitation
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_member
from prm.workflow.models import Transition
from tests.partners.applying import ANSWERS, SYSTEM, begun, evidence, filled, sent

pytestmark = pytest.mark.django_db
THURSDAY = "2026-11-26T02:00:00Z"  # 10:00 in Shanghai


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    with time_machine.travel(THURSDAY, tick=False) as now, tenant_context(cast.tenant):
        cast.now = now  # type: ignore[attr-defined]
        yield cast


def move(cast: Cast, text: str) -> None:
    cast.now.move_to(text, tick=False)  # type: ignore[attr-defined]


def kinds() -> list[str]:
    return list(Notice.objects.order_by("created_at", "id").values_list("kind", flat=True))


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
    assert kinds() == ["partners.application.started"] * 3
    move(acme, "2026-11-26T03:00:01Z")
    links_send(actor=SYSTEM, email="nobody@x.example")
    links_send(actor=SYSTEM, email="li@x.example")
    assert kinds()[3:] == ["partners.application.link_asked"] * 3


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
    assert kinds()[-2:].count("partners.application.new") >= 1
    assert Message.objects.filter(topic="partners.application.submitted").count() == 1
    actors = set(AuditEntry.objects.filter(target_id=str(application.pk)).values_list("actor_label", flat=True))
    assert not any("@" in label for label in actors)


def test_the_clock_stands_still_while_the_applicant_is_asked(acme: Cast) -> None:
    application = sent()
    move(acme, "2026-11-26T04:00:00Z")
    application_ask(actor=acme.manager, application_id=application.pk, text="Which regions?")
    move(acme, "2026-11-28T04:00:00Z")  # a Saturday
    paused = Application.objects.get()
    found = clock_of(paused)
    assert found is not None
    assert (found.state, found.left) == ("paused", dt.timedelta(hours=16))
    with pytest.raises(Invalid):
        application_answer(actor=applicant(paused), application_id=paused.pk, text=" ")
    answered = application_answer(
        actor=applicant(paused), application_id=paused.pk, text="East", files=[("a.pdf", BytesIO(b"%PDF-1.7"))]
    )
    assert answered.status == "in_review"
    # 16 hours from Monday 09:00: 9 on Monday, 7 on Tuesday.
    assert answered.due_at == dt.datetime(2026, 12, 1, 8, 0, tzinfo=dt.UTC)
    assert [one.verb for one in entries_of(applicant(answered), answered)] == [
        "start",
        "submit",
        "take",
        "ask",
        "answer",
    ]
    with pytest.raises(StateError):
        application_answer(actor=applicant(paused), application_id=paused.pk, text="again")


def test_approval_makes_the_partner_and_invites_the_contact(acme: Cast) -> None:
    Partner.objects.create(code="P-0001", name="Taken already")
    application = sent()
    application_take(actor=acme.manager, application_id=application.pk)
    approved = application_approve(actor=acme.manager, application_id=application.pk, text="Welcome")
    partner = Partner.objects.get(pk=approved.partner_id)
    assert (partner.code, partner.status, partner.type, partner.country) == ("P-0002", "contracting", "reseller", "CN")
    assert partner.legal_name == ANSWERS["legal_name"]
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.partner_id) == (
        "li@shenjiang.example", Role.PARTNER_ADMINISTRATOR, partner.pk,
    )  # fmt: skip
    payload = Message.objects.get(topic="partners.application.approved").payload
    assert payload == {"application_id": str(application.pk), "partner_id": str(partner.pk)}
    assert "partners.application.approved" in kinds()
    verbs = list(Transition.objects.order_by("at", "id").values_list("verb", flat=True))
    assert verbs == ["submit", "take", "approve"]


def test_of_two_decisions_the_second_is_told(acme: Cast) -> None:
    application = sent()
    application_approve(actor=acme.manager, application_id=application.pk)
    with pytest.raises(StateError):
        application_reject(actor=acme.administrator, application_id=application.pk, reason="other", text="No")
    with pytest.raises(StateError):
        application_withdraw(actor=applicant(application), application_id=application.pk, reason="later")
    assert Application.objects.get().status == "approved"


@pytest.mark.parametrize(
    ("reapply", "until"), [("", dt.date(2026, 12, 26)), ("instant", dt.date(2026, 11, 26)), ("never", None)]
)
def test_a_rejection_has_a_reason_and_a_rule(acme: Cast, reapply: str, until: dt.date | None) -> None:
    application = sent()
    with pytest.raises(Invalid):
        application_reject(actor=acme.manager, application_id=application.pk, reason="", text="Sorry")
    with pytest.raises(Invalid):
        application_reject(actor=acme.manager, application_id=application.pk, reason="other", text=" ")
    rejected = application_reject(
        actor=acme.manager,
        application_id=application.pk,
        reason="not_the_right_fit",
        text="李雷, sorry",
        reapply=reapply,
    )
    assert (rejected.status, rejected.reapply_on) == ("rejected", until)
    trail = AuditEntry.objects.get(action="partners.application.rejected")
    assert trail.data["reason"] == "not_the_right_fit"
    other = filled(begun("new@shenjiang.example"))
    assert reapply_barrier(other) is None, "the tax number counts once it is sent"
    again = {"actor": applicant(other), "application_id": other.pk, "consent": True, "ip": "", "language": "en"}
    if reapply == "instant":
        assert application_submit(**again).status == "submitted"
    else:
        with pytest.raises(StateError) as refusal, transaction.atomic():
            application_submit(**again)
        assert refusal.value.code == ("barred" if reapply == "never" else "too_early")


def test_who_recommended_the_company_does_not_review_it(acme: Cast) -> None:
    application = sent(referrer=acme.manager.label)
    assert application.referrer_user_id == acme.manager.id
    for act in (application_take, application_approve):
        with pytest.raises(Forbidden):
            act(actor=acme.manager, application_id=application.pk)
    with pytest.raises(Invalid):
        application_assign(actor=acme.administrator, application_id=application.pk, user_id=acme.manager.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(reviewer_id=acme.manager.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(decided_by_id=acme.manager.id)
    assert application_approve(actor=acme.administrator, application_id=application.pk).status == "approved"


def test_nor_does_somebody_who_works_for_the_partner_that_did(acme: Cast) -> None:
    application = sent(referrer="P-1")
    assert application.referrer_partner == acme.partner
    both = make_member(acme.tenant, Role.CHANNEL_MANAGER, email="both@acme.test")
    make_member(acme.tenant, Role.PARTNER_SALES, acme.partner, email="both@acme.test")
    with pytest.raises(Forbidden):
        application_take(actor=Actor.user(both), application_id=application.pk)


def test_only_people_with_the_right_decide(acme: Cast) -> None:
    application = sent()
    for actor in (acme.finance, acme.partner_administrator, applicant(application), Actor.system("x")):
        with pytest.raises(Forbidden):
            application_approve(actor=actor, application_id=application.pk)
    for actor in (acme.finance, acme.partner_administrator):
        with pytest.raises(Forbidden):
            application_get(actor, application.pk)
    stranger = applicant(begun("other@else.example"))
    with pytest.raises(NotFound):
        application_get(stranger, application.pk)
    with pytest.raises(NotFound):
        application_withdraw(actor=stranger, application_id=application.pk, reason="later")


def test_possible_duplicates_have_reasons_and_stop_an_approval(acme: Cast) -> None:
    twin = Partner.objects.create(code="T-1", name="申江数码", legal_name="上海申江數碼科技股份有限公司")
    Partner.objects.create(code="T-2", name="完全不同有限公司")
    first = sent()
    found = first.candidates.get()
    assert (found.partner_id, found.reasons) == (twin.pk, ["name", "core"])
    second = sent("wang@shenjiang.example", legal_name="Shenjiang Digital Inc.")
    (other,) = second.candidates.all()
    assert (other.other_id, other.reasons) == (first.pk, ["tax_id", "domain", "phone"])
    with pytest.raises(StateError) as refusal:
        application_approve(actor=acme.manager, application_id=first.pk)
    assert refusal.value.code == "duplicates"
    with pytest.raises(Invalid):
        candidate_dismiss(actor=acme.manager, application_id=first.pk, candidate_id=found.pk, reason=" ")
    candidate_dismiss(actor=acme.manager, application_id=first.pk, candidate_id=found.pk, reason="Another owner")
    with pytest.raises(StateError):
        candidate_dismiss(actor=acme.manager, application_id=first.pk, candidate_id=found.pk, reason="again")
    # The second application came after the first was looked at, and is a candidate of it, too.
    with pytest.raises(StateError), transaction.atomic():
        application_approve(actor=acme.manager, application_id=first.pk)


def test_what_a_partner_tells_of_itself_counts_and_changes_are_seen(acme: Cast) -> None:
    twin = Partner.objects.create(code="T-1", name="Elsewhere Ltd", country="CN")
    profile = PartnerProfile.objects.create(partner=twin, website="https://www.shenjiang.example/about")
    first = sent()
    assert [(one.partner_id, one.reasons) for one in first.candidates.all()] == [(twin.pk, ["domain"])]
    PartnerProfile.objects.filter(pk=profile.pk).update(phone="+86 138 0013 8000")
    Partner.objects.filter(pk=twin.pk).update(name="申江")
    second = sent("wang@other.example", website="", tax_id="91310000MA1FL0TT05")
    found = second.candidates.get(partner=twin)
    assert found.reasons == ["core", "phone"]


def test_a_merge_brings_the_contact_into_the_partner_that_is_there(acme: Cast) -> None:
    twin = Partner.objects.create(code="T-1", name="申江数码", legal_name=ANSWERS["legal_name"])
    make_member(acme.tenant, Role.PARTNER_ADMINISTRATOR, twin, email="boss@twin.example")
    first, second = sent(), sent("wang@shenjiang.example")
    approve_me = second
    for candidate in approve_me.candidates.all():
        candidate_merge(actor=acme.manager, application_id=approve_me.pk, candidate_id=candidate.pk)
    closed = Application.objects.get(pk=first.pk)
    assert (closed.status, closed.closed_at is not None) == ("withdrawn", True)
    approved = application_approve(actor=acme.manager, application_id=approve_me.pk)
    assert approved.partner_id == twin.pk
    assert not Partner.objects.filter(status="contracting").exists()
    invitation = Invitation.objects.get()
    assert (invitation.partner_id, invitation.role) == (twin.pk, "partner_sales")
    told = Notice.objects.get(kind="partners.application.joined")
    assert (told.user.email, told.data["email"]) == ("boss@twin.example", approve_me.email)
    assert Notice.objects.filter(kind="partners.application.joins", email=approve_me.email).exists()
    assert not Notice.objects.filter(kind="partners.application.approved").exists()
    third = sent("chen@elsewhere.example", legal_name="Another name", contact_phone="021 5555 5555", website="")
    assert third.candidates.get().reasons == ["tax_id"]


def test_nothing_is_merged_with_a_partner_that_leaves_or_has_left(acme: Cast) -> None:
    twin = Partner.objects.create(code="T-1", name="申江数码", legal_name=ANSWERS["legal_name"])
    application = sent()
    call = {"actor": acme.manager, "application_id": application.pk}
    candidate = application.candidates.get()
    candidate_merge(candidate_id=candidate.pk, **call)
    for status in ("exiting", "ended"):
        Partner.objects.filter(pk=twin.pk).update(status=status)
        with pytest.raises(StateError) as refusal, transaction.atomic():
            application_approve(**call)
        assert refusal.value.code == "partner_leaves"
    assert not Invitation.objects.exists()
    application.candidates.update(status="open")
    with pytest.raises(StateError) as refusal, transaction.atomic():
        candidate_merge(candidate_id=candidate.pk, **call)
    assert (refusal.value.code, "申江数码" in str(refusal.value.message)) == ("partner_leaves", True)


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


def test_overdue_answers_are_told_once_for_each_due_time(acme: Cast) -> None:
    application = sent()
    assert applications_escalate(actor=SYSTEM) == 0
    move(acme, "2026-11-30T02:00:01Z")
    assert [applications_escalate(actor=SYSTEM) for _time in range(2)] == [1, 0]
    told = Notice.objects.filter(kind="partners.application.overdue")
    assert {one.user.email for one in told} == {acme.manager.label, acme.administrator.label}
    assert [one.pk for one in application_list(acme.manager, state="late")] == [application.pk]


def test_drafts_expire_and_personal_data_is_erased(acme: Cast) -> None:
    draft = begun("draft@x.example")
    evidence(draft)
    application = sent()
    application_reject(actor=acme.manager, application_id=application.pk, reason="other", text="李雷 sorry")
    move(acme, "2026-12-26T02:00:01Z")
    assert [applications_expire(actor=SYSTEM) for _time in range(2)] == [1, 0]
    assert applications_erase(actor=SYSTEM) == 0, "the mail about it has to leave first"
    move(acme, "2026-12-27T02:00:02Z")
    assert [applications_erase(actor=SYSTEM) for _time in range(2)] == [1, 0]
    gone = Application.objects.get(pk=draft.pk)
    assert (gone.status, gone.email, gone.answers) == ("expired", "", {})
    assert not Notice.objects.filter(email="draft@x.example", kind="partners.application.started").exists()
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
