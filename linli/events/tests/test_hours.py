"""Working hours as offices write them, and whether somebody answers at a moment."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from linli.events.rules import opening_at, parse_hours

ZONE = ZoneInfo("Asia/Shanghai")
MORNING, AFTERNOON = (time(8, 30), time(12)), (time(14, 30), time(17, 30))
#: A holiday on a Thursday, and a Saturday that is worked for it.
HOLIDAY, MADE_UP = date(2026, 10, 1), date(2026, 10, 10)


def works(day: date) -> bool:
    return day == MADE_UP or (day.weekday() < 5 and day != HOLIDAY)


def at(words: str, moment: str) -> tuple[bool, str, int]:
    hours = parse_hours(words)
    assert hours is not None
    found = opening_at(hours, datetime.fromisoformat(moment).replace(tzinfo=ZONE).astimezone(UTC), ZONE, works)
    opens = found.opens_at.astimezone(ZONE).strftime("%m-%d %H:%M") if found.opens_at else ""
    return found.is_open, opens, found.days_ahead


@pytest.mark.parametrize(
    "words",
    [
        "8:30-12:00，14:30-17:30",
        "8:30-12:00、14:30-17:30",
        "工作日 08：30—12：00，14：30～17：30",
        "周一至周五8时30分至12时、14时30分至17时30分",
        "上午8:30-12:00，下午2:30-5:30",
        "办公时间：上午8点半到12点，下午2点半到5点半",
        "Mon-Fri 8:30-12:00, 14:30-17:30",
    ],
)
def test_the_same_hours_in_many_words(words: str) -> None:
    hours = parse_hours(words)
    assert hours is not None and hours.spans == (MORNING, AFTERNOON) and not hours.every_day


@pytest.mark.parametrize(
    "words", ["", "夏令时8:00-12:00", "8:30-12:00，节假日除外", "电话预约", "8:30-25:00", "8-17", "9:00-9:00"]
)
def test_what_is_not_understood_wholly_is_not_reckoned_with(words: str) -> None:
    assert parse_hours(words) is None


@pytest.mark.parametrize(
    ("words", "moment", "found"),
    [
        ("8:30-12:00，14:30-17:30", "2026-09-30T09:00", (True, "", 0)),
        ("8:30-12:00，14:30-17:30", "2026-09-30T12:00", (False, "09-30 14:30", 0)),
        ("8:30-12:00，14:30-17:30", "2026-09-29T18:00", (False, "09-30 08:30", 1)),
        ("8:30-12:00，14:30-17:30", "2026-09-30T18:00", (False, "10-02 08:30", 2)),
        ("8:30-17:30", "2026-10-10T09:00", (True, "", 0)),
        ("周一至周六 9:00-17:00", "2026-10-03T09:00", (True, "", 0)),
        ("周一至周六 9:00-17:00", "2026-10-01T09:00", (False, "10-02 09:00", 1)),
        ("每天 22:00-6:00", "2026-10-01T05:59", (True, "", 0)),
        ("每天 22:00-6:00", "2026-10-01T06:00", (False, "10-01 22:00", 0)),
        ("24小时", "2026-10-01T03:00", (True, "", 0)),
        ("24小时值班", "2026-10-01T00:00", (True, "", 0)),
    ],
)
def test_whether_somebody_answers_and_if_not_when_next(words: str, moment: str, found: tuple[bool, str, int]) -> None:
    assert at(words, moment) == found
