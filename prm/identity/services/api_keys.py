"""API keys: shown once, stored as a hash, never stronger than the person who made them."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.errors import Forbidden, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.models import ApiKey, Membership
from prm.identity.notices import KEY_CREATED
from prm.identity.rights import KEY_SCOPES, ROLE_RIGHTS, Right, Role
from prm.identity.selectors import users_with
from prm.notifications.services import notify

MARK = "prm"
PREFIX_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
USE_NOTED_EVERY = dt.timedelta(minutes=1)
_NO_KEY_HASH = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """`token` is told to the maker now and to nobody ever again."""

    key: ApiKey
    token: str


@transaction.atomic
def api_key_create(
    *, actor: Actor, name: str, scopes: Sequence[str], expires_at: dt.datetime | None = None
) -> NewApiKey:
    """Make a key of the vendor. Raises `Invalid` per field, `Forbidden` for a scope that the actor lacks itself."""
    actor.require(Right.API_KEYS_MANAGE)
    if actor.kind != "user" or actor.id is None:
        raise Forbidden
    _require_fields(name, scopes, expires_at)
    if not set(scopes) <= actor.rights:
        raise Forbidden(_("A key cannot do what you may not do yourself."))
    prefix = "".join(secrets.choice(PREFIX_ALPHABET) for _letter in range(12))
    secret = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name.strip(), prefix=prefix, secret_hash=_hash(secret), scopes=sorted(set(scopes)),
        created_by_id=actor.id, expires_at=expires_at,
    )  # fmt: skip
    record(actor, "identity.api_key.created", key, {"name": key.name, "scopes": key.scopes})
    told = {"name": key.name, "maker": actor.label, "scopes": key.scopes}
    notify(KEY_CREATED, to=users_with(Right.API_KEYS_MANAGE), data=told)
    return NewApiKey(key, f"{MARK}_{prefix}_{secret}")


@transaction.atomic
def api_key_revoke(*, actor: Actor, api_key_id: UUID) -> ApiKey:
    """End a key at once. Ending an ended one changes nothing."""
    actor.require(Right.API_KEYS_MANAGE)
    key: ApiKey | None = ApiKey.objects.filter(pk=api_key_id).select_for_update().first()
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        key.save(update_fields=["revoked_at"])
        record(actor, "identity.api_key.revoked", key, {"name": key.name})
    return key


def api_key_authenticate(token: str) -> tuple[ApiKey, Actor] | None:
    """The key behind `prm_<prefix>_<secret>` at the active tenant, and the actor it is; None for any other text.

    Its rights are its scopes as far as its maker still has them: a key dies with the account or the place of the
    maker, and loses what the maker loses.
    """
    prefix, secret = _parts(token)
    key: ApiKey | None = ApiKey.objects.filter(prefix=prefix, revoked_at=None, created_by__is_active=True).first()
    expected = key.secret_hash if key else _NO_KEY_HASH
    is_proven = hmac.compare_digest(_hash(secret), expected)
    if key is None or not secret or not is_proven:
        return None
    if key.expires_at and key.expires_at <= clock.now():
        return None
    rights = _rights_of(key.created_by_id)
    if not rights:
        return None
    _note_use(key)
    actor = Actor.api_key(key)
    return key, replace(actor, rights=actor.rights & rights)


def _parts(token: str) -> tuple[str, str]:
    mark, _sep, rest = token.partition("_")
    prefix, _sep, secret = rest.partition("_")
    return (prefix, secret) if mark == MARK and token.isascii() and len(token) < 200 and "\0" not in token else ("", "")


def _rights_of(user_id: UUID) -> frozenset[Right]:
    roles = Membership.objects.filter(user_id=user_id, partner=None, is_active=True).values_list("role", flat=True)
    return frozenset().union(*(ROLE_RIGHTS[Role(role)] for role in roles))


def _note_use(key: ApiKey) -> None:
    now = clock.now()
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        # A row in use is skipped: a long request must not hold up the others of its key until it commits.
        free = ApiKey.objects.filter(pk=key.pk).select_for_update(skip_locked=True, no_key=True)
        ApiKey.objects.filter(pk__in=free.values("pk")).update(last_used_at=now)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _require_fields(name: str, scopes: Sequence[str], expires_at: dt.datetime | None) -> None:
    fields: dict[str, list[str]] = {}
    if not name.strip() or len(name.strip()) > 100:
        fields["name"] = [_("Please enter a name of up to 100 characters.")]
    if not scopes or not set(scopes) <= set(KEY_SCOPES):
        fields["scopes"] = [_("Choose at least one of the scopes in the list.")]
    if expires_at is not None and expires_at <= clock.now():
        fields["expires_at"] = [_("This is in the past.")]
    if fields:
        raise Invalid(fields=fields)
