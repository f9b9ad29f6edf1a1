"""Business time: nights, weekends, holidays and make-up workdays, and nights in which clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from prm.workflow.calendar import Workdays
from prm.workflow.hours import BusinessHours, add_business_time, business_time_between

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = BusinessHours(SHANGHAI, Workdays("CN"))
BERLIN = BusinessHours(ZoneInfo("Europe/Berlin"), Workdays("DE"), dt.time(0, 30), dt.time(23))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def hours(count: float) -> dt.timedelta:
    return dt.timedelta(hours=count)


@pytest.mark.parametrize(
    ("since", "amount", "due"),
    [
        ("2026-11-26 10:00", 2, "2026-11-26 12:00"),
        ("2026-11-26 17:00", 2, "2026-11-27 10:00"),
        ("2026-11-26 20:00", 1, "2026-11-27 10:00"),
        ("2026-11-26 06:00", 9, "2026-11-26 18:00"),
        ("2026-11-27 16:00", 4, "2026-11-30 11:00"),  # over the weekend
        ("2025-09-30 17:00", 2, "2025-10-09 10:00"),  # over the National Day holidays
        ("2025-10-10 17:00", 2, "2025-10-11 10:00"),  # into a Saturday that is worked
        ("2026-11-26 12:00", 0, "2026-11-26 12:00"),
        ("2026-11-28 12:00", 0, "2026-11-30 09:00"),
    ],
)
def test_when_business_time_is_over(since: str, amount: int, due: str) -> None:
    assert add_business_time(at(since), hours(amount), CHINA) == at(due)


def test_time_between_counts_open_hours_only_and_turns_around() -> None:
    first, last = at("2026-11-27 16:00"), at("2026-11-30 11:00")
    assert business_time_between(first, last, CHINA) == hours(4)
    assert business_time_between(last, first, CHINA) == -hours(4)
    assert business_time_between(at("2026-11-28 01:00"), at("2026-11-29 23:00"), CHINA) == hours(0)


def test_there_and_back_is_the_same() -> None:
    since = at("2025-09-26 11:17")
    for amount in range(1, 120, 7):
        due = add_business_time(since, hours(amount), CHINA)
        assert business_time_between(since, due, CHINA) == hours(amount)


def test_a_day_on_which_clocks_change_has_an_hour_more_or_less() -> None:
    """Berlin's clocks went forward on Sunday 2026-03-29 and back on Sunday 2026-10-25; here Sundays are worked."""
    always = BusinessHours(BERLIN.zone, _EveryDay(), dt.time(0, 30), dt.time(23))
    for day, open_hours in (("2026-03-28", 22.5), ("2026-03-29", 21.5), ("2026-10-25", 23.5)):
        start, end = at(f"{day} 00:00", BERLIN.zone), at(f"{day} 23:30", BERLIN.zone)
        assert business_time_between(start.astimezone(dt.UTC), end.astimezone(dt.UTC), always) == hours(open_hours)


class _EveryDay(Workdays):
    def __contains__(self, day: object) -> bool:
        return True


def test_an_office_that_never_opens_is_a_mistake() -> None:
    with pytest.raises(OverflowError):
        add_business_time(at("2026-11-26 10:00"), hours(1), BusinessHours(SHANGHAI, _Never()))


class _Never(Workdays):
    def __contains__(self, day: object) -> bool:
        return False
