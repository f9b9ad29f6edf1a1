"""How far a run is, and whether it shall stop: in Redis, beside the transaction that does the work."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

KEPT_SECONDS = 3600
TOLD_EVERY = 0.5


@dataclass(frozen=True, slots=True)
class Progress:
    """`total` is 0 while nothing has been counted."""

    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


def progress_set(run_id: UUID, done: int, total: int) -> None:
    _try(run_id, lambda: cache.set(_key("progress", run_id), [done, total], KEPT_SECONDS))


def progress_get(run_id: UUID) -> Progress:
    found = _try(run_id, lambda: cache.get(_key("progress", run_id)))
    return Progress(*found) if found else Progress()


def stop_ask(run_id: UUID) -> None:
    """Let whoever works on it stop soon. Only a hint: what counts is the row, which is read at the end."""
    _try(run_id, lambda: cache.set(_key("stop", run_id), 1, KEPT_SECONDS))


def stop_asked(run_id: UUID) -> bool:
    return bool(_try(run_id, lambda: cache.get(_key("stop", run_id))))


def clear(run_id: UUID) -> None:
    _try(run_id, lambda: cache.delete_many([_key("progress", run_id), _key("stop", run_id)]))


def _key(what: str, run_id: UUID) -> str:
    return f"run-{what}:{run_id}"


def _try(run_id: UUID, do: Callable[[], Any]) -> Any:
    """The run itself does not need Redis: without it nobody sees the bar move."""
    try:
        return do()
    except RedisError:
        logger.warning("the progress of run %s is not known: Redis is away", run_id)
        return None


class Stopped(Exception):
    """Somebody has cancelled the run."""


class Teller:
    """Tells how far it is, now and then, and hears of a cancellation."""

    def __init__(self, run_id: UUID, total: int) -> None:
        self._run_id, self._total = run_id, total
        self._next = 0.0

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + TOLD_EVERY
        progress_set(self._run_id, done, self._total)
        if stop_asked(self._run_id):
            raise Stopped
