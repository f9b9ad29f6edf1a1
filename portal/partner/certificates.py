"""The certificates of the own people, when they end, and what would go with them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase

from partners.selectors.certificates import certificate_list, certified_people
from partners.selectors.endings import endings_of
from portal.partner.company import own
from portal.shared import certificates as shared
from portal.shared.listing import page_of
from portal.shared.pages import page_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

PEOPLE = 100


@page(Right.OWN_CERTIFICATES_VIEW)
def certificates(request: PortalRequest) -> HttpResponse:
    partner_id = own(request)
    found = (
        certificate_list(request.actor)
        .exclude(status="revoked")
        .order_by("person__name", "person__email", "-issued_on")
    )
    shown = page_of(request, found, PEOPLE)
    people: dict[Any, list[Any]] = defaultdict(list)
    for certificate in shown:
        people[certificate.person].append(certificate)
    steps = shared.steps_told(endings_of(request.actor, partner_id=partner_id))
    context = {
        "page": shown,
        "people": list(people.items()),
        "steps": steps,
        "certified": certified_people(request.actor, partner_id=partner_id).get("", 0),
        "ending": sum(len(step.endings) for step in steps),
    }
    return page_response(request, "portal/partner/certificates/list.html", context)


@page(Right.OWN_CERTIFICATES_VIEW)
def certificate(request: PortalRequest, certificate_id: UUID) -> HttpResponse:
    return shared.certificate_page(request, certificate_id)


@page(Right.OWN_CERTIFICATES_VIEW)
def evidence(request: PortalRequest, certificate_id: UUID) -> HttpResponseBase:
    return shared.evidence_page(request, certificate_id)
