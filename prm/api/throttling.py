"""Requests per key: fixed windows counted in Redis, so that all web processes share one count."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from prm import clock

logger = logging.getLogger(__name__)
SECONDS = {"s": 1, "sec": 1, "min": 60, "hour": 3600}


def rate_of(text: str) -> tuple[int, int]:
    """ "600/min" as (requests, seconds)."""
    number, _sep, unit = text.partition("/")
    return int(number), SECONDS[unit]


class KeyThrottle(BaseThrottle):
    scope = "key"

    def __init__(self) -> None:
        self.limit, self.seconds = rate_of(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][self.scope])

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count this request. Without Redis requests pass: a limiter that is down must not close the door."""
        window, passed = divmod(int(clock.now().timestamp()), self.seconds)
        self.left = self.seconds - passed
        name = f"api:rate:{request._request.actor.id}:{window}"  # type: ignore[attr-defined]
        try:
            cache.add(name, 0, timeout=2 * self.seconds)
            count = cache.incr(name)
        except (RedisError, ValueError):
            logger.warning("request not counted: the cache does not answer", exc_info=True)
            return True
        view.rate = f"limit={self.limit}, remaining={max(0, self.limit - count)}, reset={self.left}"
        return int(count) <= self.limit

    def wait(self) -> float:
        return self.left
