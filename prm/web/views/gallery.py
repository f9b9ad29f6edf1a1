"""The component gallery: every component in every state, for people of the vendor on a local installation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from prm.identity.rights import VENDOR_ROLES
from prm.web.gallery import samples
from prm.web.surfaces import page


@require_safe
@page(None)
def gallery(request: Any) -> HttpResponse:
    if not getattr(settings, "PRM_DEMO_ALLOWED", False) or request.actor.role not in VENDOR_ROLES:
        raise Http404
    if request.GET.get("toast"):
        return HttpResponse(status=204, headers={"HX-Trigger": '{"toast": {"level": "success", "text": "OK"}}'})
    return render(request, "portal/shared/gallery.html", samples(request))
