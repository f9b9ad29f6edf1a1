"""Joining by invitation: who may invite whom, single use, hashed, in the reader's language, through the outbox."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail

from prm.audit.models import AuditEntry
from prm.errors import Conflict, Forbidden, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.handlers import invitation_send
from prm.identity.models import Invitation, Membership, User
from prm.identity.rights import Role
from prm.identity.services import (
    invitation_accept,
    invitation_accept_as_new,
    invitation_create,
    invitation_resend,
    invitation_revoke,
)
from prm.identity.services.invitations import invitation_find
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import Cast, make_member
from prm.testing.relay import relay

PASSWORD = "a long enough secret"


@pytest.fixture
def inside(tenant: Tenant) -> Iterator[None]:
    with tenant_context(tenant):
        yield


def sent_token(invitation: Invitation) -> str:
    """What the mail's link carries, after the handler has run."""
    mail.outbox.clear()
    relay()
    found = re.search(r"/invitations/([\w-]+)/", str(mail.outbox[0].body))
    assert found
    return found[1]


def test_the_mail_is_sent_by_the_outbox_and_holds_the_only_secret(cast: Cast, inside: None) -> None:
    invitation = invitation_create(actor=cast.administrator, email=" New@Example.COM ", role=Role.FINANCE)
    assert mail.outbox == []
    message = Message.objects.get(topic="identity.invitation.requested")
    assert message.payload == {"invitation_id": str(invitation.pk)}
    assert [d.handler for d in message.deliveries.all()] == ["prm.identity.handlers.invitation_send"]

    token = sent_token(invitation)

    letter = mail.outbox[0]
    assert letter.to == ["new@example.com"]
    assert letter.subject == "Acme invites you to the partner portal"
    assert f"http://acme.localhost:8000/invitations/{token}/" in letter.body
    html = letter.alternatives[0].content
    assert f'href="http://acme.localhost:8000/invitations/{token}/"' in html
    invitation.refresh_from_db()
    assert invitation.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(Invitation.objects.values().get()) + str(Message.objects.values_list("payload"))


def test_names_in_the_mail_are_escaped(cast: Cast, inside: None) -> None:
    cast.user(Role.ADMINISTRATOR).name = "<script>alert(1)</script>"
    cast.user(Role.ADMINISTRATOR).save(update_fields=["name"])
    sent_token(invitation_create(actor=cast.administrator, email="new@example.com", role=Role.FINANCE))
    letter = mail.outbox[0]
    assert "<script>" not in letter.alternatives[0].content
    assert "<script>alert(1)</script> invites you" in letter.body


def test_a_new_person_gets_an_account_with_a_verified_address(cast: Cast, inside: None) -> None:
    invitation = invitation_create(
        actor=cast.manager, email="lin@blue.test", role=Role.PARTNER_SALES, partner_id=cast.partner.pk
    )
    token = sent_token(invitation)
    membership = invitation_accept_as_new(token=token, name="Lin Wei", password=PASSWORD, locale="zh-hans")
    assert (membership.role, membership.partner_id, membership.is_active) == (
        Role.PARTNER_SALES, cast.partner.pk, True,
    )  # fmt: skip
    user = User.objects.get(email="lin@blue.test")
    assert (user.name, user.locale, user.check_password(PASSWORD)) == ("Lin Wei", "zh-hans", True)
    assert EmailAddress.objects.get(user=user).verified is True
    trail = AuditEntry.objects.filter(target_id=str(invitation.pk)).order_by("at").values_list("action", "actor_label")
    assert list(trail) == [
        ("identity.invitation.created", "channel_manager@acme.test"),
        ("identity.invitation.accepted", "lin@blue.test"),
    ]


def test_a_link_works_once(cast: Cast, inside: None) -> None:
    token = sent_token(invitation_create(actor=cast.administrator, email="new@example.com", role=Role.FINANCE))
    invitation_accept_as_new(token=token, name="New", password=PASSWORD)
    with pytest.raises(NotFound):
        invitation_accept_as_new(token=token, name="Other", password=PASSWORD)
    with pytest.raises(NotFound):
        invitation_find(token)
    assert User.objects.filter(email="new@example.com").count() == 1


def test_a_link_ends_after_seven_days(cast: Cast, inside: None) -> None:
    with time_machine.travel("2026-03-01T00:00:00Z", tick=False) as traveller:
        token = sent_token(invitation_create(actor=cast.administrator, email="new@example.com", role=Role.FINANCE))
        traveller.shift(dt.timedelta(days=7, seconds=-1))
        assert invitation_find(token).email == "new@example.com"
        traveller.shift(dt.timedelta(seconds=1))
        with pytest.raises(NotFound):
            invitation_find(token)
        with pytest.raises(NotFound):
            invitation_accept_as_new(token=token, name="New", password=PASSWORD)
    assert not User.objects.filter(email="new@example.com").exists()


