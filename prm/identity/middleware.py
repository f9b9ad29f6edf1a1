"""Which membership a signed-in user acts under at this tenant."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from prm.identity.actor import Actor
from prm.identity.selectors import active_membership

SESSION_KEY = "membership"


class MembershipMiddleware:
    """Sets `request.membership` and `request.actor`; both None for strangers. Read anew at each request, so that a
    deactivated member is out at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        membership = None
        if request.tenant is not None and request.user.is_authenticated:  # type: ignore[attr-defined]
            membership = active_membership(request.user, preferred=request.session.get(SESSION_KEY))
        request.membership = membership  # type: ignore[attr-defined]
        request.actor = Actor.user(membership) if membership else None  # type: ignore[attr-defined]
        return self.get_response(request)
