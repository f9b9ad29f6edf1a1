"""Erasing what somebody without an account was told: the right to be forgotten reaches messages, too."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from prm.notifications.models import Mail, Notice
from prm.notifications.states import MAIL_OPEN


@transaction.atomic
def address_forget(*, email: str, before: dt.datetime) -> int:
    """Delete what was told to an address before that moment; returns how many notices. What waits to leave stays."""
    told = Notice.objects.filter(email=email.strip().lower(), created_at__lt=before).exclude(mail__status__in=MAIL_OPEN)
    mails = list(told.exclude(mail=None).values_list("mail", flat=True))
    count, _each = told.delete()
    Mail.objects.filter(pk__in=mails, notices=None).delete()
    return int(count)
