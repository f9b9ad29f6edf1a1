"""What a person wants to hear, how and when: at this vendor, or everywhere at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from prm.errors import Forbidden, Invalid
from prm.identity.actor import Actor
from prm.identity.selectors import places_of
from prm.notifications.catalogue import kinds
from prm.notifications.models import Preference, Schedule
from prm.notifications.states import LOCKED_AREAS, Area, Channel
from prm.tenancy.context import tenant_context

MOST_A_DAY = 200


@dataclass(frozen=True, slots=True)
class Hours:
    """No quiet hours: both ends None."""

    quiet_from: dt.time | None = None
    quiet_until: dt.time | None = None
    digest_at: dt.time = Schedule.DIGEST_AT
    digest_above: int = Schedule.DIGEST_ABOVE


@transaction.atomic
def preferences_update(
    *, actor: Actor, channels: Mapping[str, str], hours: Hours | None = None, everywhere: bool = False
) -> None:
    """Raises `Invalid` per field; for a locked area too, whatever way it comes."""
    if actor.kind != "user" or actor.id is None:
        raise Forbidden
    _require_valid(channels, hours)
    _save(actor.id, channels, hours)
    for tenant_id in {place.tenant_id for place in places_of(actor.id)} if everywhere else ():
        with tenant_context(tenant_id):
            _save(actor.id, channels, hours)


def _save(user_id: UUID, channels: Mapping[str, str], hours: Hours | None) -> None:
    for area, channel in channels.items():
        Preference.objects.update_or_create(user_id=user_id, area=area, defaults={"channel": channel})
    if hours is not None:
        Schedule.objects.update_or_create(
            user_id=user_id,
            defaults={
                "quiet_from": hours.quiet_from, "quiet_until": hours.quiet_until,
                "digest_at": hours.digest_at, "digest_above": hours.digest_above,
            },
        )  # fmt: skip


def _require_valid(channels: Mapping[str, str], hours: Hours | None) -> None:
    fields: dict[str, list[str]] = {}
    for area, channel in channels.items():
        if area not in Area.values or channel not in Channel.values:
            fields[area] = [_("There is no such choice.")]
        elif area in LOCKED_AREAS:
            because = next((kind.locked_because for kind in kinds() if kind.area == area), _("This can't be chosen."))
            fields[area] = [str(because)]
    if hours is not None:
        if (hours.quiet_from is None) != (hours.quiet_until is None):
            fields["quiet_until"] = [_("Quiet hours need a beginning and an end.")]
        elif hours.quiet_from is not None and hours.quiet_from == hours.quiet_until:
            fields["quiet_until"] = [_("Quiet hours can't end when they begin.")]
        if not 1 <= hours.digest_above <= MOST_A_DAY:
            fields["digest_above"] = [_("Between 1 and %(most)s.") % {"most": MOST_A_DAY}]
    if fields:
        raise Invalid(fields=fields)
