"""The worker's part of a close: the close itself and the end of its row are one transaction."""

from __future__ import annotations

from prm.identity.actor import Actor
from prm.runs.orders import Orders
from prm.runs.progress import progress_set
from rebates.models import CloseRun
from rebates.services.periods import period_close
from rebates.states import CloseStep

STEPS = len(CloseStep)


def _close(run: CloseRun) -> list[str]:
    period = period_close(
        actor=run.actor, kind=run.kind, key=run.key, accept_exceptions=run.accept_exceptions, reason=run.reason,
        tell=lambda step: progress_set(run.pk, step, STEPS),
    )  # fmt: skip
    run.statements = period.statements.count()
    return ["statements"]


CLOSES: Orders[CloseRun] = Orders("rebates.close", CloseRun, Actor.system("rebates.close"), _close)
