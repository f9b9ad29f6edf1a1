"""Who decides about a partner's life: suspension, renewal, exit."""

from __future__ import annotations

from prm.errors import Forbidden
from prm.identity.actor import Actor
from prm.identity.rights import Right


def require_decide(actor: Actor) -> None:
    if actor.is_partner:
        raise Forbidden
    actor.require(Right.LIFECYCLE_DECIDE)
