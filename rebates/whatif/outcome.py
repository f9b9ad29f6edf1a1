"""The whole answer to a what-if, and how it is kept: as JSON with every digit of its numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from rebates.whatif.gaming import Suspicion
from rebates.whatif.vendor import Replay


@dataclass(frozen=True, slots=True)
class Outcome:
    replay: Replay
    suspicions: list[Suspicion]


def outcome_written(outcome: Outcome) -> Any:
    return _written(outcome)


def outcome_read(document: Any) -> Outcome:
    found: Outcome = _read(Outcome, document)
    return found


def _written(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _written(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, list):
        return [_written(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (Decimal, UUID, dt.date)):
        return str(value)
    return value


def _read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(kind) is list:
        [inner] = get_args(kind)
        return [_read(inner, one) for one in value]
    if is_dataclass(kind):
        return kind(**{name: _read(hint, value[name]) for name, hint in _hints(kind).items()})  # type: ignore[operator,arg-type]
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    return kind(value)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """The types of the fields, of `X | None` the X."""
    hints = get_type_hints(kind)
    return {one.name: _required(hints[one.name]) for one in fields(kind)}


def _required(hint: Any) -> Any:
    options = [one for one in get_args(hint) if one is not type(None)]
    return options[0] if type(None) in get_args(hint) else hint
