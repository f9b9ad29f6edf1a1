"""What administrators do with mails: look at one beforehand, send one that failed again."""

from __future__ import annotations

from smtplib import SMTPException
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.errors import NotFound, StateError, Unavailable
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.notifications.catalogue import NoticeKind
from prm.notifications.mails import sample_mail
from prm.notifications.models import Mail
from prm.notifications.services.mails import announce
from prm.notifications.states import MailStatus


@transaction.atomic
def mail_retry(*, actor: Actor, mail_id: UUID) -> Mail:
    """Raises `StateError` unless it failed or was interrupted."""
    actor.require(Right.SETTINGS_EDIT)
    mail: Mail | None = Mail.objects.select_for_update().filter(pk=mail_id).first()
    if mail is None:
        raise NotFound
    if not mail.can_be_retried:
        raise StateError(_("Only a mail that failed can be sent again."))
    mail.status, mail.due_at, mail.attempts = MailStatus.WAITING, clock.now(), 1
    mail.save(update_fields=["status", "due_at", "attempts"])
    record(actor, "notifications.mail.retried", mail)
    announce(mail)
    return mail


def sample_send(*, actor: Actor, kind: NoticeKind, language: str, to: str) -> None:
    """Send the actor a sample at once: it shows whether the mail server takes it. Raises `Unavailable` if not."""
    actor.require(Right.SETTINGS_EDIT)
    try:
        sample_mail(kind, to=to, language=language).send()
    except (SMTPException, OSError) as error:
        raise Unavailable(_("The mail server answers: %(error)s") % {"error": error}) from error
