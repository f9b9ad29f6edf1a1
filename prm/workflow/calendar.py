"""Working days of a country, make-up workdays (调休) included: a Saturday may be one, a Monday may be none.

Holidays and make-up days come from the library `holidays`. Where it does not know yet what a government has published
for a year, its fixed holidays count, without make-up days; a country of "" has Monday to Friday and no holidays.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

SATURDAY = 5
COUNTRIES = (
    "CN", "HK", "MO", "TW", "SG", "MY", "JP", "KR", "TH", "VN", "ID", "PH", "IN", "AU", "NZ", "AE", "SA", "TR",
    "DE", "AT", "CH", "FR", "IT", "ES", "PT", "NL", "BE", "PL", "CZ", "SE", "NO", "DK", "FI", "GB", "IE", "US", "CA",
    "MX", "BR", "ZA",
)  # fmt: skip
"""Those a vendor can choose. Holidays of single states and regions are not among them: they are days off of its own."""


@dataclass(frozen=True, slots=True)
class Workdays:
    """A country's working days less the days off that somebody has noted besides."""

    country: str = ""
    days_off: frozenset[dt.date] = frozenset()

    def __contains__(self, day: dt.date) -> bool:
        if day in self.days_off:
            return False
        return day not in _rest_days(self.country, day.year) if self.country else day.weekday() < SATURDAY


MONDAY_TO_FRIDAY = Workdays()


def add_business_days(day: dt.date, count: int, workdays: Workdays = MONDAY_TO_FRIDAY) -> dt.date:
    """The `count`-th business day after `day`; with 0 the day itself."""
    while count:
        day += dt.timedelta(days=1)
        count -= day in workdays
    return day


def business_days_between(first: dt.date, last: dt.date, workdays: Workdays = MONDAY_TO_FRIDAY) -> int:
    """Business days after `first` until `last`, that one included; negative when `last` is the earlier one."""
    if last < first:
        return -business_days_between(last, first, workdays)
    days = (first + dt.timedelta(days=offset) for offset in range(1, (last - first).days + 1))
    return sum(day in workdays for day in days)


def makeup_days_known_until(country: str, year: int) -> int | None:
    """The last year, from the one before `year` to the one after it, whose make-up workdays are known."""
    found = [one for one in (year - 1, year, year + 1) if _makeup_days(country, one)]
    return max(found, default=None)


@lru_cache(maxsize=512)
def _rest_days(country: str, year: int) -> frozenset[dt.date]:
    """Days of the year that are not worked. As a set of our own: the library's fills itself while it is read."""
    import holidays

    known = holidays.country_holidays(country, years=(year, year + 1))
    first = dt.date(year, 1, 1)
    days = (first + dt.timedelta(days=number) for number in range((dt.date(year, 12, 31) - first).days + 1))
    # Where only Sunday is the law's day of rest (Hong Kong), offices rest on Saturday, too.
    rest_saturday = len(known.weekend) == 1
    return frozenset(
        day for day in days if not known.is_working_day(day) or (rest_saturday and day.weekday() == SATURDAY)
    )


def _makeup_days(country: str, year: int) -> bool:
    """Whether a Saturday or Sunday of the year is worked; never where weekends are other days or are not moved."""
    if country != "CN":
        return False
    rest = _rest_days(country, year)
    first = dt.date(year, 1, 1)
    days = (first + dt.timedelta(days=number) for number in range(365))
    return any(day.weekday() >= SATURDAY and day not in rest for day in days)
