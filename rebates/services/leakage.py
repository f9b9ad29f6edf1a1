"""Asking for a leakage report. It is worked out by a worker and kept (`rebates.leak_work`)."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from prm.audit.services import record
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.runs.states import RUN_ACTIVE
from rebates.models import LeakageRun

WATCH = "rebates.leakage.watch"
"""Internal: somebody has to work on the report until it has ended."""


@transaction.atomic
def leakage_start(*, actor: Actor) -> LeakageRun:
    """Queue a replay of all closed periods. While one waits or runs, asking again gives that one."""
    actor.require(Right.STATEMENTS_VIEW)
    found = _active()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            run: LeakageRun = LeakageRun.objects.create(
                requested_by_id=actor.id, requested_by_label=actor.label[:254]
            )  # fmt: skip
    except IntegrityError:
        # Somebody else asked at the same moment.
        found = _active()
        if found is None:
            raise
        return found
    record(actor, "rebates.leakage.requested", run)
    emit(WATCH, {"run_id": str(run.pk)})
    return run


def _active() -> LeakageRun | None:
    run: LeakageRun | None = LeakageRun.objects.filter(status__in=RUN_ACTIVE).first()
    return run
