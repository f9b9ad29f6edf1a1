"""Demo logins: one person for each role at each vendor, one of whom works for two companies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings

from prm.identity.models import Membership, User
from prm.identity.rights import Role
from prm.tenancy.models import Tenant

PEOPLE: list[tuple[str, str, str, Role]] = [
    ("admin", "Grace Liu", "刘雅", Role.ADMINISTRATOR),
    ("manager", "Wei Chen", "陈伟", Role.CHANNEL_MANAGER),
    ("finance", "Nora Fischer", "方诺", Role.FINANCE),
    ("partner", "Ming Zhao", "赵明", Role.PARTNER_ADMINISTRATOR),
]


def emails(slug: str) -> dict[Role, str]:
    return {role: f"{login}@{slug}.test" for login, _en, _zh, role in PEOPLE}


def people_create(tenant: Tenant, partner_ids: list[UUID]) -> dict[Role, Membership]:
    """The four logins with their memberships; the partner person belongs to each company of `partner_ids`."""
    made: dict[Role, Membership] = {}
    for login, english, chinese, role in PEOPLE:
        name = chinese if tenant.locale.startswith("zh") else english
        user = _user(f"{login}@{tenant.slug}.test", name=name)
        companies: list[Any] = list(partner_ids) if role is Role.PARTNER_ADMINISTRATOR else [None]
        memberships = [Membership.objects.create(user=user, role=role, partner_id=company) for company in companies]
        made[role] = memberships[0]
    return made


def _user(email: str, *, name: str) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, settings.PRM_DEMO_PASSWORD, name=name)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
