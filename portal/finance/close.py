"""Closing periods: what stands in the way, the close itself, what it left behind."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.shared.attention import attention
from portal.shared.forms import attempt
from portal.shared.pages import done, form_response, page_response
from prm.errors import Invalid, NotFound
from prm.identity.rights import Right
from prm.runs.states import RUN_ACTIVE
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.accruals import accrual_list, accrual_totals
from rebates.selectors.closing import close_progress, close_run_get, close_run_last
from rebates.selectors.periods import PeriodView, period_list
from rebates.selectors.statements import statement_list, statement_totals
from rebates.services.closing import period_close_start
from rebates.services.periods import Check, period_checklist
from rebates.states import PeriodKind

# What a reason lets a close pass by.
WAIVED = ("rates", "exceptions")


class CloseForm(forms.Form):
    accept_exceptions = forms.BooleanField(
        label=gettext_lazy("Close although lines are on the exceptions list"),
        help_text=gettext_lazy(
            "They count in no statement. Resolved later, they become adjustments of a later period."
        ),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


@page(Right.STATEMENTS_VIEW)
def periods(request: PortalRequest) -> HttpResponse:
    found = period_list(request.actor)
    context = {
        "groups": [
            {"kind": kind, "periods": list(rows)}
            for kind, rows in groupby(sorted(found, key=_order), key=lambda one: one.kind)
        ],
        "due": sum(one.can_close for one in found),
        "attention": attention(request.actor),
        "to_approve": statement_totals(statement_list(request.actor, status="prepared")),
        "to_settle": statement_totals(statement_list(request.actor, status="approved")),
        "open_accrued": accrual_totals(accrual_list(request.actor, status="open")),
    }
    return page_response(request, "portal/finance/close/list.html", context)


def _order(period: PeriodView) -> tuple[Any, ...]:
    """Kinds from the shortest to the longest, in each the newest first."""
    return PeriodKind.values.index(period.kind), -period.starts_on.toordinal()


@page(Right.STATEMENTS_VIEW)
def period(request: PortalRequest, kind: str, key: str) -> HttpResponse:
    view = _view(request, kind, key)
    checks = _checks(request, view) if request.actor.can(Right.PERIODS_CLOSE) and not view.is_closed else []
    run = None if view.is_closed else close_run_last(request.actor, kind, key)
    context = {
        "period": view,
        "run": run,
        "at": close_progress(run) if run and view.is_closing else None,
        "kind_label": PeriodKind(kind).label,
        "checks": checks,
        "may_close": bool(checks)
        and view.can_close
        and not view.is_closing
        and all(check.ok for check in checks if check.blocks),
        "accrued": accrual_totals(accrual_list(request.actor, period_key=key).filter(period_kind=kind)),
        "stated": statement_totals(statement_list(request.actor, period_key=key)),
        "form": _form(checks),
        "question": _question(kind, key),
    }
    return page_response(request, "portal/finance/close/period.html", context)


@page(Right.PERIODS_CLOSE)
def close(request: PortalRequest, kind: str, key: str) -> HttpResponse:
    """Start it; the period's page then shows how far it is."""
    view = _view(request, kind, key)
    form = _form(_checks(request, view), request.POST if request.method == "POST" else None)
    if attempt(form, lambda data: period_close_start(actor=request.actor, kind=kind, key=key, **data)):
        text = _("%(key)s is being closed. You can go on meanwhile.") % {"key": key}
        return done(request, reverse("finance:period", args=[kind, key]), text)
    question = _question(kind, key) | {"back": reverse("finance:period", args=[kind, key])}
    return form_response(request, "portal/shared/confirm.html", question, form)


@page(Right.STATEMENTS_VIEW)
def closing(request: PortalRequest, run_id: UUID) -> HttpResponse:
    """The bar alone, asked again and again; when the close is over, the page of the period once more."""
    run = close_run_get(request.actor, run_id)
    if run.status in RUN_ACTIVE:
        context = {"run": run, "at": close_progress(run)}
        return page_response(request, "portal/finance/close/_progress.html", context)
    return HttpResponse(status=204, headers={"HX-Redirect": reverse("finance:period", args=[run.kind, run.key])})


def _view(request: PortalRequest, kind: str, key: str) -> PeriodView:
    view = next((one for one in period_list(request.actor, kind=kind) if one.key == key), None)
    if view is None:
        raise NotFound
    return view


def _blocked(checks: list[Check]) -> bool:
    return any(check.blocks and not check.ok for check in checks)


def _form(checks: list[Check], data: QueryDict | None = None) -> forms.Form:
    """With exceptions open it asks for a waiver and a reason; else there is nothing to fill in."""
    has_exceptions = any(check.name in WAIVED and not check.ok for check in checks)
    return CloseForm(data) if has_exceptions else forms.Form(data)


def _question(kind: str, key: str) -> dict[str, Any]:
    return {
        "title": _("Close %(key)s?") % {"key": key},
        "text": _("One statement is made for each partner and currency. Closing cannot be taken back."),
        "submit": _("Close %(key)s") % {"key": key},
        "url": reverse("finance:period_close", args=[kind, key]),
    }


def _checks(request: PortalRequest, view: PeriodView) -> list[Check]:
    try:
        return period_checklist(request.actor, view.kind, view.key)
    except Invalid:
        raise NotFound from None
