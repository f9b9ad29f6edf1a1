"""Which membership a signed-in user acts under at this tenant, and whose language and clock the pages follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from prm.identity.actor import Actor
from prm.identity.selectors import active_membership

SESSION_KEY = "membership"


class MembershipMiddleware:
    """Sets `request.membership` and `request.actor`; both None for strangers. Read anew at each request, so that a
    deactivated member is out at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        membership = None
        if request.tenant is not None and request.user.is_authenticated:
            membership = active_membership(request.user, preferred=request.session.get(SESSION_KEY))
        request.membership = membership
        request.actor = Actor.user(membership) if membership else None
        _follow_language(request)
        with timezone.override(_time_zone(request)):
            return self.get_response(request)


def _follow_language(request: Any) -> None:
    """The account's language, on a device where nobody has chosen one yet."""
    chosen = request.user.is_authenticated and request.user.locale
    if chosen and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(chosen)
        request.LANGUAGE_CODE = translation.get_language()


def _time_zone(request: Any) -> ZoneInfo:
    """The reader's own, else the vendor's."""
    own = request.user.time_zone if request.user.is_authenticated else ""
    name = own or (request.tenant.time_zone if request.tenant is not None else settings.TIME_ZONE)
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return ZoneInfo(settings.TIME_ZONE)
