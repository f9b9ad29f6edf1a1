"""The own onboarding: what is done, what comes next, what the vendor has to do."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from partners.selectors.onboarding import plan_of
from portal.partner.company import own
from portal.shared import onboarding as shared
from portal.shared.pages import page_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page


@page(Right.OWN_ONBOARDING_WORK)
def onboarding(request: PortalRequest) -> HttpResponse:
    view = plan_of(request.actor, own(request))
    return page_response(request, "portal/partner/onboarding/plan.html", {"view": view})


@page(Right.OWN_ONBOARDING_WORK)
def task(request: PortalRequest, task_id: UUID) -> HttpResponse:
    return shared.task_page(request, task_id, reverse("partner:onboarding"), {})


@page(Right.OWN_ONBOARDING_WORK)
def file(request: PortalRequest, task_id: UUID) -> HttpResponseBase:
    return shared.file_page(request, task_id)
