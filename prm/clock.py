"""The only source of time. Instants are UTC; business dates are dates in the tenant's time zone."""

from __future__ import annotations

import datetime as dt
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import timezone


class HasTimeZone(Protocol):
    time_zone: str


def now() -> dt.datetime:
    return timezone.now()


def today(tenant: HasTimeZone) -> dt.date:
    """The business date at the tenant: an order booked in Shanghai at 01:00 is not yesterday's."""
    return now().astimezone(ZoneInfo(tenant.time_zone)).date()
