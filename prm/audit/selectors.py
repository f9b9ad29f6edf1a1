from __future__ import annotations

import datetime as dt

from django.db.models import Model, QuerySet

from prm.audit.models import AuditEntry
from prm.identity.actor import Actor
from prm.identity.rights import Right


def entry_list(
    actor: Actor,
    *,
    action: str = "",
    who: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> QuerySet[AuditEntry]:
    """The trail, newest first. `action` and `who` match from the start."""
    actor.require(Right.AUDIT_VIEW)
    entries = AuditEntry.objects.order_by("-at", "-id")
    if action:
        entries = entries.filter(action__startswith=action)
    if who:
        entries = entries.filter(actor_label__istartswith=who)
    if since:
        entries = entries.filter(at__gte=since)
    if until:
        entries = entries.filter(at__lt=until)
    return entries


def is_recorded_since(moment: dt.datetime, action: str, target_id: str = "") -> bool:
    """Whether an action, on one thing or on any, was recorded after the moment."""
    found = AuditEntry.objects.filter(at__gt=moment, action=action)
    return (found.filter(target_id=target_id) if target_id else found).exists()


def entries_about(target: Model) -> QuerySet[AuditEntry]:
    """The history of one thing, newest first; whoever may see the thing may see it."""
    return AuditEntry.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk)).order_by(
        "-at", "-id"
    )
