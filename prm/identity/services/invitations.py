"""Invitations by e-mail: single use, for a week. The secret exists only in the mail; the row keeps its hash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, Forbidden, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.models import Invitation, Membership, User
from prm.identity.policies import reach, require_grant
from prm.identity.rights import PARTNER_ROLES, Role
from prm.outbox.services import emit
from prm.tokens import token_hash, token_new

MOST_AT_ONCE = 100
VALID_FOR = dt.timedelta(days=7)
REQUESTED = "identity.invitation.requested"


@transaction.atomic
def invitation_create(*, actor: Actor, email: str, role: str, partner_id: UUID | None = None) -> Invitation:
    """Invite an address into a role; an open invitation of the same address to the same place is replaced.

    Raises `Invalid` for a bad address, role or partner, `Conflict` when the address is a member already. The mail is
    sent by the handler of `identity.invitation.requested`.
    """
    if actor.id is None or actor.kind not in {"user", "operator"}:
        raise Forbidden
    email = _address(email)
    if actor.is_partner and partner_id is None:
        partner_id = actor.partner_id
    _require_fit(role, partner_id)
    require_grant(actor, role, partner_id)
    if Membership.objects.filter(user__email=email, partner_id=partner_id, is_active=True).exists():  # type: ignore[misc]
        raise Conflict(_("%(email)s is a member already.") % {"email": email})
    for open_one in _open().filter(email=email, partner_id=partner_id).select_for_update():
        _revoke(open_one, actor)
    invitation = _insert(email=email, role=role, partner_id=partner_id, invited_by_id=actor.id)
    record(actor, "identity.invitation.created", invitation, {"email": email, "role": role})
    emit(REQUESTED, {"invitation_id": str(invitation.pk)})
    return invitation


@dataclass(frozen=True, slots=True)
class Refused:
    """An address that was not invited, and why."""

    email: str
    reason: str


def invitations_create(
    *, actor: Actor, emails: Sequence[str], role: str, partner_id: UUID | None = None
) -> tuple[list[Invitation], list[Refused]]:
    """Invite many at once; each address for itself, so that one mistake does not keep the others waiting.

    Raises `Invalid` for more than `MOST_AT_ONCE` or none, and what concerns all of them, such as the role.
    """
    addresses = list(dict.fromkeys(email.strip().lower() for email in emails if email.strip()))
    if not 0 < len(addresses) <= MOST_AT_ONCE:
        raise Invalid(fields={"emails": [_("From 1 to %(most)s addresses.") % {"most": MOST_AT_ONCE}]})
    made: list[Invitation] = []
    refused: list[Refused] = []
    for email in addresses:
        try:
            with transaction.atomic():
                made.append(invitation_create(actor=actor, email=email, role=role, partner_id=partner_id))
        except (Conflict, Invalid) as error:
            if isinstance(error, Invalid) and "email" not in error.fields:
                raise
            reasons = error.fields.get("email") or [error.message]
            refused.append(Refused(email, " ".join(str(reason) for reason in reasons)))
    return made, refused


@transaction.atomic
def invitation_resend(*, actor: Actor, invitation_id: UUID) -> Invitation:
    """Send a new mail, valid for a week from now; the link in the old one ends."""
    invitation = _managed(actor, invitation_id)
    invitation.expires_at = clock.now() + VALID_FOR
    _token, invitation.token_hash = token_new()
    invitation.save(update_fields=["expires_at", "token_hash"])
    record(actor, "identity.invitation.resent", invitation, {"email": invitation.email})
    emit(REQUESTED, {"invitation_id": str(invitation.pk)})
    return invitation


@transaction.atomic
def invitation_revoke(*, actor: Actor, invitation_id: UUID) -> Invitation:
    return _revoke(_managed(actor, invitation_id), actor)


@transaction.atomic
def invitation_issue(*, invitation_id: UUID) -> tuple[Invitation, str] | None:
    """Give an open invitation a new secret, for its mail; None when it is open no more."""
    invitation = _open().filter(pk=invitation_id).select_for_update(of=("self",)).first()
    if invitation is None or invitation.expires_at <= clock.now():
        return None
    token, invitation.token_hash = token_new()
    invitation.save(update_fields=["token_hash"])
    return invitation, token


@transaction.atomic
def invitation_accept(*, token: str, user: User) -> Membership:
    """A signed-in user takes the place offered to the own address. Raises `NotFound`, or `Forbidden` for another's."""
    invitation = _locked(token)
    if user.email.lower() != invitation.email or not user.is_active:
        raise Forbidden(_("This invitation was sent to another address."))
    return _join(invitation, user)


