"""Uploads that are too large are answered before anything reads them: parsing the form would store them first."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from prm.files.services import MOST_BYTES, too_large
from prm.web.errors import upload_refused, wants_json

FORM_BYTES = 1 << 20
"""What a form may weigh besides its file."""
STRANGERS = ("/join/", "/sign/", "/signing/", "/verify/", "/exit-data/")
"""Addresses to which people send files who are not known yet."""


class UploadLimitMiddleware:
    """413 for a body larger than `PRM_UPLOAD_MAX_BYTES` allows. Stands before whatever reads the body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = settings.PRM_UPLOAD_MAX_BYTES
        if request.path.startswith(STRANGERS):
            most = min(most, MOST_BYTES["evidence"])
        if length.isdecimal() and int(length) > most + FORM_BYTES:
            return _refusal(request, most)
        return self.get_response(request)


def _refusal(request: HttpRequest, most: int) -> HttpResponseBase:
    error = too_large(most)
    if wants_json(request):
        body = {
            "type": "about:blank", "title": _("Too large"), "status": 413, "code": error.code,
            "detail": str(error.message),
        }  # fmt: skip
        return JsonResponse(body, status=413, content_type="application/problem+json")
    response = upload_refused(request, str(error.message))
    response["Cache-Control"] = "no-store"
    return response
