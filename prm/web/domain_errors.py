"""Answers pages give when a service refuses: the error's status, its text in the reader's language, nothing saved."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from prm.errors import DomainError


class DomainErrorMiddleware:
    """htmx requests get a toast and keep their page; others get a page with the message."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        request.rollback = True  # type: ignore[attr-defined]
        if getattr(request, "htmx", False):
            toast = {"toast": {"level": "error", "text": str(exception.message)}}
            response = HttpResponse(status=exception.status, headers={"HX-Reswap": "none"})
            response["HX-Trigger"] = json.dumps(toast)
            return response
        return render(request, "errors/domain.html", {"error": exception}, status=exception.status)
