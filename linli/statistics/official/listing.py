"""The official series of an area as they are shown: each value with its source and date, ours beside it, never added."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.areas.models import Area
from linli.people.rules import Scope
from linli.statistics.models import OfficialSeries, OfficialValue
from linli.statistics.periods import Period
from linli.statistics.reading import MONTH, Row, figures
from linli.statistics.rules import BY_CODE, RATE_BY_CODE, percent, signed
from linli.statistics.rules.official import is_percent
from linli.statistics.sheet import Number

#: Values of a page.
A_PAGE = 100


@dataclass(frozen=True)
class Ours:
    """What we counted for the same days and area: a number, or a share with what it is made of."""

    number: Number
    of: Number | None = None
    percent: float | None = None


@dataclass(frozen=True)
class Line:
    """A value in force with its earlier versions, and what stands beside it. `reckoned`: from the series itself."""

    value: OfficialValue
    earlier: list[OfficialValue]
    printed: str
    reckoned: str
    ours: Ours | None

    @property
    def shown(self) -> str:
        """Without noughts behind the point, in groups of three."""
        return plain(self.value.value)


@dataclass(frozen=True)
class Shown:
    """A series with its values, the latest first."""

    series: OfficialSeries
    name_of_ours: Any
    lines: list[Line] = field(default_factory=list)


def plain(value: Decimal) -> str:
    """`31,307`, `97.56`."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def official_of(scope: Scope, area: Area, number: str | None, *, at: datetime) -> tuple[Page, list[Shown]]:
    """A page of the values in force of just this area, series by series; as many queries for one as for many."""
    in_force = OfficialValue.objects.filter(series__area=area, replaced_at__isnull=True)
    names = ("series__indicator", "series__source", "series")
    ordered = in_force.order_by(*names, "-last_on", "-first_on").select_related("series", "imported_by")
    page = Paginator(ordered, A_PAGE).get_page(number)
    values = list(page.object_list)
    beside = _versions_beside(values)
    ours = _Ours(scope, area, [one for one in values if one.series.figure], at)
    shown = [_shown(series, list(some), beside, ours) for series, some in groupby(values, lambda one: one.series)]
    return page, shown


#: The versions of a series, by the days of which they tell.
_Beside = dict[tuple[int, date, date], list[OfficialValue]]


def _versions_beside(values: list[OfficialValue]) -> _Beside:
    """All versions of these, and those of the year before."""
    days = {one.first_on for one in values} | {_year_before(one.first_on) for one in values}
    found = OfficialValue.objects.filter(series__in={one.series_id for one in values}, first_on__in=days)
    beside: _Beside = defaultdict(list)
    for one in found:
        beside[one.series_id, one.first_on, one.last_on].append(one)
    return beside


def _shown(series: OfficialSeries, values: list[OfficialValue], beside: _Beside, ours: "_Ours") -> Shown:
    named = BY_CODE.get(series.figure) or RATE_BY_CODE.get(series.figure)
    shown = Shown(series, named.name if named else "")
    for one in values:
        earlier = [old for old in beside[series.pk, one.first_on, one.last_on] if old.replaced_at]
        year_before = beside[series.pk, _year_before(one.first_on), _year_before(one.last_on)]
        before = next((old for old in year_before if old.replaced_at is None), None)
        printed = signed(one.change_percent) if one.change_percent is not None else ""
        reckoned = _reckoned(one, before, is_percent(series.unit))
        shown.lines.append(Line(one, earlier, printed, reckoned, ours.beside(series, one)))
    return shown


def _year_before(day: date) -> date:
    """The same day a year before; the end of February is its end in every year."""
    if (day + timedelta(days=1)).day == 1:
        after = day + timedelta(days=1)
        return after.replace(year=after.year - 1) - timedelta(days=1)
    return day.replace(year=day.year - 1)


def _reckoned(one: OfficialValue, before: OfficialValue | None, in_percent: bool) -> str:
    """Of shares in percent the difference in points: a percentage of a percentage says something else."""
    if before is None:
        return ""
    if in_percent:
        points = signed((one.value - before.value).quantize(Decimal("0.01"), ROUND_HALF_UP)).removesuffix(" %")
        return _("%(points)s percentage points") % {"points": points}
    if before.value <= 0:
        return ""
    change = (100 * (one.value - before.value) / before.value).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return signed(change)


class _Ours:
    """Our figures of an area by month, read once for all values."""

    def __init__(self, scope: Scope, area: Area, values: Iterable[OfficialValue], at: datetime) -> None:
        self._area = area
        self._today = timezone.localdate(at)
        whole = [one for one in values if self._is_whole(one)]
        self._months: dict[str, Row] = {}
        if whole:
            span = Period(min(one.first_on for one in whole), max(one.last_on for one in whole))
            self._months = figures(scope, area.code, span, by=MONTH, at=at).rows

    def _is_whole(self, one: OfficialValue) -> bool:
        """Whole months that are over: others have no figure of ours that would be of the same days."""
        ends = (one.last_on + timedelta(days=1)).day == 1
        return one.first_on.day == 1 and ends and one.last_on < self._today

    def beside(self, series: OfficialSeries, one: OfficialValue) -> Ours | None:
        """None where none of ours is named, or where it would be of other days."""
        if not series.figure or not self._is_whole(one):
            return None
        rate = RATE_BY_CODE.get(series.figure)
        if rate is None:
            return Ours(self._number(series.figure, one)) if series.figure in BY_CODE else None
        numerator, denominator = self._number(rate.numerator, one), self._number(rate.denominator, one)
        return Ours(numerator, denominator, percent(numerator.n, denominator.n))

    def _number(self, code: str, one: OfficialValue) -> Number:
        inside = (row for month, row in self._months.items() if str(one.first_on) <= month <= str(one.last_on))
        asked = urlencode({"figure": code, "from": one.first_on, "to": one.last_on})
        address = f"{reverse('statistics:rows', args=[self._area.code])}?{asked}"
        return Number(BY_CODE[code], sum(row.counts[code] or 0 for row in inside), address)
