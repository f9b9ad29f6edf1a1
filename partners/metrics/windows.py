"""Which days a metric looks at, as of a day: pure arithmetic with dates, so that clocks never come into it."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST = {"trailing_months": 60, "trailing_days": 1830}


class WindowKind(models.TextChoices):
    """`quarter` and `year` run up to the day; the `last_` ones are the whole ones before it; `as_of` is the day."""

    TRAILING_MONTHS = "trailing_months", _("Trailing months")
    TRAILING_DAYS = "trailing_days", _("Trailing days")
    CALENDAR_QUARTER = "calendar_quarter", _("This calendar quarter")
    CALENDAR_YEAR = "calendar_year", _("This calendar year")
    FISCAL_QUARTER = "fiscal_quarter", _("This fiscal quarter")
    FISCAL_YEAR = "fiscal_year", _("This fiscal year")
    LAST_FISCAL_QUARTER = "last_fiscal_quarter", _("Last whole fiscal quarter")
    LAST_FISCAL_YEAR = "last_fiscal_year", _("Last whole fiscal year")
    AS_OF = "as_of", _("On the day")


@dataclass(frozen=True, slots=True)
class Window:
    """Both days included."""

    since: dt.date
    until: dt.date

    @property
    def year_before(self) -> Window:
        """The same days of the year before."""
        return Window(shifted(self.since, -12), _end_shifted(self.until, -12))


@dataclass(frozen=True, slots=True)
class WindowSpec:
    """`length` counts the months or days of the trailing kinds and is 0 for the others."""

    kind: WindowKind
    length: int = 0

    def __post_init__(self) -> None:
        longest = LONGEST.get(self.kind, 0)
        if not (1 if longest else 0) <= self.length <= longest:
            raise ValueError(f"{self.kind} has a length of {1 if longest else 0} to {longest}, not {self.length}")

    def window(self, day: dt.date, fiscal_start_month: int = 1) -> Window:
        """The days that the window covers as of `day`, which is its last one unless it is a whole past period."""
        quarter = period_start(day, 3, fiscal_start_month)
        year = period_start(day, 12, fiscal_start_month)
        starts = {
            WindowKind.TRAILING_MONTHS: _after(_end_shifted(day, -self.length)),
            WindowKind.TRAILING_DAYS: day - dt.timedelta(days=self.length - 1),
            WindowKind.CALENDAR_QUARTER: period_start(day, 3, 1),
            WindowKind.CALENDAR_YEAR: period_start(day, 12, 1),
            WindowKind.FISCAL_QUARTER: quarter,
            WindowKind.FISCAL_YEAR: year,
            WindowKind.AS_OF: day,
        }
        if self.kind in starts:
            return Window(starts[self.kind], day)
        return _before(quarter, 3) if self.kind == WindowKind.LAST_FISCAL_QUARTER else _before(year, 12)


def shifted(day: dt.date, months: int) -> dt.date:
    """As many months on; a day that the month does not have becomes its last."""
    month = day.year * 12 + day.month - 1 + months
    year, index = divmod(month, 12)
    return dt.date(year, index + 1, min(day.day, calendar.monthrange(year, index + 1)[1]))


def period_start(day: dt.date, months: int, first_month: int) -> dt.date:
    """The first day of the period of so many months that the day is in; years begin with `first_month`."""
    offset = first_month - 1
    month = (day.year * 12 + day.month - 1 - offset) // months * months + offset
    return dt.date(month // 12, month % 12 + 1, 1)


def _before(start: dt.date, months: int) -> Window:
    return Window(shifted(start, -months), start - dt.timedelta(days=1))


def _after(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)


def _end_shifted(day: dt.date, months: int) -> dt.date:
    """Month ends stay month ends, so that windows that follow one another neither overlap nor leave a day out."""
    moved = shifted(day, months)
    is_month_end = _after(day).day == 1
    return moved.replace(day=calendar.monthrange(moved.year, moved.month)[1]) if is_month_end else moved
