"""The mail catcher of `make up`: pages over `prm.local.mailbox`. Only `prm.settings.local` has their addresses."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from prm.local.mailbox import Letter, letter_named, letters
from prm.web.mail_frame import framed


@require_safe
@never_cache
def mails(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "")
    return render(request, "local/mails.html", {"letters": letters(search), "q": search})


@require_safe
@never_cache
def mail(request: HttpRequest, key: str) -> HttpResponse:
    search = request.GET.get("q", "")
    context = {"letters": letters(search), "q": search, "letter": _letter(key), "is_text": "text" in request.GET}
    return render(request, "local/mails.html", context)


@require_safe
@never_cache
@xframe_options_sameorigin
def mail_frame(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML alone, for the frame in which it is shown."""
    return HttpResponse(framed(_letter(key).html))


def _letter(key: str) -> Letter:
    found = letter_named(key)
    if found is None:
        raise Http404
    return found
