"""The books proved against the engine, and everything calculated anew when they differ."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.shared.listing import page_of
from portal.shared.pages import done, page_response
from prm.errors import Conflict
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.proof import accruals_differences
from rebates.selectors.rebuilds import rebuild_last, rebuild_progress
from rebates.services.rebuild import rebuild_start
from rebates.states import RebuildStatus


@page(Right.PERIODS_CLOSE)
def books(request: PortalRequest) -> HttpResponse:
    """The last rebuild and its progress; with `?prove=1` the proof, which reads everything."""
    rebuild = rebuild_last(request.actor)
    differences = accruals_differences() if request.GET.get("prove") else None
    context = {
        "rebuild": rebuild,
        "progress": rebuild_progress(rebuild) if rebuild else None,
        "is_running": rebuild is not None and rebuild.status == RebuildStatus.RUNNING,
        "proved": differences is not None,
        "page": page_of(request, differences or []),
    }
    return page_response(request, "portal/finance/books.html", context)


@require_POST
@page(Right.PERIODS_CLOSE)
def rebuild(request: PortalRequest) -> HttpResponse:
    try:
        rebuild_start(actor=request.actor)
    except Conflict as refusal:
        return done(request, reverse("finance:books"), str(refusal.message))
    return done(request, reverse("finance:books"), _("Everything is being calculated anew."))
