"""Reading JSON documents strictly: every fault is a code, its parameters and the JSON path where it was found.

The engine does not speak to people: the texts for the codes are in `rebates.faults`, translated.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from prm.money import parse_decimal

ROOT = "$"
MAX_DEPTH = 40
MAX_TEXT = 400
MAX_ITEMS = 10_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Fault(ValueError):
    """A document that can't be accepted.

    `path` reads like `$[1].scope.all[0].field`; `code` names the text in `rebates.faults`.
    """

    def __init__(self, path: str, code: str, /, **params: Any) -> None:
        super().__init__(path, code, params)
        self.path, self.code, self.params = path, code, params

    def __str__(self) -> str:
        details = " ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.path}: {self.code} {details}".rstrip()


class JsonNumber(str):
    """The characters of a JSON number: never turned into a float, so `0.1` stays `0.1`."""

    __slots__ = ()


class _Object(dict[str, Any]):
    """A JSON object that remembers a key given twice, of which `json` would silently keep the last."""

    duplicate: str | None = None


def _pairs(pairs: list[tuple[str, Any]]) -> _Object:
    result = _Object()
    for key, value in pairs:
        if key in result:
            result.duplicate = key
        result[key] = value
    return result


def load_json(text: str | bytes) -> Any:
    """The document of a JSON text, numbers as `JsonNumber`. Raises `Fault` at `$` for anything that is no JSON."""
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        return json.loads(
            decoded, parse_float=JsonNumber, parse_int=JsonNumber, parse_constant=JsonNumber, object_pairs_hook=_pairs
        )
    except UnicodeDecodeError as error:
        raise Fault(ROOT, "not_utf8", position=error.start) from None
    except json.JSONDecodeError as error:
        raise Fault(ROOT, "not_json", line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise Fault(ROOT, "too_deep", maximum=MAX_DEPTH) from None


class Node:
    """A JSON value with its path. The readers return typed values or raise `Fault` at that path."""

    __slots__ = ("depth", "path", "value")

    def __init__(self, value: Any, path: str = "$", depth: int = 0) -> None:
        self.value, self.path, self.depth = value, path, depth
        if depth > MAX_DEPTH:
            self.fail("too_deep", maximum=MAX_DEPTH)

    def fail(self, code: str, **params: Any) -> NoReturn:
        raise Fault(self.path, code, **params)

    def at(self, key: str) -> str:
        """The path of a key of this object, also of one that is missing."""
        return f"{self.path}.{key}" if _NAME.fullmatch(key) else f"{self.path}[{json.dumps(key[:MAX_TEXT])}]"

    def object(self, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> dict[str, "Node"]:
        """The members of an object that has every required key and no key beside them and the optional ones."""
        value = self.value
        if not isinstance(value, dict):
            self.fail("expected", type="object")
        duplicate = getattr(value, "duplicate", None)
        if duplicate is not None:
            raise Fault(self.at(duplicate), "duplicate_key")
        for key in value:
            if key not in required and key not in optional:
                raise Fault(self.at(str(key)), "unknown_key")
        for key in required:
            if key not in value:
                raise Fault(self.at(key), "missing_key")
        return {key: Node(member, self.at(key), self.depth + 1) for key, member in value.items()}

    def items(self, minimum: int = 0) -> list["Node"]:
        if not isinstance(self.value, list):
            self.fail("expected", type="list")
        if len(self.value) < minimum:
            self.fail("too_few", minimum=minimum)
        if len(self.value) > MAX_ITEMS:
            self.fail("too_many", maximum=MAX_ITEMS)
        return list(self._items())

    def _items(self) -> Iterator["Node"]:
        for index, item in enumerate(self.value):
            yield Node(item, f"{self.path}[{index}]", self.depth + 1)

    def text(self, *, empty: bool = False) -> str:
        """A text of at most 400 characters that a database can store."""
        if not isinstance(self.value, str) or isinstance(self.value, JsonNumber):
            self.fail("expected", type="text")
        if len(self.value) > MAX_TEXT:
            self.fail("too_long", maximum=MAX_TEXT)
        if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in self.value):
            self.fail("bad_text")
        if not empty and not self.value.strip():
            self.fail("empty_text")
        return str(self.value)

    def number(self) -> Decimal:
        """A number in plain notation, given as a JSON number or as a decimal text."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
            self.fail("expected", type="number")
        try:
            return parse_decimal(value if isinstance(value, str) else _digits(value))
        except ValueError:
            self.fail("not_a_plain_number")

    def amount(self) -> Decimal:
        """A number that is not negative."""
        number = self.number()
        if number < 0:
            self.fail("negative")
        return abs(number)

    def integer(self) -> int:
        number = self.number()
        if number != number.to_integral_value():
            self.fail("expected", type="whole number")
        return int(number)

    def count(self) -> int:
        """A whole number that is not negative."""
        number = self.integer()
        if number < 0:
            self.fail("negative")
        return number

    def boolean(self) -> bool:
        if not isinstance(self.value, bool):
            self.fail("expected", type="boolean")
        return self.value

    def day(self) -> date:
        """An ISO date, `2014-06-30`."""
        text = self.text()
        try:
            return date.fromisoformat(text if _DATE.fullmatch(text) else "")
        except ValueError:
            self.fail("not_a_date")

    def choice(self, options: tuple[str, ...]) -> str:
        text = self.text()
        if text not in options:
            self.fail("unknown_value", options=", ".join(options))
        return text

    @property
    def is_null(self) -> bool:
        return self.value is None


def _digits(value: float | Decimal) -> str:
    """The plain notation of a number that another reader has already turned into a Python number."""
    if isinstance(value, int) and abs(value) >= 10**30:
        raise ValueError(f"{value.bit_length()} bits are too many")
    return format(value, "f") if isinstance(value, Decimal) else str(value)
