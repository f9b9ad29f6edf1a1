"""Who may open a page: the decorator on every view of the portal, read by the role-matrix test too."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from prm.errors import Forbidden
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Right
from prm.tenancy.models import Tenant

View = Callable[..., HttpResponseBase]


class PortalRequest(HttpRequest):
    """What a view behind `page` receives."""

    tenant: Tenant
    membership: Membership
    actor: Actor
    htmx: Any


def page(*rights: Right | None) -> Callable[[View], View]:
    """Strangers are sent to sign in, non-members of this tenant get 404, members without any of `rights` get 403.

    `page(None)` opens the page to every member. The page is never cached by anybody.
    """
    required = tuple(right for right in rights if right is not None)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.tenant is None:
                raise Http404
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if request.actor is None:
                raise Http404
            if required and not any(request.actor.can(right) for right in required):
                raise Forbidden
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        guarded.required_rights = required  # type: ignore[attr-defined]
        guarded.is_page = True  # type: ignore[attr-defined]
        return guarded

    return decorate


def _to_sign_in(request: Any) -> HttpResponseBase:
    """A part of a page is not replaced by the form to sign in: htmx leaves the page, and comes back to it."""
    page_url = getattr(request.htmx, "current_url_abs_path", None) or request.get_full_path()
    answer = redirect_to_login(page_url, reverse(settings.LOGIN_URL))
    return HttpResponse(status=204, headers={"HX-Redirect": answer.url}) if request.htmx else answer
