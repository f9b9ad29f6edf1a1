"""The partner's own data as a file, and what it has to know while it leaves."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from partners.selectors.exits import data_export_list, exit_open_of
from partners.selectors.suspension import suspensions_now
from partners.services.data_exports import data_export_download, data_export_request
from portal.shared.pages import done
from prm.errors import Conflict
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.runs.progress import progress_get
from prm.runs.states import RUN_ACTIVE
from prm.web.surfaces import PortalRequest, page
from rebates.services.reserves import reserves_of

SHOWN = 5


@page(Right.OWN_DATA_EXPORT)
def leaving(request: PortalRequest) -> HttpResponse:
    """The exit, if there is one, and the archives; posting asks for a new one."""
    partner_id = _own(request)
    if request.method == "POST":
        try:
            data_export_request(actor=request.actor, partner_id=partner_id)
        except Conflict as refusal:
            return done(request, reverse("partner:exit"), str(refusal.message))
        return done(request, reverse("partner:exit"), _("The archive is being made."))
    found = exit_open_of(partner_id)
    exports = list(data_export_list(request.actor, partner_id)[:SHOWN])
    context = {
        "exit": found,
        "exports": exports,
        "packing": next((progress_get(one.pk) for one in exports if one.status in RUN_ACTIVE), None),
        "reserves": reserves_of(found.pk) if found else [],
    }
    return render(request, "portal/partner/exit.html", context)


@page(Right.OWN_DATA_EXPORT)
def own_data(request: PortalRequest, export_id: UUID) -> HttpResponseBase:
    return file_response(data_export_download(actor=request.actor, export_id=export_id))


def standing_of(request: PortalRequest) -> dict[str, Any]:
    """What a partner's home page tells first."""
    partner_id = _own(request)
    return {
        "exit": exit_open_of(partner_id),
        "suspensions": list(suspensions_now(partner_id)),
        "may_export": request.actor.can(Right.OWN_DATA_EXPORT),
    }


def _own(request: PortalRequest) -> UUID:
    """The rights of these pages belong to partner roles, which have a company."""
    return cast("UUID", request.actor.partner_id)
