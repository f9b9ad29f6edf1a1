from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from functools import reduce
from operator import or_

from django.db.models import Max, Model, Q, QuerySet

from prm.audit.models import AuditEntry
from prm.identity.actor import Actor
from prm.identity.rights import Right


def entry_list(
    actor: Actor,
    *,
    action: str | Sequence[str] = "",
    who: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> QuerySet[AuditEntry]:
    """The trail, newest first. `action` (one of several is enough) and `who` match from the start."""
    actor.require(Right.AUDIT_VIEW)
    entries = AuditEntry.objects.order_by("-at", "-id")
    if action:
        starts = [action] if isinstance(action, str) else action
        entries = entries.filter(reduce(or_, (Q(action__startswith=start) for start in starts)))
    if who:
        entries = entries.filter(actor_label__istartswith=who)
    if since:
        entries = entries.filter(at__gte=since)
    if until:
        entries = entries.filter(at__lt=until)
    return entries


def last_recorded(action: str) -> dict[str, dt.datetime]:
    """When an action was recorded last, by the id of what it was done to."""
    rows = AuditEntry.objects.filter(action=action).order_by().values_list("target_id")
    return dict(rows.annotate(Max("at")))


def entries_of(target_type: str, target_ids: Collection[object]) -> QuerySet[AuditEntry]:
    """The entries about some things of one kind (`partners.partner`); whoever may see the things may see them."""
    return AuditEntry.objects.filter(target_type=target_type, target_id__in=[str(key) for key in target_ids])


def entries_about(target: Model) -> QuerySet[AuditEntry]:
    """The history of one thing, newest first; whoever may see the thing may see it."""
    return AuditEntry.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk)).order_by(
        "-at", "-id"
    )
