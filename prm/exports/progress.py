"""How far a running export is, and whether it shall stop: in Redis, beside the transaction that does the work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

KEPT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Progress:
    """`total` is 0 while nothing has been counted."""

    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


def progress_set(export_id: UUID, done: int, total: int) -> None:
    _try(export_id, lambda: cache.set(_key("progress", export_id), [done, total], KEPT_SECONDS))


def progress_get(export_id: UUID) -> Progress:
    found = _try(export_id, lambda: cache.get(_key("progress", export_id)))
    return Progress(*found) if found else Progress()


def stop_ask(export_id: UUID) -> None:
    """Let whoever works on it stop soon. Only a hint: what counts is the row, which is read at the end."""
    _try(export_id, lambda: cache.set(_key("stop", export_id), 1, KEPT_SECONDS))


def stop_asked(export_id: UUID) -> bool:
    return bool(_try(export_id, lambda: cache.get(_key("stop", export_id))))


def clear(export_id: UUID) -> None:
    _try(export_id, lambda: cache.delete_many([_key("progress", export_id), _key("stop", export_id)]))


def _key(what: str, export_id: UUID) -> str:
    return f"export-{what}:{export_id}"


def _try(export_id: UUID, do: Callable[[], Any]) -> Any:
    """The export itself does not need Redis: without it nobody sees the bar move."""
    try:
        return do()
    except RedisError:
        logger.warning("the progress of export %s is not known: Redis is away", export_id)
        return None
