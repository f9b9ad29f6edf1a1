"""Keyset pages: the cursor holds the sort values of the last row, so rows that come or go elsewhere shift nothing."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, Q, QuerySet
from django.utils.translation import gettext as _

from prm.api.problems import QueryError
from prm.api.serializers import Output, rows

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class CursorPagination:
    """`orderings` maps what clients may ask for to columns, all in one direction and the last one unique."""

    orderings: dict[str, tuple[str, ...]]

    def page(self, queryset: QuerySet[Any], output: type[Output], query: dict[str, Any]) -> dict[str, Any]:
        """One page of plain dicts. `query` holds the validated `limit`, `cursor` and `ordering`."""
        name = query.get("ordering") or next(iter(self.orderings))
        order = self.orderings[name]
        paths = [path.removeprefix("-") for path in order]
        limit = min(query.get("limit") or DEFAULT_LIMIT, MAX_LIMIT)
        ordered = queryset.order_by(*order)
        if query.get("cursor"):
            fields = [_field(queryset, path) for path in paths]
            ordered = ordered.filter(_beyond(order, _decoded(query["cursor"], name, fields)))
        found = rows(ordered[: limit + 1], output, paths)
        following = _encoded(name, found[limit - 1][1]) if len(found) > limit else None
        return {"items": [row for row, _key in found[:limit]], "next_cursor": following}


def bad_cursor() -> QueryError:
    return QueryError(fields={"cursor": [_("This cursor is not from this list.")]})


def encode_cursor(value: list[Any]) -> str:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str, length: int) -> list[Any]:
    """The texts in a cursor; raises `QueryError` for anything this server has not made."""
    try:
        value = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise bad_cursor() from error
    texts = isinstance(value, list) and all(isinstance(part, str) and "\0" not in part for part in value)
    if not texts or len(value) != length or len(cursor) > 2000:
        raise bad_cursor()
    return value  # type: ignore[no-any-return]


def _encoded(name: str, key: Sequence[Any]) -> str:
    return encode_cursor([name, *(_text(value) for value in key)])


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else str(value)


def _decoded(cursor: str, name: str, fields: Sequence[Field[Any, Any]]) -> list[Any]:
    made_for, *texts = decode_cursor(cursor, len(fields) + 1)
    if made_for != name:
        raise bad_cursor()
    try:
        values = [field.to_python(text) for field, text in zip(fields, texts, strict=True)]
        return [field.get_prep_value(value) for field, value in zip(fields, values, strict=True)]
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise bad_cursor() from error


def _field(queryset: QuerySet[Any], path: str) -> Field[Any, Any]:
    if path in queryset.query.annotations:
        return queryset.query.annotations[path].output_field
    *relations, name = path.split("__")
    model: Any = queryset.model
    for relation in relations:
        model = model._meta.get_field(relation).related_model
    return model._meta.pk if name == "pk" else model._meta.get_field(name)  # type: ignore[no-any-return]


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows after `values`, in the sense of (a, b) > (x, y); the bound on the first column lets an index start there."""
    test = "lt" if order[0].startswith("-") else "gt"
    paths = [path.removeprefix("-") for path in order]
    condition = Q((f"{paths[-1]}__{test}", values[-1]))
    for path, value in reversed(list(zip(paths[:-1], values[:-1], strict=True))):
        condition = Q((f"{path}__{test}", value)) | (Q((path, value)) & condition)
    return condition if len(order) == 1 else Q((f"{paths[0]}__{test}e", values[0])) & condition
