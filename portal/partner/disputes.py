"""The partner's disputes: opened from a line of a statement in review, argued, taken back or taken further."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portal.shared.evidence import AnswerForm, FilesField, days_until, evidence_of, thread_of
from portal.shared.forms import AmountField, attempt
from portal.shared.pages import done
from portal.shared.program_text import name_of
from prm import clock
from prm.errors import Invalid, NotFound
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.money import parse_decimal
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.disputes import (
    appeal_until,
    dispute_entries,
    dispute_file,
    dispute_get,
    dispute_list,
)
from rebates.selectors.statements import statement_get, statement_lines
from rebates.services.disputes import dispute_answer, dispute_escalate, dispute_open, dispute_withdraw
from rebates.states import DISPUTE_OPEN, DisputeReason, DisputeStatus

PAGE = 20


class DisputeForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("What is wrong?"), choices=DisputeReason.choices)
    claimed = AmountField(
        label=gettext_lazy("What should the amount be?"),
        help_text=gettext_lazy("The whole line, as you see it. Only the difference is decided about."),
    )
    text = forms.CharField(
        label=gettext_lazy("In your words"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Invoice numbers and days help to decide quickly."),
    )
    files = FilesField(help_text=gettext_lazy("PDF, image, Excel or CSV; up to 5 files."))  # type: ignore[assignment]


class FurtherForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Why somebody else should look at it"), max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


@page(Right.OWN_STATEMENTS_VIEW)
def disputes(request: PortalRequest) -> HttpResponse:
    found = Paginator(dispute_list(request.actor), PAGE).get_page(request.GET.get("page"))
    rows: Any = found
    for dispute in rows:
        dispute.name = name_of(dispute.line.version, get_language() or "en")
    return render(request, "portal/partner/disputes/list.html", {"page": found})


@page(Right.OWN_STATEMENTS_REVIEW)
def dispute_new(request: PortalRequest, statement_id: UUID, line_id: UUID) -> HttpResponse:
    """The form for one line; htmx gets it alone, to stand under the line in the statement."""
    statement = statement_get(request.actor, statement_id)
    line = next((row for row in statement_lines(request.actor, statement_id) if row.pk == line_id), None)
    if line is None:
        raise NotFound
    form = DisputeForm(request.POST or None, request.FILES or None)
    made: list[Any] = []

    def do(data: dict[str, Any]) -> None:
        claimed, files = _amount(data["claimed"]), evidence_of(data)
        values = {"reason": data["reason"], "text": data["text"], "claimed": claimed, "files": files}
        made.append(dispute_open(actor=request.actor, line_id=line_id, **values))

    if attempt(form, do):
        return done(request, _address(made[0].pk), _("Your dispute is open. This line waits, the others do not."))
    context = {
        "statement": statement,
        "line": line,
        "form": form,
        "name": name_of(line.version, get_language() or "en"),
    }
    template = "portal/partner/disputes/_form.html" if request.htmx else "portal/partner/disputes/new.html"
    return render(request, template, context, status=422 if form.errors else 200)


@page(Right.OWN_STATEMENTS_VIEW)
def dispute(request: PortalRequest, dispute_id: UUID) -> HttpResponse:
    return render(request, "portal/partner/disputes/detail.html", _context(request, dispute_id))


@page(Right.OWN_STATEMENTS_REVIEW)
def answer(request: PortalRequest, dispute_id: UUID) -> HttpResponse:
    form = AnswerForm(request.POST or None, request.FILES or None)

    def do(data: dict[str, Any]) -> None:
        dispute_answer(actor=request.actor, dispute_id=dispute_id, text=data["text"], files=evidence_of(data))

    if request.method == "POST" and attempt(form, do):
        return done(request, _address(dispute_id), _("Sent."))
    return _back(request, dispute_id, answer_form=form)


@page(Right.OWN_STATEMENTS_REVIEW)
def withdraw(request: PortalRequest, dispute_id: UUID) -> HttpResponse:
    form = forms.Form(request.POST if request.method == "POST" else None)

    def do(_data: dict[str, Any]) -> None:
        dispute_withdraw(actor=request.actor, dispute_id=dispute_id)

    if request.method == "POST" and attempt(form, do):
        return done(request, _address(dispute_id), _("The dispute is withdrawn; the line is paid as stated."))
    return _back(request, dispute_id, refused=form)


@page(Right.OWN_STATEMENTS_REVIEW)
def escalate(request: PortalRequest, dispute_id: UUID) -> HttpResponse:
    form = FurtherForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        dispute_escalate(actor=request.actor, dispute_id=dispute_id, text=data["text"])

    if request.method == "POST" and attempt(form, do):
        return done(request, _address(dispute_id), _("Somebody else looks at it now."))
    return _back(request, dispute_id, further_form=form)


@page(Right.OWN_STATEMENTS_VIEW)
def evidence(request: PortalRequest, dispute_id: UUID, file_id: UUID) -> HttpResponseBase:
    return file_response(dispute_file(request.actor, dispute_id, file_id))


def _back(request: PortalRequest, dispute_id: UUID, **form: forms.Form) -> HttpResponse:
    """The dispute with the form that was refused, or only asked for."""
    [sent] = form.values()
    context = {**_context(request, dispute_id), **form}
    return render(request, "portal/partner/disputes/detail.html", context, status=422 if sent.errors else 200)


def _context(request: PortalRequest, dispute_id: UUID) -> dict[str, Any]:
    found = dispute_get(request.actor, dispute_id)
    may = request.actor.can(Right.OWN_STATEMENTS_REVIEW)
    until = appeal_until(found)
    return {
        "dispute": found,
        "days": days_until(found),
        "name": name_of(found.line.version, get_language() or "en"),
        "thread": thread_of(dispute_entries(request.actor, dispute_id), for_partner=True),
        "answer_form": AnswerForm() if may and found.status in DISPUTE_OPEN else None,
        "further_form": FurtherForm() if may and until and until >= clock.today(request.tenant) else None,
        "appeal_until": until,
        "may_withdraw": may and found.status in DISPUTE_OPEN,
    }


def _address(dispute_id: UUID) -> str:
    return reverse("partner:dispute", args=[dispute_id])


def _amount(typed: str) -> Any:
    try:
        return parse_decimal(typed)
    except ValueError:
        raise Invalid(fields={"claimed": [_("This is no amount.")]}) from None


def asked_badge(request: HttpRequest) -> int:
    """For the menu: disputes in which the vendor waits for an answer."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.can(Right.OWN_STATEMENTS_VIEW):
        return 0
    return dispute_list(actor, status=DisputeStatus.AWAITING_PARTNER).order_by().count()
