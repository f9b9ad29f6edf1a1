"""Reminders by mail, once for each reader and day: a review that ends soon, a dispute that is to be decided soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from celery.utils.log import get_task_logger
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from prm import clock
from prm.audit.services import record
from prm.identity.actor import Actor
from prm.identity.models import User
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.outbox.services import emit
from prm.tenancy.context import after_commit
from rebates import fiscal
from rebates.mails import reminder_mail
from rebates.models import Dispute, Reminder, Statement
from rebates.selectors.reviews import review_settings
from rebates.services.disputes import ON_THE_CLOCK
from rebates.states import DisputeStatus, ReminderKind, StatementStatus

logger = get_task_logger(__name__)
DUE = "rebates.reminder.due"
AGAIN = dt.timedelta(minutes=5)
"""After a mail server has refused."""

CLOCKED = (*ON_THE_CLOCK, DisputeStatus.ESCALATED)


@transaction.atomic
def disputes_remind(*, actor: Actor) -> int:
    """Announce, once for each due day, the disputes to be decided soon: `rebates.dispute.due_soon`. Returns how many.

    The vendor's reminder setting counts for them, too. One that waits for the partner is not late.
    """
    days, today = review_settings().reminder_days, fiscal.today()
    rows = Dispute.objects.filter(status__in=CLOCKED, due_on__range=(today, today + dt.timedelta(days=days)))
    open_ones = rows.select_for_update(skip_locked=True).order_by("pk") if days else ()
    count = 0
    for dispute in open_ones:
        if dispute.reminded_for == dispute.due_on:
            continue
        dispute.reminded_for = dispute.due_on
        dispute.save(update_fields=["reminded_for"])
        record(actor, "rebates.dispute.due_soon", dispute)
        emit("rebates.dispute.due_soon", {"dispute_id": str(dispute.pk), "due_on": dispute.due_on.isoformat()})
        count += 1
    return count


@transaction.atomic
def review_reminders_make(*, statement_id: UUID) -> None:
    """A mail for everybody at the partner who may agree or object."""
    statement = Statement.objects.filter(pk=statement_id, status=StatementStatus.IN_REVIEW).first()
    if statement is not None and statement.review_ends_on is not None:
        readers = users_with(Right.OWN_STATEMENTS_REVIEW, partner_id=statement.partner_id)
        _make(readers, kind=ReminderKind.REVIEW, statement=statement, due_on=statement.review_ends_on)


@transaction.atomic
def dispute_reminders_make(*, dispute_id: UUID) -> None:
    """A mail for its reviewer, or for all who could be."""
    dispute = Dispute.objects.filter(pk=dispute_id, status__in=CLOCKED).first()
    if dispute is not None:
        _make(_deciders(dispute), kind=ReminderKind.DISPUTE, dispute=dispute, due_on=dispute.due_on)


@transaction.atomic
def reminder_send(*, reminder_id: UUID) -> None:
    """Send it if it is still true, and at most once: it is noted as sent, and committed, before it leaves."""
    rows = Reminder.objects.select_for_update(of=("self",)).select_related(
        "user", "statement__period", "statement__partner", "dispute__statement", "dispute__partner"
    )
    reminder: Reminder | None = rows.filter(pk=reminder_id, sent_at=None).first()
    if reminder is None:
        return
    if not _is_true(reminder):
        reminder.delete()
        return
    reminder.sent_at = clock.now()
    reminder.save(update_fields=["sent_at"])
    after_commit(partial(_send, reminder.pk, reminder_mail(reminder)))


def _send(reminder_id: UUID, mail: EmailMultiAlternatives) -> None:
    """A server that refuses has sent nothing: try again later."""
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        logger.warning("reminder %s was not sent: %s", reminder_id, error)
        Reminder.objects.filter(pk=reminder_id).update(sent_at=None)
        emit(DUE, {"reminder_id": str(reminder_id)}, delay=AGAIN)


def _make(readers: Iterable[User], **about: Any) -> None:
    for user in readers:
        reminder, made = Reminder.objects.get_or_create(user=user, **about)
        if made:
            emit(DUE, {"reminder_id": str(reminder.pk)})


def _deciders(dispute: Dispute) -> list[User]:
    people = users_with(Right.DISPUTES_DECIDE)
    if dispute.status == DisputeStatus.ESCALATED:
        # The first reviewer does not decide it any more.
        return [one for one in people if one.pk != dispute.reviewer_id]
    return [one for one in people if one.pk == dispute.reviewer_id] or people


def _is_true(reminder: Reminder) -> bool:
    """The day is still to come, and the reader is still one of those who are asked."""
    if reminder.due_on < fiscal.today():
        return False
    if reminder.statement is not None:
        statement = reminder.statement
        readers = users_with(Right.OWN_STATEMENTS_REVIEW, partner_id=statement.partner_id)
        return statement.status == StatementStatus.IN_REVIEW and reminder.user in readers
    dispute = reminder.dispute
    assert dispute is not None  # noqa: S101 (the database says so)
    asked = dispute.status in CLOCKED and dispute.due_on == reminder.due_on
    return asked and reminder.user in _deciders(dispute)
