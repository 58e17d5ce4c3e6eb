"""The rhythms of briefings: which days belong to a period, which one comes next, and how it is numbered in its year."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rhythm(models.TextChoices):
    """How often a briefing is made."""

    WEEK = "week", _("Weekly")
    MONTH = "month", _("Monthly")
    QUARTER = "quarter", _("Quarterly")
    HALF_YEAR = "half_year", _("Half-yearly")
    YEAR = "year", _("Yearly")


class State(models.TextChoices):
    """How far a briefing is."""

    WAITING = "waiting", _("Being made")
    MADE = "made", _("Ready")
    FAILED = "failed", _("Could not be made")


#: So many months each rhythm but the week takes.
MONTHS: dict[Rhythm, int] = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.HALF_YEAR: 6, Rhythm.YEAR: 12}
#: A worker that stood still for long makes up for so many of the last periods, and not for all of them.
CAUGHT_UP = 3


@dataclass(frozen=True)
class Whole:
    """A whole period of a rhythm, both days included."""

    rhythm: Rhythm
    first: date
    last: date

    @property
    def year(self) -> int:
        """The year in which it is numbered; of a week, the one that has its Thursday (ISO 8601)."""
        return self.first.isocalendar().year if self.rhythm == Rhythm.WEEK else self.first.year

    @property
    def number(self) -> int:
        """Which of its year it is, from 1."""
        if self.rhythm == Rhythm.WEEK:
            return self.first.isocalendar().week
        return (self.first.month - 1) // MONTHS[self.rhythm] + 1

    @property
    def before(self) -> "Whole":
        """The one that ends the day before it begins."""
        return whole(self.rhythm, self.first - timedelta(days=1))

    @property
    def after(self) -> "Whole":
        """The one that begins the day after it ends."""
        return whole(self.rhythm, self.last + timedelta(days=1))


def whole(rhythm: Rhythm, day: date) -> Whole:
    """The period of this rhythm in which a day lies. Weeks begin on Monday."""
    if rhythm == Rhythm.WEEK:
        first = day - timedelta(days=day.weekday())
        return Whole(rhythm, first, first + timedelta(days=6))
    length = MONTHS[rhythm]
    month = (day.month - 1) // length * length + 1
    last_month = month + length - 1
    last = date(day.year, last_month, monthrange(day.year, last_month)[1])
    return Whole(rhythm, date(day.year, month, 1), last)


def over(rhythm: Rhythm, today: date, since: date, most: int = CAUGHT_UP) -> list[Whole]:
    """The last whole periods that are over and did not end before a day, the oldest first."""
    found: list[Whole] = []
    one = whole(rhythm, today).before
    while one.last >= since and len(found) < most:
        found.append(one)
        one = one.before
    return found[::-1]
