"""Days as the plan of the year counts them: from the published calendar alone, by arithmetic of its own.

The product has another one (`kit.workdays`, `mediation.rules.terms`). Where both agree on a whole year of limits, month ends,
festivals and make-up days, they are not wrong in the same way.
"""

import csv
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import linli.kit

DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")
#: When offices close, and with them every limit.
CLOSES = time(17, 30)
#: When the worker comes; all that is due by then is done then.
TICKS = (time(9), time(17, 30))
_HOURS = (8, 9, 10, 11, 14, 15, 16)


@dataclass(frozen=True)
class Days:
    """Which days offices work, where that differs from the weekday."""

    off: frozenset[date]
    worked: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day."""
        return day in self.worked or (day.weekday() < 5 and day not in self.off)

    def from_(self, day: date) -> date:
        """That day, or the next working one."""
        while not self.is_working(day):
            day += DAY
        return day

    def after(self, day: date, count: int) -> date:
        """So many working days later."""
        for _each in range(count):
            day = self.from_(day + DAY)
        return day

    def closing(self, day: date) -> datetime:
        """The end of business on that day, or on the next working one."""
        return moment(self.from_(day), CLOSES)


def published() -> Days:
    """The calendar as the State Council announced it, read from its file."""
    with (Path(linli.kit.__file__).parent / "calendar" / "cn.csv").open(encoding="utf-8") as file:
        rows = [(date.fromisoformat(row["day"]), row["is_working"] == "1") for row in csv.DictReader(file)]
    return Days(frozenset(day for day, works in rows if not works), frozenset(day for day, works in rows if works))


def moment(day: date, hour: time) -> datetime:
    """That hour of that day, where the county is."""
    return datetime.combine(day, hour, ZONE)


def day_of(at: datetime) -> date:
    """On which day it is, where the county is."""
    return at.astimezone(ZONE).date()


def midnight_after(day: date) -> datetime:
    """The end of a day."""
    return moment(day + DAY, time())


def month_on(day: date) -> date:
    """The day of the same number in the next month, or its last."""
    first = (day.replace(day=1) + 32 * DAY).replace(day=1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def drawn(draw: Random, day: date) -> datetime:
    """A moment within office hours, never that at which the worker comes."""
    hour = draw.choice(_HOURS)
    return moment(
        day, time(hour, draw.randrange(32, 58) if hour in (8, 14) else draw.randrange(1, 58), draw.randrange(1, 59))
    )


def tick_from(at: datetime) -> datetime:
    """The first moment from this one on at which the worker comes."""
    day = day_of(at)
    for hour in TICKS:
        if (found := moment(day, hour)) >= at:
            return found
    return moment(day + DAY, TICKS[0])
