"""What the vendor's people do with an application: take it on, hand it over, ask, approve, reject.

The row is held from the first look on: of two who decide at once, the second finds it decided and is told so.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import Application, Partner
from partners.notices import recruitment as notices
from partners.policies.applications import is_referrer, require_reviewer, require_stays
from partners.recruitment.codes import code_made
from partners.selectors.applications import reviewer_choices
from partners.selectors.recruitment import recruitment_settings
from partners.services.application_steps import entry_write, locked, step, tell_applicant, tell_reviewers
from partners.services.company_keys import partner_keys_learn
from partners.services.duplicates import candidates_refresh
from partners.services.partners import partner_create
from partners.services.recruitment import next_code_number
from partners.states.applications import (
    APPLICATION_OPEN,
    APPLICATION_TRANSITIONS,
    REAPPLY_DAYS,
    ApplicationStatus,
    CandidateStatus,
    EntryVerb,
    ReapplyRule,
    RejectReason,
)
from partners.states.partner import PartnerStatus
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Invalid, StateError
from prm.identity.actor import Actor
from prm.identity.models import User
from prm.identity.rights import Right, Role
from prm.identity.selectors import users_with
from prm.identity.services import invitation_create
from prm.notifications.services import notify
from prm.workflow.services import transition_check

MOST_TEXT = 4000


@transaction.atomic
def application_take(*, actor: Actor, application_id: UUID) -> Application:
    """Take it on: whoever does is its reviewer. Emits `partners.application.taken`."""
    application = _reviewed(actor, application_id)
    _take(actor, application)
    return application


@transaction.atomic
def application_assign(*, actor: Actor, application_id: UUID, user_id: UUID) -> Application:
    """Give it to somebody who may review it, and who did not recommend the company."""
    application = _reviewed(actor, application_id)
    if application.status not in APPLICATION_OPEN:
        raise StateError(_("“%(what)s” is decided.") % {"what": application})
    names = dict(reviewer_choices(actor))
    if str(user_id) not in names:
        raise Invalid(fields={"user": [_("This person cannot review applications.")]})
    if is_referrer(user_id, application):
        raise Invalid(fields={"user": [_("This person recommended the company, so somebody else has to review it.")]})
    if application.status == ApplicationStatus.SUBMITTED:
        step(actor, application, "take", action="taken")
        tell_applicant(notices.TAKEN, application)
    user = User.objects.get(pk=user_id)
    application.reviewer_id, application.reviewer_label = user.pk, user.email[:254]
    application.save(update_fields=["reviewer_id", "reviewer_label"])
    entry_write(actor, application, EntryVerb.ASSIGN, names[str(user_id)])
    record(actor, "partners.application.assigned", application, {"reviewer": user.email})
    if not actor.is_person(user.pk):
        tell_reviewers(notices.ASSIGNED, application)
    return application


@transaction.atomic
def application_note(*, actor: Actor, application_id: UUID, text: str) -> Application:
    """A note for colleagues, which the applicant never reads."""
    application = _reviewed(actor, application_id)
    entry_write(actor, application, EntryVerb.NOTE, _words(text))
    return application


@transaction.atomic
def application_ask(*, actor: Actor, application_id: UUID, text: str) -> Application:
    """Give it back with a question; the clock stands still until the answer. Emits `partners.application.asked`."""
    application = _reviewed(actor, application_id)
    words = _words(text)
    _take_if_new(actor, application)
    step(actor, application, "ask", action="asked", reason=RejectReason.NEEDS_MORE_DETAIL)
    application.paused_at = clock.now()
    application.save(update_fields=["paused_at"])
    entry_write(actor, application, EntryVerb.ASK, words)
    until = clock.today(require_tenant()) + dt.timedelta(days=recruitment_settings().answer_days)
    tell_applicant(notices.ASKED, application, {"text": words, "until_on": until.isoformat()})
    return application


@transaction.atomic
def application_reject(*, actor: Actor, application_id: UUID, reason: str, text: str, reapply: str = "") -> Application:
    """Refuse it, with a reason and words for the applicant; `reapply` is the form's rule when left out.

    Emits `partners.application.rejected`.
    """
    application = _reviewed(actor, application_id)
    if reason not in RejectReason.values:
        raise Invalid(fields={"reason": [_("Please choose one.")]})
    rule = reapply or application.version.definition["reapply"]
    if rule not in ReapplyRule.values:
        raise Invalid(fields={"reapply": [_("Please choose one.")]})
    words = _words(text)
    _take_if_new(actor, application)
    application.reject_reason, application.reapply = reason, rule
    days = REAPPLY_DAYS.get(ReapplyRule(rule))
    application.reapply_on = None if days is None else clock.today(require_tenant()) + dt.timedelta(days=days)
    _decided(actor, application, ["reject_reason", "reapply", "reapply_on"])
    step(actor, application, "reject", action="rejected", reason=reason)
    entry_write(actor, application, EntryVerb.REJECT, words)
    tell_applicant(notices.REJECTED, application, {"reject_reason": reason, "text": words})
    return application


@transaction.atomic
def application_approve(*, actor: Actor, application_id: UUID, text: str = "") -> Application:
    """The company becomes a partner, and its contact is invited as the administrator; into a partner that is there
    already the contact comes as one of its sales people, and its administrators are told.

    Emits `partners.application.approved` {application_id, partner_id}. Raises `StateError` (code `duplicates`) while a
    possible duplicate is not resolved, (code `partner_leaves`) for a partner that leaves or has left.
    """
    application = _reviewed(actor, application_id)
    _take_if_new(actor, application)
    transition_check(application, "approve", table=APPLICATION_TRANSITIONS)
    if candidates_refresh(application):
        raise StateError(_("First resolve each possible duplicate."), code="duplicates")
    known = _merged_partner(application)
    partner = known or _partner_made(actor, application)
    application.partner = partner
    _decided(actor, application, ["partner"])
    step(actor, application, "approve", action="approved", partner_id=str(partner.pk))
    partner_keys_learn(application=application, partner_id=partner.pk)
    words = text.strip()[:MOST_TEXT]
    entry_write(actor, application, EntryVerb.APPROVE, words)
    role = Role.PARTNER_SALES if known else Role.PARTNER_ADMINISTRATOR
    invitation_create(actor=actor, email=application.email, role=role, partner_id=partner.pk)
    tell_applicant(notices.JOINS if known else notices.APPROVED, application, {"text": words})
    if known is not None:
        _tell_administrators(application, known)
    return application


def _reviewed(actor: Actor, application_id: UUID) -> Application:
    application = locked(application_id)
    require_reviewer(actor, application)
    return application


def _take_if_new(actor: Actor, application: Application) -> None:
    if application.status == ApplicationStatus.SUBMITTED:
        _take(actor, application, tells=False)


def _take(actor: Actor, application: Application, *, tells: bool = True) -> None:
    step(actor, application, "take", action="taken")
    application.reviewer_id, application.reviewer_label = actor.person_id, actor.label[:254]
    application.save(update_fields=["reviewer_id", "reviewer_label"])
    entry_write(actor, application, EntryVerb.TAKE)
    if tells:
        tell_applicant(notices.TAKEN, application)


def _decided(actor: Actor, application: Application, names: list[str]) -> None:
    now = clock.now()
    application.decided_at, application.closed_at, application.paused_at = now, now, None
    application.decided_by_id, application.decided_by_label = actor.person_id, actor.label[:254]
    application.save(
        update_fields=[*names, "decided_at", "closed_at", "paused_at", "decided_by_id", "decided_by_label"]
    )  # fmt: skip


def _merged_partner(application: Application) -> Partner | None:
    """The partner that a reviewer found to be the same company."""
    merged = application.candidates.filter(status=CandidateStatus.MERGED, partner__isnull=False).first()
    if merged is None or merged.partner_id is None:
        return None
    partner: Partner = Partner.objects.select_for_update().get(pk=merged.partner_id)
    require_stays(partner)
    return partner


def _tell_administrators(application: Application, partner: Partner) -> None:
    """Whoever knows a tax number can apply in the name of a company: those who run its account have to see it."""
    people = users_with(Right.OWN_TEAM_MANAGE, partner_id=partner.pk)
    data = {
        "application_number": str(application), "partner": partner.name, "email": application.email,
        "person": application.contact_name or application.email,
    }  # fmt: skip
    notify(notices.JOINED, to=people, data=data, once=str(application.pk), partner_id=partner.pk)


def _partner_made(actor: Actor, application: Application) -> Partner:
    """A new one with the next free code."""
    answers = application.answers
    return partner_create(
        actor=actor, code=_code(application), name=(answers.get("other_name") or application.legal_name)[:200],
        legal_name=application.legal_name, type=application.form.partner_type, country=application.country,
        status=PartnerStatus.CONTRACTING,
    )  # fmt: skip


def _code(application: Application) -> str:
    year = clock.today(require_tenant()).year
    while True:
        pattern, number = next_code_number()
        code = code_made(pattern, number=number, year=year, country=application.country)
        if not Partner.objects.filter(code=code).exists():
            return code


def _words(text: str) -> str:
    words = text.replace("\0", "").strip()[:MOST_TEXT]
    if not words:
        raise Invalid(fields={"text": [_("Please write something.")]})
    return words
