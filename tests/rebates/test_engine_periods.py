"""The fiscal calendar: keys, days, neighbours, for every start month."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.engine.periods import Calendar, PeriodKind
from rebates.engine.program import parse_program
from rebates.engine.versions import Version, in_force


@pytest.mark.parametrize(
    ("start_month", "day", "month", "quarter", "half", "year"),
    [
        (1, "2014-06-30", "2014-06", "2014-Q2", "2014-H1", "2014"),
        (1, "2014-07-01", "2014-07", "2014-Q3", "2014-H2", "2014"),
        (4, "2014-03-31", "2014-03", "2014-Q4", "2014-H2", "2014"),
        (4, "2014-04-01", "2014-04", "2015-Q1", "2015-H1", "2015"),
        (7, "2014-06-30", "2014-06", "2014-Q4", "2014-H2", "2014"),
        (7, "2014-12-31", "2014-12", "2015-Q2", "2015-H1", "2015"),
        (12, "2014-11-30", "2014-11", "2014-Q4", "2014-H2", "2014"),
        (12, "2014-12-01", "2014-12", "2015-Q1", "2015-H1", "2015"),
        (2, "2014-01-31", "2014-01", "2014-Q4", "2014-H2", "2014"),
    ],
)  # fmt: skip
def test_keys(start_month: int, day: str, month: str, quarter: str, half: str, year: str) -> None:
    calendar = Calendar(start_month)
    keys = [calendar.period(kind, date.fromisoformat(day)).key for kind in PeriodKind]
    assert keys == [month, quarter, half, year]


def test_days_of_a_fiscal_quarter() -> None:
    period = Calendar(7).from_key("2015-Q3")
    assert (period.start, period.end, period.index, period.year) == (date(2015, 1, 1), date(2015, 3, 31), 3, 2015)


@given(st.integers(1, 12), st.sampled_from(PeriodKind), st.dates(date(2, 1, 1), date(9998, 1, 1)))
def test_periods_follow_one_another_without_a_gap(start_month: int, kind: PeriodKind, day: date) -> None:
    calendar = Calendar(start_month)
    period = calendar.period(kind, day)
    assert day in period
    assert calendar.from_key(period.key) == period
    following = calendar.period(kind, period.end + timedelta(days=1))
    assert following.start == period.end + timedelta(days=1)
    assert calendar.previous(following) == period
    last_year = calendar.same_last_year(period)
    assert (last_year.year, last_year.index) == (period.year - 1, period.index)
    so_far = calendar.year_to_date(period)
    assert so_far[-1] == period
    assert [p.index for p in so_far] == list(range(1, period.index + 1))
    assert {p.year for p in so_far} == {period.year}


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("kind", PeriodKind)
@pytest.mark.parametrize("start_month", [1, 7, 12])
def test_the_ends_of_the_calendar_do_not_break_it(day: date, kind: PeriodKind, start_month: int) -> None:
    calendar = Calendar(start_month)
    assert day in calendar.period(kind, day)
    assert list(calendar.periods(kind, day, day)) == [calendar.period(kind, day)]


@pytest.mark.parametrize("key", ["2014-13", "2014-00", "2014-Q5", "2014-H3", "14", "2014-q1", "", "2014-6", "0000-01"])
def test_keys_that_name_nothing(key: str) -> None:
    with pytest.raises(ValueError, match="no period key"):
        Calendar().from_key(key)


def version(number: int, valid_from: str | None = None, valid_to: str | None = None) -> tuple[int, int, object]:
    document = {
        "code": "P", "currency": "USD", "period": "quarter", "valid_from": valid_from, "valid_to": valid_to,
        "calculation": {"type": "marginal", "bands": [{"rate": "0.1"}]},
    }  # fmt: skip
    return number, number, parse_program(document)


def spans(versions: list[Version]) -> list[tuple[object, str, str]]:
    return [(v.id, str(v.valid_from), str(v.valid_to)) for v in versions]


def test_a_version_replaces_the_lower_ones_from_its_first_day() -> None:
    found = in_force([version(2, "2024-07-01"), version(1, "2024-01-01")])  # type: ignore[list-item]
    assert spans(found) == [(1, "2024-01-01", "2024-06-30"), (2, "2024-07-01", "None")]


def test_a_version_that_reaches_back_leaves_nothing_to_the_lower_ones() -> None:
    found = in_force([version(1, "2024-01-01"), version(2, "2024-07-01"), version(3)])  # type: ignore[list-item]
    assert spans(found) == [(3, "None", "None")]


def test_the_end_of_a_program_cuts_its_versions() -> None:
    found = in_force([version(1), version(2, "2024-07-01")], ends_on=date(2024, 5, 31))  # type: ignore[list-item]
    assert spans(found) == [(1, "None", "2024-05-31")]


def test_a_part_period_is_the_whole_periods_part() -> None:
    [found] = in_force([version(1, "2024-02-15", "2024-04-10")])  # type: ignore[list-item]
    calendar = Calendar()
    periods = found.periods(calendar, date(2024, 3, 1), date(2024, 12, 31))
    assert [p.key for p in periods] == ["2024-Q1", "2024-Q2"]
    assert [found.days_of(p) for p in periods] == [
        (date(2024, 2, 15), date(2024, 3, 31)),
        (date(2024, 4, 1), date(2024, 4, 10)),
    ]
    assert found.periods(calendar, date(2024, 7, 1), date(2024, 12, 31)) == []
