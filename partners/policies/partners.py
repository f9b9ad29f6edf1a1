"""Which partner companies an actor sees: the vendor's people all, a partner's people their own."""

from __future__ import annotations

from django.db.models import QuerySet

from partners.models import Partner
from prm.errors import Forbidden
from prm.identity.actor import Actor
from prm.identity.rights import Right


def visible(actor: Actor) -> QuerySet[Partner]:
    """Raises `Forbidden` for the vendor's people without the right to see partners."""
    if actor.is_partner:
        return Partner.objects.filter(pk__in=[actor.partner_id])
    actor.require(Right.PARTNERS_VIEW)
    return Partner.objects.all()


def require_edit(actor: Actor) -> None:
    if actor.is_partner:
        raise Forbidden
    actor.require(Right.PARTNERS_EDIT)
