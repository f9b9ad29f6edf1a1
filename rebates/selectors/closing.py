"""Closes at work, and how they ended."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.runs.progress import Progress, progress_get
from prm.runs.states import RUN_ACTIVE, RunStatus
from rebates.models import CloseRun
from rebates.states import CloseStep


@dataclass(frozen=True, slots=True)
class CloseProgress:
    """The step a close is at; `progress` counts those before it."""

    step: CloseStep
    progress: Progress


def close_run_list(actor: Actor, *, kind: str = "", key: str = "") -> QuerySet[CloseRun]:
    """Newest first."""
    actor.require(Right.STATEMENTS_VIEW)
    named = {name: value for name, value in (("kind", kind), ("key", key)) if value}
    return CloseRun.objects.filter(**named).order_by("-created_at", "-id")


def close_run_get(actor: Actor, run_id: UUID) -> CloseRun:
    """Raises `NotFound`."""
    found = close_run_list(actor).filter(pk=run_id).first()
    if found is None:
        raise NotFound
    return found


def close_run_last(actor: Actor, kind: str, key: str) -> CloseRun | None:
    """The newest of a period, unless it is done: the closed period then says it all."""
    found = close_run_list(actor, kind=kind, key=key).first()
    return None if found is None or found.status == RunStatus.DONE else found


def closing_keys() -> set[tuple[str, str]]:
    """(kind, key) of periods whose close is at work."""
    return set(CloseRun.objects.filter(status__in=RUN_ACTIVE).values_list("kind", "key"))


def close_progress(run: CloseRun) -> CloseProgress:
    """Where a close is; the caller has fetched it."""
    progress = progress_get(run.pk)
    return CloseProgress(CloseStep(progress.done), progress)
