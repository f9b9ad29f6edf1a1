"""Short ways to make the people and companies that tests need. Rows, not services: history may be anything."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.test import Client

from partners.models import Partner
from prm.identity.actor import Actor
from prm.identity.models import ApiKey, Membership, User
from prm.identity.rights import PARTNER_ROLES, Right, Role
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant

PASSWORD = "demo-demo-demo"  # noqa: S105 (of people who exist in tests only)


def make_tenant(slug: str = "acme", **fields: Any) -> Tenant:
    """A vendor in CNY at Shanghai, with the calendar year, unless told otherwise."""
    return Tenant.objects.create(slug=slug, name=fields.pop("name", slug.title()), **fields)


def make_partner(tenant: Tenant, code: str = "P-1", **fields: Any) -> Partner:
    with tenant_context(tenant):
        defaults = {"name": f"Partner {code}", "type": "reseller", "region": "East", "country": "CN"}
        return Partner.objects.create(code=code, **defaults | fields)


def make_member(tenant: Tenant, role: Role, partner: Partner | None = None, email: str = "") -> Membership:
    """A user with a verified e-mail and the password `PASSWORD`, and a membership in this role."""
    address = email or f"{role.value}@{tenant.slug}.test"
    user = User.objects.filter(email=address).first()
    if user is None:
        user = User.objects.create_user(address, PASSWORD, name=role.label)
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    with tenant_context(tenant):
        return Membership.objects.create(user=user, role=role, partner=partner)


@dataclass
class Cast:
    """One vendor with two partner companies and a member in every role; partner people work for `partner`."""

    tenant: Tenant
    partner: Partner
    other_partner: Partner
    members: dict[Role, Membership]

    def actor(self, role: Role) -> Actor:
        return Actor.user(self.members[role])

    def user(self, role: Role) -> User:
        return self.members[role].user

    def client(self, role: Role | None) -> Client:
        """A test client at the vendor's host, signed in as this role; None is a stranger."""
        client = Client(SERVER_NAME=f"{self.tenant.slug}.localhost")
        if role is not None:
            client.force_login(self.user(role))
        return client

    @cached_property
    def administrator(self) -> Actor:
        return self.actor(Role.ADMINISTRATOR)

    @cached_property
    def manager(self) -> Actor:
        return self.actor(Role.CHANNEL_MANAGER)

    @cached_property
    def finance(self) -> Actor:
        return self.actor(Role.FINANCE)

    @cached_property
    def partner_administrator(self) -> Actor:
        return self.actor(Role.PARTNER_ADMINISTRATOR)


def key_actor(maker: Actor, *scopes: Right) -> Actor:
    """A key that this person has made, at the active tenant."""
    assert maker.id is not None  # noqa: S101 (people make keys)
    key = ApiKey.objects.create(name="ERP", prefix=uuid4().hex[:12], scopes=list(scopes), created_by_id=maker.id)
    return Actor.api_key(key)


def make_cast(tenant: Tenant) -> Cast:
    partner = make_partner(tenant, "P-1", name="Blue Harbour")
    other = make_partner(tenant, "P-2", name="Stone Bridge")
    members = {role: make_member(tenant, role, partner if role in PARTNER_ROLES else None) for role in Role}
    return Cast(tenant, partner, other, members)
