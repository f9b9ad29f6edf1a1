"""Who may manage whom: an actor may give and take only roles it may grant, a partner's people only in their company."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from prm.errors import Forbidden, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import PARTNER_ROLES, ROLE_GRANTS, VENDOR_ROLES, Right, Role


def require_team(actor: Actor) -> None:
    """Raise `Forbidden` unless the actor manages a team at all: the vendor's, or the own company's."""
    if not (actor.can(Right.TEAM_MANAGE) or actor.can(Right.OWN_TEAM_MANAGE)):
        raise Forbidden


def grantable_roles(actor: Actor) -> frozenset[Role]:
    """The roles this actor may give to people, and change or take away from them."""
    if actor.kind in {"operator", "system"}:
        return VENDOR_ROLES | PARTNER_ROLES
    return ROLE_GRANTS.get(actor.role, frozenset()) if actor.role else frozenset()


def reach(actor: Actor) -> Q:
    """Members and invitations that the actor may know of."""
    require_team(actor)
    return Q(partner_id=actor.partner_id) if actor.is_partner else Q()


def require_grant(actor: Actor, role: str, partner_id: UUID | None) -> None:
    """Raise `NotFound` outside the actor's company, `Forbidden` for a role above what the actor may grant."""
    require_team(actor)
    if actor.is_partner and partner_id != actor.partner_id:
        raise NotFound
    if role not in grantable_roles(actor):
        raise Forbidden
