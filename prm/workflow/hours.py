"""Business hours: how long something has waited while the office was open, and when so many open hours are over.

A day is open from its first to its last minute on the office's own clock, so a night in which clocks change moves
neither; the length of an open day is what lies between, in real time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from prm.workflow.calendar import MONDAY_TO_FRIDAY, Workdays

LONGEST = 3660
"""Days that are looked at: what no calendar of ten years holds is a mistake, not a wait."""


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When the office is open: from `opens` to `closes` on the working days, in `zone`."""

    zone: ZoneInfo
    workdays: Workdays = MONDAY_TO_FRIDAY
    opens: dt.time = dt.time(9)
    closes: dt.time = dt.time(18)

    def spans(self, since: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Open spans in UTC from the day of `since` on, each one not before `since`."""
        day = since.astimezone(self.zone).date()
        for _count in range(LONGEST):
            if day in self.workdays:
                start, end = (self._instant(day, at) for at in (self.opens, self.closes))
                if max(start, since) < end:
                    yield max(start, since), end
            day += dt.timedelta(days=1)

    def _instant(self, day: dt.date, at: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, at, tzinfo=self.zone).astimezone(dt.UTC)


def add_business_time(since: dt.datetime, amount: dt.timedelta, hours: BusinessHours) -> dt.datetime:
    """The instant at which `amount` of open time has passed since `since`; the next opening when it is zero."""
    left = amount
    for start, end in hours.spans(since):
        if left < end - start or (left == end - start and left):
            return start + left
        left -= end - start
    message = "these business hours never come to an end"
    raise OverflowError(message)


def business_time_between(first: dt.datetime, last: dt.datetime, hours: BusinessHours) -> dt.timedelta:
    """Open time from `first` until `last`; negative when `last` is the earlier one."""
    if last < first:
        return -business_time_between(last, first, hours)
    total = dt.timedelta(0)
    for start, end in hours.spans(first):
        if start >= last:
            break
        total += min(end, last) - start
    return total
