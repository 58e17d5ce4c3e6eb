"""Arithmetic of working days and working hours: when a limit runs out, with statutory holidays and make-up days counted.

Days are those of a zone, lengths of time are true ones: everything is added up in UTC, since Python counts by the wall clock
between two moments of one zone, and that jumps where clocks are changed.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.kit.models import CalendarDay, OfficeHours
from linli.kit.prepared import Prepared
from linli.kit.refusal import BadInput

Hours = tuple[tuple[time, time], ...]

#: When an office is open, from and to, with a rest at noon (Guangdong, summer), until the county says otherwise.
OFFICE_HOURS: Hours = ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
#: A year's notice lists some 30 days; one or two stray rows belong to the notice of the year beside it.
_A_YEARS_NOTICE = 10


@dataclass(frozen=True)
class WorkCalendar:
    """Days that differ from their weekday: `{day: is_working}`. Years without them are not published yet."""

    exceptions: Mapping[date, bool]
    office_hours: Hours = OFFICE_HOURS

    @cached_property
    def published_years(self) -> frozenset[int]:
        """Years whose holidays are known."""
        return frozenset(
            year for year, days in Counter(day.year for day in self.exceptions).items() if days >= _A_YEARS_NOTICE
        )

    @property
    def closes(self) -> time:
        """The hour at which offices close for the day."""
        return self.office_hours[-1][1]

    def closing(self, day: date, zone: ZoneInfo) -> datetime:
        """When offices close on that day, and with them what lasts until it (民法典 art. 203: at the end of business)."""
        return datetime.combine(day, self.closes, zone)

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day."""
        return self.exceptions.get(day, day.weekday() < 5)

    def nth_working_day(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which is itself not counted (民法典 art. 201)."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working(day)
        return day

    def close_of(self, start: datetime, working_days: int, zone: ZoneInfo) -> datetime:
        """When a limit of so many working days that began at `start` runs out."""
        last = self.nth_working_day(start.astimezone(zone).date(), working_days)
        return self.closing(last, zone)

    def natural_close_of(self, start: datetime, days: int, zone: ZoneInfo) -> datetime:
        """When a limit of so many days by the calendar runs out: on a day off it ends with the next working day.

        民法典 art. 201 (the first day is not counted) and art. 203 (the last day is no day off; it ends with business hours).
        """
        last = start.astimezone(zone).date() + timedelta(days=days)
        while not self.is_working(last):
            last += timedelta(days=1)
        return self.closing(last, zone)

    def shift_hours_after(self, start: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
        """The moment at which the office has been open for so long since `start`."""
        start, left = start.astimezone(UTC), length
        for opens, closes in self._openings(start, zone):
            if closes <= start:
                continue
            opens = max(opens, start)
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise AssertionError("unreachable")

    def open_between(self, start: datetime, end: datetime, zone: ZoneInfo) -> timedelta:
        """How long the office is open between two moments."""
        start, end, total = start.astimezone(UTC), end.astimezone(UTC), timedelta(0)
        for opens, closes in self._openings(start, zone):
            if opens >= end:
                return total
            total += max(min(closes, end) - max(opens, start), timedelta(0))
        raise AssertionError("unreachable")

    def opens_next(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment itself while the office is open, else its next opening."""
        moment = moment.astimezone(UTC)
        return next(max(opens, moment) for opens, closes in self._openings(moment, zone) if closes > moment)

    def _openings(self, start: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        """From when until when the office is open, from the day of `start` on, in UTC and without end."""
        day = start.astimezone(zone).date()
        while True:
            if self.is_working(day):
                for opens, closes in self.office_hours:
                    yield _moment(day, opens, zone), _moment(day, closes, zone)
            day += timedelta(days=1)

    def is_provisional(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether a moment lies in a year whose holidays are not published, so that it may still shift."""
        return moment.astimezone(zone).year > max(self.published_years, default=0)


def _moment(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)


def stored_calendar(since: date = date.min) -> WorkCalendar:
    """The calendar as the county keeps it, from the year of `since` on: a limit asks for no day before it begins.

    One query: the hours come beside the days.
    """
    rows = _days_and_hours(date(since.year, 1, 1))
    kept = rows[0][2] if rows else OfficeHours.objects.values_list("hours", flat=True).first()
    return WorkCalendar(
        {day: is_working for day, is_working, _hours in rows}, read_hours(kept) if kept else OFFICE_HOURS
    )


@Prepared
def _days_and_hours(since: date) -> QuerySet[Any, Any]:
    hours = Subquery(OfficeHours.objects.filter(pk=1).values("hours")[:1])
    days = CalendarDay.objects.filter(day__gte=since).annotate(hours=hours)
    return days.values_list("day", "is_working", "hours")


def closing_of(day: date) -> datetime:
    """When the offices of the county close on that day."""
    return stored_calendar(day).closing(day, ZoneInfo(timezone.get_current_timezone_name()))


def read_hours(text: str) -> Hours:
    """`08:30-12:00,14:30-17:30` as times. Raises `BadInput` unless they follow one another within a day."""
    try:
        pairs = [part.split("-") for part in text.split(",")]
        hours = tuple(
            (time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())) for opens, closes in pairs
        )
    except ValueError:
        raise _bad_hours() from None
    moments = [moment for pair in hours for moment in pair]
    if any(earlier >= later for earlier, later in pairwise(moments)):
        raise _bad_hours()
    return hours


def write_hours(hours: Hours) -> str:
    """Times as they are stored."""
    return ",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours)


def _bad_hours() -> BadInput:
    return BadInput(
        "bad_hours", _("Office hours follow one another within a day: the morning first, then the afternoon.")
    )
