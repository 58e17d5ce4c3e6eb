"""Periods of whole days in the time zone of the home, read from the parameters of an address, and cut into steps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.events.rules import EARLIEST_YEAR
from linli.kit.refusal import BadInput

#: Up to so many days the steps are days, up to so many months they are months, and years beyond.
DAYS_SHOWN = 62
MONTHS_SHOWN = 36


class Named(models.TextChoices):
    """Periods with a name. All of them end today: there are no figures of days to come."""

    LAST_12_MONTHS = "last_12_months", _("Last 12 months")
    THIS_YEAR = "this_year", _("This year")
    THIS_QUARTER = "this_quarter", _("This quarter")
    THIS_MONTH = "this_month", _("This month")
    LAST_MONTH = "last_month", _("Last month")


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date
    name: Named | None = None

    @classmethod
    def named(cls, name: Named, today: date) -> "Period":
        """The period of this name. The last 12 months are this one and the eleven before."""
        month = today.replace(day=1)
        first, last = {
            Named.THIS_MONTH: (month, today),
            Named.LAST_MONTH: (_months_on(month, -1), month - timedelta(days=1)),
            Named.THIS_QUARTER: (month.replace(month=today.month - (today.month - 1) % 3), today),
            Named.THIS_YEAR: (month.replace(month=1), today),
            Named.LAST_12_MONTHS: (_months_on(month, -11), today),
        }[name]
        return cls(first, last, name)

    @classmethod
    def parse(cls, sent: Mapping[str, str], today: date) -> "Period":
        """From `from` and `to`, or `period`; nothing sent means the last 12 months. Raises `BadInput`."""
        if sent.get("from") or sent.get("to"):
            return _between(_day(sent.get("from", ""), "from"), _day(sent.get("to", ""), "to"), today)
        name = sent.get("period") or Named.LAST_12_MONTHS
        if name not in Named.values:
            raise BadInput(
                "not_a_choice", _("“%(value)s” is not possible here. Choose one of the list."), value=name[:40]
            )
        return cls.named(Named(name), today)

    @property
    def start(self) -> datetime:
        """The first moment."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def asked(self) -> dict[str, str]:
        """The parameters of an address that asks for it."""
        return {"period": self.name.value} if self.name else {"from": str(self.first), "to": str(self.last)}

    @property
    def query(self) -> str:
        """The same, written out."""
        return urlencode(self.asked)

    def steps(self) -> list["Period"]:
        """The whole period in days, months or years, whichever can be seen at a glance; the ends may be cut off."""
        return self._cut(_beginnings(self.first, self.last))

    def months(self) -> list["Period"]:
        """The same in months, of which the first and the last may be cut off."""
        return self._cut(_beginnings_of(self.first, self.last, 1))

    def days(self) -> list["Period"]:
        """The same day by day."""
        return self._cut(_beginnings_of(self.first, self.last, 0))

    def _cut(self, beginnings: Iterator[tuple[date, date]]) -> list["Period"]:
        return [
            Period(max(first, self.first), min(following - timedelta(days=1), self.last))
            for first, following in beginnings
        ]

    @property
    def year_before(self) -> "Period | None":
        """The same days a year earlier; None: it is longer than a year, and would be compared with a part of itself."""
        return self._earlier(12) if self._length_in_months() <= 12 else None

    @property
    def one_before(self) -> "Period":
        """As many months earlier as are needed to end before it begins: of a month or less the same days of the month before."""
        return self._earlier(self._length_in_months())

    def _length_in_months(self) -> int:
        length = 1
        while self._last_earlier(length) >= self.first:
            length += 1
        return length

    def _earlier(self, months: int) -> "Period":
        return Period(_earlier_day(self.first, months), self._last_earlier(months))

    def _last_earlier(self, months: int) -> date:
        """Whole months stay whole."""
        after = self.last + timedelta(days=1)
        if self.first.day == after.day == 1:
            return _months_on(after, -months) - timedelta(days=1)
        return _earlier_day(self.last, months)


def _earlier_day(day: date, months: int) -> date:
    """The same day so many months earlier; the last one, if that month has none of its number."""
    month = _months_on(day.replace(day=1), -months)
    most = (_months_on(month, 1) - timedelta(days=1)).day
    return month.replace(day=min(day.day, most))


def _between(first: date, last: date, today: date) -> Period:
    if first > last:
        raise BadInput("period_backwards", _("The first day lies after the last. Change one of them."), field="from")
    if last > today:
        raise BadInput(
            "period_to_come", _("The last day lies in the future. Choose today or an earlier day."), field="to"
        )
    return Period(first, last)


def _day(sent: str, field: str) -> date:
    if not sent:
        raise BadInput("day_missing", _("Both days are needed: the first and the last."), field=field)
    try:
        day = date.fromisoformat(sent.strip())
    except ValueError:
        raise BadInput(
            "bad_day", _("“%(value)s” is not a day. Write it as 2026-11-16."), value=sent[:40], field=field
        ) from None
    if day.year < EARLIEST_YEAR:
        raise BadInput(
            "day_too_early", _("There is nothing before the year %(year)s."), year=EARLIEST_YEAR, field=field
        )
    if day.year > 9000:
        raise BadInput(
            "period_to_come", _("The last day lies in the future. Choose today or an earlier day."), field=field
        )
    return day


def _beginnings(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The first day of each step that has a day of the period, and that of the step after it."""
    if (last - first).days < DAYS_SHOWN:
        return _beginnings_of(first, last, 0)
    if (last.year - first.year) * 12 + last.month - first.month < MONTHS_SHOWN:
        return _beginnings_of(first, last, 1)
    return _beginnings_of(first, last, 12)


def _beginnings_of(first: date, last: date, months: int) -> Iterator[tuple[date, date]]:
    """Steps of so many months, a month or a year; of a day: 0."""
    begin = {0: first, 1: first.replace(day=1), 12: first.replace(month=1, day=1)}[months]
    while begin <= last:
        following = _months_on(begin, months) if months else begin + timedelta(days=1)
        yield begin, following
        begin = following


def _months_on(first: date, months: int) -> date:
    """The first of a month, so many months later."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
