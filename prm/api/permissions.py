"""What an operation's declared rights open. Selectors and services check again, object by object."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class HasScope(BasePermission):
    """One of the operation's rights, held by the key as a scope or by the member through the role.

    An operation without rights is about the caller's own things: every member may, no key has any.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.successful_authenticator:
            return False
        operation = getattr(getattr(view, (request.method or "").lower(), None), "operation", None)
        # A method the address does not have is answered with 405 right after this.
        actor = request._request.actor  # type: ignore[attr-defined]
        if operation is None or any(actor.can(right) for right in operation.rights):
            return True
        return not operation.rights and actor.kind == "user"
