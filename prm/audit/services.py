from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from prm import clock
from prm.audit.models import AuditEntry
from prm.identity.actor import Actor


def record(actor: Actor, action: str, target: Model | None = None, data: Mapping[str, Any] | None = None) -> AuditEntry:
    """Write one entry. `action` is a dotted name such as `rebates.program.published`; `data` must be JSON."""
    entry = _entry(actor, action, target, data)
    entry.save()
    return entry


def record_many(actor: Actor, action: str, targets: Iterable[tuple[Model, Mapping[str, Any]]]) -> None:
    """Write one entry for each target with its data, in one statement."""
    AuditEntry.objects.bulk_create([_entry(actor, action, target, data) for target, data in targets])


def _entry(actor: Actor, action: str, target: Model | None, data: Mapping[str, Any] | None) -> AuditEntry:
    return AuditEntry(
        at=clock.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:254],
        action=action,
        target_type=target._meta.label_lower if target else "",
        target_id=str(target.pk) if target else "",
        target_label=str(target)[:300] if target else "",
        data=dict(data or {}),
    )
