from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates.models import Target


def target_list(
    actor: Actor, *, program_code: str = "", period_key: str = "", partner_id: UUID | None = None, search: str = ""
) -> QuerySet[Target]:
    """Targets with their partners, newest period first. `search`: start of a partner's code, or part of its name."""
    actor.require(Right.PROGRAMS_VIEW)
    rows: QuerySet[Target] = Target.objects.select_related("partner")
    if program_code:
        rows = rows.filter(program_code=program_code)
    if period_key:
        rows = rows.filter(period_key=period_key)
    if partner_id is not None:
        rows = rows.filter(partner_id=partner_id)
    if search:
        rows = rows.filter(partner__code__istartswith=search) | rows.filter(partner__name__icontains=search)
    return rows.order_by("-period_key", "program_code", "partner__code")


def target_program_codes(actor: Actor) -> list[str]:
    """The programs that have targets: what a filter offers."""
    return list(target_list(actor).order_by("program_code").values_list("program_code", flat=True).distinct())
