"""How far a running what-if is: in Redis, beside the transaction that does the work."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

KEPT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Progress:
    """Steps; `total` is 0 while nothing has begun."""

    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


def progress_set(what_if_id: UUID, done: int, total: int) -> None:
    try:
        cache.set(_key(what_if_id), [done, total], KEPT_SECONDS)
    except RedisError:
        logger.warning("the progress of what-if %s could not be told", what_if_id)


def progress_get(what_if_id: UUID) -> Progress:
    try:
        found = cache.get(_key(what_if_id))
    except RedisError:
        logger.warning("the progress of what-if %s could not be read", what_if_id)
        found = None
    return Progress(*found) if found else Progress()


def _key(what_if_id: UUID) -> str:
    return f"rebates.what_if:{what_if_id}"
