"""Fiscal years and quarters of the active tenant. A year is named by the calendar year in which it ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from prm import clock
from prm.db.scope import require_tenant


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` to `end`, both included."""

    key: str
    start: dt.date
    end: dt.date

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day <= self.end


def today() -> dt.date:
    return clock.today(require_tenant())


def year_named(year: int) -> Span:
    first = require_tenant().fiscal_start_month
    start = dt.date(year if first == 1 else year - 1, first, 1)
    return Span(f"{year:04}", start, _month(start, 12) - dt.timedelta(days=1))


def year_of(day: dt.date) -> int:
    """The fiscal year in which a day lies."""
    first = require_tenant().fiscal_start_month
    return day.year if first == 1 or day.month < first else day.year + 1


def quarter_named(key: str) -> Span:
    """The quarter of a key such as 2026-Q3. Raises `ValueError`."""
    year, _sep, number = key.partition("-Q")
    if len(year) != 4 or number not in {"1", "2", "3", "4"}:
        raise ValueError(key)
    start = _month(year_named(int(year)).start, 3 * (int(number) - 1))
    return Span(key, start, _month(start, 3) - dt.timedelta(days=1))


def quarter_of(day: dt.date) -> Span:
    year = year_of(day)
    return next(span for number in range(1, 5) if day in (span := quarter_named(f"{year:04}-Q{number}")))


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def months_back(day: dt.date, count: int) -> dt.date:
    """The first day of the month `count` months before that of `day`."""
    return _month(month_of(day), -count)


def _month(first: dt.date, count: int) -> dt.date:
    index = first.year * 12 + first.month - 1 + count
    return dt.date(index // 12, index % 12 + 1, 1)
