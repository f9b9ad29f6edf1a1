"""The own company: what it tells of itself, its locations, what it is good at."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from portal.shared import company as shared
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page


def own(request: PortalRequest) -> UUID:
    if request.actor.partner_id is None:
        raise NotFound
    return request.actor.partner_id


@page(Right.OWN_PROFILE_EDIT)
def company(request: PortalRequest) -> HttpResponse:
    return shared.company_page(request, own(request))


@page(Right.OWN_PROFILE_EDIT)
def profile(request: PortalRequest) -> HttpResponse:
    return shared.profile_page(request, own(request))


@page(Right.OWN_PROFILE_EDIT)
def specialisations(request: PortalRequest) -> HttpResponse:
    return shared.specialisations_page(request, own(request))


@page(Right.OWN_PROFILE_EDIT)
def location_new(request: PortalRequest) -> HttpResponse:
    return shared.location_new_page(request, own(request))


@page(Right.OWN_PROFILE_EDIT)
def location(request: PortalRequest, location_id: UUID) -> HttpResponse:
    return shared.location_page(request, own(request), location_id)


@page(Right.OWN_PROFILE_EDIT)
def location_remove(request: PortalRequest, location_id: UUID) -> HttpResponse:
    return shared.location_remove_page(request, own(request), location_id)
