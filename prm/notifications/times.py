"""A reader's hours, as the wall clock shows them: summer time begins and ends in the middle of them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

DAY = dt.timedelta(days=1)


def quiet_end(now: dt.datetime, zone: ZoneInfo, start: dt.time | None, end: dt.time | None) -> dt.datetime | None:
    """When the quiet hours end in which `now` falls; None outside of them. They may go over midnight."""
    if start is None or end is None:
        return None
    local = now.astimezone(zone).time()
    is_quiet = start <= local < end if start < end else local >= start or local < end
    return next_at(now, zone, end) if is_quiet else None


def next_at(now: dt.datetime, zone: ZoneInfo, time: dt.time, *, once_a_day: bool = False) -> dt.datetime:
    """The next instant after `now` at which the wall clock shows `time`; a time that is left out comes an hour later.

    A time that comes twice in a night counts twice, or only at its first coming.
    """
    day = now.astimezone(zone).date()
    while True:
        for fold in (0,) if once_a_day else (0, 1):
            instant = dt.datetime.combine(day, time, tzinfo=zone).replace(fold=fold).astimezone(dt.UTC)
            if instant > now:
                return instant
        day += DAY


def day_start(now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """When the reader's day began."""
    midnight = dt.datetime.combine(now.astimezone(zone).date(), dt.time(), tzinfo=zone)
    return midnight.astimezone(dt.UTC)
