"""Who reads: whose language and clock, and what is still any of their business."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Exists, Q

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


def concerns(user_id: UUID) -> Q:
    """Notices that the reader's present places here allow: the vendor's people all theirs, a partner's people those of
    that partner and of none, and nobody who has left any. Part of the query itself: every page asks it for the bell."""
    places = Membership.objects.filter(user_id=user_id, is_active=True, user__is_active=True)
    at_vendor, anywhere = Exists(places.filter(partner=None)), Exists(places)
    return Q(at_vendor) | Q(partner__in=places.values("partner")) | (Q(partner=None) & Q(anywhere))
