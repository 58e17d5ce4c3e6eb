"""A question about figures: the area, the period, what is told apart, and whether the answer was counted ahead."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from linli.areas.codes import contains, numbering
from linli.statistics.facts import kept_widths
from linli.statistics.periods import Period
from linli.statistics.rules.cubes import ALL_TIME, BY_CATEGORY, BY_DEPARTMENT, Facts, Slot, keeps_days
from linli.statistics.summing import Span

CATEGORY, DEPARTMENT, MONTH, DAY = "category", "department", "month", "day"
#: The letter of what is told apart within an area, in the kind of a cell.
FACET = {CATEGORY: BY_CATEGORY, DEPARTMENT: BY_DEPARTMENT}


@dataclass(frozen=True)
class Asked:
    """What was asked, and how it is looked up."""

    area: str
    period: Period
    by: str
    at: datetime
    #: With what is open now, which does not depend on the period.
    with_now: bool = True
    #: Only matters that this department leads.
    led_by: str = ""
    widths: tuple[int, ...] = field(default_factory=kept_widths)

    @property
    def width(self) -> int:
        """Of the areas that are read."""
        return numbering().width(self.by) if self.by in numbering().levels else len(self.area)

    @property
    def facet(self) -> str:
        """The letter of what is told apart within an area, or of which one is asked for."""
        return BY_DEPARTMENT if self.led_by else FACET.get(self.by, "")

    @property
    def is_level(self) -> bool:
        """Whether areas below are told apart."""
        return self.by in numbering().levels

    @property
    def is_kept(self) -> bool:
        """Whether it was counted ahead, all but some days at most."""
        if len(self.area) not in self.widths or self.width not in self.widths or self.width < len(self.area):
            return False
        return self.keeps_days or self.months is not None

    @property
    def keeps_days(self) -> bool:
        """Whether days were counted ahead; if not, they are read from the rows."""
        return keeps_days(self.facet, self.width, self.widths[-1])

    @property
    def counted_ahead(self) -> Span:
        """The days of the period of which sums are read."""
        if self.keeps_days or self.months is None:
            return self.period.first, self.period.last
        return self.months[0], following_month(self.months[1]) - timedelta(days=1)

    @property
    def months(self) -> tuple[date, date] | None:
        """First days of the first and the last month that lie in the period whole."""
        first = self.period.first if self.period.first.day == 1 else following_month(self.period.first)
        after = self._after
        last = (after.replace(day=1) - timedelta(days=1)).replace(day=1)
        return (first, last) if first <= last and self.by != DAY else None

    @property
    def _after(self) -> date:
        """The day after the last of which sums are read.

        Nothing was reported or ended after today, and limits that are still to come are taken off: where no days are kept, a
        month that the period has reached today can be read whole.
        """
        last = self.period.last
        is_so_far = not self.keeps_days and last >= timezone.localdate(self.at)
        return following_month(last) if is_so_far else last + timedelta(days=1)

    @property
    def days(self) -> list[tuple[date, date]]:
        """The days of the period in none of those months, as spans."""
        months = self.months
        if months is None:
            return [(self.period.first, self.period.last)]
        spans = [
            (self.period.first, months[0] - timedelta(days=1)),
            (following_month(months[1]), self.period.last),
        ]
        return [span for span in spans if span[0] <= span[1]]

    def key_of(self, facts: Facts, on: date, slot: Slot) -> str | None:
        """The row in which a part of a matter is counted; None: in none."""
        if not contains(self.area, facts.area) or (self.led_by and facts.department != self.led_by):
            return None
        if self.by in (MONTH, DAY):
            if slot in ALL_TIME:
                return None
            return str(on.replace(day=1) if self.by == MONTH else on)
        if self.is_level:
            return facts.area[: self.width] if len(facts.area) >= self.width else self.area
        return "" if self.led_by else facts.facet(self.facet)

    def has(self, slot: Slot, on: date, until: datetime | None) -> bool:
        """Whether a part of a matter is counted at all: in the period, and not still to come."""
        if until is not None and until >= self.at:
            return False
        if slot in ALL_TIME:
            return self.with_now
        first, last = self.counted_ahead
        return first <= on <= last


def following_month(day: date) -> date:
    """The first day of the month after that of a day."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
