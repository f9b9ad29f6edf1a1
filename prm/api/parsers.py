"""Bodies of requests. JSON is read strictly: what PostgreSQL could not store is malformed, not a server error."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping
from typing import IO, Any

from django.core.files.base import File
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles
from rest_framework.utils import json as strict_json

MAX_DEPTH = 60


class StrictJSONParser(BaseParser):
    """UTF-8 JSON without NaN, repeated names, NUL characters, lone surrogates or absurd nesting."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            text = stream.read().decode("utf-8")
            value = json.loads(text, parse_constant=strict_json.strict_constant, object_pairs_hook=_unrepeated)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON.")) from error
        _check(value, 0)
        return value


class RawFileParser(BaseParser):
    """A file as the whole body, as `curl --data-binary @sales.csv` sends it; spooled to disk, never held in memory."""

    file_name = ""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[dict[str, Any], dict[str, Any]]:
        spool = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the File by the request)
        while chunk := stream.read(64 * 1024):
            spool.write(chunk)
        spool.seek(0)
        return DataAndFiles({}, {"file": File(spool, name=self.file_name)})


class RawCSVParser(RawFileParser):
    media_type = "text/csv"
    file_name = "upload.csv"


class RawXMLParser(RawFileParser):
    """Kept as it is: reading it is the business of whoever knows what it should be."""

    media_type = "application/xml"
    file_name = "upload.xml"


class RawXLSXParser(RawFileParser):
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file_name = "upload.xlsx"


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a name occurs twice"
        raise ValueError(message)
    return found


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ParseError(_("The body is nested too deeply."))
    if isinstance(value, str):
        if not _is_storable(value):
            raise ParseError(_("The body holds characters that no text can have."))
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ParseError(_("The body is not valid JSON."))
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check(name, depth)
            _check(inner, depth + 1)


def _is_storable(text: str) -> bool:
    if text.isascii():
        return "\0" not in text
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
