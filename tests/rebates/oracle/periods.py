"""Periods of the fiscal calendar: keys, first and last days, neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """`first` and `last` day; the fiscal `year` it belongs to and its `index` in it, from 0."""

    first: date
    last: date
    year: int
    index: int
    kind: str
    key: str


@dataclass(frozen=True)
class Calendar:
    start_month: int = 1

    def at(self, kind: str, year: int, index: int) -> Period:
        """The period of a fiscal year, which is named by the calendar year in which it ends."""
        months = (year - (1 if self.start_month > 1 else 0)) * 12 + self.start_month - 1 + index * MONTHS[kind]
        after = months + MONTHS[kind]
        first = date(months // 12, months % 12 + 1, 1)
        last = date(after // 12, after % 12 + 1, 1) - ONE_DAY
        key = {
            "month": f"{first:%Y-%m}", "quarter": f"{year}-Q{index + 1}", "half_year": f"{year}-H{index + 1}",
            "year": f"{year}",
        }[kind]  # fmt: skip
        return Period(first, last, year, index, kind, key)

    @cache  # noqa: B019 (calendars are few and small)
    def of(self, kind: str, day: date) -> Period:
        year = day.year + (1 if self.start_month > 1 and day.month >= self.start_month else 0)
        return self.at(kind, year, (day.month - self.start_month) % 12 // MONTHS[kind])

    def year_until(self, period: Period) -> list[Period]:
        """The periods of the fiscal year up to and including this one."""
        return [self.at(period.kind, period.year, index) for index in range(period.index + 1)]

    def last_year(self, period: Period) -> Period:
        return self.at(period.kind, period.year - 1, period.index)

    def before(self, period: Period) -> Period:
        return self.of(period.kind, period.first - ONE_DAY)
