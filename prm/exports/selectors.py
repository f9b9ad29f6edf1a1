"""Reading exports and column sets. Fetching authorises: a kind that the reader may not see has no exports."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from prm.errors import NotFound
from prm.exports.models import ColumnSet, Export
from prm.exports.policies import kinds_of, visible_sets
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.runs.progress import Progress, progress_get


def export_list(actor: Actor, *, kind: str = "", status: str = "") -> QuerySet[Export]:
    """Everybody's exports of the kinds that the actor may see, newest first, with their files."""
    actor.require(Right.EXPORTS_RUN)
    found: QuerySet[Export] = Export.objects.select_related("file")
    found = found.filter(kind__in=[known.name for known in kinds_of(actor)])
    found = found.filter(kind=kind) if kind else found
    found = found.filter(status=status) if status else found
    return found.order_by("-created_at", "-id")


def export_get(actor: Actor, export_id: UUID) -> Export:
    """Raises `NotFound`."""
    found = export_list(actor).filter(pk=export_id).first()
    if found is None:
        raise NotFound
    return found


def export_progress(export_id: UUID) -> Progress:
    """Where a running export is; the caller has fetched the export through `export_get`."""
    return progress_get(export_id)


def column_set_list(actor: Actor, *, kind: str = "") -> QuerySet[ColumnSet]:
    """The actor's own column sets and those of everybody, by kind and name."""
    actor.require(Right.EXPORTS_RUN)
    found: QuerySet[ColumnSet] = ColumnSet.objects.filter(visible_sets(actor))
    found = found.filter(kind=kind) if kind else found
    return found.order_by("kind", "name", "id")


def column_set_get(actor: Actor, column_set_id: UUID) -> ColumnSet:
    """Raises `NotFound`, also for another person's."""
    found = column_set_list(actor).filter(pk=column_set_id).first()
    if found is None:
        raise NotFound
    return found
