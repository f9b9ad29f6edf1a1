"""What stands still for whom, on which day. The days of the rows decide, not their status: no task has to have run."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from partners.models import Suspension
from partners.policies.partners import visible
from partners.states.suspensions import SuspensionScope, SuspensionStatus
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import NotFound
from prm.identity.actor import Actor


def is_suspended(partner_id: UUID, scope: str, on: dt.date | None = None) -> bool:
    """Whether this part of the partnership stands still on that day (today): by its own scope, or with everything."""
    return _in_force(scope, on).filter(partner_id=partner_id).exists()


def suspended_ids(scope: str, on: dt.date | None = None) -> QuerySet[Any, Any]:
    """The ids of all partners for which this scope stands still: for `filter(partner_id__in=…)` and `exclude`."""
    return _in_force(scope, on).values_list("partner_id", flat=True)


def suspensions_now(partner_id: UUID, on: dt.date | None = None) -> QuerySet[Suspension]:
    """What is in force for the partner, of any scope: what its page and its own people are told."""
    return _days(Suspension.objects.filter(partner_id=partner_id), _day(on)).order_by("scope", "starts_on")


def suspension_list(
    actor: Actor, *, partner_id: UUID | None = None, scope: str = "", status: str = ""
) -> QuerySet[Suspension]:
    """The suspensions of the partners that the actor sees, the latest first."""
    rows = Suspension.objects.filter(partner__in=visible(actor).order_by().values("pk")).select_related("partner")
    exact = {"partner_id": partner_id, "scope": scope, "status": status}
    for name, value in exact.items():
        rows = rows.filter((name, value)) if value else rows
    return rows.order_by("-starts_on", "-id")


def suspension_get(actor: Actor, suspension_id: UUID) -> Suspension:
    """Raises `NotFound`."""
    found = suspension_list(actor).filter(pk=suspension_id).first()
    if found is None:
        raise NotFound
    return found


def suspended_days(partner_id: UUID, scope: str, since: dt.date, until: dt.date) -> int:
    """On how many days from `since` to `until` the scope stood still: what a clock that pauses adds to its due day."""
    rows = _of_scope(scope).filter(partner_id=partner_id, starts_on__lte=until)
    held: set[dt.date] = set()
    for row in rows:
        last = min([until, *filter(None, [row.ends_on, _before(row.lifted_on)])])
        first = max(since, row.starts_on)
        held.update(first + dt.timedelta(days=offset) for offset in range((last - first).days + 1))
    return len(held)


def _in_force(scope: str, on: dt.date | None) -> QuerySet[Suspension]:
    return _days(_of_scope(scope), _day(on))


def _of_scope(scope: str) -> QuerySet[Suspension]:
    rows = Suspension.objects.filter(scope__in={scope, SuspensionScope.ALL.value}).order_by()
    return rows.exclude(status=SuspensionStatus.CANCELLED)


def _days(rows: QuerySet[Suspension], day: dt.date) -> QuerySet[Suspension]:
    return rows.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        Q(lifted_on__isnull=True) | Q(lifted_on__gt=day),
        starts_on__lte=day,
    ).exclude(status=SuspensionStatus.CANCELLED)


def _day(on: dt.date | None) -> dt.date:
    return on or clock.today(require_tenant())


def _before(day: dt.date | None) -> dt.date | None:
    return day - dt.timedelta(days=1) if day else None
