"""Terms as people write them in a command: `3日`, `3工作日`, `24小时`, `明天`, `12-05`, and what each means for a field."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMBER = r"(?P<n>\d{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
#: Longest first; what each word counts in.
_UNITS: tuple[tuple[str, str], ...] = (
    (r"个?工作日|wd", "working_days"),
    (r"个?小时|时|h|hours?", "hours"),
    (r"周|个?星期|w|weeks?", "weeks"),
    (r"日|天|d|days?", "days"),
)
_NAMED = {"今天": 0, "今日": 0, "today": 0, "明天": 1, "明日": 1, "tomorrow": 1, "后天": 2}
_ON = re.compile(r"(?:(?P<y>20\d\d)[-/.年])?(?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?", re.ASCII)
_AT = re.compile(r"(?P<h>\d{1,2}):(?P<min>\d\d)", re.ASCII)


@dataclass(frozen=True)
class Term:
    """A length (`unit` and `amount`), a day of the calendar (`unit` "on"), or a time of today ("at", `amount` in minutes)."""

    unit: str
    amount: int = 0
    year: int = 0
    month: int = 0
    day: int = 0


def read_term(word: str) -> Term | None:
    """The term of a word; None if it is none."""
    if word in _NAMED:
        return Term("days", _NAMED[word])
    if found := _ON.fullmatch(word):
        return _on(int(found["y"] or 0), int(found["m"]), int(found["d"]))
    if found := _AT.fullmatch(word):
        hours, minutes = int(found["h"]), int(found["min"])
        return Term("at", hours * 60 + minutes) if hours < 24 and minutes < 60 else None
    for units, unit in _UNITS:
        if found := re.fullmatch(f"{_NUMBER}(?:{units})", word, re.ASCII | re.IGNORECASE):
            amount = _number(found["n"])
            return Term("days", amount * 7) if unit == "weeks" else Term(unit, amount)
    return None


def _number(word: str) -> int:
    if word.isdecimal():
        return int(word)
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return _DIGITS[ones]
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)


def _on(year: int, month: int, day: int) -> Term | None:
    try:
        date(year or 2024, month, day)  # a leap year: 29 February may be meant
    except ValueError:
        return None
    return Term("on", year=year, month=month, day=day)


def day_of(term: Term, now: datetime, is_working: Callable[[date], bool]) -> date | None:
    """The day a term ends on, seen from `now` in local time; None for what names no day (hours) or none that exists."""
    today = now.date()
    match term.unit:
        case "days":
            return today + timedelta(days=term.amount)
        case "working_days":
            return _nth_working_day(today, term.amount, is_working)
        case "on":
            return _coming(term, today)
        case _:
            return None


def _coming(term: Term, today: date) -> date | None:
    """That day of this year, or of the next once it has gone by."""
    for year in [term.year] if term.year else [today.year, today.year + 1]:
        try:
            day = date(year, term.month, term.day)
        except ValueError:
            continue
        if term.year or day >= today:
            return day
    return None


def _nth_working_day(day: date, count: int, is_working: Callable[[date], bool]) -> date:
    while count > 0:
        day += timedelta(days=1)
        count -= is_working(day)
    return day


def working_days_of(term: Term, now: datetime, is_working: Callable[[date], bool]) -> int | None:
    """A term as working days, for a department's own limit: `3日` are three working days there, as offices mean it.

    None for hours, and for a day that no working day lies before.
    """
    if term.unit in ("days", "working_days"):
        return term.amount or None
    end = day_of(term, now, is_working)
    if end is None:
        return None
    return sum(is_working(now.date() + timedelta(days=n)) for n in range(1, (end - now.date()).days + 1)) or None


def moment_of(term: Term, now: datetime, is_working: Callable[[date], bool], closes: time) -> datetime | None:
    """A term as a moment: hours from now, a time of today, the closing of the offices on a day."""
    if term.unit == "hours":
        return now + timedelta(hours=term.amount)
    if term.unit == "at":
        return now.replace(hour=term.amount // 60, minute=term.amount % 60, second=0, microsecond=0)
    day = day_of(term, now, is_working)
    return datetime.combine(day, closes, now.tzinfo) if day else None
