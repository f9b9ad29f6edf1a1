"""Doing something from a mail: what will happen, then the click that does it, once."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from prm.errors import DomainError
from prm.notifications.acts import Act, act_of
from prm.notifications.services import act_link_find, act_link_use


@require_http_methods(["GET", "POST"])
@never_cache
def act(request: Any, token: str) -> HttpResponse:
    if request.tenant is None:
        raise Http404
    try:
        link, actor = act_link_find(token)
        wanted = act_of(link.act)
        if wanted.is_money and (first := _signing_in(request, link)) is not None:
            return first
        if request.method == "POST":
            act_link_use(token=token)
            return _page(request, "done", wanted, link)
        return _page(request, "ask", wanted, link, question=wanted.question(actor, link.data))
    except DomainError as refusal:
        return render(request, "portal/shared/acts/refused.html", {"error": refusal}, status=refusal.status)


def _signing_in(request: Any, link: Any) -> HttpResponse | None:
    """Acts about money: the person the mail came to, who has just proved it. None when that is so."""
    here = request.get_full_path()
    if not request.user.is_authenticated:
        return redirect_to_login(here, reverse(settings.LOGIN_URL))
    if request.user.pk != link.user_id:
        return render(request, "portal/shared/acts/other.html", {"link": link}, status=403)
    if _is_fresh(request):
        return None
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': here})}")


def _is_fresh(request: Any) -> bool:
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    return any(one["at"] > since for one in get_authentication_records(request, request.user))


def _page(request: Any, name: str, wanted: Act, link: Any, **more: Any) -> HttpResponse:
    context = {"act": wanted, "link": link, "path": wanted.path % link.data, **more}
    return render(request, f"portal/shared/acts/{name}.html", context)