def test_revoking_and_resending_end_the_link_of_before(cast: Cast, inside: None) -> None:
    invitation = invitation_create(actor=cast.administrator, email="new@example.com", role=Role.FINANCE)
    first = sent_token(invitation)
    invitation_resend(actor=cast.administrator, invitation_id=invitation.pk)
    with pytest.raises(NotFound):
        invitation_find(first)
    second = sent_token(invitation)
    assert invitation_find(second).pk == invitation.pk
    invitation_revoke(actor=cast.administrator, invitation_id=invitation.pk)
    with pytest.raises(NotFound):
        invitation_find(second)
    mail.outbox.clear()
    invitation_send({"invitation_id": str(invitation.pk)})
    relay()
    assert mail.outbox == []


def test_inviting_again_replaces_the_open_invitation(cast: Cast, inside: None) -> None:
    first = invitation_create(actor=cast.administrator, email="new@example.com", role=Role.FINANCE)
    second = invitation_create(actor=cast.administrator, email="new@example.com", role=Role.MARKETING)
    first.refresh_from_db()
    assert first.revoked_at is not None
    assert Invitation.objects.filter(accepted_at=None, revoked_at=None).get().pk == second.pk


def test_a_member_is_not_invited_again(cast: Cast, inside: None) -> None:
    with pytest.raises(Conflict):
        invitation_create(actor=cast.administrator, email="FINANCE@acme.test", role=Role.MARKETING)
    assert not Invitation.objects.exists()


def test_an_existing_user_accepts_only_with_the_own_address(cast: Cast, rival_cast: Cast, inside: None) -> None:
    guest = rival_cast.user(Role.PARTNER_SALES)
    invitation = invitation_create(
        actor=cast.administrator, email=guest.email, role=Role.PARTNER_FINANCE, partner_id=cast.partner.pk
    )
    token = sent_token(invitation)
    with pytest.raises(Forbidden):
        invitation_accept(token=token, user=cast.user(Role.MARKETING))
    with pytest.raises(Conflict):
        invitation_accept_as_new(token=token, name="Impostor", password=PASSWORD)
    membership = invitation_accept(token=token, user=guest)
    assert (membership.user_id, membership.role, membership.tenant_id) == (guest.pk, "partner_finance", cast.tenant.pk)
    guest.refresh_from_db()
    assert not guest.check_password(PASSWORD)


def test_somebody_who_left_comes_back_in_the_new_role(cast: Cast, inside: None) -> None:
    old = cast.members[Role.MARKETING]
    Membership.objects.filter(pk=old.pk).update(is_active=False)
    token = sent_token(invitation_create(actor=cast.administrator, email=old.user.email, role=Role.FINANCE))
    membership = invitation_accept(token=token, user=old.user)
    assert (membership.pk, membership.role, membership.is_active) == (old.pk, Role.FINANCE, True)


def test_the_mail_speaks_the_accounts_language_else_the_vendors(cast: Cast, rival_cast: Cast, inside: None) -> None:
    guest = rival_cast.user(Role.MARKETING)
    guest.locale = "zh-hans"
    guest.save(update_fields=["locale"])
    sent_token(invitation_create(actor=cast.administrator, email=guest.email, role=Role.MARKETING))
    assert 'lang="zh-hans"' in mail.outbox[0].alternatives[0].content
    cast.tenant.locale = "zh-hans"
    sent_token(invitation_create(actor=cast.administrator, email="nobody@example.com", role=Role.MARKETING))
    assert 'lang="zh-hans"' in mail.outbox[0].alternatives[0].content


