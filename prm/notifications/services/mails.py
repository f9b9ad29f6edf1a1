"""Mails: which notices they carry, when they leave, and that each leaves at most once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from smtplib import SMTPException, SMTPRecipientsRefused
from uuid import UUID

from celery.utils.log import get_task_logger
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from prm import clock
from prm.notifications.mails import digest_mail, notice_mail
from prm.notifications.models import Mail, Notice, Schedule
from prm.notifications.readers import concerns, zone_of
from prm.notifications.states import MAIL_OPEN, Channel, MailStatus
from prm.notifications.times import day_start, next_at, quiet_end
from prm.outbox.services import emit
from prm.tenancy.context import after_commit

logger = get_task_logger(__name__)
DUE = "notifications.mail.due"
MAX_ATTEMPTS = 6
FIRST_RETRY = dt.timedelta(minutes=5)
EARLY = dt.timedelta(minutes=1)
"""A relay whose clock is ahead of ours comes no more than this too soon."""
LONG = dt.timedelta(minutes=15)
"""By then a mail has left, or its worker is dead."""
PERMANENT = 500


@transaction.atomic
def mails_make(*, notice_ids: Sequence[UUID]) -> None:
    """Give each notice the mail that will carry it: its own, or the reader's next digest."""
    rows = Notice.objects.filter(pk__in=notice_ids, mail=None).select_related("user")
    # In one order everywhere: two workers at it must not wait for each other in a circle.
    for notice in rows.select_for_update(of=("self",)).order_by("user_id", "pk"):
        notice.mail = _digest_of(notice) if _is_bundled(notice) else _own(notice)
        notice.save(update_fields=["mail"])


@transaction.atomic
def mail_send(*, mail_id: UUID) -> None:
    """Send it if somebody is still to read it, and at most once: that is noted, and committed, before it leaves."""
    rows = Mail.objects.select_for_update(of=("self",)).select_related("user")
    mail: Mail | None = rows.filter(pk=mail_id, status__in=MAIL_OPEN).first()
    if mail is None or mail.due_at > clock.now() + EARLY:
        return
    notices = _wanted(mail)
    if not notices:
        mail.status = MailStatus.DROPPED
        mail.save(update_fields=["status"])
    elif until := _quiet_until(mail, notices):
        _put_off(mail, until, MailStatus.HELD)
    else:
        message = digest_mail(mail, notices) if mail.is_digest else notice_mail(mail, notices[0])
        mail.status, mail.attempts, mail.due_at = MailStatus.LEAVING, mail.attempts + 1, clock.now() + LONG
        mail.save(update_fields=["status", "attempts", "due_at"])
        after_commit(partial(_leave, mail, message))


def _leave(mail: Mail, message: EmailMultiAlternatives) -> None:
    try:
        message.send()
    except (SMTPException, OSError) as error:
        logger.warning("mail %s was not sent: %s", mail.pk, error)
        _refused(mail, error)
    except Exception as error:  # nothing has left, and trying again would not help
        logger.exception("mail %s cannot be sent", mail.pk)
        _failed(mail, error)
    else:
        Mail.objects.filter(pk=mail.pk).update(status=MailStatus.SENT, sent_at=clock.now(), error="")
        Notice.objects.filter(mail=mail).exclude(sealed="").update(sealed="")


def _refused(mail: Mail, error: Exception) -> None:
    """A server that refuses has sent nothing: try again later, unless it says that it will never take it."""
    if mail.attempts >= MAX_ATTEMPTS or _is_permanent(error):
        _failed(mail, error)
        return
    mail.error = str(error)[:2000]
    mail.save(update_fields=["error"])
    _put_off(mail, clock.now() + FIRST_RETRY * 2 ** (mail.attempts - 1), MailStatus.WAITING)


def _failed(mail: Mail, error: Exception) -> None:
    mail.status, mail.error = MailStatus.FAILED, f"{type(error).__name__}: {error}"[:2000]
    mail.save(update_fields=["status", "error"])


def _is_permanent(error: Exception) -> bool:
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(code >= PERMANENT for code, _text in error.recipients.values())


def _put_off(mail: Mail, until: dt.datetime, status: MailStatus) -> None:
    mail.status, mail.due_at = status, until
    mail.save(update_fields=["status", "due_at"])
    announce(mail)


def announce(mail: Mail) -> None:
    """Have it sent when it is due."""
    emit(DUE, {"mail_id": str(mail.pk)}, delay=max(mail.due_at - clock.now(), dt.timedelta(0)))


def _wanted(mail: Mail) -> list[Notice]:
    """Its notices that are still any of the reader's business; what was read while it waited is no news."""
    notices = mail.notices.order_by("created_at", "pk")
    if mail.user is not None:
        notices = notices.filter(concerns(mail.user.pk))
        if mail.is_digest or mail.status == MailStatus.HELD:
            notices = notices.filter(read_at=None)
    return [notice for notice in notices.select_related("user") if _is_still_true(notice)]


def _is_still_true(notice: Notice) -> bool:
    still = notice.about.still
    return still is None or notice.user is None or still(notice.user, notice.data)


def _quiet_until(mail: Mail, notices: Sequence[Notice]) -> dt.datetime | None:
    if mail.user is None or any(notice.about.is_pressing for notice in notices):
        return None
    schedule = Schedule.of(mail.user)
    return quiet_end(clock.now(), zone_of(mail.user), schedule.quiet_from, schedule.quiet_until)


def _is_bundled(notice: Notice) -> bool:
    """A digest is the reader's choice, or the consequence of too many mails on one day."""
    if notice.user is None or notice.about.is_pressing:
        return False
    if notice.channel == Channel.DIGEST:
        return True
    since = day_start(clock.now(), zone_of(notice.user))
    today = Mail.objects.filter(user=notice.user, is_digest=False, created_at__gte=since).count()
    return today >= Schedule.of(notice.user).digest_above


def _own(notice: Notice) -> Mail:
    mail: Mail = Mail.objects.create(user=notice.user, email=notice.email, due_at=clock.now())
    announce(mail)
    return mail


def _digest_of(notice: Notice) -> Mail:
    """The reader's open digest, locked: it does not leave before this notice is in it."""
    due = next_at(clock.now(), zone_of(notice.user), Schedule.of(notice.user).digest_at, once_a_day=True)
    wanted = {"user": notice.user, "is_digest": True, "status__in": MAIL_OPEN, "attempts": 0}
    while True:
        mail, is_new = Mail.objects.get_or_create(**wanted, defaults={"due_at": due})
        if is_new:
            announce(mail)
            return mail
        # It may have left since it was looked for.
        if Mail.objects.filter(**wanted, pk=mail.pk).select_for_update().exists():
            return mail
