"""The lock that every change of a partner's life takes first."""

from __future__ import annotations

from uuid import UUID

from partners.models import Partner
from prm.errors import NotFound


def partner_locked(partner_id: UUID) -> Partner:
    """The partner, locked until the transaction ends. Raises `NotFound`."""
    partner = Partner.objects.select_for_update().filter(pk=partner_id).first()
    if partner is None:
        raise NotFound
    return partner
