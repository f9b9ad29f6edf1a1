"""Changes of roles, API keys and accounts: who may do what to whom, and that it works at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connections
from redis.exceptions import ConnectionError as RedisGone

from prm.audit.models import AuditEntry
from prm.errors import Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.models import ApiKey, Invitation, Membership, User
from prm.identity.rights import KEY_SCOPES, Right, Role
from prm.identity.selectors import member_list, places_of
from prm.identity.services import (
    api_key_authenticate,
    api_key_create,
    api_key_revoke,
    handoff_create,
    handoff_redeem,
    membership_change_role,
    membership_deactivate,
    membership_reactivate,
    user_deactivate,
    user_reactivate,
    vendor_create,
)
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import Cast, make_member, make_tenant


@pytest.fixture
def inside(tenant: Tenant) -> Iterator[None]:
    with tenant_context(tenant):
        yield


def role_of(membership: Membership) -> tuple[str, bool]:
    membership.refresh_from_db()
    return membership.role, membership.is_active


@pytest.mark.parametrize(
    ("who", "whom", "role", "refusal"),
    [
        (Role.ADMINISTRATOR, Role.FINANCE, Role.MARKETING, None),
        (Role.ADMINISTRATOR, Role.PARTNER_SALES, Role.PARTNER_ADMINISTRATOR, None),
        (Role.ADMINISTRATOR, Role.FINANCE, Role.PARTNER_SALES, Invalid),
        (Role.CHANNEL_MANAGER, Role.PARTNER_SALES, Role.PARTNER_FINANCE, None),
        (Role.CHANNEL_MANAGER, Role.MARKETING, Role.CHANNEL_MANAGER, Forbidden),
        (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR, Role.MARKETING, Forbidden),
        (Role.CHANNEL_MANAGER, Role.CHANNEL_MANAGER, Role.ADMINISTRATOR, Forbidden),
        (Role.FINANCE, Role.MARKETING, Role.FINANCE, Forbidden),
        (Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SALES, Role.PARTNER_FINANCE, None),
        (Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SALES, Role.ADMINISTRATOR, Invalid),
        (Role.PARTNER_ADMINISTRATOR, Role.MARKETING, Role.PARTNER_SALES, NotFound),
        (Role.PARTNER_SALES, Role.PARTNER_FINANCE, Role.PARTNER_SALES, Forbidden),
    ],
)
def test_who_may_change_whose_role(cast: Cast, inside: None, who: Role, whom: Role, role: str, refusal: Any) -> None:
    member = cast.members[whom]
    change = {"actor": cast.actor(who), "membership_id": member.pk, "role": role}
    if refusal is None:
        membership_change_role(**change)
        assert role_of(member) == (role, True)
        entry = AuditEntry.objects.get(action="identity.membership.role_changed")
        assert entry.data == {"email": member.user.email, "from": whom, "to": role}
        return
    with pytest.raises(refusal):
        membership_change_role(**change)
    assert role_of(member) == (whom, True)
    assert not AuditEntry.objects.exists()


def test_the_last_administrator_stays(cast: Cast, inside: None) -> None:
    only = cast.members[Role.ADMINISTRATOR]
    with pytest.raises(StateError):
        membership_deactivate(actor=cast.administrator, membership_id=only.pk, reason="Left")
    with pytest.raises(StateError):
        membership_change_role(actor=cast.administrator, membership_id=only.pk, role=Role.FINANCE)
    second = make_member(cast.tenant, Role.ADMINISTRATOR, email="second@acme.test")
    second.user.is_active = False
    second.user.save(update_fields=["is_active"])
    with pytest.raises(StateError):  # an account that is off is no administrator
        membership_deactivate(actor=cast.administrator, membership_id=only.pk, reason="Left")
    second.user.is_active = True
    second.user.save(update_fields=["is_active"])
    membership_deactivate(actor=cast.administrator, membership_id=only.pk, reason="Left")
    assert role_of(only) == (Role.ADMINISTRATOR, False)


def test_two_administrators_who_demote_each_other_at_once_leave_one(transactional_db: None) -> None:
    tenant = make_tenant("acme")
    chiefs = [make_member(tenant, Role.ADMINISTRATOR, email=f"{name}@acme.test") for name in "ab"]

    def demote(number: int) -> str:
        try:
            with tenant_context(tenant):
                other = chiefs[1 - number]
                membership_change_role(actor=Actor.user(chiefs[number]), membership_id=other.pk, role=Role.MARKETING)
        except StateError:
            return "refused"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(demote, range(2))) == ["done", "refused"]
    with tenant_context(tenant):
        assert Membership.objects.filter(role=Role.ADMINISTRATOR).count() == 1


def test_partner_administrators_reach_their_own_company_only(cast: Cast, inside: None) -> None:
    stranger = make_member(cast.tenant, Role.PARTNER_SALES, cast.other_partner, email="far@acme.test")
    actor = cast.partner_administrator
    assert set(member_list(actor).values_list("partner_id", flat=True)) == {cast.partner.pk}
    with pytest.raises(NotFound):
        membership_deactivate(actor=actor, membership_id=stranger.pk, reason="Left")
    with pytest.raises(StateError):  # themselves: the last one of the company
        membership_deactivate(actor=actor, membership_id=cast.members[Role.PARTNER_ADMINISTRATOR].pk, reason="Left")
    membership_deactivate(actor=cast.manager, membership_id=cast.members[Role.PARTNER_ADMINISTRATOR].pk, reason="Left")


def test_another_vendors_member_is_unknown(cast: Cast, rival_cast: Cast, inside: None) -> None:
    for key in (rival_cast.members[Role.MARKETING].pk, uuid4()):
        with pytest.raises(NotFound):
            membership_deactivate(actor=cast.administrator, membership_id=key, reason="Left")


def test_deactivation_works_at_the_next_request_and_can_be_taken_back(cast: Cast) -> None:
    client = cast.client(Role.FINANCE)
    assert client.get("/switch/").status_code == 200
    assert client.get("/")["Location"] == "/f/"
    member = cast.members[Role.FINANCE]
    with tenant_context(cast.tenant):
        membership_deactivate(actor=cast.administrator, membership_id=member.pk, reason="Left")
    assert client.get("/f/").status_code == 404
    with tenant_context(cast.tenant):
        with pytest.raises(StateError):
            membership_deactivate(actor=cast.administrator, membership_id=member.pk, reason="Left")
        membership_reactivate(actor=cast.administrator, membership_id=member.pk)
    assert client.get("/f/").status_code == 200


# API keys


def test_a_key_is_shown_once_and_kept_as_a_hash(cast: Cast, inside: None) -> None:
    made = api_key_create(actor=cast.administrator, name=" ERP ", scopes=["sales.edit", "sales.view", "sales.view"])
    _mark, prefix, secret = made.token.split("_", 2)
    row = ApiKey.objects.values().get()
    assert (row["name"], row["prefix"], row["scopes"]) == ("ERP", prefix, ["sales.edit", "sales.view"])
    assert secret not in str(row) + str(list(AuditEntry.objects.values()))
    found = api_key_authenticate(made.token)
    assert found is not None
    assert (found[1].kind, found[1].id, found[1].rights) == (
        "api_key", made.key.pk, frozenset({Right.SALES_EDIT, Right.SALES_VIEW}),
    )  # fmt: skip


@pytest.mark.parametrize(
    "change", ["", "x", "prm", "prm__", "prm_{prefix}_", "prm_{prefix}_wrong", "{secret}", "\0", "钥匙"]
)
def test_other_texts_prove_nothing(cast: Cast, inside: None, change: str) -> None:
    token = api_key_create(actor=cast.administrator, name="ERP", scopes=["sales.view"]).token
    _mark, prefix, secret = token.split("_", 2)
    assert api_key_authenticate(change.format(prefix=prefix, secret=secret)) is None


def test_a_key_ends_with_its_day_its_revocation_its_vendor(cast: Cast, rival_cast: Cast, inside: None) -> None:
    with time_machine.travel("2026-03-01T00:00:00Z", tick=False) as traveller:
        until = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
        made = api_key_create(actor=cast.administrator, name="ERP", scopes=["sales.view"], expires_at=until)
        assert api_key_authenticate(made.token) is not None
        with tenant_context(rival_cast.tenant):
            assert api_key_authenticate(made.token) is None
        traveller.shift(dt.timedelta(days=1))
        assert api_key_authenticate(made.token) is None
    other = api_key_create(actor=cast.administrator, name="ERP 2", scopes=["sales.view"])
    api_key_revoke(actor=cast.administrator, api_key_id=other.key.pk)
    assert api_key_authenticate(other.token) is None


def test_a_key_is_never_stronger_than_its_maker(cast: Cast, inside: None) -> None:
    second = make_member(cast.tenant, Role.ADMINISTRATOR, email="second@acme.test")
    made = api_key_create(actor=Actor.user(second), name="ERP", scopes=["sales.view", "audit.view"])
    membership_change_role(actor=cast.administrator, membership_id=second.pk, role=Role.CHANNEL_MANAGER)
    found = api_key_authenticate(made.token)
    assert found is not None
    assert found[1].rights == {Right.SALES_VIEW}
    membership_deactivate(actor=cast.administrator, membership_id=second.pk, reason="Left")
    assert api_key_authenticate(made.token) is None
    membership_reactivate(actor=cast.administrator, membership_id=second.pk)
    assert api_key_authenticate(made.token) is None, "a key that was ended stays ended"


def test_the_use_of_a_key_is_noted_once_a_minute(cast: Cast, inside: None) -> None:
    made = api_key_create(actor=cast.administrator, name="ERP", scopes=["sales.view"])
    with time_machine.travel("2026-03-01T00:00:00Z", tick=False) as traveller:
        for seconds in (0, 59, 2):
            traveller.shift(dt.timedelta(seconds=seconds))
            api_key_authenticate(made.token)
            made.key.refresh_from_db()
        assert made.key.last_used_at == dt.datetime(2026, 3, 1, 0, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("scope", ["team.manage", "api_keys.manage", "statements.approve", "own.earnings.view", "all"])
def test_what_needs_a_person_is_no_scope(cast: Cast, inside: None, scope: str) -> None:
    assert scope not in KEY_SCOPES
    with pytest.raises(Invalid) as caught:
        api_key_create(actor=cast.administrator, name="ERP", scopes=[scope])
    assert list(caught.value.fields) == ["scopes"]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_make_and_end_keys(cast: Cast, inside: None, role: Role) -> None:
    made = api_key_create(actor=cast.administrator, name="ERP", scopes=["sales.view"])
    with pytest.raises(Forbidden):
        api_key_create(actor=cast.actor(role), name="ERP", scopes=["partners.view"])
    with pytest.raises(Forbidden):
        api_key_revoke(actor=cast.actor(role), api_key_id=made.key.pk)
    assert api_key_authenticate(made.token) is not None


# Accounts and vendors


def test_a_deactivated_account_loses_sessions_and_keys_everywhere(cast: Cast, rival_cast: Cast) -> None:
    user = cast.user(Role.ADMINISTRATOR)
    client = cast.client(Role.ADMINISTRATOR)
    client.get("/switch/")
    with tenant_context(cast.tenant):
        token = api_key_create(actor=cast.administrator, name="ERP", scopes=["sales.view"]).token
    key = client.session.session_key
    operator = User.objects.create_superuser("op@platform.test")
    user_deactivate(actor=Actor.operator(operator), user_id=user.pk)
    assert not UserSession.objects.filter(user=user).exists()
    assert client.get("/switch/").status_code == 302
    assert cache.get(f"django.contrib.sessions.cached_db{key}") is None
    with tenant_context(cast.tenant):
        assert api_key_authenticate(token) is None
        assert AuditEntry.objects.get(action="identity.user.deactivated").actor_kind == "operator"
    with tenant_context(rival_cast.tenant):
        assert not AuditEntry.objects.exists()
    user_reactivate(actor=Actor.operator(operator), user_id=user.pk)
    with tenant_context(cast.tenant):
        assert api_key_authenticate(token) is not None


def test_who_is_signed_in_stays_so_without_redis(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: Any, **_more: Any) -> None:
        raise RedisGone

    client = cast.client(Role.FINANCE)
    for name in ("get", "set", "add", "incr"):
        monkeypatch.setattr(f"django.core.cache.backends.redis.RedisCacheClient.{name}", gone)
    page = client.get("/switch/")
    assert page.status_code == 200
    assert page.wsgi_request.user == cast.user(Role.FINANCE)


def test_only_operators_switch_accounts_off_and_never_their_own(cast: Cast) -> None:
    operator = User.objects.create_superuser("op@platform.test")
    for actor, user in ((cast.administrator, operator), (Actor.operator(operator), operator)):
        with pytest.raises(Forbidden):
            user_deactivate(actor=actor, user_id=user.pk)
    assert User.objects.get(pk=operator.pk).is_active


def test_a_new_vendor_begins_with_an_invitation(db: None, cast: Cast) -> None:
    operator = Actor.operator(User.objects.create_superuser("op@platform.test"))
    tenant = vendor_create(actor=operator, administrator_email="chief@new.test", slug="new-one", name="New One")
    with tenant_context(tenant):
        invitation = Invitation.objects.get()
        assert (invitation.email, invitation.role, invitation.partner_id) == ("chief@new.test", "administrator", None)
    for fields in ({"slug": "acme", "name": "Twice"}, {"slug": "Bad Slug", "name": "X"}, {"slug": "ok-ok", "name": ""}):
        with pytest.raises(Invalid):
            vendor_create(actor=operator, administrator_email="a@b.test", **fields)
    with pytest.raises(Forbidden):
        vendor_create(actor=cast.administrator, administrator_email="a@b.test", slug="other", name="Other")
    assert sorted(Tenant.objects.values_list("slug", flat=True)) == ["acme", "new-one"]


# Places


def test_places_are_listed_across_vendors_with_one_query(
    cast: Cast, rival_cast: Cast, django_assert_num_queries: Any
) -> None:
    user = cast.user(Role.PARTNER_SALES)
    with tenant_context(rival_cast.tenant):
        Membership.objects.create(user=user, role=Role.PARTNER_FINANCE, partner=rival_cast.partner)
        Membership.objects.create(user=user, role=Role.MARKETING, is_active=False)
    with tenant_context(cast.tenant):
        Membership.objects.create(user=user, role=Role.PARTNER_ADMINISTRATOR, partner=cast.other_partner)
        with django_assert_num_queries(1):
            places = places_of(user.pk)
    assert [(place.slug, place.role, place.partner_name) for place in places] == [
        ("acme", "partner_administrator", "Stone Bridge"),
        ("acme", "partner_sales", "Blue Harbour"),
        ("rival", "partner_finance", ""),
    ]
    rival_cast.tenant.is_active = False
    rival_cast.tenant.save(update_fields=["is_active"])
    assert {place.slug for place in places_of(user.pk)} == {"acme"}


def test_a_handoff_is_for_one_user_one_vendor_one_session_once(cast: Cast, rival_cast: Cast) -> None:
    user, here, there = cast.user(Role.FINANCE), cast.tenant, rival_cast.tenant

    def token() -> str:
        return handoff_create(user=user, target=there, state="state")

    assert handoff_redeem(token=token(), target=here, state="state") is None
    assert handoff_redeem(token=token(), target=there, state="other") is None
    assert handoff_redeem(token=token(), target=there, state="") is None
    assert handoff_redeem(token="invented", target=there, state="state") is None
    good = token()
    assert handoff_redeem(token=good, target=there, state="state") == user
    assert handoff_redeem(token=good, target=there, state="state") is None
    late = token()
    assert 0 < cache.ttl(f"handoff:{late}") <= 30 if hasattr(cache, "ttl") else True
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert handoff_redeem(token=late, target=there, state="state") is None
