"""Working hours as offices write them: `8:30-12:00，14:30-17:30`, `周一至周六 9:00-17:00`, `24小时`; and who answers now.

What is not understood wholly is not reckoned with: it is shown as it was written, and nothing follows from it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WEEK = "一二三四五六日"
_EVERY_DAY, _WORKING_DAYS = frozenset(range(7)), frozenset(range(5))
_ROUND_THE_CLOCK = re.compile(r"24\s*小时|24\s*h(ours)?|全天候?|昼夜|round the clock")
_ALL_DAYS = re.compile(r"每天|每日|天天|全年无休|全年|daily|every day")
_ORDINARY_DAYS = re.compile(r"工作日|working days|weekdays")
_SPAN_OF_DAYS = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])\s*[-~至到]\s*(?:周|星期|礼拜)?([一二三四五六日天])")
_ENGLISH_DAYS = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*\s*(?:-|to)\s*(mon|tue|wed|thu|fri|sat|sun)[a-z]*")
_ENGLISH_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = r"(上午|早上|下午|晚上)?\s*(\d{1,2})(?:[:时点](\d{2}|半)?分?)"
_SPAN = re.compile(rf"{_CLOCK}\s*[-~至到]\s*{_CLOCK}")
_LATER = {"下午", "晚上"}
#: What may stand between, and around.
_BETWEEN = re.compile(r"[\s,;、/()]|和|及|上午|下午|早上|晚上|值班|办公|服务|时间|:")
#: The longest that offices are closed, Spring Festival, is some nine days.
_SEARCHED_DAYS = 40


@dataclass(frozen=True)
class Hours:
    """When an office answers: on which weekdays (0 is Monday), from when until when. What ends before it starts ends next day."""

    spans: tuple[tuple[time, time], ...]
    weekdays: frozenset[int] = _WORKING_DAYS
    #: Open on holidays too.
    every_day: bool = False


@dataclass(frozen=True)
class Opening:
    """Whether somebody answers at a moment; if not, when next (None: not within weeks)."""

    is_open: bool
    opens_at: datetime | None = None
    #: How many midnights lie between: 0 today, 1 tomorrow.
    days_ahead: int = 0


def parse_hours(words: str) -> Hours | None:
    """The hours these words say; None where any of them is not understood. Without days they mean working days."""
    text = unicodedata.normalize("NFKC", words).lower().replace("—", "-").replace("–", "-").strip()
    if not text:
        return None
    text, weekdays, every_day = _days_of(text)
    clock_free = _ROUND_THE_CLOCK.sub("", text)
    if clock_free != text:
        nothing_else = not _BETWEEN.sub("", clock_free)
        return Hours(((time(0), time(0)),), _EVERY_DAY, every_day=True) if nothing_else else None
    spans = [_span(found) for found in _SPAN.finditer(text)]
    rest = _BETWEEN.sub("", _SPAN.sub("", text))
    if rest or not spans or None in spans:
        return None
    return Hours(tuple(span for span in spans if span), weekdays, every_day)


def _days_of(text: str) -> tuple[str, frozenset[int], bool]:
    """The text without the words for days, the weekdays they name, and whether holidays count too."""
    for pattern, days in ((_ALL_DAYS, _EVERY_DAY), (_ORDINARY_DAYS, _WORKING_DAYS)):
        if pattern.search(text):
            return pattern.sub("", text), days, days is _EVERY_DAY
    for pattern, names in ((_SPAN_OF_DAYS, _WEEK), (_ENGLISH_DAYS, None)):
        if found := pattern.search(text):
            first, last = (_weekday(name, names) for name in found.groups())
            days = frozenset(day % 7 for day in range(first, last + 1 + (7 if last < first else 0)))
            return pattern.sub("", text, count=1), days, False
    return text, _WORKING_DAYS, False


def _weekday(name: str, names: str | None) -> int:
    return _ENGLISH_WEEK.index(name) if names is None else names.index(name.replace("天", "日"))


def _span(found: "re.Match[str]") -> tuple[time, time] | None:
    half, hour, minute, half_end, hour_end, minute_end = found.groups()
    start = _clock(half, hour, minute)
    # 「下午2:30-5:30」: what was said of the start holds for an end that would lie before it.
    end = _clock(half_end or (half if start and int(hour_end) < start.hour else None), hour_end, minute_end)
    return (start, end) if start is not None and end is not None and start != end else None


def _clock(half: str | None, hour: str, minute: str | None) -> time | None:
    hours, minutes = int(hour), 30 if minute == "半" else int(minute or 0)
    if half in _LATER and hours < 12:
        hours += 12
    if (hours, minutes) == (24, 0):
        return time(0)
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


def opening_at(hours: Hours, at: datetime, zone: ZoneInfo, works: Callable[[date], bool]) -> Opening:
    """Whether an office of these hours answers at this moment. `works`: whether offices in general work on a day."""
    today = at.astimezone(zone).date()
    for opens, closes in _openings(hours, today, zone, works):
        if closes <= at:
            continue
        if opens <= at:
            return Opening(is_open=True)
        return Opening(False, opens, (opens.astimezone(zone).date() - today).days)
    return Opening(is_open=False)


def _openings(
    hours: Hours, today: date, zone: ZoneInfo, works: Callable[[date], bool]
) -> Iterator[tuple[datetime, datetime]]:
    """From yesterday, whose night may reach into today, on, in UTC and in order."""
    for offset in range(-1, _SEARCHED_DAYS):
        day = today + timedelta(days=offset)
        if not (hours.every_day or _is_open_on(hours, day, works)):
            continue
        for start, end in sorted(hours.spans):
            after = day + timedelta(days=1) if end <= start else day
            yield _moment(day, start, zone), _moment(after, end, zone)


def _is_open_on(hours: Hours, day: date, works: Callable[[date], bool]) -> bool:
    """Monday to Friday means working days, make-up days included; other weekdays hold except on holidays in the week."""
    if hours.weekdays == _WORKING_DAYS:
        return works(day)
    return day.weekday() in hours.weekdays and (works(day) or day.weekday() >= 5)


def _moment(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)
