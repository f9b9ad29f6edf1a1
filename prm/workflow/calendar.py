"""Business days: Monday to Friday, less the days off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

SATURDAY = 5


def is_business_day(day: dt.date, days_off: Collection[dt.date] = ()) -> bool:
    return day.weekday() < SATURDAY and day not in days_off


def add_business_days(day: dt.date, count: int, days_off: Collection[dt.date] = ()) -> dt.date:
    """The `count`-th business day after `day`; with 0 the day itself."""
    while count:
        day += dt.timedelta(days=1)
        count -= is_business_day(day, days_off)
    return day


def business_days_between(first: dt.date, last: dt.date, days_off: Collection[dt.date] = ()) -> int:
    """Business days after `first` until `last`, that one included; negative when `last` is the earlier one."""
    if last < first:
        return -business_days_between(last, first, days_off)
    days = (first + dt.timedelta(days=offset) for offset in range(1, (last - first).days + 1))
    return sum(is_business_day(day, days_off) for day in days)
