"""Who may import what: the right to import, and the right to edit the things of that kind."""

from __future__ import annotations

from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.imports.kinds import ImportKind, kinds


def require_kind(actor: Actor, kind: ImportKind) -> None:
    """Raise `Forbidden` unless the actor may import this kind."""
    actor.require(Right.IMPORTS_RUN)
    actor.require(kind.right)


def kinds_of(actor: Actor) -> list[ImportKind]:
    """The kinds that the actor may import."""
    return [kind for kind in kinds() if actor.can(Right.IMPORTS_RUN) and actor.can(kind.right)]
