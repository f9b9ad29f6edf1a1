from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from portal.shared.program_text import name_of, sentence_of
from portal.shared.traces import trace_rows
from portal.shared.wording import reason_text
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.statements import statement_get, statement_lines, statement_list, statement_sales

PAGE = 20
LINES = 25


@page(Right.OWN_STATEMENTS_VIEW)
def statements(request: PortalRequest) -> HttpResponse:
    found = Paginator(statement_list(request.actor), PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/partner/statements.html", {"page": found})


@page(Right.OWN_STATEMENTS_VIEW)
def detail(request: PortalRequest, statement_id: UUID) -> HttpResponse:
    statement = statement_get(request.actor, statement_id)
    language = get_language() or "en"
    rows = [
        {"line": line, "name": name_of(line.version, language), "reason": reason_text(line.reason)}
        for line in statement_lines(request.actor, statement_id)
    ]
    return render(request, "portal/partner/statement.html", {"statement": statement, "rows": rows})


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
        "name": name_of(found.version, language),
        "sentence": sentence_of(found.version, language),
        "trace": trace_rows(found.explanation),
        "currency": statement.currency,
        "lines": statement_sales(request.actor, line_id, after=request.GET.get("after"), limit=LINES),
    }
    template = "portal/shared/_line_share_rows.html" if request.htmx else "portal/partner/statement_line.html"
    return render(request, template, context)
