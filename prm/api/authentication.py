"""Who calls: an API key of this tenant, or a signed-in member of it whose browser proves itself with a CSRF token."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from prm.identity.models import ApiKey, User
from prm.identity.services.api_keys import api_key_authenticate

SCHEME = "Bearer"


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer prm_<prefix>_<secret>`. A key of another tenant is as unknown as one that never was."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        scheme, _sep, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        found = api_key_authenticate(token.strip())
        if found is None:
            raise AuthenticationFailed(_("This API key is not valid."))
        key, request._request.actor = found  # type: ignore[attr-defined]
        request._request.membership = None  # type: ignore[attr-defined]
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of a member of this tenant; `MembershipMiddleware` has found the membership and the actor."""

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        membership = request._request.membership  # type: ignore[attr-defined]
        if membership is None:
            return None
        self.enforce_csrf(request)
        return membership.user, membership
