"""Who may export what: the right to export, and the right to see the things of that kind."""

from __future__ import annotations

from django.db.models import Q

from prm.exports.kinds import ExportKind, kinds
from prm.identity.actor import Actor
from prm.identity.rights import Right


def require_kind(actor: Actor, kind: ExportKind) -> None:
    """Raise `Forbidden` unless the actor may export this kind."""
    actor.require(Right.EXPORTS_RUN)
    actor.require(kind.right)


def kinds_of(actor: Actor) -> list[ExportKind]:
    """The kinds that the actor may export."""
    return [kind for kind in kinds() if actor.can(Right.EXPORTS_RUN) and actor.can(kind.right)]


def visible_sets(actor: Actor) -> Q:
    """The column sets that an actor may use, change and remove: the own ones and those of everybody."""
    names = [kind.name for kind in kinds_of(actor)]
    return Q(kind__in=names) & (Q(is_shared=True) | Q(owner_id=actor.id, owner_id__isnull=False))
