"""Working days, against the real notices and against plain laws."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from linli.kit.workdays import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: National Day and Mid-Autumn 2026 as published, with the two made-up days.
AUTUMN = WorkCalendar(
    {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 9, 20): True, date(2026, 10, 10): True}
)


def test_a_make_up_day_is_worked_and_a_holiday_is_not() -> None:
    assert AUTUMN.is_working(date(2026, 9, 20))
    assert not AUTUMN.is_working(date(2026, 10, 1))
    assert AUTUMN.nth_working_day(date(2026, 9, 30), 3) == date(2026, 10, 10)


def test_the_first_day_is_not_counted_and_the_last_ends_with_business_hours() -> None:
    late_on_monday = datetime(2026, 11, 16, 23, 59, tzinfo=SHANGHAI)
    assert AUTUMN.close_of(late_on_monday, 1, SHANGHAI) == datetime(2026, 11, 17, 17, 30, tzinfo=SHANGHAI)


def test_the_day_is_the_day_of_the_zone_not_of_utc() -> None:
    friday_night_in_utc = datetime(2026, 11, 13, 17, tzinfo=UTC)  # Saturday in Shanghai
    assert AUTUMN.close_of(friday_night_in_utc, 1, SHANGHAI).date() == date(2026, 11, 16)


def test_a_stray_row_does_not_publish_a_year() -> None:
    calendar = WorkCalendar(
        {**AUTUMN.exceptions, **{date(2026, 5, day): False for day in range(1, 6)}, date(2027, 1, 1): False}
    )
    assert calendar.published_years == {2026}
    assert calendar.is_provisional(datetime(2027, 1, 4, tzinfo=SHANGHAI), SHANGHAI)
    assert not calendar.is_provisional(datetime(2026, 12, 31, tzinfo=SHANGHAI), SHANGHAI)


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(1, 60),
    st.sets(st.dates(date(2020, 1, 1), date(2030, 6, 1)), max_size=40),
)
def test_just_so_many_working_days_lie_between(day: date, count: int, free: set[date]) -> None:
    calendar = WorkCalendar(dict.fromkeys(free, False))
    last = calendar.nth_working_day(day, count)
    between = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(calendar.is_working(one) for one in between) == count
    assert calendar.is_working(last)
