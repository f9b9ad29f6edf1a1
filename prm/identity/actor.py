"""Who does something. Every service takes one; there is no such thing as an action by nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from uuid import UUID

from prm.errors import Forbidden
from prm.identity.rights import KEY_SCOPES, PARTNER_ROLES, ROLE_RIGHTS, Right, Role

if TYPE_CHECKING:
    from prm.identity.models import ApiKey, Membership, User


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` is user, api_key, operator or system; `partner_id` is set for people of a partner, who see only it.

    `person_id` is the human behind it: a key and its maker are the same person wherever two people are needed, so rows
    of such rules keep and compare `person_id`, never `id`. Nobody stands behind the system.
    """

    kind: str
    id: UUID | None
    label: str
    rights: frozenset[Right]
    role: Role | None = None
    partner_id: UUID | None = None
    person_id: UUID | None = None

    @classmethod
    def user(cls, membership: Membership) -> Self:
        role = Role(membership.role)
        user = membership.user
        return cls("user", user.pk, user.email, ROLE_RIGHTS[role], role, membership.partner_id, user.pk)

    @classmethod
    def api_key(cls, key: ApiKey) -> Self:
        """The rights are the key's scopes; `prm.identity.services.api_key_authenticate` bounds them by its maker's."""
        rights = frozenset(right for right in KEY_SCOPES if right in key.scopes)
        return cls("api_key", key.pk, key.name, rights, person_id=key.created_by_id)

    @classmethod
    def operator(cls, user: User) -> Self:
        """Somebody of the platform, who opens a vendor; without any reach into the vendor's business."""
        return cls("operator", user.pk, user.email, frozenset({Right.TEAM_MANAGE}), person_id=user.pk)

    @classmethod
    def system(cls, name: str) -> Self:
        return cls("system", None, name, frozenset(Right))

    @property
    def is_partner(self) -> bool:
        return self.role in PARTNER_ROLES

    def is_person(self, user_id: UUID | None) -> bool:
        """Whether this is that person, or a key of theirs."""
        return user_id is not None and user_id == self.person_id

    def can(self, right: Right) -> bool:
        return right in self.rights

    def require(self, right: Right) -> None:
        """Raise `Forbidden` unless this actor has the right."""
        if right not in self.rights:
            raise Forbidden
