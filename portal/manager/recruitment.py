"""Recruitment: the queue of applications with the clock of the vendor's own answer, one application, the funnel."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partners.recruitment.checks import check_company
from partners.recruitment.fields import STEPS, Field, fields_of, text_in
from partners.selectors.applications import (
    RUNNING,
    application_counts,
    application_file,
    application_get,
    application_list,
    candidates_of,
    clock_of,
    clocks_of,
    entries_of,
    files_of,
    reviewer_choices,
)
from partners.selectors.recruitment import form_list, funnel, versions_of
from partners.states.applications import APPLICATION_OPEN, ApplicationStatus, CandidateStatus, KeyKind
from portal.shared.application_fields import shown_answers
from portal.shared.forms import DateField
from portal.shared.listing import FilterForm, page_of, select, sort_of
from portal.shared.pages import page_response
from prm import clock
from prm.files.responses import file_response
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

COLUMNS = {
    "number": ["number"],
    "company": ["legal_name", "number"],
    "submitted": ["submitted_at", "number"],
    "due": ["due_at", "number"],
}
STATES = [
    ("open", gettext_lazy("Under way")),
    ("mine", gettext_lazy("Mine to review")),
    ("late", gettext_lazy("Overdue")),
    ("waiting", gettext_lazy("Waiting for the applicant")),
    ("closed", gettext_lazy("Decided or closed")),
    ("drafts", gettext_lazy("Drafts")),
]
FUNNEL_DAYS = 90


class ApplicationFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Number, company or e-mail"))
    state = select(gettext_lazy("State"), gettext_lazy("All applications"), STATES)

    def __init__(self, *args: Any, titles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"] = select(_("Form"), _("All application forms"), titles)


class FunnelFilters(FilterForm):
    since = DateField(label=gettext_lazy("From"))
    until = DateField(label=gettext_lazy("Until"))

    def __init__(self, *args: Any, titles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"] = select(_("Form"), _("All application forms"), titles)


def form_titles(actor: Actor) -> list[tuple[str, str]]:
    """(id, title in the reader's language) of every form."""
    language = get_language() or "en"
    return [(str(one.form_id), text_in(one.definition["title"], language)) for one in versions_of(form_list(actor))]


@page(Right.APPLICATIONS_VIEW)
def queue(request: PortalRequest) -> HttpResponse:
    titles = form_titles(request.actor)
    filters = ApplicationFilters(request.GET or {"state": "open"}, titles=titles)
    values = filters.values
    form_id = UUID(values["form"]) if values["form"] else None
    found = application_list(request.actor, state=values["state"], form_id=form_id, search=values["q"])
    sort, order = sort_of(request, COLUMNS, "due" if values["state"] == "open" else "-number")
    shown: Any = page_of(request, found.order_by(*order))
    clocks, names = clocks_of(list(shown)), dict(titles)
    for application in shown:
        application.clock = clocks[application.pk]
        application.title = names.get(str(application.form_id), application.form.slug)
    context = {
        "page": shown, "filters": filters, "sort": sort, "counts": application_counts(request.actor),
        "tab": "queue", **_funnel(request.actor, None, *_last_days(request)),
    }  # fmt: skip
    return page_response(request, "portal/manager/recruitment/queue.html", context)


@page(Right.APPLICATIONS_VIEW)
def funnel_page(request: PortalRequest) -> HttpResponse:
    since, until = _last_days(request)
    given = request.GET or {"since": since.isoformat(), "until": until.isoformat()}
    filters = FunnelFilters(given, titles=form_titles(request.actor))
    values = filters.values
    since, until = values["since"] or since, values["until"] or until
    form_id = UUID(values["form"]) if values["form"] else None
    context = {"filters": filters, "tab": "funnel", **_funnel(request.actor, form_id, since, until)}
    each = [
        {"title": title, **_funnel(request.actor, UUID(key), since, until)} for key, title in form_titles(request.actor)
    ]
    return page_response(request, "portal/manager/recruitment/funnel.html", context | {"each": each})


@page(Right.APPLICATIONS_VIEW)
def detail(request: PortalRequest, application_id: UUID) -> HttpResponse:
    return page_response(
        request, "portal/manager/recruitment/detail.html", detail_context(request, application_id)
    )  # fmt: skip


def detail_context(request: PortalRequest, application_id: UUID) -> dict[str, Any]:
    """Everything a reviewer sees; the pages of single acts show it, too: nobody decides without having read."""
    actor, language = request.actor, get_language() or "en"
    application = application_get(actor, application_id)
    fields = fields_of(application.version.definition, language)
    files = files_of(actor, application)
    answers, shown = application.answers | {"email": application.email}, shown_answers(fields, application.answers)
    candidates: Any = candidates_of(actor, application)
    for candidate in candidates:
        candidate.why = [str(KeyKind(kind).label) for kind in candidate.reasons]
    merged = [one.partner for one in candidates if one.partner and one.status == CandidateStatus.MERGED]
    decides = actor.can(Right.APPLICATIONS_DECIDE) and application.status in APPLICATION_OPEN
    return {
        "application": application, "clock": clock_of(application), "entries": entries_of(actor, application),
        "title": text_in(application.version.definition["title"], language),
        "steps": [(STEPS[step], _rows(fields, step, shown, files)) for step in STEPS],
        "checks": check_company(answers) if not application.erased_at else [], "candidates": candidates,
        "joins": merged[0] if merged else None,
        "open_candidates": sum(one.status == CandidateStatus.OPEN for one in candidates),
        "more_files": [row for row in files if row.field == "answer"],
        "consent": text_in(application.version.definition["consent"], application.consent_language),
        "may_decide": decides, "is_running": application.status in RUNNING,
        "is_new": application.status == ApplicationStatus.SUBMITTED,
        "reviewers": reviewer_choices(actor) if decides else [],
    }  # fmt: skip


@page(Right.APPLICATIONS_VIEW)
def evidence(request: PortalRequest, application_id: UUID, file_id: UUID) -> HttpResponseBase:
    return file_response(application_file(request.actor, application_id, file_id))


def open_badge(request: HttpRequest) -> int:
    """For the menu: applications that the vendor has to answer."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.can(Right.APPLICATIONS_VIEW):
        return 0
    return application_list(actor, state="open").filter(status__in=RUNNING).order_by().count()


def _rows(fields: list[Field], step: str, answers: dict[str, str], files: list[Any]) -> list[dict[str, Any]]:
    """What was asked in a step and what was answered, as it is read."""
    asked = [field for field in fields if field.step == step]
    return [
        {"label": field.label, "answer": answers[field.key], "is_file": field.kind == "file",
         "files": [row for row in files if row.field == field.key]}
        for field in asked
    ]  # fmt: skip


def _last_days(request: PortalRequest) -> tuple[dt.date, dt.date]:
    today = clock.today(request.tenant)
    return today - dt.timedelta(days=FUNNEL_DAYS - 1), today


def _funnel(actor: Actor, form_id: UUID | None, since: dt.date, until: dt.date) -> dict[str, Any]:
    found = funnel(actor, since=since, until=until, form_id=form_id)
    decided = _("%(yes)d approved, %(no)d rejected") % {"yes": found.approved, "no": found.rejected}
    stages = [
        {"name": _("Visited"), "value": found.visited},
        {"name": _("Started"), "value": found.started},
        {"name": _("Submitted"), "value": found.submitted},
        {"name": _("Decided"), "value": found.decided, "sub": decided},
    ]
    return {"funnel": found, "stages": stages, "since": since, "until": until}
