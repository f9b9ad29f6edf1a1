"""What waits for somebody: imports that stopped half-way and sale lines that count nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.imports.selectors import import_list
from rebates.selectors.accruals import exception_list

WAITING = ("uploaded", "checked")


@dataclass(frozen=True, slots=True)
class Attention:
    """Counts; `waiting` imports were uploaded or checked but not run."""

    waiting: int = 0
    failed: int = 0
    running: int = 0
    exceptions: int = 0

    def __bool__(self) -> bool:
        return bool(self.waiting or self.failed or self.exceptions)

    @property
    def imports(self) -> int:
        return self.waiting + self.failed


def attention(actor: Actor) -> Attention:
    """Two queries; what the reader may not see counts nothing."""
    exceptions = exception_list(actor).order_by().count() if actor.can(Right.ACCRUALS_VIEW) else 0
    if not actor.can(Right.IMPORTS_RUN):
        return Attention(exceptions=exceptions)
    states = list(import_list(actor).order_by().values_list("status", flat=True)[:500])
    return Attention(
        waiting=sum(state in WAITING for state in states),
        failed=states.count("failed"),
        running=states.count("running") + states.count("queued"),
        exceptions=exceptions,
    )


def exceptions_badge(request: HttpRequest) -> int:
    """For the menu."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return exception_list(actor).order_by().count() if actor.can(Right.ACCRUALS_VIEW) else 0
