"""Certificates as both sides see them: what ends and what it would cost, one certificate, its evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase

from partners.effects import Effect, Step
from partners.selectors.certificates import certificate_get, place_history
from portal.shared.pages import page_response
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import NotFound
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest

SOON = 30
"""Days from which an end is shown as pressing."""


@dataclass(frozen=True, slots=True)
class Told:
    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class StepTold:
    """A day after which something ends, in words."""

    last_day: dt.date
    days: int
    endings: list[Any]
    effects: list[Told]

    @property
    def is_soon(self) -> bool:
        return self.days <= SOON


def steps_told(steps: Iterable[Step]) -> list[StepTold]:
    today = clock.today(require_tenant())
    return [
        StepTold(
            step.last_day, (step.last_day - today).days, list(step.change.endings), [_told(one) for one in step.effects]
        )
        for step in steps
    ]


def _told(effect: Effect) -> Told:
    return Told("neutral" if effect.kind == "count" else "bad", str(effect))


def certificate_page(request: PortalRequest, certificate_id: UUID) -> HttpResponse:
    found = certificate_get(request.actor, certificate_id)
    context: dict[str, Any] = {"certificate": found, "days": _days(found.expires_on)}
    if request.actor.can(Right.PARTNERS_VIEW):
        context["places"] = place_history(request.actor, found.person_id)
    return page_response(request, "portal/shared/certificates/detail.html", context)


def evidence_page(request: PortalRequest, certificate_id: UUID) -> HttpResponseBase:
    found = certificate_get(request.actor, certificate_id)
    if found.evidence is None:
        raise NotFound
    return file_response(found.evidence)


def _days(last_day: dt.date | None) -> int | None:
    return (last_day - clock.today(require_tenant())).days if last_day else None
