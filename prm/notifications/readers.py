"""Who reads: whose language and clock, and what is still any of their business."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Q

from prm.db.scope import require_tenant
from prm.identity.models import Membership, User


def zone_of(user: User | None) -> ZoneInfo:
    """The reader's own, else the vendor's."""
    vendors = ZoneInfo(require_tenant().time_zone)
    if user is None or not user.time_zone:
        return vendors
    try:
        return ZoneInfo(user.time_zone)
    except ZoneInfoNotFoundError:
        return vendors


def concerns(user_id: UUID) -> Q | None:
    """Notices that the reader's present places here allow; None for somebody who has no place here any more."""
    places = Membership.objects.filter(user_id=user_id, is_active=True, user__is_active=True)
    partners = set(places.values_list("partner_id", flat=True))
    if not partners:
        return None
    return Q() if None in partners else Q(partner=None) | Q(partner__in=partners)
