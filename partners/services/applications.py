"""What applicants do: begin, write, add files, send, answer, withdraw. They act by a link that only they have."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import IO, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from partners.locks import hold
from partners.models import Application, ApplicationFile, ApplicationLink, FormVersion, Partner
from partners.notices import recruitment as notices
from partners.policies.applications import applicant, require_applicant
from partners.recruitment.answers import answers_kept
from partners.recruitment.fields import fields_of
from partners.selectors.applications import asked_of, reapply_barrier
from partners.selectors.recruitment import business_hours, form_open
from partners.services.application_steps import entry_write, link_make, locked, step, tell_applicant, tell_reviewers
from partners.services.company_keys import application_keys_write
from partners.services.duplicates import candidates_refresh
from partners.states.applications import (
    APPLICATION_CLOSED,
    APPLICATION_OPEN,
    ApplicationStatus,
    EntryVerb,
    WithdrawReason,
)
from prm import clock
from prm.audit.services import record
from prm.errors import Invalid, StateError
from prm.files.services import file_remove, file_store
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.outbox.services import emit
from prm.workflow.hours import add_business_time, business_time_between

Evidence = Sequence[tuple[str, "IO[bytes] | File[bytes]"]]
MOST_FILES = 10
MOST_TEXT = 4000
LINKS_AN_HOUR = 3
ANSWER = "answer"
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@transaction.atomic
def application_start(*, actor: Actor, slug: str, email: str, language: str, referrer: str = "") -> str:
    """Begin a draft and mail its link; returns a secret by which this browser goes on at once.

    Whether the address has applied before is told only to who reads its mail. `actor` is the system: nobody is known
    yet. Emits `partners.application.started`. Raises `Invalid`, `NotFound` for a closed form.
    """
    version = form_open(slug)
    address = _address(email)
    hold("applications")
    number = (Application.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    answers = {"referrer": referrer[:254]} if referrer else {}
    application: Application = Application.objects.create(
        number=number, form=version.form, version=version, email=address, language=language, answers=answers
    )
    record(actor, "partners.application.started", application, {"form": version.form.slug})
    emit("partners.application.started", {"application_id": str(application.pk)})
    entry_write(applicant(application), application, EntryVerb.START)
    if not _has_many_mails(address):
        tell_applicant(notices.STARTED, application)
    return link_make(application, confirms=False)


@transaction.atomic
def links_send(*, actor: Actor, email: str) -> None:
    """Mail fresh links to what this address has begun or sent. Whether there is anything is told to nobody else."""
    address = _address(email)
    hold("applications")
    rows = Application.objects.filter(Q(email=address), erased_at=None).exclude(status=ApplicationStatus.EXPIRED)
    for application in rows.select_related("form", "version").order_by("-number")[:LINKS_AN_HOUR]:
        if not _has_many_mails(address):
            tell_applicant(notices.LINK_ASKED, application)
            record(actor, "partners.application.link_sent", application)


def _has_many_mails(address: str) -> bool:
    """More than `LINKS_AN_HOUR` and a form would be a tool to fill somebody's mailbox."""
    since = clock.now() - dt.timedelta(hours=1)
    recent = ApplicationLink.objects.filter(application__email=address, confirms=True, created_at__gt=since)
    return recent.count() >= LINKS_AN_HOUR


@transaction.atomic
def application_confirm(*, actor: Actor, application_id: UUID) -> Application:
    """The mailed link was used: the address is the applicant's. Doing it again changes nothing.

    Raises `StateError` (code `applied_already`) when the address has another application at this form under way.
    """
    require_applicant(actor, application_id)
    hold("applications")
    application = locked(application_id)
    if application.email_confirmed_at is not None:
        return application
    undecided = [ApplicationStatus.DRAFT, *APPLICATION_OPEN]
    others = Application.objects.filter(form=application.form_id, email=application.email, status__in=undecided)
    other = others.exclude(email_confirmed_at=None).first()
    if other is not None:
        text = _("This address has an application under way: %(number)s. Its link can be sent to you again.")
        raise StateError(text % {"number": other}, code="applied_already")
    application.email_confirmed_at = clock.now()
    application.save(update_fields=["email_confirmed_at"])
    record(actor, "partners.application.confirmed", application)
    return application


@transaction.atomic
def application_save(
    *, actor: Actor, application_id: UUID, answers: Mapping[str, Any], language: str = ""
) -> Application:
    """Keep what was typed, whatever it is: nothing is lost, and nothing is refused before it is sent."""
    application = _draft(actor, application_id)
    fields = fields_of(application.version.definition, "en")
    application.answers = application.answers | answers_kept(fields, answers)
    application.legal_name = application.answers.get("legal_name", "")
    application.country = application.answers.get("country", "")[:2]
    application.contact_name = application.answers.get("contact_name", "")
    application.language = language or application.language
    application.save(update_fields=["answers", "legal_name", "country", "contact_name", "language"])
    return application


@transaction.atomic
def application_file_add(
    *, actor: Actor, application_id: UUID, field: str, name: str, content: IO[bytes] | File[bytes]
) -> ApplicationFile:
    """Add evidence to a draft. Raises `Invalid`, `TooLarge` for what is not accepted."""
    application = _draft(actor, application_id)
    fields = fields_of(application.version.definition, "en")
    if field not in {one.key for one in fields if one.kind == "file"}:
        raise Invalid(fields={field: [_("The form does not ask for this file.")]})
    return _file_add(actor, application, field, (name, content))


@transaction.atomic
def application_file_remove(*, actor: Actor, application_id: UUID, file_id: UUID) -> None:
    """Take evidence out of a draft; nothing happens when it is gone already."""
    application = _draft(actor, application_id)
    row = ApplicationFile.objects.filter(application=application, pk=file_id).select_related("file").first()
    if row is not None:
        row.delete()
        file_remove(row.file)


