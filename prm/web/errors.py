"""Error pages: in the reader's language, in the tenant's colours, without a trace of the code.

They must render when anything else is broken, so they use no context processor: no database, no session.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

from .shell import Shell


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or not request.accepts("text/html")


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    if wants_json(request):
        body = {"type": "about:blank", "title": title, "status": status, "detail": text}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    frame = Shell(request)
    context = {"status": status, "title": title, "text": text, "theme": frame.theme, "brand_url": frame.brand_url}
    return HttpResponse(loader.render_to_string("errors/error.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, _("That request cannot be read"), _("Go back and try again. Nothing was changed."))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    said = str(exception) if exception is not None and str(exception) else ""
    text = said or _("Your role does not include this page. Ask an administrator of your company for access.")
    return _page(request, 403, _("You have no access here"), text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = _("The address may be mistyped, or the page belongs to somebody else.")
    return _page(request, 404, _("There is no such page"), text)


def upload_refused(request: HttpRequest, why: str) -> HttpResponse:
    text = _("Nothing was sent. Go back in your browser: what you wrote is still there. Then choose a smaller file.")
    return _page(request, 413, _("That is too large"), f"{why} {text}")


def server_error(request: HttpRequest) -> HttpResponse:
    text = _("The fault is ours and has been recorded. Nothing half-done was kept; please try again in a minute.")
    return _page(request, 500, _("Something went wrong"), text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _("This page was open for too long or cookies are blocked. Go back, reload the page and send it again.")
    return _page(request, 403, _("The form has expired"), text)
