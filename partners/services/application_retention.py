"""What time brings about: overdue answers are told, what nobody goes on with expires, personal data is erased."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from partners.models import Application, ApplicationEntry, ApplicationFile, ApplicationLink, CompanyKey
from partners.notices import recruitment as notices
from partners.selectors.recruitment import recruitment_settings
from partners.services.application_steps import entry_write, locked, step, tell_applicant, tell_reviewers
from partners.states.applications import ApplicationStatus, EntryVerb
from prm import clock
from prm.audit.services import record
from prm.files.services import file_remove
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.notifications.services.forgetting import address_forget
from prm.notifications.states import Area

ERASED = (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN, ApplicationStatus.EXPIRED)
MAILED = dt.timedelta(days=1)
"""After which the last mail to an applicant has left, or never will."""
REMIND_DAYS = 5
"""Before a draft or a question expires."""
RUNNING = (ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW)


@transaction.atomic
def applications_escalate(*, actor: Actor) -> int:
    """Tell everybody who may review of answers that are overdue, once for each due time; returns how many."""
    actor.require(Right.APPLICATIONS_DECIDE)
    late = Application.objects.filter(status__in=RUNNING, due_at__lt=clock.now(), paused_at=None)
    untold = late.filter(Q(escalated_for=None) | ~Q(escalated_for=F("due_at"))).select_for_update(skip_locked=True)
    rows = list(untold.order_by("number"))
    for application in rows:
        application.escalated_for = application.due_at
        application.save(update_fields=["escalated_for"])
        record(actor, "partners.application.overdue", application)
        entry_write(actor, application, EntryVerb.ESCALATE)
        due = application.due_at.isoformat() if application.due_at else ""
        tell_reviewers(notices.OVERDUE, application, once=f"{application.pk}:{due}")
    return len(rows)


@transaction.atomic
def applications_remind(*, actor: Actor) -> int:
    """Tell applicants once that a draft or a question is about to expire; returns how many.

    Only those who have confirmed their address: others may not have written at all.
    """
    actor.require(Right.APPLICATIONS_DECIDE)
    settings, now = recruitment_settings(), clock.now()
    days = {ApplicationStatus.DRAFT: settings.draft_days, ApplicationStatus.INFO_REQUESTED: settings.answer_days}
    known = Application.objects.exclude(email_confirmed_at=None).exclude(entries__verb=EntryVerb.REMIND)
    waiting = known.filter(status__in=days).select_for_update(of=("self",), skip_locked=True)
    told = 0
    for application in waiting.select_related("version").order_by("number"):
        since = application.paused_at or application.created_at
        until = since + dt.timedelta(days=days[ApplicationStatus(application.status)])
        if now < until - dt.timedelta(days=REMIND_DAYS):
            continue
        entry_write(actor, application, EntryVerb.REMIND)
        tell_applicant(notices.EXPIRING, application, {"until_on": until.date().isoformat()})
        told += 1
    return told


@transaction.atomic
def applications_expire(*, actor: Actor) -> int:
    """Drafts and questions that nobody has gone on with expire; returns how many."""
    actor.require(Right.APPLICATIONS_DECIDE)
    settings, now = recruitment_settings(), clock.now()
    drafts = Q(status=ApplicationStatus.DRAFT, created_at__lt=now - dt.timedelta(days=settings.draft_days))
    asked = Q(
        status=ApplicationStatus.INFO_REQUESTED, paused_at__lt=now - dt.timedelta(days=settings.answer_days)
    )  # fmt: skip
    keys = list(Application.objects.filter(drafts | asked).order_by("number").values_list("pk", flat=True))
    return sum(_expire(actor, key) for key in keys)


def _expire(actor: Actor, application_id: UUID) -> bool:
    application = locked(application_id)
    before = application.status
    if before not in (ApplicationStatus.DRAFT, ApplicationStatus.INFO_REQUESTED):
        return False  # the applicant was quicker
    reason = "draft" if before == ApplicationStatus.DRAFT else "no_answer"
    step(actor, application, "expire", action="expired", reason=reason)
    application.closed_at, application.paused_at = clock.now(), None
    application.save(update_fields=["closed_at", "paused_at"])
    entry_write(actor, application, EntryVerb.EXPIRE)
    # Whoever never confirmed the address may not have written at all.
    if application.email_confirmed_at:
        tell_applicant(notices.EXPIRED, application)
    return True


@transaction.atomic
def applications_erase(*, actor: Actor) -> int:
    """Erase the personal data of what was rejected, withdrawn or expired long enough ago; returns how many.

    Drafts that expired were never sent, so a day is enough: until then the mail about it has left.
    """
    actor.require(Right.APPLICATIONS_DECIDE)
    now = clock.now()
    old = Q(closed_at__lt=now - dt.timedelta(days=recruitment_settings().erase_days))
    unsent = Q(submitted_at=None, closed_at__lt=now - MAILED)
    rows = Application.objects.filter(old | unsent, status__in=ERASED, erased_at=None)
    keys = list(rows.order_by("number").values_list("pk", flat=True))
    for key in keys:
        application = locked(key)
        if application.erased_at is None:
            _erase(actor, application)
    return len(keys)


def _erase(actor: Actor, application: Application) -> None:
    """Answers, names, addresses, words, files and messages go; number, states, times and the decision stay."""
    address_forget(email=application.email, before=clock.now() - MAILED, area=Area.RECRUITMENT)
    files = list(ApplicationFile.objects.filter(application=application).select_related("file"))
    for row in files:
        row.delete()
        file_remove(row.file)
    CompanyKey.objects.filter(application=application).delete()
    ApplicationLink.objects.filter(application=application).delete()
    application.candidates.all().delete()
    ApplicationEntry.objects.filter(application=application).update(text="")
    application.answers, application.email, application.legal_name, application.contact_name = {}, "", "", ""
    application.consent_ip, application.referrer_user, application.referrer_partner = None, None, None
    application.erased_at = clock.now()
    application.save(
        update_fields=["answers", "email", "legal_name", "contact_name", "consent_ip", "referrer_user",
                       "referrer_partner", "erased_at"]
    )  # fmt: skip
    record(actor, "partners.application.erased", application, {"rows": len(files)})
