"""Changes of a member's place. They take effect at the member's next request: nothing is cached in sessions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.errors import Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.models import ApiKey, Membership
from prm.identity.policies import reach, require_grant
from prm.identity.rights import PARTNER_ROLES, Right, Role
from prm.outbox.services import emit


@transaction.atomic
def membership_change_role(*, actor: Actor, membership_id: UUID, role: str) -> Membership:
    """Raises `Forbidden` when the old or the new role is above what the actor may grant, `StateError` for the last
    administrator, `Invalid` for a role that does not fit the member's company."""
    membership = _locked(actor, membership_id)
    if role not in Role.values or (role in PARTNER_ROLES) != (membership.partner_id is not None):
        raise Invalid(fields={"role": [_("This role does not fit the member's company.")]})
    require_grant(actor, role, membership.partner_id)
    if role == membership.role:
        return membership
    _require_another_administrator(actor, membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    _tell(actor, "identity.membership.role_changed", membership, {"from": before, "to": role})
    return membership


@transaction.atomic
def membership_deactivate(*, actor: Actor, membership_id: UUID, reason: str) -> Membership:
    """The member is out at once, and so are the API keys that the member made at this vendor.

    Raises `Invalid` without a reason, `StateError` for the last administrator and for who is out already.
    """
    membership = _locked(actor, membership_id)
    if not membership.is_active:
        raise StateError
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    _require_another_administrator(actor, membership)
    membership.is_active = False
    membership.save(update_fields=["is_active"])
    if membership.partner_id is None:
        for key in ApiKey.objects.filter(created_by_id=membership.user_id, revoked_at=None).select_for_update():
            key.revoked_at = clock.now()
            key.save(update_fields=["revoked_at"])
            record(actor, "identity.api_key.revoked", key, {"because": "member deactivated"})
    _tell(actor, "identity.membership.deactivated", membership, {"reason": reason.strip()})
    return membership


@transaction.atomic
def membership_reactivate(*, actor: Actor, membership_id: UUID) -> Membership:
    membership = _locked(actor, membership_id)
    if membership.is_active:
        raise StateError
    membership.is_active = True
    membership.save(update_fields=["is_active"])
    _tell(actor, "identity.membership.reactivated", membership, {})
    return membership


@transaction.atomic
def membership_move(*, actor: Actor, membership_id: UUID, partner_id: UUID) -> Membership:
    """The person works for another partner of this vendor from now on, in the same role; returns the new place.

    The vendor's people move, nobody else: a partner does not take people away from another. Raises `Invalid` for the
    vendor's own people and for a partner that is not there, `StateError` for who has left.
    """
    actor.require(Right.TEAM_MANAGE)
    membership = _locked(actor, membership_id)
    if not membership.is_active:
        raise StateError(_("This person has no access any more. Reactivate it first."))
    partners: Any = Membership._meta.get_field("partner").related_model
    target = partners.objects.exclude(status="ended").filter(pk=partner_id).first()
    if membership.partner_id is None or target is None or partner_id == membership.partner_id:
        raise Invalid(fields={"partner": [_("Choose another partner.")]})
    before = membership.partner
    membership.is_active = False
    membership.save(update_fields=["is_active"])
    place, made = Membership.objects.get_or_create(
        user=membership.user, partner=target, defaults={"role": membership.role}
    )
    if not made and not place.is_active:
        place.role, place.is_active = membership.role, True
        place.save(update_fields=["role", "is_active"])
    _tell(actor, "identity.membership.moved", place, {"from": str(before), "to": str(target)})
    # After the new place: whoever follows people finds them there.
    emit("identity.membership.changed", {"membership_id": str(membership.pk)})
    return place


def _locked(actor: Actor, membership_id: UUID) -> Membership:
    """The member, locked together with the administrators of the same company.

    In one statement and by key: two administrators who demote each other must queue, not both succeed, nor deadlock.
    """
    found = Membership.objects.filter(reach(actor), pk=membership_id).first()
    if found is None:
        raise NotFound
    chiefs = Q(role__in=[Role.ADMINISTRATOR, Role.PARTNER_ADMINISTRATOR], partner_id=found.partner_id)
    rows = Membership.objects.filter(chiefs | Q(pk=membership_id)).select_for_update(of=("self",))
    locked = {row.pk: row for row in rows.select_related("user").order_by("pk")}
    membership: Membership = locked[found.pk]
    require_grant(actor, membership.role, membership.partner_id)
    return membership


def _require_another_administrator(actor: Actor, membership: Membership) -> None:
    """A vendor keeps an administrator whoever asks, a partner company as far as its own people are concerned."""
    guarded = {Role.ADMINISTRATOR} | ({Role.PARTNER_ADMINISTRATOR} if actor.is_partner else set())
    if membership.role not in guarded or not membership.is_active:
        return
    others = Membership.objects.filter(
        role=membership.role,
        partner_id=membership.partner_id,
        is_active=True,
        user__is_active=True,  # type: ignore[misc]
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise StateError(_("This is the last administrator. Give somebody else the role first."))


def _tell(actor: Actor, action: str, membership: Membership, data: dict[str, str]) -> None:
    record(actor, action, membership, {"email": membership.user.email, **data})
    emit("identity.membership.changed", {"membership_id": str(membership.pk)})
