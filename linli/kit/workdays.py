"""Arithmetic of working days: when a limit runs out, with statutory holidays and make-up days counted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from linli.kit.models import CalendarDay

#: A limit in working days runs out when offices close (民法典 art. 203: with business hours, at their end).
CLOSE_OF_BUSINESS = time(18)
#: A year's notice lists some 30 days; one or two stray rows belong to the notice of the year beside it.
_A_YEARS_NOTICE = 10


@dataclass(frozen=True)
class WorkCalendar:
    """Days that differ from their weekday: `{day: is_working}`. Years without them are not published yet."""

    exceptions: Mapping[date, bool]

    @cached_property
    def published_years(self) -> frozenset[int]:
        """Years whose holidays are known."""
        return frozenset(
            year for year, days in Counter(day.year for day in self.exceptions).items() if days >= _A_YEARS_NOTICE
        )

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
        return datetime.combine(last, CLOSE_OF_BUSINESS, zone)

    def is_provisional(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether a moment lies in a year whose holidays are not published, so that it may still shift."""
        return moment.astimezone(zone).year > max(self.published_years, default=0)


def stored_calendar(since: date = date.min) -> WorkCalendar:
    """The calendar as the county keeps it, from the year of `since` on: a limit asks for no day before it begins."""
    days = CalendarDay.objects.filter(day__gte=date(since.year, 1, 1))
    return WorkCalendar(dict(days.values_list("day", "is_working")))
