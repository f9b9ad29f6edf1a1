"""Identifiers: UUID version 7 (RFC 9562), so that primary keys grow with time and indexes stay dense."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_VERSION = 0x7
_VARIANT = 0b10
_COUNTER_BITS = 12


class _Sequence:
    """Milliseconds and counts within one. A millisecond begins at a random count in its lower half; when its counts are
    used up, the next one is begun.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._milliseconds = self._counter = 0

    def next(self) -> tuple[int, int]:
        with self._lock:
            now = time.time_ns() // 1_000_000
            if 0 <= self._milliseconds - now <= 1:
                self._counter += 1
            else:
                self._milliseconds, self._counter = now, int.from_bytes(os.urandom(2), "big") >> 5
            if self._counter >> _COUNTER_BITS:
                self._milliseconds, self._counter = self._milliseconds + 1, 0
            return self._milliseconds, self._counter


_sequence = _Sequence()


def new_id() -> UUID:
    """Return a UUIDv7: 48 bits of Unix milliseconds, 12 bits that count on within one, 62 random bits.

    Ids that a process makes one after the other sort in that order, so that (time, id) tells what came first.
    """
    milliseconds, counter = _sequence.next()
    low = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1
    return UUID(int=milliseconds << 80 | _VERSION << 76 | counter << 64 | _VARIANT << 62 | low)
