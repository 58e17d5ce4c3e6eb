"""Terms over month ends and festivals: 民法典 arts. 201-203. The calendar that comes with linli is read; no database."""

import calendar as gregorian
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kit.workdays import WorkCalendar
from linli.mediation.rules import (
    LADDER,
    SEEDED,
    ClockKind,
    Term,
    TermCode,
    Unit,
    add_months,
    end_of,
    moments,
    next_after,
    term_of,
)

ZONE = ZoneInfo("Asia/Shanghai")
#: 2027 Spring Festival and 2026 National Day as they were announced in form: a week off, weekends made up for.
FESTIVALS = {date(2026, 10, day): False for day in range(1, 8)} | {date(2027, 2, day): False for day in range(5, 13)}
MADE_UP = {date(2026, 9, 27): True, date(2026, 10, 10): True, date(2027, 2, 14): True, date(2027, 1, 31): True}
CALENDAR = WorkCalendar(FESTIVALS | MADE_UP)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
MOMENTS = st.builds(
    lambda day, minute: datetime.combine(day, time(*divmod(minute, 60)), ZONE), DAYS, st.integers(0, 1439)
)


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 2, 28), 1, date(2026, 3, 28)),
    ],
)
def test_a_month_ends_on_the_day_of_the_same_number_or_the_last(day: date, months: int, end: date) -> None:
    assert add_months(day, months) == end


@given(DAYS, st.integers(1, 120))
def test_months_neither_skip_nor_repeat_a_month(day: date, months: int) -> None:
    end = add_months(day, months)
    assert (end.year - day.year) * 12 + end.month - day.month == months
    assert end.day == min(day.day, gregorian.monthrange(end.year, end.month)[1])


@given(MOMENTS, st.sampled_from(list(Unit)), st.integers(1, 40))
def test_a_term_ends_at_closing_time_of_a_working_day_after_it_began(start: datetime, unit: str, amount: int) -> None:
    end = end_of(unit, amount, start, CALENDAR, ZONE).astimezone(ZONE)
    assert end > start
    assert CALENDAR.is_working(end.date())
    assert end.time() == CALENDAR.closes


@given(MOMENTS, st.sampled_from(list(Unit)), st.integers(1, 40), st.integers(0, 10_000))
def test_what_begins_later_never_ends_earlier(start: datetime, unit: str, amount: int, minutes: int) -> None:
    later = start + timedelta(minutes=minutes)
    assert end_of(unit, amount, start, CALENDAR, ZONE) <= end_of(unit, amount, later, CALENDAR, ZONE)


@given(MOMENTS, st.integers(1, 60))
def test_thirty_days_are_never_fewer(start: datetime, amount: int) -> None:
    end = end_of(Unit.DAY, amount, start, CALENDAR, ZONE).astimezone(ZONE)
    assert end.date() >= start.date() + timedelta(days=amount)


def test_a_month_that_ends_in_spring_festival_ends_after_it() -> None:
    start = datetime(2027, 1, 8, 10, tzinfo=ZONE)
    assert end_of(Unit.MONTH, 1, start, CALENDAR, ZONE).date() == date(2027, 2, 14)  # a Sunday made up for


def test_thirty_days_that_end_on_national_day_end_after_the_week() -> None:
    start = datetime(2026, 9, 1, 10, tzinfo=ZONE)
    assert end_of(Unit.DAY, 30, start, CALENDAR, ZONE) == datetime.combine(date(2026, 10, 8), CALENDAR.closes, ZONE)


def test_a_minute_before_midnight_is_still_that_day() -> None:
    late = datetime(2026, 11, 16, 15, 59, tzinfo=UTC)
    assert end_of(Unit.DAY, 1, late, CALENDAR, ZONE).astimezone(ZONE).date() == date(2026, 11, 17)
    assert end_of(Unit.DAY, 1, late + timedelta(minutes=1), CALENDAR, ZONE).astimezone(ZONE).date() == date(
        2026, 11, 18
    )


def test_the_nearest_area_that_set_a_term_wins_from_its_day_on() -> None:
    county = Term(TermCode.MEDIATION, Unit.DAY, 30, "县规定", date(2026, 7, 1), "440881", 1)
    township = Term(TermCode.MEDIATION, Unit.DAY, 20, "镇规定", date(2026, 7, 1), "440881101", 1)
    newer = Term(TermCode.MEDIATION, Unit.DAY, 25, "县新规定", date(2027, 1, 1), "440881", 2)

    def asked(area: str, on: date) -> int:
        return term_of(TermCode.MEDIATION, area=area, on=on, among=[county, township, newer]).amount

    assert asked("440881101201", date(2026, 12, 1)) == 20
    assert asked("440881102201", date(2026, 12, 1)) == 30
    assert asked("440881102201", date(2027, 1, 1)) == 25
    assert asked("440881102201", date(2026, 6, 30)) == 1
    assert asked("440882", date(2027, 1, 1)) == 1


def test_every_term_is_seeded_with_its_source() -> None:
    assert {one.code for one in SEEDED} == set(TermCode)
    assert all(one.source for one in SEEDED)


@pytest.mark.parametrize("kind", ClockKind)
def test_warnings_come_in_order_and_the_last_at_the_end(kind: str) -> None:
    start = datetime.combine(date(2026, 11, 16), time(12), ZONE)
    end = start + timedelta(days=30)
    ladder = list(moments(kind, start, end))
    assert [warned.rung for warned, _moment in ladder] == list(range(1, len(LADDER[kind]) + 1))
    assert [moment for _warned, moment in ladder] == sorted(moment for _warned, moment in ladder)
    assert ladder[-1][1] == end
    assert next_after(kind, ladder[-1][0].rung, start, end) is None


@pytest.mark.parametrize("kind", ClockKind)
def test_a_short_term_warns_at_once_and_not_before_it_began(kind: str) -> None:
    start = datetime.combine(date(2026, 11, 16), time(12), ZONE)
    assert next_after(kind, 0, start, start + timedelta(hours=1)) == start