@transaction.atomic
def invitation_accept_as_new(*, token: str, name: str, password: str, locale: str = "") -> Membership:
    """Make the account of an invited person and take the place. The address counts as verified: the link came to it.

    Raises `NotFound`, `Conflict` when the address has an account (its owner signs in), `Invalid` for name or password.
    """
    invitation = _locked(token)
    user = User(email=invitation.email, name=name.strip(), locale=locale)
    _require_credentials(user, password)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError as error:
        raise Conflict(_("This address has an account already. Sign in to accept.")) from error
    return _join(invitation, user)


def invitation_find(token: str) -> Invitation:
    """The open invitation behind a link; raises `NotFound` for any other, whatever the reason."""
    invitation = _open().filter(token_hash=token_hash(token), expires_at__gt=clock.now())
    found: Invitation | None = invitation.select_related("invited_by", "partner").first()
    if found is None:
        raise NotFound(_("This invitation is no longer valid. Ask for a new one."))
    return found


def _open() -> Any:
    return Invitation.objects.filter(accepted_at=None, revoked_at=None)


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        Invitation._meta.get_field("email").clean(email, None)
    except ValidationError as error:
        raise Invalid(fields={"email": error.messages}) from error
    return email


def _require_fit(role: str, partner_id: UUID | None) -> None:
    if role not in Role.values:
        raise Invalid(fields={"role": [_("There is no such role.")]})
    if (role in PARTNER_ROLES) != (partner_id is not None):
        raise Invalid(fields={"partner": [_("A partner's role needs a partner, a vendor's role has none.")]})
    partners: Any = Invitation._meta.get_field("partner").related_model
    if partner_id is not None and not partners.objects.filter(pk=partner_id).exists():
        raise Invalid(fields={"partner": [_("There is no such partner.")]})


def _require_credentials(user: User, password: str) -> None:
    fields: dict[str, list[str]] = {}
    if not user.name:
        fields["name"] = [_("Please enter your name.")]
    try:
        validate_password(password, user)
    except ValidationError as error:
        fields["password"] = error.messages
    if fields:
        raise Invalid(fields=fields)


def _insert(**fields: Any) -> Invitation:
    invitation = Invitation(**fields, token_hash=token_new()[1], expires_at=clock.now() + VALID_FOR)
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:  # the same person was invited in another window
        raise Conflict(_("%(email)s has just been invited.") % {"email": invitation.email}) from error
    return invitation


def _managed(actor: Actor, invitation_id: UUID) -> Invitation:
    """The open invitation, locked, if the actor may know of it and could have made it."""
    invitation: Invitation | None = _open().filter(reach(actor), pk=invitation_id).select_for_update().first()
    if invitation is None:
        raise NotFound
    require_grant(actor, invitation.role, invitation.partner_id)
    return invitation


def _revoke(invitation: Invitation, actor: Actor) -> Invitation:
    invitation.revoked_at = clock.now()
    invitation.save(update_fields=["revoked_at"])
    record(actor, "identity.invitation.revoked", invitation, {"email": invitation.email})
    return invitation


def _locked(token: str) -> Invitation:
    """Two clicks on the same link: the second waits here, then finds it accepted."""
    found = _open().filter(token_hash=token_hash(token), expires_at__gt=clock.now()).select_for_update().first()
    if found is None:
        raise NotFound(_("This invitation is no longer valid. Ask for a new one."))
    return found  # type: ignore[no-any-return]


def _join(invitation: Invitation, user: User) -> Membership:
    membership, is_new = Membership.objects.get_or_create(
        user=user,
        partner_id=invitation.partner_id,
        defaults={"role": invitation.role},  # type: ignore[misc]
    )
    if not is_new:
        # Someone who had left comes back in the new role; an active member keeps what others gave meanwhile.
        if membership.is_active:
            raise Conflict(_("You are a member of %(vendor)s already.") % {"vendor": require_tenant().name})
        membership.role, membership.is_active = invitation.role, True
        membership.save(update_fields=["role", "is_active"])
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    record(Actor.user(membership), "identity.invitation.accepted", invitation, {"role": invitation.role})
    emit("identity.membership.changed", {"membership_id": str(membership.pk)})
    return membership
