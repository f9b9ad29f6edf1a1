"""Days that are past: a demo vendor's history is recorded on the days on which it happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

NOON = dt.time(12, tzinfo=dt.UTC)


@contextmanager
def on(day: dt.date) -> Iterator[None]:
    """The clock of this process stands at noon of a day, or where it stands when that has not come yet.

    Everything that asks for the time asks here: signatures, business dates, journals. The process makes demo vendors
    and nothing else.
    """
    real = timezone.now
    then = min(dt.datetime.combine(day, NOON), real())
    timezone.now = lambda: then
    try:
        yield
    finally:
        timezone.now = real
