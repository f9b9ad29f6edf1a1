"""Erasing: what is older than anybody reads, and what somebody without an account was told."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from prm import clock
from prm.notifications.catalogue import kinds
from prm.notifications.models import ActLink, Mail, Notice
from prm.notifications.states import MAIL_OPEN, Area


@transaction.atomic
def address_forget(*, email: str, before: dt.datetime, area: Area) -> int:
    """Delete what was told to an address about one area before that moment; returns how many notices.

    What waits to leave stays, and so does what the same address was told about other things.
    """
    codes = [kind.code for kind in kinds() if kind.area == area]
    rows = Notice.objects.filter(email=email.strip().lower(), created_at__lt=before, kind__in=codes)
    told = rows.exclude(mail__status__in=MAIL_OPEN)
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
