"""Files of the bank: brought in, looked at, applied by a second click."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.shared.forms import attempt
from portal.shared.listing import page_of
from portal.shared.pages import done, form_response, page_response
from prm.audit.selectors import entries_about
from prm.errors import Conflict
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.runs.states import RUN_ACTIVE
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.bank_results import (
    GROUPS,
    apply_progress,
    apply_run_last,
    bank_result_get,
    bank_result_list,
    bank_result_view,
    counts_of,
    group_of,
    sums_of,
)
from rebates.services.bank_results import applied_text, bank_result_apply_start, bank_result_upload
from rebates.states import BankResultStatus, PaymentStatus, ResultOutcome

ACTIVITY_SHOWN = 6
BECOMES = {
    ResultOutcome.PAY: PaymentStatus.PAID,
    ResultOutcome.FAIL: PaymentStatus.FAILED,
    ResultOutcome.REVERSE: PaymentStatus.REVERSED,
}


class ResultForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File of the bank"))


@page(Right.SETTLEMENTS_PAY)
def results(request: PortalRequest) -> HttpResponse:
    context = {"page": page_of(request, bank_result_list(request.actor))}
    return page_response(request, "portal/finance/bank_results/list.html", context)


@page(Right.SETTLEMENTS_PAY)
def result_new(request: PortalRequest) -> HttpResponse:
    form = ResultForm(request.POST or None, request.FILES or None)
    made: list[Any] = []

    def upload(data: dict[str, Any]) -> None:
        file = data["file"]
        made.append(bank_result_upload(actor=request.actor, name=file.name, content=file))

    if attempt(form, upload):
        found = made[0]
        if found.status == BankResultStatus.APPLIED:
            messages.warning(request, applied_text(found))
            return redirect("finance:bank_result", found.pk)
        text = _("The file is here. Nothing has changed yet: look at what it would change.")
        return done(request, reverse("finance:bank_result", args=[found.pk]), text)
    return form_response(request, "portal/finance/bank_results/new.html", {}, form)


@page(Right.SETTLEMENTS_PAY)
def result(request: PortalRequest, result_id: UUID) -> HttpResponse:
    """What the file would change now, or has changed."""
    view = bank_result_view(request.actor, result_id)
    run = apply_run_last(request.actor, view.result)
    counts = counts_of(view.lines)
    shown = request.GET.get("show", "")
    if shown not in GROUPS:
        shown = next((name for name in GROUPS if counts[name]), GROUPS[0])
    context = {
        "view": view,
        "result": view.result,
        "run": run,
        "progress": apply_progress(run) if run and run.status in RUN_ACTIVE else None,
        "page": page_of(request, [line for line in view.lines if group_of(line) == shown]),
        "shown": shown,
        "counts": counts,
        "stats": [
            {"label": state.label, "count": counts[outcome], "sums": sums_of(view.lines, outcome)}
            for outcome, state in BECOMES.items()
        ],
        "activity": entries_about(view.result)[:ACTIVITY_SHOWN],
    }
    return page_response(request, "portal/finance/bank_results/detail.html", context)


@require_POST
@page(Right.SETTLEMENTS_PAY)
def result_apply(request: PortalRequest, result_id: UUID) -> HttpResponse:
    back = reverse("finance:bank_result", args=[result_id])
    try:
        bank_result_apply_start(
            actor=request.actor, result_id=result_id, fingerprint=request.POST.get("fingerprint", "")
        )  # fmt: skip
    except Conflict as refusal:
        messages.error(request, str(refusal.message))
        return redirect(back)
    return done(request, back, _("The file is being applied. You can go on meanwhile."))


@page(Right.SETTLEMENTS_PAY)
def result_applying(request: PortalRequest, result_id: UUID) -> HttpResponse:
    """The bar alone, asked again and again; when it is over, the page of the file once more."""
    found = bank_result_get(request.actor, result_id)
    run = apply_run_last(request.actor, found)
    if run is not None and run.status in RUN_ACTIVE:
        context = {"result": found, "progress": apply_progress(run)}
        return page_response(request, "portal/finance/bank_results/_progress.html", context)
    return HttpResponse(status=204, headers={"HX-Redirect": reverse("finance:bank_result", args=[result_id])})


@page(Right.SETTLEMENTS_PAY)
def result_file(request: PortalRequest, result_id: UUID) -> HttpResponseBase:
    """The file as the bank sent it."""
    return file_response(bank_result_get(request.actor, result_id).file)
