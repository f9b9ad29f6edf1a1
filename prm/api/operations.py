"""How an app declares its operations: one class for an address, one short method for a verb, one decorator for each.

    class Partners(Endpoint):
        @lists("partner_list", Right.PARTNERS_VIEW, output=PartnerOutput, query=PartnerQuery, orderings=ORDERINGS)
        def get(self, call: Call) -> QuerySet[Partner]:
            return partner_list(call.actor, **call.query)

The decorator checks the query and the body, shapes the answer, and writes the operation's OpenAPI from the very same
serializers, so that the document cannot tell another story than the code.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from prm.api import idempotency
from prm.api.openapi import FILE, operation_schema, page_of
from prm.api.pagination import CursorPagination
from prm.api.problems import LengthRequiredError, QueryError, fields_of
from prm.api.serializers import Input, NoInput, Output, Query
from prm.errors import TooLarge
from prm.identity.actor import Actor
from prm.identity.rights import Right

Rights = Right | tuple[Right, ...]
Method = Callable[..., Any]
DRAINED_BYTES = 16 * 1024 * 1024
PAGE_PARAMETERS = ("limit", "cursor", "ordering")


@dataclass(frozen=True, slots=True)
class Operation:
    """What the permission, the OpenAPI document and the role-matrix test read of a method."""

    name: str
    rights: tuple[Right, ...]
    moves_money: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A checked request: who calls, the query parameters given, the body."""

    actor: Actor
    request: Request
    query: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)


