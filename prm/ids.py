"""Identifiers: UUID version 7 (RFC 9562), so that primary keys grow with time and indexes stay dense."""

from __future__ import annotations

import os
import time
from uuid import UUID

_VERSION = 0x7
_VARIANT = 0b10


def new_id() -> UUID:
    """Return a UUIDv7: 48 bits of Unix milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    high = random >> 68 & 0xFFF
    low = random & (1 << 62) - 1
    return UUID(int=milliseconds << 80 | _VERSION << 76 | high << 64 | _VARIANT << 62 | low)
