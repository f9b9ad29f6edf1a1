"""The fiscal calendar: months, quarters, half-years and years, their keys and neighbours.

A fiscal year is named by the calendar year in which it ends. Month keys are calendar months; the other keys count
from the fiscal year's first month: `2014-06`, `2014-Q2`, `2014-H1`, `2014`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache


class PeriodKind(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        return _MONTHS[self]


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF_YEAR: 6, PeriodKind.YEAR: 12}
_KEYS = (
    (PeriodKind.MONTH, re.compile(r"([0-9]{4})-([0-9]{2})")),
    (PeriodKind.QUARTER, re.compile(r"([0-9]{4})-Q([1-4])")),
    (PeriodKind.HALF_YEAR, re.compile(r"([0-9]{4})-H([12])")),
    (PeriodKind.YEAR, re.compile(r"([0-9]{4})()")),
)


@dataclass(frozen=True, slots=True)
class Period:
    """`start` and `end` are both days of the period. `year` and `index` name it within its fiscal year, from 1."""

    kind: PeriodKind
    key: str
    start: date
    end: date
    year: int
    index: int

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class Calendar:
    """The tenant's fiscal calendar."""

    fiscal_start_month: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.fiscal_start_month <= 12:
            raise ValueError(f"fiscal_start_month is 1 to 12, not {self.fiscal_start_month}")

    def period(self, kind: PeriodKind, day: date) -> Period:
        """The period of this kind that contains the day."""
        offset = self.fiscal_start_month - 1
        month = day.year * 12 + day.month - 1
        return _period(kind, (month - offset) // kind.months * kind.months + offset, self.fiscal_start_month)

    def periods(self, kind: PeriodKind, since: date, until: date) -> Iterator[Period]:
        """The periods that share a day with `since` to `until`, in order."""
        period = self.period(kind, since)
        while period.start <= until:
            yield period
            if period.end == date.max:
                return
            period = self.period(kind, period.end + timedelta(days=1))

    def previous(self, period: Period) -> Period:
        return self._shifted(period, period.kind.months)

    def same_last_year(self, period: Period) -> Period:
        return self._shifted(period, 12)

    def year_to_date(self, period: Period) -> list[Period]:
        """The periods of the fiscal year up to and including this one."""
        year_start = self._first(period) - (period.index - 1) * period.kind.months
        return [
            _period(period.kind, year_start + i * period.kind.months, self.fiscal_start_month)
            for i in range(period.index)
        ]

    def from_key(self, key: str) -> Period:
        """The period of a key. Raises `ValueError` when it names none."""
        for kind, pattern in _KEYS:
            found = pattern.fullmatch(key)
            if found:
                year, index = int(found[1]), int(found[2] or 1)
                return self._named(kind, year, index, key)
        raise ValueError(f"no period key: {key!r}")

    def _named(self, kind: PeriodKind, year: int, index: int, key: str) -> Period:
        if kind is PeriodKind.MONTH:
            if not 1 <= index <= 12 or year < 1:
                raise ValueError(f"no period key: {key!r}")
            return self.period(kind, date(year, index, 1))
        start_year = year if self.fiscal_start_month == 1 else year - 1
        return _period(
            kind, start_year * 12 + self.fiscal_start_month - 1 + (index - 1) * kind.months, self.fiscal_start_month
        )

    def _first(self, period: Period) -> int:
        """The month number of the period's first month, also where the calendar cuts the period short."""
        offset = self.fiscal_start_month - 1
        month = period.end.year * 12 + period.end.month - 1
        return (month - offset) // period.kind.months * period.kind.months + offset

    def _shifted(self, period: Period, months: int) -> Period:
        return _period(period.kind, self._first(period) - months, self.fiscal_start_month)


@lru_cache(maxsize=4096)
def _period(kind: PeriodKind, first_month: int, fiscal_start_month: int) -> Period:
    """The period that starts with a month, counted as year × 12 + month - 1. Cut short at the ends of the calendar."""
    since_year_start = (first_month - (fiscal_start_month - 1)) % 12
    last_of_year = first_month - since_year_start + 11
    year = last_of_year // 12
    index = since_year_start // kind.months + 1
    start = _first_day(first_month)
    return Period(
        kind, _key(kind, first_month, year, index), start, _last_day(first_month + kind.months - 1), year, index
    )


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1) if month >= 12 else date.min


def _last_day(month: int) -> date:
    if month < 12:
        return date.min
    return _first_day(month + 1) - timedelta(days=1) if month + 1 < 120_000 else date.max


def _key(kind: PeriodKind, first_month: int, year: int, index: int) -> str:
    if kind is PeriodKind.MONTH:
        return f"{first_month // 12:04}-{first_month % 12 + 1:02}"
    return {PeriodKind.QUARTER: f"{year:04}-Q{index}", PeriodKind.HALF_YEAR: f"{year:04}-H{index}"}.get(
        kind, f"{year:04}"
    )
