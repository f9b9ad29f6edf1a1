"""Accounts as a whole. They belong to people and the platform, not to a vendor."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import available_timezones

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from prm.audit.services import record
from prm.errors import Forbidden, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.models import User
from prm.identity.selectors import places_of
from prm.tenancy.context import tenant_context


@transaction.atomic
def profile_update(*, user: User, name: str, locale: str, time_zone: str) -> User:
    """A person's own data; `locale` and `time_zone` may be empty. Raises `Invalid` per field."""
    fields: dict[str, list[str]] = {}
    if not name.strip() or len(name.strip()) > 200:
        fields["name"] = [_("Please enter your name.")]
    if locale and locale not in dict(settings.LANGUAGES):
        fields["locale"] = [_("This language is not offered.")]
    if time_zone and time_zone not in available_timezones():
        fields["time_zone"] = [_("There is no such time zone.")]
    if fields:
        raise Invalid(fields=fields)
    user.name, user.locale, user.time_zone = name.strip(), locale, time_zone
    user.save(update_fields=["name", "locale", "time_zone"])
    return user


def user_deactivate(*, actor: Actor, user_id: UUID) -> User:
    """Switch an account off everywhere: its sessions end now, and its API keys prove nothing any more."""
    user = _set_active(actor, user_id, is_active=False)
    for session in UserSession.objects.filter(user=user):
        session.end()
    return user


def sessions_end(*, user_id: UUID) -> int:
    """Sign somebody out everywhere who has no place anywhere any more; returns how many sessions ended.

    Access is gone before: memberships are read at each request. This takes away what is left, the open door itself.
    """
    if places_of(user_id):
        return 0
    sessions = list(UserSession.objects.filter(user_id=user_id))
    for session in sessions:
        session.end()
    return len(sessions)


def user_reactivate(*, actor: Actor, user_id: UUID) -> User:
    return _set_active(actor, user_id, is_active=True)


@transaction.atomic
def _set_active(actor: Actor, user_id: UUID, *, is_active: bool) -> User:
    if actor.kind != "operator" or actor.id == user_id:
        raise Forbidden
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    action = "identity.user.reactivated" if is_active else "identity.user.deactivated"
    for tenant_id in sorted({place.tenant_id for place in places_of(user.pk)}):
        with tenant_context(tenant_id):
            record(actor, action, user, {"email": user.email})
    return user
