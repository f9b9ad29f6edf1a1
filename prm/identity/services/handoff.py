"""Going from one vendor's host to another without signing in again, although cookies are bound to one host.

The other host makes a random state and keeps it in the visitor's session there; the host where the visitor is signed
in puts user, target and state into the cache for half a minute; the other host redeems that once, and only in the
session that began. So nobody can be walked into somebody else's account by a link.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from django.core.cache import cache

from prm.identity.models import User
from prm.tenancy.models import Tenant

SECONDS = 30


def handoff_create(*, user: User, target: Tenant, state: str) -> str:
    """The secret with which `user` may enter `target` in the session that made `state`."""
    token = secrets.token_urlsafe(32)
    fact = {"user": str(user.pk), "tenant": str(target.pk), "state": state}
    cache.set(_key(token), fact, SECONDS)
    return token


def handoff_redeem(*, token: str, target: Tenant, state: str) -> User | None:
    """The user, once; None for a used, old, foreign or invented token, and for a user who was switched off."""
    fact: dict[str, Any] | None = cache.get(_key(token))
    # The one who deletes the key has it: of two at once only one does.
    if fact is None or not cache.delete(_key(token)):
        return None
    if fact["tenant"] != str(target.pk) or not state or not hmac.compare_digest(fact["state"], state):
        return None
    return User.objects.filter(pk=fact["user"], is_active=True).first()


def _key(token: str) -> str:
    return f"handoff:{token[:100]}"
