from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Value, When

from prm.identity.models import Membership
from prm.identity.rights import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from prm.identity.models import User


def active_membership(user: User | AnonymousUser, *, preferred: str | None = None) -> Membership | None:
    """The membership a user acts under at the active tenant: the preferred one, else the most powerful."""
    if not user.is_authenticated or not user.is_active:
        return None
    order = [When(pk=preferred, then=Value(-1))] if preferred else []
    order += [When(role=role, then=Value(rank)) for rank, role in enumerate(Role.values)]
    ranked: Any = (
        Membership.objects.filter(user=user, is_active=True)
        .select_related("user", "partner")
        .order_by(Case(*order, default=Value(99), output_field=IntegerField()), "id")
    )
    return ranked.first()  # type: ignore[no-any-return]
