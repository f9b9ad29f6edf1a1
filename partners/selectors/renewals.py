from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from partners.models import Renewal
from partners.policies.lifecycle import require_decide
from partners.states.renewals import RenewalStatus
from prm.errors import NotFound
from prm.identity.actor import Actor


def renewal_list(
    actor: Actor, *, status: str = "", advice: str = "", owner: str = "", partner_id: UUID | None = None
) -> QuerySet[Renewal]:
    """The worklist by day, with partner and owner; without `status` what is to be decided. `owner`: `me`."""
    require_decide(actor)
    rows = Renewal.objects.select_related("partner__manager")
    if partner_id is not None:
        rows = rows.filter(partner_id=partner_id)
    else:
        rows = rows.filter(status=status or RenewalStatus.OPEN)
    if advice:
        rows = rows.filter(advice=advice)
    if owner == "me":
        rows = rows.filter(partner__manager_id=actor.id)
    return rows.order_by("due_on", "id")


def renewal_get(actor: Actor, renewal_id: UUID) -> Renewal:
    """Raises `NotFound`."""
    require_decide(actor)
    found = Renewal.objects.select_related("partner__manager").filter(pk=renewal_id).first()
    if found is None:
        raise NotFound
    return found


def tasks_open(actor: Actor) -> QuerySet[Renewal]:
    """What is to follow from decisions and is not done yet, the nearest first."""
    require_decide(actor)
    rows = Renewal.objects.select_related("partner").exclude(status=RenewalStatus.OPEN).exclude(task="")
    return rows.filter(task_done_at__isnull=True).order_by("task_on", "id")
