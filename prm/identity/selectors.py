"""Reads of identity. `places_of` is the one that looks across tenants, through a definer function, for one user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from prm import clock
from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.models import ApiKey, Invitation, Membership, User
from prm.identity.policies import grantable_roles, reach, require_grant, require_team
from prm.identity.rights import PARTNER_ROLES, ROLE_RIGHTS, Right, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True, slots=True)
class Place:
    """A membership as its owner sees it from anywhere. `partner_name` is known only at the active tenant."""

    membership_id: UUID
    tenant_id: UUID
    slug: str
    tenant_name: str
    role: Role
    partner_id: UUID | None
    partner_name: str


def active_membership(user: User | AnonymousUser, *, preferred: str | None = None) -> Membership | None:
    """The membership a user acts under at the active tenant: the preferred one, else the most powerful."""
    if not user.is_authenticated or not user.is_active:
        return None
    order = [When(pk=preferred, then=Value(-1))] if preferred else []
    order += [When(role=role, then=Value(rank)) for rank, role in enumerate(Role.values)]
    ranked: Any = (
        Membership.objects.filter(user=user, is_active=True)
        .exclude(partner__status="ended")
        .select_related("user", "partner")
        .order_by(Case(*order, default=Value(99), output_field=IntegerField()), "id")
    )
    return ranked.first()  # type: ignore[no-any-return]


def places_of(user_id: UUID) -> list[Place]:
    """Every active membership of a user at active vendors, by vendor and role, in one query."""
    partners: Any = Membership._meta.get_field("partner").related_model
    with connection.cursor() as cursor:
        # The join runs as the app: row security shows it the names of the active tenant's partners only.
        cursor.execute(
            f"""
            SELECT m.membership_id, m.tenant_id, m.slug, m.tenant_name, m.role, m.partner_id, coalesce(p.name, '')
            FROM prm_secure.memberships_of(%s) m
            LEFT JOIN {partners._meta.db_table} p ON p.tenant_id = m.tenant_id AND p.id = m.partner_id
            ORDER BY m.tenant_name, m.role, p.name
            """,  # noqa: S608 (a table's name)
            [user_id],
        )
        rows = cursor.fetchall()
    return [
        Place(membership_id, tenant_id, slug, tenant_name, Role(role), partner_id, partner_name)
        for membership_id, tenant_id, slug, tenant_name, role, partner_id, partner_name in rows
    ]


def member_list(
    actor: Actor, *, side: str = "", partner_id: UUID | None = None, role: str = "", search: str = ""
) -> QuerySet[Membership]:
    """The members that the actor may know of, active ones first. `side` is vendor, partner or empty for both."""
    members = Membership.objects.filter(reach(actor)).select_related("user", "partner")
    if side:
        members = members.filter(partner__isnull=side == "vendor")
    if partner_id:
        members = members.filter(partner_id=partner_id)
    if role:
        members = members.filter(role=role)
    if search:
        members = members.filter(Q(user__email__icontains=search) | Q(user__name__icontains=search))
    return members.order_by("-is_active", "partner__name", "user__name", "user__email", "id")


def invitation_list(actor: Actor, *, side: str = "", partner_id: UUID | None = None) -> QuerySet[Invitation]:
    """Open invitations, expired ones included (they can be sent again), newest first."""
    invitations = Invitation.objects.filter(reach(actor), accepted_at=None, revoked_at=None)
    if side:
        invitations = invitations.filter(partner__isnull=side == "vendor")
    if partner_id:
        invitations = invitations.filter(partner_id=partner_id)
    return invitations.select_related("invited_by", "partner").order_by("-created_at", "-id")


def users_with(right: Right, *, partner_id: UUID | None = None) -> list[User]:
    """Active people who have a right, at the vendor or at one partner: whom mails about it go to."""
    roles = [role for role, rights in ROLE_RIGHTS.items() if right in rights]
    members = Membership.objects.filter(role__in=roles, is_active=True, user__is_active=True).select_related("user")
    there = members.filter(partner_id=partner_id) if partner_id else members.filter(partner__isnull=True)
    return list({one.user_id: one.user for one in there.order_by("user__email")}.values())


def membership_at(user: User, partner_id: UUID | None) -> Membership | None:
    """The user's active place at a partner, or at the vendor itself."""
    places = Membership.objects.filter(user=user, is_active=True)
    there = places.filter(partner_id=partner_id) if partner_id else places.filter(partner=None)
    return there.first()


def member_get(actor: Actor, membership_id: UUID) -> Membership:
    """A member the actor may manage; raises `NotFound` out of reach, `Forbidden` above what the actor may grant."""
    found = Membership.objects.filter(reach(actor), pk=membership_id).select_related("user", "partner").first()
    if found is None:
        raise NotFound
    require_grant(actor, found.role, found.partner_id)
    return found


def invitation_get(actor: Actor, invitation_id: UUID) -> Invitation:
    """An open invitation that the actor may manage; raises as `member_get`."""
    found = invitation_list(actor).filter(pk=invitation_id).first()
    if found is None:
        raise NotFound
    require_grant(actor, found.role, found.partner_id)
    return found


def account_exists(email: str) -> bool:
    """Whether an address can sign in. Only for holders of a link sent to it: others would learn who is here."""
    return User.objects.filter(email=email).exists()


def invitable_partners(actor: Actor) -> list[tuple[str, str]]:
    """(id, name and code) of the partners whose people the actor may invite, by name."""
    require_team(actor)
    if actor.is_partner or not grantable_roles(actor) & PARTNER_ROLES:
        return []
    partners: Any = Membership._meta.get_field("partner").related_model
    rows = partners.objects.exclude(status="ended").order_by("name").values_list("id", "name", "code")
    return [(str(key), f"{name} ({code})") for key, name, code in rows]


def api_key_get(actor: Actor, api_key_id: UUID) -> ApiKey:
    found = api_key_list(actor).filter(pk=api_key_id).first()
    if found is None:
        raise NotFound
    return found


def api_key_list(actor: Actor) -> QuerySet[ApiKey]:
    """Keys in use first, then ended ones, newest first."""
    actor.require(Right.API_KEYS_MANAGE)
    ended = Case(When(_in_use(), then=Value(0)), default=Value(1), output_field=IntegerField())
    return ApiKey.objects.select_related("created_by").annotate(ended=ended).order_by("ended", "-created_at", "-id")


def _in_use() -> Q:
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=clock.now()))


def person_behind(kind: str, actor_id: UUID | None) -> UUID | None:
    """The `person_id` of an actor of which a row keeps only its kind and id."""
    if kind == "api_key":
        return ApiKey.objects.filter(pk__in=[actor_id]).values_list("created_by_id", flat=True).first()
    return actor_id if kind in {"user", "operator"} else None
