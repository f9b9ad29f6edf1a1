"""The context every page gets."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .shell import Shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for the page frame, `csp_nonce` under the name django-htmx looks for."""
    return {"shell": Shell(request), "csp_nonce": getattr(request, "csp_nonce", None)}
