"""Deciding: the clock of the vendor's answer, questions, who may review, possible duplicates."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction

from partners.models import Application, Partner, PartnerProfile
from partners.policies.applications import applicant
from partners.selectors.applications import (
    application_get,
    clock_of,
    entries_of,
    reapply_barrier,
)
from partners.services.application_review import (
    application_approve,
    application_ask,
    application_assign,
    application_reject,
    application_take,
)
from partners.services.applications import application_answer, application_submit, application_withdraw
from partners.services.duplicates import candidate_dismiss, candidate_merge
from prm.audit.models import AuditEntry
from prm.errors import (
    Forbidden,
    Invalid,
    NotFound,
    StateError,
)
from prm.identity.actor import Actor
from prm.identity.models import Invitation
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.testing.make import Cast, make_member
from prm.workflow.models import Transition
from tests.partners.applying import ANSWERS, begun, filled, move, sent, told

pytestmark = pytest.mark.django_db


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
    assert "partners.application.approved" in told()
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


def test_who_applied_twice_is_told_which_one_goes_on_and_not_by_a_referrer(acme: Cast) -> None:
    first = sent(referrer=f"Ada Vendor ({acme.manager.label})")
    second = sent("wang@shenjiang.example")
    assert first.referrer_user_id == acme.manager.id
    candidate = second.candidates.get()
    with pytest.raises(Forbidden) as refusal, transaction.atomic():
        candidate_merge(actor=acme.manager, application_id=second.pk, candidate_id=candidate.pk)
    assert refusal.value.code == "is_referrer"
    assert Application.objects.get(pk=first.pk).status == "submitted"
    candidate_merge(actor=acme.administrator, application_id=second.pk, candidate_id=candidate.pk)
    assert Notice.objects.filter(email=first.email).order_by("-created_at", "-id")[0].kind == (
        "partners.application.merged"
    )


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
