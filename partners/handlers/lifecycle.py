from __future__ import annotations

from uuid import UUID

from partners.models import Exit, Suspension
from partners.notices.lifecycle import exit_tell, suspension_tell
from prm.outbox.registry import Payload, subscribe


@subscribe("partners.suspension.started")
@subscribe("partners.suspension.lifted")
def suspension_changed(payload: Payload) -> None:
    found = Suspension.objects.select_related("partner").filter(pk=UUID(payload["suspension_id"])).first()
    if found is not None:
        suspension_tell(found)


@subscribe("partners.exit.started")
@subscribe("partners.exit.rescheduled")
@subscribe("partners.exit.cancelled")
def exit_changed(payload: Payload) -> None:
    found = Exit.objects.select_related("partner").filter(pk=UUID(payload["exit_id"])).first()
    if found is not None:
        exit_tell(found)
