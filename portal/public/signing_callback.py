"""Where signing services tell what became of an envelope. Who they are is told by the signature of the message."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from partners.selectors.signing import service_of
from partners.services.signing import envelope_event
from partners.signing.base import CallbackRefused
from prm.errors import NotFound

MOST_BYTES = 1 << 20


@csrf_exempt
@require_POST
def callback(request: Any, provider: str) -> HttpResponse:
    """A wrong signature and a service that is not set up look the same from outside."""
    if request.tenant is None:
        raise Http404
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return JsonResponse({"code": 413}, status=413)
    try:
        event = service_of(provider).read_callback(request.headers, request.GET.dict(), request.body)
    except (NotFound, CallbackRefused):
        return JsonResponse({"code": 403}, status=403)
    envelope_event(provider=provider, event=event)
    return JsonResponse({"code": 200, "msg": "success"})
