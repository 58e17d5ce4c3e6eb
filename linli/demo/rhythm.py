"""When things happen in the demo county: office hours and market days, the holidays, a week of typhoon."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from linli.kit.workdays import WorkCalendar

#: Weight of each hour of the day for reports of residents, and of people at work.
_RESIDENTS = (1, 1, 0, 0, 0, 1, 3, 6, 9, 10, 9, 7, 6, 5, 6, 8, 8, 8, 9, 10, 9, 7, 4, 2)
_AT_WORK = (0, 0, 0, 0, 0, 0, 1, 3, 10, 12, 11, 6, 1, 1, 6, 10, 11, 8, 3, 2, 1, 0, 0, 0)
#: Share of each domain on an ordinary day.
_DOMAINS = {"A": 10, "B": 14, "C": 22, "D": 25, "E": 12, "F": 10, "G": 2, "H": 5}
#: Categories reported more often than the others of their domain.
_FREQUENT = {
    "C02": 3,
    "C03": 4,
    "C04": 3,
    "D01": 5,
    "D02": 3,
    "D06": 2,
    "E01": 3,
    "E03": 4,
    "A01": 3,
    "A03": 2,
    "B01": 3,
}
_TYPHOON = {
    "G02": 12,
    "G03": 14,
    "B11": 8,
    "C04": 7,
    "C06": 5,
    "C07": 4,
    "F09": 6,
    "B09": 4,
    "B12": 3,
    "G04": 1,
    "G07": 1,
}
_MARKET = {"E01": 3.0, "E02": 2.0, "E03": 2.0, "E05": 2.5, "D02": 2.0, "A08": 2.0}
#: What belongs to a season: months in which it is reported, as it were, at all.
_SEASONS = {
    "G01": (1, 2, 3, 4, 10, 11, 12),
    "B10": (1, 2, 12),
    "B06": (5, 6, 7, 8, 9),
    "D05": (7, 8, 11, 12),
    "G07": (1, 5, 6, 7, 12),
}

#: Lately the grids look for hazards before the winter, so that more is reported than usual.
_CAMPAIGN_DAYS = 14


@dataclass(frozen=True)
class Year:
    """The twelve months before `now`, with the calendar of working days."""

    now: datetime
    zone: ZoneInfo
    calendar: WorkCalendar
    #: Days of the Spring Festival holiday.
    festival: frozenset[date]

    @property
    def days(self) -> list[date]:
        """Its days in order, the last one today."""
        today = self.now.astimezone(self.zone).date()
        return [today - timedelta(days=back) for back in range(365, -1, -1)]

    def is_typhoon(self, day: date) -> bool:
        """A week early in September."""
        return (9, 3) <= (day.month, day.day) <= (9, 8)

    def weight(self, day: date) -> float:
        """How much is reported on this day, an ordinary day being about 1; it grows as people get used to it."""
        age = (self.now.astimezone(self.zone).date() - day).days
        base = (0.75 + 0.6 * (1 - age / 365)) * (2.4 if age < _CAMPAIGN_DAYS else 1.0)
        if self.is_typhoon(day):
            return base * (5.0 if day.day in (4, 5, 6) else 3.0)
        if day in self.festival:
            return base * 0.3
        return base * (1.0 if self.calendar.is_working(day) else 0.55) * (1.25 if is_market(day) else 1.0)

    def moments(self, count: int, rng: Random) -> list[datetime]:
        """So many moments of reporting, in order, all before now."""
        days = self.days
        sums = list(accumulate(self.weight(day) for day in days))
        found: list[datetime] = []
        while len(found) < count:
            day = days[min(bisect(sums, rng.random() * sums[-1]), len(days) - 1)]
            moment = self.at_hour(day, _RESIDENTS if rng.random() < 0.45 else _AT_WORK, rng)
            if moment < self.now - timedelta(minutes=20):
                found.append(moment)
        return sorted(found)

    def at_hour(self, day: date, hours: Sequence[float], rng: Random) -> datetime:
        """A moment of that day, hours weighted."""
        hour = rng.choices(range(24), hours)[0]
        return datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), self.zone)

    def office(self, moment: datetime, rng: Random) -> datetime:
        """The moment itself if offices are open, or soon after they open next."""
        local = moment.astimezone(self.zone)
        if self.calendar.is_working(local.date()) and time(8, 15) <= local.time() < time(17, 45):
            return local
        day = local.date() if local.time() < time(8, 15) else local.date() + timedelta(days=1)
        while not self.calendar.is_working(day):
            day += timedelta(days=1)
        return datetime.combine(day, time(8, 20), self.zone) + timedelta(seconds=rng.randrange(5400))


def is_market(day: date) -> bool:
    """Market days (墟日): the days that end in 3, 6 and 9."""
    return day.day % 10 in (3, 6, 9)


def category_on(day: date, year: Year, leaves: Sequence[str], rng: Random) -> str:
    """What is reported on this day: a category code of the default pack."""
    weights = [_weight(code, day, year) for code in leaves]
    return rng.choices(leaves, weights)[0]


def _weight(code: str, day: date, year: Year) -> float:
    if year.is_typhoon(day):
        return _TYPHOON.get(code, 0.15)
    if day.month not in _SEASONS.get(code, (day.month,)):
        return 0.0
    often = _FREQUENT.get(code, 1) * (_MARKET.get(code, 1.0) if is_market(day) else 1.0)
    siblings = {"A": 12, "B": 12, "C": 12, "D": 12, "E": 7, "F": 10, "G": 7, "H": 3}[code[0]]
    return _DOMAINS[code[0]] / siblings * often
