"""The OpenAPI document: security schemes, problems, pages and the Idempotency-Key, the same way for every operation."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from prm.api.problems import CONTENT_TYPE
from prm.api.serializers import Output

if TYPE_CHECKING:
    from prm.api.operations import Operation

FILE = OpenApiTypes.BINARY

# What may go wrong with every operation; the others depend on what it has: an address with ids, a body.
_ALWAYS = {400: "Not understood", 401: "Not signed in", 403: "The right is missing", 429: "Too many requests"}
_WITH_PATH = {404: "Unknown, or out of your reach"}
_WITH_BODY = {409: "Not possible in the present state", 413: "Too large", 415: "Not JSON", 422: "Refused, with reasons"}


class Problem(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField(help_text="Always `about:blank`: `code` tells the kind of problem.")
    title = serializers.CharField(help_text="The phrase of the HTTP status.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="For people, in the language of `Accept-Language` (en, zh-hans).")
    code = serializers.CharField(help_text="For programs; stable.")
    retryable = serializers.BooleanField(help_text="Whether the same request may succeed later.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False,
        help_text="Messages by the path of the member or parameter, such as `lines.3.quantity`.",
    )  # fmt: skip


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "prm.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "prm_<prefix>_<secret>",
            "description": "An API key, made by an administrator under Settings. Its scopes are the rights of roles.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "prm.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        from django.conf import settings

        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "A signed-in member; writing needs the header X-CSRFToken too.",
        }


def page_of(output: type[Output]) -> Any:
    return inline_serializer(
        name=f"{output.__name__.removesuffix('Output')}Page",
        fields={
            "items": output(many=True),
            "next_cursor": serializers.CharField(
                allow_null=True, help_text="Send it as `cursor` for the next page; null on the last one."
            ),
        },
    )


def operation_schema(
    operation: Operation, method: Callable[..., Any], *, answer: Any, query: Any, body: Any, status: int,
    media_types: tuple[str, ...], request_types: tuple[str, ...], has_path: bool,
) -> dict[str, Any]:  # fmt: skip
    """Keyword arguments of `extend_schema` for one decorated method."""
    summary, _sep, more = (inspect.getdoc(method) or operation.name.replace("_", " ")).partition("\n\n")
    rights = ", ".join(f"`{right}`" for right in operation.rights) or "none, but a member's session"
    verb = method.__name__
    return {
        "operation_id": operation.name,
        "summary": " ".join(summary.split()).rstrip("."),
        "description": f"{more}\n\nRight: {rights}.".strip(),
        "parameters": [*([query] if query else []), *([_idempotency_key(operation)] if verb == "post" else [])],
        "request": _request(body, request_types),
        "examples": _examples(body),
        "responses": _answers(answer, status, media_types) | _problems(verb, has_path),
    }


def share_problems(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """drf-spectacular's hook: problems are told once each and referred to, answers stand in order of their status."""
    shared = result.setdefault("components", {}).setdefault("responses", {})
    for operation in (one for path in result.get("paths", {}).values() for one in path.values()):
        answers = operation["responses"]
        for status, answer in answers.items():
            if CONTENT_TYPE in answer.get("content", {}):
                shared[f"Problem{status}"] = answer
                answers[status] = {"$ref": f"#/components/responses/Problem{status}"}
        operation["responses"] = dict(sorted(answers.items()))
    return result


def _request(body: Any, media_types: tuple[str, ...]) -> Any:
    if body is None:
        return None
    if media_types:
        # The form is described by its fields, a raw body is the file itself.
        return {kind: body if kind.startswith("multipart/") else FILE for kind in media_types}
    return getattr(body, "openapi", None) or (body if body().fields else None)


def _examples(body: Any) -> list[OpenApiExample]:
    example = getattr(body, "example", None)
    return [OpenApiExample("Example", value=example, request_only=True)] if example else []


def _answers(answer: Any, status: int, media_types: tuple[str, ...]) -> dict[Any, Any]:
    if media_types:
        return {(status, media_type): OpenApiResponse(answer, description="The file") for media_type in media_types}
    return {status: answer}


def _problems(verb: str, has_path: bool) -> dict[Any, Any]:
    found = _ALWAYS | (_WITH_PATH if has_path else {}) | (_WITH_BODY if verb != "get" else {})
    return {(status, CONTENT_TYPE): OpenApiResponse(Problem, description=text) for status, text in found.items()}


def _idempotency_key(operation: Operation) -> OpenApiParameter:
    return OpenApiParameter(
        "Idempotency-Key",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        required=operation.moves_money,
        description="Up to 255 printable ASCII characters, such as a UUID. The same request with the same key is done "
        "once and answered alike, with `Idempotency-Replayed: true`; keys are remembered for 7 days.",
    )
