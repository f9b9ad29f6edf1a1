"""Errors as RFC 9457 problem details. `code` is for programs, `detail` for people, `fields` names what to correct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from prm.errors import Conflict, DomainError, Forbidden, NotFound, TooLarge

CONTENT_TYPE = "application/problem+json"
NON_FIELD = "body"

# PostgreSQL's serialization failure, deadlock and lock timeout: the same request may succeed a moment later.
RETRYABLE_SQLSTATES = frozenset({"40001", "40P01", "55P03"})

_CODES: dict[type[exceptions.APIException], str] = {
    exceptions.ParseError: "malformed",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "invalid_credentials",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.Throttled: "throttled",
}
_BY_STATUS: dict[int, DomainError] = {403: Forbidden(), 404: NotFound(), 409: Conflict(), 413: TooLarge()}


class BusyError(DomainError):
    """Another request holds what this one needs; nothing was changed."""

    code = "busy"
    status = 409
    retryable = True
    default_message = gettext_lazy("Another request is working on this. Please try again.")


class QueryError(DomainError):
    """A query parameter that this operation does not have, or with a value it does not take."""

    code = "invalid_query"
    status = 400
    default_message = gettext_lazy("Please check the query parameters.")


class LengthRequiredError(DomainError):
    """A chunked body: its size would be known only when it is too late to refuse it."""

    code = "length_required"
    status = 411
    default_message = gettext_lazy("Send the body with a Content-Length.")


def problem(
    status: int, code: str, detail: str, *, fields: Mapping[str, Sequence[Any]] | None = None, retryable: bool = False
) -> dict[str, Any]:
    """The members of a problem. `type` is about:blank, so `title` is the status's own phrase, as the RFC asks."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "retryable": retryable,
    }
    if fields:
        body["fields"] = {name: [str(text) for text in texts] for name, texts in fields.items()}
    return body


def problem_of_error(error: DomainError) -> dict[str, Any]:
    return problem(
        error.status, error.code, str(error.message), fields=error.fields, retryable=error.retryable
    )  # fmt: skip


def problem_of_status(status: int) -> dict[str, Any]:
    """For answers made outside the API's views: unknown address, failing server, refused host."""
    if status in _BY_STATUS:
        return problem_of_error(_BY_STATUS[status])
    if status >= 500:
        return problem(status, "error", _("The server failed. The error has been noted."), retryable=True)
    return problem(status, "malformed", _("The request cannot be understood."))


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook. Whatever the request had begun to write is rolled back; None lets an unforeseen error rise."""
    request = context["request"]._request
    request.rollback = True
    if isinstance(error, Http404):
        error = NotFound()
    elif isinstance(error, (PermissionDenied, exceptions.PermissionDenied)) and not _is_csrf(error):
        error = Forbidden()
    elif isinstance(error, OperationalError) and _sqlstate(error) in RETRYABLE_SQLSTATES:
        error = BusyError()
    if isinstance(error, DomainError):
        return _response(problem_of_error(error), _retry_after(error))
    if isinstance(error, exceptions.APIException):
        return _response(_problem_of_api_exception(error), _headers(error))
    return None


def fields_of(detail: Any) -> dict[str, list[str]]:
    """DRF's nested error detail as {"lines.3.quantity": [messages]}."""
    found: dict[str, list[str]] = {}
    for path, text in _walk(detail, ()):
        found.setdefault(path or NON_FIELD, []).append(text)
    return found


def _walk(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _walk(inner, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            is_nested = isinstance(inner, (Mapping, list))
            yield from _walk(inner, (*path, str(index)) if is_nested else path)
    else:
        yield ".".join(path), str(detail)


def _problem_of_api_exception(error: exceptions.APIException) -> dict[str, Any]:
    status = error.status_code
    if isinstance(error, serializers.ValidationError):
        return problem(422, "invalid", _("Please check what you sent."), fields=fields_of(error.detail))
    code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), "error")
    return problem(status, code, str(error.detail), retryable=status in {429, 503})


def _is_csrf(error: Exception) -> bool:
    """DRF tells a missing CSRF token by text only; its text helps, so it is kept."""
    return isinstance(error, exceptions.PermissionDenied) and str(error.detail).startswith("CSRF")


def _sqlstate(error: OperationalError) -> str:
    return getattr(error.__cause__, "pgcode", None) or ""


def _retry_after(error: DomainError) -> dict[str, str]:
    return {"Retry-After": "1"} if error.retryable else {}


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers: dict[str, str] = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    return headers


def _response(body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)
