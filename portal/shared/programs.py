"""Programs to read: the list with what each costs, a program's page, its document."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Sum
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy

from portal.shared.forms import ReasonForm
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import page_response
from portal.shared.program_view import view_of
from prm import clock
from prm.audit.selectors import entries_about
from prm.errors import NotFound
from prm.files.responses import Download, file_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.engine.program import parse_program
from rebates.selectors.accruals import accrual_list
from rebates.selectors.programs import program_get, program_list, version_list
from rebates.states import ProgramStatus

PERIODS_SHOWN = 8
ACTIVITY_SHOWN = 12


class ProgramFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Name or code"))
    status = select(gettext_lazy("Status"), gettext_lazy("All states"), list(ProgramStatus.choices))


@page(Right.PROGRAMS_VIEW)
def programs(request: PortalRequest) -> HttpResponse:
    filters = ProgramFilters(request.GET)
    found = page_of(request, program_list(request.actor, search=filters.values["q"], status=filters.values["status"]))
    costs = _running_costs(request) if request.actor.can(Right.ACCRUALS_VIEW) else {}
    for program in found:
        program.version = program.all_versions[0]
        program.costs = costs.get(program.pk, [])
    return page_response(request, "portal/shared/programs/list.html", {"page": found, "filters": filters})


def _running_costs(request: PortalRequest) -> dict[UUID, list[dict[str, Any]]]:
    """By program: what the periods that are running now have cost so far, per currency."""
    today = clock.today(request.tenant)
    running = accrual_list(request.actor).filter(period_start__lte=today, period_end__gte=today).order_by()
    rows = running.values("version__program_id", "currency").annotate(
        payout=Sum("payout"), measure=Sum("measure"), partners=Count("partner_id", distinct=True)
    )
    costs: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.order_by("currency"):
        costs[row["version__program_id"]].append(dict(row))
    return costs


@page(Right.PROGRAMS_VIEW)
def program(request: PortalRequest, program_id: UUID) -> HttpResponse:
    found = program_get(request.actor, program_id)
    versions = list(version_list(request.actor, program_id))
    shown = _version_asked(request, versions)
    draft = next((version for version in versions if version.status == "draft"), None)
    context = {
        "program": found,
        "versions": versions,
        "version": shown,
        "draft": draft,
        "view": view_of(parse_program(shown.definition)),
        "periods": _periods(request, program_id) if request.actor.can(Right.ACCRUALS_VIEW) else [],
        "activity": entries_about(found)[:ACTIVITY_SHOWN],
        "reason_form": ReasonForm(),
    }
    return page_response(request, "portal/shared/programs/detail.html", context)


def _version_asked(request: PortalRequest, versions: list[Any]) -> Any:
    """The version the address names; without one the newest that is published, else the draft."""
    asked = request.GET.get("version", "")
    if asked:
        return next((one for one in versions if str(one.number) == asked), versions[0])
    return next((one for one in versions if one.status == "published"), versions[0])


def _periods(request: PortalRequest, program_id: UUID) -> list[dict[str, Any]]:
    rows = (
        accrual_list(request.actor, program_id=program_id).order_by().values("period_key", "period_start", "currency")
    )
    summed = rows.annotate(measure=Sum("measure"), payout=Sum("payout"), partners=Count("partner_id", distinct=True))
    return [dict(row) for row in summed.order_by("-period_start", "currency")[:PERIODS_SHOWN]]


@page(Right.PROGRAMS_VIEW)
def program_json(request: PortalRequest, program_id: UUID, number: int) -> HttpResponseBase:
    """The document of one version, ready to be imported again."""
    found = program_get(request.actor, program_id)
    version = version_list(request.actor, program_id).filter(number=number).first()
    if version is None:
        raise NotFound
    text = json.dumps([version.definition], ensure_ascii=False, indent=2) + "\n"
    return file_response(Download(f"{found.code}-v{number}.json", "application/json; charset=utf-8", text.encode()))
