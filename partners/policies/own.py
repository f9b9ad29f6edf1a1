"""What a partner's people may do in their own company, and the vendor's people in any."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from partners.models import Partner
from prm.errors import Forbidden, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right


def within(actor: Actor, *, own: Right, vendor: Right) -> QuerySet[Partner]:
    """The companies of which the actor may do this. Raises `Forbidden` without the right of its side."""
    if actor.is_partner:
        actor.require(own)
        return Partner.objects.filter(pk__in=[actor.partner_id])
    actor.require(vendor)
    return Partner.objects.all()


def require_within(actor: Actor, partner_id: UUID, *, own: Right, vendor: Right) -> None:
    """Raises `NotFound` outside the actor's reach, `Forbidden` without the right."""
    if not within(actor, own=own, vendor=vendor).filter(pk=partner_id).exists():
        raise NotFound


def require_vendor(actor: Actor, right: Right) -> None:
    if actor.is_partner:
        raise Forbidden
    actor.require(right)