@transaction.atomic
def application_submit(*, actor: Actor, application_id: UUID, consent: bool, ip: str, language: str) -> Application:
    """Send the draft to the vendor. Emits `partners.application.submitted`.

    Raises `Invalid` with `fields` for what is missing or wrong, `StateError` (codes `not_confirmed`, `too_early`).
    """
    application = _draft(actor, application_id)
    problems = asked_of(application, language).problems
    if not consent:
        problems["consent"] = [_("Please agree, or the application cannot be sent.")]
    if problems:
        raise Invalid(fields=problems)
    if application.email_confirmed_at is None:
        raise StateError(_("Please confirm your address by the link that was sent to it."), code="not_confirmed")
    application_keys_write(application)
    _require_not_barred(application)
    now = clock.now()
    user_id, partner = _referrer(str(application.answers.get("referrer") or ""))
    application.referrer_user_id, application.referrer_partner = user_id, partner
    application.consent_at, application.consent_ip, application.consent_language = now, ip or None, language
    application.submitted_at, application.language = now, language
    application.due_at = add_business_time(now, _response_time(application), business_hours())
    application.save(
        update_fields=["referrer_user", "referrer_partner", "consent_at", "consent_ip", "consent_language",
                       "submitted_at", "language", "due_at"]
    )  # fmt: skip
    step(actor, application, "submit", action="submitted")
    entry_write(actor, application, EntryVerb.SUBMIT)
    candidates_refresh(application)
    tell_applicant(notices.RECEIVED, application, {"due_at": application.due_at.isoformat()})
    tell_reviewers(notices.NEW, application, once=str(application.pk))
    return application


@transaction.atomic
def application_answer(*, actor: Actor, application_id: UUID, text: str, files: Evidence = ()) -> Application:
    """Answer the vendor's question: the clock runs again from where it stood. Emits `partners.application.answered`."""
    require_applicant(actor, application_id)
    application = locked(application_id)
    if not text.strip() and not files:
        raise Invalid(fields={"text": [_("Write an answer or add a file.")]})
    step(actor, application, "answer", action="answered")
    entry_write(actor, application, EntryVerb.ANSWER, text.strip()[:MOST_TEXT])
    for file in files:
        _file_add(actor, application, ANSWER, file)
    now, hours = clock.now(), business_hours()
    if application.due_at and application.paused_at:
        left = business_time_between(application.paused_at, application.due_at, hours)
        # What was overdue when the question was asked stays due since then.
        application.due_at = add_business_time(now, left, hours) if left > dt.timedelta(0) else application.due_at
    application.paused_at, application.answered_at = None, now
    application.save(update_fields=["due_at", "paused_at", "answered_at"])
    tell_applicant(notices.ANSWERED, application)
    tell_reviewers(notices.ANSWER_CAME, application)
    return application


@transaction.atomic
def application_withdraw(*, actor: Actor, application_id: UUID, reason: str) -> Application:
    """The applicant takes it back. Emits `partners.application.withdrawn`."""
    require_applicant(actor, application_id)
    application = locked(application_id)
    if reason not in WithdrawReason.values:
        raise Invalid(fields={"reason": [_("Please choose one.")]})
    step(actor, application, "withdraw", action="withdrawn", reason=reason)
    application.closed_at, application.paused_at = clock.now(), None
    application.save(update_fields=["closed_at", "paused_at"])
    entry_write(actor, application, EntryVerb.WITHDRAW, reason)
    tell_applicant(notices.WITHDRAWN, application)
    return application


def _draft(actor: Actor, application_id: UUID) -> Application:
    require_applicant(actor, application_id)
    application = locked(application_id)
    if application.status != ApplicationStatus.DRAFT:
        closed = application.status in APPLICATION_CLOSED
        raise StateError(_("This application is closed.") if closed else _("This application was sent already."))
    return application


def _file_add(
    actor: Actor, application: Application, field: str, given: tuple[str, IO[bytes] | File[bytes]]
) -> ApplicationFile:
    if ApplicationFile.objects.filter(application=application).count() >= MOST_FILES:
        raise Invalid(fields={field: [_("At most %(most)d files.") % {"most": MOST_FILES}]})
    stored = file_store(actor=actor, name=given[0], content=given[1], purpose="evidence")
    return ApplicationFile.objects.create(application=application, field=field, file=stored)


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(fields={"email": error.messages}) from error
    return address


def _require_not_barred(application: Application) -> None:
    barrier = reapply_barrier(application)
    if barrier is None:
        return
    if barrier.until is None:
        raise StateError(_("An earlier application was decided for good; please get in touch with us."), code="barred")
    day = {"day": barrier.until.isoformat()}
    raise StateError(_("You can apply again from %(day)s on.") % day, code="too_early")


def _response_time(application: Application) -> dt.timedelta:
    version: FormVersion = application.version
    return dt.timedelta(hours=int(version.definition["response_hours"]))


def _referrer(text: str) -> tuple[UUID | None, Partner | None]:
    """The person (by an e-mail anywhere in it) or partner (by code or name) that the applicant names, if there is one.

    What names nobody is shown to the reviewer as it was written.
    """
    named = text.strip()
    if not named:
        return None, None
    if address := ADDRESS.search(named.lower()):
        member = Membership.objects.filter(user__email=address.group(), is_active=True).order_by("partner").first()
        if member is not None:
            return member.user_id, Partner.objects.filter(pk=member.partner_id).first() if member.partner_id else None
    return None, Partner.objects.filter(Q(code=named) | Q(name_folded=named.lower())).order_by("code").first()