class JSONOnly(BaseContentNegotiation):
    """JSON whatever `Accept` says; files are sent as what they are."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Endpoint(APIView):
    """One address. Its methods carry the decorators below; a method without one does not exist."""

    content_negotiation_class = JSONOnly
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    max_body: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    rate: str = ""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        # A redirect to the address with a slash would turn a POST into a GET.
        view.should_append_slash = False  # type: ignore[attr-defined]
        return view

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        # Pages show the reader's time zone; instants of the API are UTC, whoever asks.
        with timezone.override(dt.UTC):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request._request.tenant is None:  # type: ignore[attr-defined]
            raise Http404
        super().initial(request, *args, **kwargs)
        if "chunked" in request.headers.get("Transfer-Encoding", "") and not request.META.get("CONTENT_LENGTH"):
            raise LengthRequiredError
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.max_body:
            _drain(request)
            raise TooLarge(_("The body is larger than %(bytes)d bytes.") % {"bytes": self.max_body})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "no-store")
        if self.rate:
            final["RateLimit"] = self.rate
        return final


def _drain(request: Request) -> None:
    """Read on a little: a server that closes while the client still writes is a broken pipe to it, not an answer."""
    left = DRAINED_BYTES
    while left > 0 and (chunk := request._request.read(min(left, 1 << 16))):
        left -= len(chunk)


def operation_of(view: type, method: str) -> Operation | None:
    """The operation behind a verb of an endpoint; HEAD is GET."""
    name = "get" if method == "HEAD" else method.lower()
    return getattr(getattr(view, name, None), "operation", None)


def lists(
    name: str, rights: Rights, *, output: type[Output], orderings: Mapping[str, tuple[str, ...]],
    query: type[Query] | None = None,
) -> Callable[[Method], Method]:  # fmt: skip
    """GET of a list: the method returns a queryset, of which one keyset page is sent."""
    pages = CursorPagination(dict(orderings))
    accepted = _page_query(name, query or Query, list(orderings))

    def run(view: Any, method: Method, call: Call, path: dict[str, Any]) -> Response:
        filters = {name: value for name, value in call.query.items() if name not in PAGE_PARAMETERS}
        return Response(pages.page(method(view, replace(call, query=filters), **path), output, call.query))

    return _operation(Operation(name, _tuple(rights)), run, query=accepted, answer=page_of(output))


def reads(
    name: str, rights: Rights, *, output: type[serializers.BaseSerializer[Any]], query: type[Query] | None = None
) -> Callable[[Method], Method]:
    """GET of one thing, or of an answer that the method has put together."""

    def run(view: Any, method: Method, call: Call, path: dict[str, Any]) -> Response:
        return Response(output(method(view, call, **path)).data)

    return _operation(Operation(name, _tuple(rights)), run, query=query, answer=output)


def sends(
    name: str, rights: Rights, *, media_types: tuple[str, ...], query: type[Query] | None = None
) -> Callable[[Method], Method]:
    """GET of a file: the method returns the response."""

    def run(view: Any, method: Method, call: Call, path: dict[str, Any]) -> HttpResponseBase:
        return method(view, call, **path)  # type: ignore[no-any-return]

    return _operation(Operation(name, _tuple(rights)), run, query=query, answer=FILE, media_types=media_types)


def writes(
    name: str, rights: Rights, *, output: type[serializers.BaseSerializer[Any]] | None, body: type[Input] = NoInput,
    status: int = 200, partial: bool = False, moves_money: bool = False, query: type[Query] | None = None,
    media_types: tuple[str, ...] = (),
) -> Callable[[Method], Method]:  # fmt: skip
    """POST, PUT, PATCH or DELETE: the method calls a service and returns what is to be sent.

    A POST is done once for each Idempotency-Key; `moves_money` makes the key mandatory. `partial`: members that are
    left out stay as they are. Without an `output` nothing is sent. `media_types`: what the body may be, if not JSON.
    """

    def run(view: Any, method: Method, call: Call, path: dict[str, Any]) -> Response:
        checked = replace(call, data=_checked_body(call.request, body, partial))
        result = method(view, checked, **path)
        return Response(None if output is None else output(result).data, status=status)

    operation = Operation(name, _tuple(rights), moves_money)
    return _operation(
        operation, run, answer=output, query=query, body=body, status=status, request_types=media_types
    )  # fmt: skip


def _operation(
    operation: Operation, run: Callable[..., Any], *, answer: Any, query: type[Query] | None = None,
    body: type[Input] | None = None, status: int = 200, media_types: tuple[str, ...] = (),
    request_types: tuple[str, ...] = (),
) -> Callable[[Method], Method]:  # fmt: skip
    accepted = query or Query

    def decorate(method: Method) -> Method:
        @wraps(method)
        def answering(self: Endpoint, request: Request, **path: Any) -> Any:
            call = Call(request._request.actor, request, _checked_query(request, accepted))  # type: ignore[attr-defined]
            if request.method != "POST":
                return run(self, method, call, path)
            key = idempotency.key_of(request, required=operation.moves_money)
            if key is None:
                return run(self, method, call, path)
            return idempotency.once(request, call.actor, key, lambda: run(self, method, call, path))

        answering.operation = operation  # type: ignore[attr-defined]
        has_path = len(inspect.signature(method).parameters) > 2
        described = operation_schema(
            operation, method, answer=answer, query=query, body=body, status=status, media_types=media_types,
            request_types=request_types, has_path=has_path,
        )  # fmt: skip
        return extend_schema(**described)(answering)

    return decorate


def _checked_query(request: Request, accepted: type[Query]) -> dict[str, Any]:
    given = request.query_params
    repeated = {name: [str(_("Send this once."))] for name, values in given.lists() if len(values) > 1}
    serializer = accepted(data=given.dict())
    if not serializer.is_valid() or repeated:
        raise QueryError(fields=fields_of(serializer.errors) | repeated)
    return dict(serializer.validated_data)


def _checked_body(request: Request, body: type[Input], partial: bool) -> dict[str, Any]:
    data = request.data
    serializer = body(data=data.dict() if hasattr(data, "dict") else data, partial=partial)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _page_query(name: str, query: type[Query], orderings: list[str]) -> type[Query]:
    fields = {
        "limit": serializers.IntegerField(min_value=1, help_text="Rows of one page: 50 unless given, never over 200."),
        "cursor": serializers.CharField(help_text="The `next_cursor` of the page before."),
        "ordering": serializers.ChoiceField(choices=orderings, help_text=f"`{orderings[0]}` unless given."),
    }
    return type(f"{name.title().replace('_', '')}Query", (query,), fields)


def _tuple(rights: Rights) -> tuple[Right, ...]:
    return rights if isinstance(rights, tuple) else (rights,)
