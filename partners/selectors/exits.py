"""Exits as the two sides read them: the vendor with the checklist, a partner's people their own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from partners.exits import ExitCheck, checks
from partners.models import DataExport, Exit, ExitWaiver
from partners.policies.lifecycle import require_decide
from partners.policies.partners import visible
from partners.states.exits import ExitStatus
from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.models import User
from prm.identity.rights import Right


@dataclass(frozen=True, slots=True)
class CheckState:
    """`waiver` is the one that covers what is left."""

    check: ExitCheck
    count: int
    link: str
    waiver: ExitWaiver | None

    @property
    def is_clear(self) -> bool:
        return self.count == 0

    @property
    def is_done(self) -> bool:
        return self.count == 0 or self.waiver is not None or not self.check.blocks


def exit_list(actor: Actor, *, status: str = "", partner_id: UUID | None = None) -> QuerySet[Exit]:
    """Exits of the partners that the actor sees, by last day."""
    rows = Exit.objects.filter(partner__in=visible(actor).order_by().values("pk")).select_related("partner")
    rows = rows.filter(status=status) if status else rows
    rows = rows.filter(partner_id=partner_id) if partner_id else rows
    return rows.order_by("last_day", "id")


def exit_get(actor: Actor, exit_id: UUID) -> Exit:
    """Raises `NotFound`."""
    found = exit_list(actor).filter(pk=exit_id).first()
    if found is None:
        raise NotFound
    return found


def exit_open_of(partner_id: UUID) -> Exit | None:
    """The exit that is under way, for whoever may see the partner."""
    return Exit.objects.filter(partner_id=partner_id, status=ExitStatus.OPEN).first()


def left_administrators(partner_id: UUID) -> list[User]:
    """Who ran the account of a partner when it left: for what concerns its money after the end."""
    rows = Exit.objects.filter(partner_id=partner_id, status=ExitStatus.FINISHED).order_by("-closed_at")
    found = rows.first()
    return left_with(found) if found else []


def left_with(found: Exit) -> list[User]:
    return list(User.objects.filter(pk__in=found.administrator_ids, is_active=True).order_by("email"))


def exit_checklist(actor: Actor, exit_id: UUID) -> list[CheckState]:
    """Every check as it is now, blocking ones first in their order. For those who decide."""
    require_decide(actor)
    found = exit_get(actor, exit_id)
    waivers: dict[str, ExitWaiver] = {}
    for waiver in found.waivers.order_by("count", "id"):
        waivers[waiver.check_code] = waiver
    states = [_state(check, found, waivers.get(check.code)) for check in checks()]
    return sorted(states, key=lambda state: not state.check.blocks)


def data_export_list(actor: Actor, partner_id: UUID) -> QuerySet[DataExport]:
    """The archives of a partner, newest first."""
    actor.require(Right.OWN_DATA_EXPORT if actor.is_partner else Right.LIFECYCLE_DECIDE)
    if not visible(actor).filter(pk=partner_id).exists():
        raise NotFound
    return DataExport.objects.filter(partner_id=partner_id).order_by("-created_at", "-id")


def data_export_get(actor: Actor, partner_id: UUID, export_id: UUID) -> DataExport:
    """Raises `NotFound`."""
    found = data_export_list(actor, partner_id).filter(pk=export_id).first()
    if found is None:
        raise NotFound
    return found


def _state(check: ExitCheck, found: Exit, waiver: ExitWaiver | None) -> CheckState:
    count = check.count(found.partner_id)
    covers = waiver if waiver is not None and waiver.count >= count else None
    return CheckState(check, count, check.address(found.partner_id), covers)
