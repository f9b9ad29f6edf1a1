"""How far a running import is. In Redis, because the transaction that does the work shows nothing before it commits."""

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
    """`phase` is empty when nothing is running; `total` is an estimate while reading, 0 when unknown."""

    phase: str = ""
    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        """Over all phases: reading is about a third of the work, checking and writing the rest."""
        share = min(1.0, self.done / self.total) if self.total else 0.0
        return {"reading": int(35 * share), "checking": 40, "writing": 60}.get(self.phase, 0)


def progress_set(import_id: UUID, phase: str, done: int, total: int) -> None:
    try:
        cache.set(_key(import_id), [phase, done, total], KEPT_SECONDS)
    except RedisError:
        # Nobody sees the bar move; the import itself does not need Redis.
        logger.warning("progress of import %s could not be told", import_id)


def progress_get(import_id: UUID) -> Progress:
    try:
        found = cache.get(_key(import_id))
    except RedisError:
        logger.warning("progress of import %s could not be read", import_id)
        return Progress()
    return Progress(*found) if found else Progress()


def progress_clear(import_id: UUID) -> None:
    try:
        cache.delete(_key(import_id))
    except RedisError:
        logger.warning("progress of import %s could not be cleared", import_id)


def _key(import_id: UUID) -> str:
    return f"import-progress:{import_id}"
