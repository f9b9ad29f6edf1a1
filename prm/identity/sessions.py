"""Sessions in the database, with a copy in the cache. While Redis is away they are read from the database.

Only reading is forgiving. An end that Redis did not hear of could be undone by the copy it still has, so signing out
and signing in are refused until it is back.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import cached_db, db
from redis.exceptions import RedisError


class SessionStore(cached_db.SessionStore):
    def load(self) -> dict[str, Any]:
        try:
            return super().load()
        except RedisError:
            # Found in the database, and could not be copied.
            return db.SessionStore.load(self)
