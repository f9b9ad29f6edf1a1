from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from prm.web.navigation import SURFACES, home_surface
from prm.web.surfaces import PortalRequest, page


@page(None)
def entrance(request: PortalRequest) -> HttpResponse:
    """The reader's own surface."""
    return redirect(SURFACES[home_surface(request.actor.role)].prefix)
