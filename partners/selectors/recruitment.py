"""Reading how a vendor takes applications: its rules, its forms, its funnel."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from partners.models import Application, ApplicationForm, FormVersion, FormVisits, RecruitmentSettings
from partners.states.applications import ApplicationStatus
from prm.db.scope import require_tenant
from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.workflow.calendar import Workdays
from prm.workflow.hours import BusinessHours


def recruitment_settings() -> RecruitmentSettings:
    """The vendor's row, or an unsaved one with the defaults."""
    return RecruitmentSettings.objects.first() or RecruitmentSettings()


def business_hours(settings: RecruitmentSettings | None = None) -> BusinessHours:
    """When the vendor's people answer: its working days between opening and closing, on its own clock."""
    tenant, found = require_tenant(), settings or recruitment_settings()
    workdays = Workdays(tenant.workday_calendar, frozenset(found.days_off))
    return BusinessHours(ZoneInfo(tenant.time_zone), workdays, found.opens, found.closes)


def form_list(actor: Actor) -> QuerySet[ApplicationForm]:
    """All forms with the number of their newest version as `version`, for the vendor's people."""
    actor.require(Right.APPLICATIONS_VIEW)
    newest = FormVersion.objects.filter(form=OuterRef("pk")).order_by("-number")
    number: Any = Subquery(newest.values("number")[:1])
    return ApplicationForm.objects.annotate(version=number).order_by("position", "slug")


def form_get(actor: Actor, form_id: UUID) -> ApplicationForm:
    found = form_list(actor).filter(pk=form_id).first()
    if found is None:
        raise NotFound
    return found


def forms_open() -> list[FormVersion]:
    """The newest version of each form that strangers may fill in. Public, so without an actor."""
    return versions_of(ApplicationForm.objects.filter(is_open=True))


def form_open(slug: str) -> FormVersion:
    """The form at this address as it is asked now; raises `NotFound` for a closed one, too."""
    found = versions_of(ApplicationForm.objects.filter(is_open=True, slug=slug))
    if not found:
        raise NotFound
    return found[0]


def versions_of(forms: QuerySet[ApplicationForm]) -> list[FormVersion]:
    """The newest version of each, in the forms' order."""
    newest = FormVersion.objects.filter(form__in=forms).order_by("form_id", "-number").distinct("form_id")
    found = FormVersion.objects.filter(pk__in=newest.values("pk")).select_related("form")
    return list(found.order_by("form__position", "form__slug"))


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many came to each stage between two days, each counted on the day it happened."""

    visited: int
    started: int
    submitted: int
    decided: int
    approved: int
    rejected: int
    withdrawn: int


def funnel(actor: Actor, *, since: dt.date, until: dt.date, form_id: UUID | None = None) -> Funnel:
    """Both days belong to it. Days are the vendor's."""
    actor.require(Right.APPLICATIONS_VIEW)
    zone = ZoneInfo(require_tenant().time_zone)
    start, end = (
        dt.datetime.combine(day, dt.time(), tzinfo=zone) for day in (since, until + dt.timedelta(days=1))
    )  # fmt: skip
    visits = FormVisits.objects.filter(day__gte=since, day__lte=until)
    rows = Application.objects.order_by()
    if form_id:
        visits, rows = visits.filter(form_id=form_id), rows.filter(form_id=form_id)

    def within(name: str) -> Q:
        return Q((f"{name}__gte", start), (f"{name}__lt", end))

    decided = {
        status: Count("pk", filter=within("closed_at") & Q(status=status, submitted_at__isnull=False))
        for status in (ApplicationStatus.APPROVED, ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN)
    }
    counted = rows.aggregate(
        started=Count("pk", filter=within("created_at")),
        submitted=Count("pk", filter=within("submitted_at")),
        **{str(status): one for status, one in decided.items()},
    )
    total = visits.aggregate(total=Sum(F("count")))["total"] or 0
    # A start that no visit was counted for is a visit all the same: cookies may be off.
    visited = max(total, counted["started"])
    return Funnel(visited=visited, decided=counted["approved"] + counted["rejected"], **counted)
