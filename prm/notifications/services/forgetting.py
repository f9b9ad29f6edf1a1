"""Erasing: what is older than anybody reads, and what somebody without an account was told."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from prm import clock
from prm.notifications.models import ActLink, Mail, Notice
from prm.notifications.states import MAIL_OPEN


@transaction.atomic
def address_forget(*, email: str, before: dt.datetime) -> int:
    """Delete what was told to an address before that moment; returns how many notices. What waits to leave stays."""
    told = Notice.objects.filter(email=email.strip().lower(), created_at__lt=before).exclude(mail__status__in=MAIL_OPEN)
    mails = list(told.exclude(mail=None).values_list("mail", flat=True))
    count, _each = told.delete()
    Mail.objects.filter(pk__in=mails, notices=None).delete()
    return int(count)


@transaction.atomic
def notices_prune() -> int:
    """Delete what was told `PRM_NOTICE_KEEP_DAYS` ago, with its mails and links; returns how many notices.

    What waits to leave stays. `once` forgets with them, so the days have to outlast whatever is watched for.
    """
    before = clock.now() - dt.timedelta(days=settings.PRM_NOTICE_KEEP_DAYS)
    count, _each = Notice.objects.filter(created_at__lt=before).exclude(mail__status__in=MAIL_OPEN).delete()
    Mail.objects.filter(created_at__lt=before, notices=None).exclude(status__in=MAIL_OPEN).delete()
    ActLink.objects.filter(expires_at__lt=before).delete()
    return int(count)
