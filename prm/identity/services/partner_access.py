"""Taking the access of a partner company away: its people, invitations, and sessions that nothing else needs."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import QuerySet

from prm import clock
from prm.audit.services import record
from prm.identity.actor import Actor
from prm.identity.models import Invitation, Membership
from prm.identity.selectors import places_of
from prm.outbox.services import emit


def active_people(partner_id: UUID) -> int:
    """How many people have a place at the partner."""
    return int(Membership.objects.filter(partner_id=partner_id, is_active=True).count())


def open_invitations(partner_id: UUID) -> int:
    return int(_invitations(partner_id).count())


@transaction.atomic
def partner_access_end(*, actor: Actor, partner_id: UUID, reason: str) -> int:
    """Every place at the partner ends, every open invitation is revoked; returns how many people are out.

    A place is read at each request, so they are out at their next one; who has no place anywhere else is signed out,
    too. Emits `identity.membership.changed` for each.
    """
    members = list(Membership.objects.select_for_update().filter(partner_id=partner_id, is_active=True).order_by("id"))
    for member in members:
        member.is_active = False
        member.save(update_fields=["is_active"])
        record(actor, "identity.membership.deactivated", member, {"reason": reason})
        emit("identity.membership.changed", {"membership_id": str(member.pk)})
    for invitation in _invitations(partner_id).select_for_update():
        invitation.revoked_at = clock.now()
        invitation.save(update_fields=["revoked_at"])
        record(actor, "identity.invitation.revoked", invitation, {"email": invitation.email})
    _sign_out({member.user_id for member in members})
    return len(members)


def _sign_out(user_ids: Collection[UUID]) -> None:
    homeless = [user_id for user_id in user_ids if not places_of(user_id)]
    for session in UserSession.objects.filter(user_id__in=homeless):
        session.end()


def _invitations(partner_id: UUID) -> QuerySet[Invitation]:
    return Invitation.objects.filter(partner_id=partner_id, accepted_at=None, revoked_at=None).order_by("id")
