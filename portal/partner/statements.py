from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.shared.forms import attempt
from portal.shared.pages import done
from portal.shared.payment_text import payment_rows
from portal.shared.payout_sentence import payout_sentence
from portal.shared.program_text import name_of, sentence_of
from portal.shared.statement_file import pdf_response
from portal.shared.traces import told
from portal.shared.wording import reason_text
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.discretion import told_to_partner
from rebates.selectors.disputes import disputes_by_line, held_sum
from rebates.selectors.payment_facts import statement_paid
from rebates.selectors.reviews import review_days_left
from rebates.selectors.statements import statement_get, statement_lines, statement_list, statement_sales
from rebates.services.reviews import statement_agree
from rebates.states import StatementStatus

PAGE = 20
LINES = 25


@page(Right.OWN_STATEMENTS_VIEW)
def statements(request: PortalRequest) -> HttpResponse:
    found = Paginator(statement_list(request.actor), PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/partner/statements.html", {"page": found})


@page(Right.OWN_STATEMENTS_VIEW)
def detail(request: PortalRequest, statement_id: UUID) -> HttpResponse:
    return render(request, "portal/partner/statement.html", _context(request, statement_id))


def _context(request: PortalRequest, statement_id: UUID) -> dict[str, Any]:
    statement = statement_get(request.actor, statement_id)
    language = get_language() or "en"
    disputes = disputes_by_line(request.actor, statement_id)
    rows = [
        {
            "line": line, "name": name_of(line.version, language), "dispute": disputes.get(line.pk),
            "reason": payout_sentence(told_to_partner(line)) or reason_text(line.reason),
        }
        for line in statement_lines(request.actor, statement_id)
    ]  # fmt: skip
    return {
        "statement": statement,
        "rows": rows,
        "days_left": review_days_left(statement),
        "held": held_sum(disputes.values()),
        "payments": payment_rows(statement_paid(request.actor, statement_id)),
        "may_review": statement.status == StatementStatus.IN_REVIEW and request.actor.can(Right.OWN_STATEMENTS_REVIEW),
    }


@page(Right.OWN_STATEMENTS_REVIEW)
def agree(request: PortalRequest, statement_id: UUID) -> HttpResponse:
    statement = statement_get(request.actor, statement_id)
    address = reverse("partner:statement", args=[statement_id])
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and attempt(
        form, lambda _data: statement_agree(actor=request.actor, statement_id=statement_id)
    ):
        return done(request, address, _("Thank you. %(number)s is agreed.") % {"number": statement})
    context = {**_context(request, statement_id), "form": form, "asks": True}
    return render(request, "portal/partner/statement.html", context, status=422 if form.errors else 200)


@page(Right.OWN_STATEMENTS_VIEW)
def pdf(request: PortalRequest, statement_id: UUID) -> HttpResponseBase:
    """In the reader's language."""
    return pdf_response(request, statement_id)


def review_badge(request: HttpRequest) -> int:
    """For the menu: statements that wait for the partner's look."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.can(Right.OWN_STATEMENTS_REVIEW):
        return 0
    return statement_list(actor, status=StatementStatus.IN_REVIEW).order_by().count()


@page(Right.OWN_STATEMENTS_VIEW)
def line(request: PortalRequest, statement_id: UUID, line_id: UUID) -> HttpResponse:
    """The sale lines that one program paid for."""
    statement = statement_get(request.actor, statement_id)
    found = next((row for row in statement_lines(request.actor, statement_id) if row.pk == line_id), None)
    if found is None:
        raise NotFound
    language = get_language() or "en"
    context = {
        "statement": statement,
        "line": found,
        "dispute": disputes_by_line(request.actor, statement_id).get(found.pk),
        "may_review": statement.status == StatementStatus.IN_REVIEW and request.actor.can(Right.OWN_STATEMENTS_REVIEW),
        "name": name_of(found.version, language),
        "sentence": sentence_of(found.version, language),
        "trace": told(told_to_partner(found)),
        "currency": statement.currency,
        "lines": statement_sales(request.actor, line_id, after=request.GET.get("after"), limit=LINES),
    }
    template = "portal/shared/_line_share_rows.html" if request.htmx else "portal/partner/statement_line.html"
    return render(request, template, context)
