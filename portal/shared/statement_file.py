"""The statement as a PDF, in the reader's language or the one that the address asks for."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponseBase
from django.utils.translation import get_language

from prm.files.responses import Download, file_response
from prm.web.surfaces import PortalRequest
from rebates.statement_pdf import statement_pdf

LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


def pdf_response(request: PortalRequest, statement_id: UUID) -> HttpResponseBase:
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else get_language() or "en"
    document = statement_pdf(request.actor, statement_id, language)
    return file_response(Download(document.name, "application/pdf", document.content))
