"""The reader's theme and language: two cookies, set by plain forms."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from prm.web.shell import THEME_COOKIE, THEMES

YEAR = 31_536_000


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.headers.get("Referer") or "/"
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or the system's choice. 204 for the page's own script, a redirect back for a plain form."""
    chosen = request.POST.get("theme", "")
    quiet = request.headers.get("X-Requested-With") == "fetch"
    response = HttpResponse(status=204) if quiet else HttpResponseRedirect(_back(request))
    if chosen in THEMES:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Django's set_language, and the choice kept with the user so that e-mails follow it."""
    chosen = request.POST.get("language", "")
    user = request.user
    if not isinstance(user, AnonymousUser) and check_for_language(chosen) and chosen in dict(settings.LANGUAGES):
        user.locale = chosen
        user.save(update_fields=["locale"])
    return set_language(request)
