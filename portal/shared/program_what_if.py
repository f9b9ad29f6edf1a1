"""What other rules would have cost in past periods: asking, what was asked before, and the answer."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy, ngettext

from portal.shared.forms import attempt
from portal.shared.listing import page_of
from portal.shared.pages import form_response, here, page_response
from portal.shared.what_if_charts import bands_chart, cost_charts
from prm.errors import Invalid
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.ids import new_id
from prm.runs.states import RUN_ACTIVE, RunStatus
from prm.web.surfaces import PortalRequest, page
from rebates.engine.program import parse_program
from rebates.selectors.programs import program_get
from rebates.selectors.what_if import (
    version_to_replay,
    what_if_get,
    what_if_list,
    what_if_progress,
)
from rebates.services.what_if import USUAL_PERIODS, what_if_start
from rebates.whatif.files import what_if_file
from rebates.whatif.outcome import outcome_read
from rebates.whatif.vendor import MOST_PERIODS

PARTNERS_SHOWN, NEAR_SHOWN, HISTORY = 25, 10, 20


def _counted(count: int) -> str:
    return ngettext("%(count)s period", "%(count)s periods", count) % {"count": count}


class StartForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    periods = forms.TypedChoiceField(
        label=gettext_lazy("Periods"), coerce=int,
        help_text=gettext_lazy("The last whole ones, as the program counts them."),
        choices=lambda: [(count, _counted(count)) for count in range(1, MOST_PERIODS + 1)],
    )  # fmt: skip
    definition = forms.CharField(
        label=gettext_lazy("Configuration"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "class": "code", "spellcheck": "false"}),
        help_text=gettext_lazy("Change what you like: it is replayed as it stands here and saved nowhere else."),
    )  # fmt: skip


@page(Right.ACCRUALS_VIEW)
def what_if(request: PortalRequest, program_id: UUID) -> HttpResponse:
    """Ask, and what was asked before. The form has a key, so that a form that is sent twice asks once."""
    program = program_get(request.actor, program_id)
    version = version_to_replay(program)
    earlier = what_if_list(request.actor, program_id)
    again = earlier.filter(pk__in=_uuids(request.GET.get("again", ""))).first()
    form = StartForm(request.POST or None, initial=_initial(again, version))
    found: list[Any] = []
    if request.method == "POST" and attempt(form, lambda data: found.append(_start(request, program_id, data))):
        return redirect(here(request, "what_if_run", found[0].pk))
    runs = page_of(request, earlier, HISTORY)
    active = any(run.status in RUN_ACTIVE for run in runs)
    is_own = again is not None and again.version_number is None
    context = {"program": program, "version": version, "page": runs, "active": active, "is_own": is_own}
    return form_response(request, "portal/shared/programs/what_if.html", context, form)


def _initial(again: Any, version: Any) -> dict[str, Any]:
    """The question that is asked again; without one the usual."""
    definition = again.definition if again is not None and again.version_number is None else version.definition
    return {
        "key": new_id(), "periods": again.periods if again is not None else USUAL_PERIODS,
        # In the order of the format's description; the database has one of its own.
        "definition": json.dumps(parse_program(definition).to_json(), ensure_ascii=False, indent=2),
    }  # fmt: skip


def _uuids(text: str) -> list[UUID]:
    """The id, or none for what is no id."""
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _start(request: PortalRequest, program_id: UUID, data: dict[str, Any]) -> Any:
    try:
        return what_if_start(
            actor=request.actor, program_id=program_id, periods=data["periods"], key=data["key"],
            definition=data["definition"].strip() or None,
        )  # fmt: skip
    except Invalid as refusal:
        # JSON paths are no fields of the form: they are told at its one field for the configuration.
        paths = [name for name in refusal.fields if name.startswith("$")]
        told = [f"{path}: {text}" for path in paths for text in refusal.fields[path]]
        raise Invalid(fields={"definition": told} if told else refusal.fields) from None


@page(Right.ACCRUALS_VIEW)
def what_if_run(request: PortalRequest, what_if_id: UUID) -> HttpResponse:
    """One answer; while it is worked out the page asks for itself again."""
    run = what_if_get(request.actor, what_if_id)
    context: dict[str, Any] = {"run": run, "program": run.program, "active": run.status in RUN_ACTIVE}
    if run.status == RunStatus.DONE:
        context |= _shown(request, run)
    elif run.status == RunStatus.RUNNING:
        context["progress"] = what_if_progress(run)
    return page_response(request, "portal/shared/programs/what_if_run.html", context)


def _shown(request: PortalRequest, run: Any) -> dict[str, Any]:
    outcome = outcome_read(run.outcome)
    replay = outcome.replay
    keys = [period.key for period in replay.periods]
    wanted = request.GET.get("bands", "")
    key = wanted if wanted in keys else keys[-1]
    return {
        "replay": replay,
        "is_current": version_to_replay(run.program).definition == run.definition,
        "page": page_of(request, replay.moves, PARTNERS_SHOWN),
        "charts": cost_charts(replay),
        "bands": bands_chart(replay, key), "band_key": key, "keys": keys[::-1],
        "cliffs": [(one, one.near[:NEAR_SHOWN], len(one.near)) for one in replay.cliffs],
        "suspicions": outcome.suspicions,
    }  # fmt: skip


@page(Right.ACCRUALS_VIEW)
def what_if_partners(request: PortalRequest, what_if_id: UUID) -> HttpResponseBase:
    """Winners and losers, all of them, as a file."""
    return file_response(what_if_file(request.actor, what_if_id))
