"""Shapes of requests and answers. Inputs refuse what they do not name; outputs name each member."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache, reduce
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.money import parse_decimal

UNKNOWN = _("There is no such field.")


class Input(serializers.Serializer[Any]):
    """A body, or a part of one. A name that is not declared here is an error: server-set fields cannot slip in.

    `example` is shown in the OpenAPI document.
    """

    example: ClassVar[Any] = None

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := set(data) - known:
                raise serializers.ValidationError({str(name): [UNKNOWN] for name in sorted(map(str, unknown))})
        return super().to_internal_value(data)


class Query(Input):
    """Query parameters, all optional."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class Output(serializers.Serializer[Any]):
    """An answer. Every field reads one attribute or column (`source` may follow relations).

    `of_objects`: some field is computed from the object, so lists must load objects instead of columns.
    """

    of_objects: ClassVar[bool] = False


class NoInput(Input):
    """For operations that take nothing but the address."""


class Document(Input):
    """A JSON object that the service itself reads and checks, whole; it arrives as `document`."""

    openapi: ClassVar[Any] = OpenApiTypes.OBJECT

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"non_field_errors": [_("Send a JSON object.")]})
        return {"document": dict(data)}


class ExactDecimalField(serializers.DecimalField):
    """A decimal as plain text, or a whole number; a JSON fraction has already lost digits when it arrives."""

    default_error_messages = {"fraction": _("Send decimals as text, such as “12.50”.")}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, (str, int)):
            self.fail("fraction")
        try:
            value = parse_decimal(str(data).strip())
        except ValueError:
            self.fail("invalid")
        return self.validate_precision(value)


class CellField(serializers.CharField):
    """A cell that the import's checks judge: text, or a whole number; null and "" are both a missing value."""

    default_error_messages = ExactDecimalField.default_error_messages

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_blank=True, allow_null=True, max_length=1000, **options)

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, float):
            self.fail("fraction")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "format": "decimal", "examples": ["1234.5600"]})
class DecimalText(serializers.Field[Decimal, Any, str, Decimal]):
    """An exact decimal of an answer, in plain notation with the digits that are stored."""

    def to_representation(self, value: Decimal) -> str:
        return format(value, "f")


Writer = Callable[[Any], Any]


@cache
def columns_of(output: type[Output]) -> list[tuple[str, str, Writer | None]]:
    """(member, ORM path, how to write the value) for each field: lists read columns, not objects."""
    return [(name, str(field.source).replace(".", "__"), _writer(field)) for name, field in output().fields.items()]


def rows(
    queryset: QuerySet[Any], output: type[Output], keys: Sequence[str] = ()
) -> list[tuple[dict[str, Any], list[Any]]]:
    """The queryset as plain dicts in the shape of `output`, each with its values of the paths `keys`.

    Several times as fast as a serializer over objects: nothing is built that is not sent.
    """
    if output.of_objects:
        found = list(queryset)
        shapes: Any = output(found, many=True).data
        return [(shape, [_reached(one, key) for key in keys]) for shape, one in zip(shapes, found, strict=True)]
    columns = columns_of(output)
    paths = list(dict.fromkeys([*(path for _name, path, _write in columns), *keys]))
    names = [name for name, _path, _write in columns]
    places = [paths.index(path) for _name, path, _write in columns]
    writers = [(name, write) for name, _path, write in columns if write]
    wanted = [paths.index(key) for key in keys]
    written = []
    for values in queryset.values_list(*paths):
        row = dict(zip(names, [values[place] for place in places], strict=True))
        for name, write in writers:
            if row[name] is not None:
                row[name] = write(row[name])
        written.append((row, [values[place] for place in wanted]))
    return written


def _reached(one: Any, path: str) -> Any:
    return reduce(getattr, path.split("__"), one)


def write_time(value: dt.datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _writer(field: serializers.Field[Any, Any, Any, Any]) -> Writer | None:
    if isinstance(field, DecimalText):
        return field.to_representation
    if isinstance(field, serializers.DateTimeField):
        return write_time
    if isinstance(field, serializers.DateField):
        return dt.date.isoformat
    return str if isinstance(field, serializers.UUIDField) else None
