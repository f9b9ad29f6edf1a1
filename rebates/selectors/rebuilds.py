from __future__ import annotations

from dataclasses import dataclass

from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates.models import Rebuild


@dataclass(frozen=True, slots=True)
class Progress:
    """Parts that are done, of all there are, and the results that they changed."""

    done: int
    total: int
    changed: int


def rebuild_last(actor: Actor) -> Rebuild | None:
    actor.require(Right.PERIODS_CLOSE)
    return Rebuild.objects.order_by("-created_at").first()


def rebuild_progress(rebuild: Rebuild) -> Progress:
    parts = list(rebuild.parts.values_list("done_at", "changed"))
    return Progress(sum(done is not None for done, _changed in parts), len(parts), sum(one for _done, one in parts))