@pytest.mark.parametrize(
    ("inviter", "role", "at_partner", "refusal"),
    [
        (Role.ADMINISTRATOR, Role.ADMINISTRATOR, False, None),
        (Role.ADMINISTRATOR, Role.PARTNER_ADMINISTRATOR, True, None),
        (Role.CHANNEL_MANAGER, Role.PARTNER_ADMINISTRATOR, True, None),
        (Role.CHANNEL_MANAGER, Role.MARKETING, False, Forbidden),
        (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR, False, Forbidden),
        (Role.FINANCE, Role.MARKETING, False, Forbidden),
        (Role.MARKETING, Role.PARTNER_SALES, True, Forbidden),
        (Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SALES, True, None),
        (Role.PARTNER_ADMINISTRATOR, Role.ADMINISTRATOR, False, Invalid),
        (Role.PARTNER_SALES, Role.PARTNER_SALES, True, Forbidden),
        (Role.PARTNER_FINANCE, Role.PARTNER_FINANCE, True, Forbidden),
        (Role.ADMINISTRATOR, Role.FINANCE, True, Invalid),
        (Role.ADMINISTRATOR, Role.PARTNER_SALES, False, Invalid),
        (Role.ADMINISTRATOR, "owner", False, Invalid),
    ],
)
def test_who_may_invite_into_what(
    cast: Cast, inside: None, inviter: Role, role: str, at_partner: bool, refusal: Any
) -> None:
    details: dict[str, Any] = {"email": "new@example.com", "role": role}
    details["partner_id"] = cast.partner.pk if at_partner else None
    if refusal is None:
        assert invitation_create(actor=cast.actor(inviter), **details).role == role
        return
    with pytest.raises(refusal):
        invitation_create(actor=cast.actor(inviter), **details)
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_partners_people_are_invited_by_their_own_administrator_only(cast: Cast, inside: None) -> None:
    actor = cast.partner_administrator
    with pytest.raises(NotFound):
        invitation_create(
            actor=actor, email="new@example.com", role=Role.PARTNER_SALES, partner_id=cast.other_partner.pk
        )
    other = invitation_create(
        actor=cast.manager, email="new@example.com", role=Role.PARTNER_SALES, partner_id=cast.other_partner.pk
    )
    for attempt in (invitation_revoke, invitation_resend):
        with pytest.raises(NotFound):
            attempt(actor=actor, invitation_id=other.pk)
    own = invitation_create(actor=actor, email="new@example.com", role=Role.PARTNER_SALES)
    assert own.partner_id == cast.partner.pk
    vendor = invitation_create(actor=cast.administrator, email="chief@example.com", role=Role.ADMINISTRATOR)
    with pytest.raises(Forbidden):
        invitation_revoke(actor=cast.manager, invitation_id=vendor.pk)


def test_another_vendors_partner_and_an_unknown_one_are_the_same(cast: Cast, rival_cast: Cast, inside: None) -> None:
    refusals = []
    for partner_id in (rival_cast.partner.pk, uuid4()):
        with pytest.raises(Invalid) as caught:
            invitation_create(
                actor=cast.administrator, email="new@example.com", role=Role.PARTNER_SALES, partner_id=partner_id
            )
        refusals.append(caught.value.fields)
    assert refusals[0] == refusals[1] == {"partner": ["There is no such partner."]}


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@example.com", "x" * 300 + "@example.com"])
def test_bad_addresses_are_refused_at_the_field(cast: Cast, inside: None, email: str) -> None:
    with pytest.raises(Invalid) as caught:
        invitation_create(actor=cast.administrator, email=email, role=Role.FINANCE)
    assert list(caught.value.fields) == ["email"]


@pytest.mark.parametrize(
    ("name", "password", "fields"),
    [("", PASSWORD, ["name"]), ("New", "short", ["password"]), ("  ", "password", ["name", "password"])],
)
def test_a_poor_name_or_password_leaves_the_link_good(
    cast: Cast, inside: None, name: str, password: str, fields: list[str]
) -> None:
    token = sent_token(invitation_create(actor=cast.administrator, email="new@example.com", role=Role.FINANCE))
    with pytest.raises(Invalid) as caught:
        invitation_accept_as_new(token=token, name=name, password=password)
    assert list(caught.value.fields) == fields
    assert not User.objects.filter(email="new@example.com").exists()
    assert invitation_find(token).email == "new@example.com"


def test_systems_and_keys_invite_nobody(cast: Cast, inside: None) -> None:
    with pytest.raises(Forbidden):
        invitation_create(actor=Actor.system("test"), email="new@example.com", role=Role.FINANCE)


def test_a_link_of_another_vendor_opens_nothing(cast: Cast, rival_cast: Cast) -> None:
    with tenant_context(rival_cast.tenant):
        token = sent_token(invitation_create(actor=rival_cast.administrator, email="n@example.com", role=Role.FINANCE))
    with tenant_context(cast.tenant), pytest.raises(NotFound):
        invitation_find(token)


def test_two_clicks_on_one_link_make_one_member(transactional_db: None) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    from prm.testing.make import make_tenant

    tenant = make_tenant("acme")
    administrator = Actor.user(make_member(tenant, Role.ADMINISTRATOR))
    with tenant_context(tenant):
        token = sent_token(invitation_create(actor=administrator, email="new@example.com", role=Role.FINANCE))

    def click(_number: int) -> str:
        try:
            with tenant_context(tenant):
                invitation_accept_as_new(token=token, name="New", password=PASSWORD)
        except (NotFound, Conflict) as error:
            return type(error).__name__
        finally:
            connections.close_all()
        return "joined"

    with ThreadPoolExecutor(4) as pool:
        results = sorted(pool.map(click, range(4)))
    assert results == ["NotFound", "NotFound", "NotFound", "joined"]
    with tenant_context(tenant):
        assert Membership.objects.filter(user__email="new@example.com").count() == 1
