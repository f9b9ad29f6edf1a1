"""Working days: official holidays, make-up workdays in China, days off of one's own, and years nobody knows yet."""

from __future__ import annotations

import datetime as dt

import pytest

from prm.errors import Forbidden, Invalid
from prm.identity.rights import Role
from prm.identity.services.vendors import workday_calendar_set
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import Cast
from prm.workflow.calendar import (
    COUNTRIES,
    Workdays,
    add_business_days,
    business_days_between,
    makeup_days_known_until,
)

CHINA = Workdays("CN")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2026-02-13", True),
        ("2026-02-14", True),  # Saturday, worked for Spring Festival
        ("2026-02-15", False),
        ("2026-02-16", False),  # Monday, off
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),  # Saturday, worked
        ("2026-09-20", True),  # Sunday, worked for National Day
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),  # Saturday, worked
        ("2026-10-11", False),
    ],
)
def test_china_moves_its_working_days(text: str, works: bool) -> None:
    assert (day(text) in CHINA) is works


def test_days_are_counted_over_national_day() -> None:
    # 30 September, then 8, 9 and Saturday the 10th; the 12th is Monday.
    assert add_business_days(day("2026-09-30"), 3, CHINA) == day("2026-10-10")
    assert add_business_days(day("2026-09-30"), 4, CHINA) == day("2026-10-12")
    assert add_business_days(day("2026-09-30"), 4) == day("2026-10-06")
    assert business_days_between(day("2026-09-30"), day("2026-10-12"), CHINA) == 4
    assert business_days_between(day("2026-10-12"), day("2026-09-30"), CHINA) == -4
    assert business_days_between(day("2026-09-30"), day("2026-10-12")) == 8


def test_a_day_off_of_ones_own_comes_first() -> None:
    own = Workdays("CN", frozenset([day("2026-10-10")]))
    assert day("2026-10-10") not in own
    assert add_business_days(day("2026-09-30"), 3, own) == day("2026-10-12")


def test_other_countries_and_none() -> None:
    assert day("2026-10-03") not in Workdays("DE")
    assert day("2026-12-25") not in Workdays("DE")
    assert day("2026-12-25") in CHINA
    assert day("2026-12-25") in Workdays()
    assert day("2026-12-26") not in Workdays()
    assert day("2026-11-26") not in Workdays("US")


def test_a_year_without_published_make_up_days_has_the_fixed_holidays() -> None:
    far = dt.date(2090, 10, 2)
    assert far.weekday() == 0
    assert far not in CHINA
    saturdays = [dt.date(2090, 1, 1) + dt.timedelta(days=number) for number in range(365)]
    assert not any(one in CHINA for one in saturdays if one.weekday() >= 5)
    assert makeup_days_known_until("CN", 2090) is None
    assert makeup_days_known_until("CN", 2025) == 2026
    assert makeup_days_known_until("DE", 2026) is None


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_that_can_be_chosen_is_known(country: str) -> None:
    worked = business_days_between(day("2025-12-31"), day("2026-12-31"), Workdays(country))
    assert 235 <= worked <= 260


def test_the_vendor_chooses(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        with pytest.raises(Forbidden):
            workday_calendar_set(actor=cast.actor(Role.FINANCE), country="CN")
        with pytest.raises(Invalid):
            workday_calendar_set(actor=cast.administrator, country="XX")
        workday_calendar_set(actor=cast.administrator, country="CN")
    assert Tenant.objects.get(pk=cast.tenant.pk).workday_calendar == "CN"
