"""Reading: what somebody has seen is seen, and stays so."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from prm import clock
from prm.identity.actor import Actor
from prm.notifications.models import Notice
from prm.notifications.selectors import inbox_list, notice_get


@transaction.atomic
def notice_read(*, actor: Actor, notice_id: UUID) -> Notice:
    """Raises `NotFound` for a notice that is not the actor's own."""
    notice = notice_get(actor, notice_id)
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=clock.now())
    notice.refresh_from_db(fields=["read_at"])
    return notice


@transaction.atomic
def notices_read(*, actor: Actor, notice_ids: Sequence[UUID] | None = None) -> int:
    """All of the actor's own, or those among the ids; returns how many were unread."""
    unread = inbox_list(actor, unread=True)
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    # Asked once more outside of the sub-select: of two at once the second finds them read.
    return Notice.objects.filter(pk__in=unread.order_by().values("pk"), read_at=None).update(read_at=clock.now())
