"""Where a person works: the first page after signing in, the switcher, the way from one vendor's host to another."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.shared.account import account_page
from prm.errors import NotFound
from prm.identity.middleware import SESSION_KEY
from prm.identity.selectors import places_of
from prm.identity.services import handoff_create, handoff_redeem
from prm.tenancy.hosts import tenant_url
from prm.tenancy.selectors import tenant_by_slug
from prm.web.navigation import SURFACES, home_surface
from prm.web.shell import Place, Shell

HANDOFF_KEY = "handoff"
BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@require_safe
@never_cache
def root(request: Any) -> HttpResponse:
    """Members go to their surface; everybody else is told where they are."""
    if request.membership is not None:
        return redirect(SURFACES[home_surface(request.actor.role)].prefix)
    if request.tenant is not None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse(settings.LOGIN_URL))
    return render(request, "portal/shared/places/landing.html", {"places": _places(request)})


@require_http_methods(["GET", "POST"])
@account_page
def switch(request: Any) -> HttpResponse:
    """GET lists the places, POST takes one at this vendor (others are links, which lead to their host)."""
    if request.method == "POST":
        wanted = request.POST.get("membership", "")
        if wanted not in {place.membership_id for place in _places(request)}:
            raise NotFound
        request.session[SESSION_KEY] = wanted
        return redirect("shared:root")
    return render(request, "portal/shared/places/switch.html", {"places": _places(request)})


@require_safe
@never_cache
def session_start(request: Any) -> HttpResponse:
    """At the vendor to go to: begin, and ask the host where the visitor comes from to vouch for them."""
    origin = request.GET.get("from", "")
    if request.tenant is None or (origin and tenant_by_slug(origin) is None):
        raise Http404
    wanted = _uuid(request.GET.get("membership", ""))
    if request.membership is not None:
        request.session[SESSION_KEY] = wanted or request.session.get(SESSION_KEY)
        return redirect("shared:root")
    state = secrets.token_urlsafe(32)
    request.session[HANDOFF_KEY] = {"state": state, "membership": wanted}
    question = urlencode({"to": request.tenant.slug, "state": state})
    return redirect(tenant_url(request, origin, f"{reverse('shared:session_handoff')}?{question}"))


@require_safe
@account_page
def session_handoff(request: Any) -> HttpResponse:
    """Where the visitor is signed in: vouch for them at a vendor where they have a place, and at no other."""
    slug, state = request.GET.get("to", ""), request.GET.get("state", "")
    target = tenant_by_slug(slug)
    is_theirs = target is not None and any(place.tenant_id == target.pk for place in places_of(request.user.pk))
    if target is None or not is_theirs or not 0 < len(state) <= 100:
        raise Http404
    token = handoff_create(user=request.user, target=target, state=state)
    return redirect(tenant_url(request, slug, f"{reverse('shared:session_accept')}?{urlencode({'token': token})}"))


@require_safe
@never_cache
def session_accept(request: Any) -> HttpResponse:
    """Back at the vendor: sign in the person vouched for, once, in the session that asked."""
    if request.tenant is None:
        raise Http404
    began = request.session.pop(HANDOFF_KEY, None) or {}
    token, state = request.GET.get("token", ""), began.get("state", "")
    user = handoff_redeem(token=token, target=request.tenant, state=state)
    if user is None:
        messages.error(request, _("The switch took too long or was begun elsewhere. Please sign in."))
        return redirect(reverse(settings.LOGIN_URL))
    login(request, user, backend=BACKEND)
    request.session[SESSION_KEY] = began.get("membership")
    return redirect("shared:root")


def _places(request: HttpRequest) -> list[Place]:
    return Shell(request).places


def _uuid(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None
