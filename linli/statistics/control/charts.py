"""The control charts of an area as values: every number with the address of its rows, in the order of codes."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from linli.areas.codes import numbering
from linli.areas.models import ANSWERING, Area
from linli.people.models import Department
from linli.people.rules import Scope
from linli.statistics.narrowing import Narrowing
from linli.statistics.periods import Period
from linli.statistics.reading import DEPARTMENT, MONTH, Row, figures
from linli.statistics.rules import BY_CODE, RATES, Figure, Rate, percent
from linli.statistics.rules.chance import Range
from linli.statistics.rules.control import Comparison, Course, Judged, Month, Verdict, compare, course
from linli.statistics.rules.cubes import COUNTED, NONE
from linli.statistics.sheet import Number

#: Rates of which both numbers add up over units.
COMPARED: tuple[Rate, ...] = tuple(rate for rate in RATES if rate.numerator in COUNTED and rate.denominator in COUNTED)
#: Figures that are final once the month is over, or nearly so.
BY_MONTH: tuple[Figure, ...] = tuple(BY_CODE[code] for code in ("reported", "due", "closed", "late"))
#: Levels whose areas are compared. A grid is the work of one person, and nobody is compared with anybody.
_COMPARED_LEVELS = frozenset({"city", "county", "township", "village"})
_MONTHS = 24


@dataclass(frozen=True)
class Strip:
    """Where a line's range and point lie on its strip, in percent of its width, as an SVG wants them."""

    band: str
    width: str
    mean: str
    point: str


@dataclass(frozen=True)
class Line:
    """A unit: what it has, what would be expected, and what is said of it."""

    name: str
    address: str
    numerator: Number
    denominator: Number
    judged: Judged
    strip: Strip | None

    @property
    def percent(self) -> float | None:
        """The share in percent, rounded down as on every page; None where there are too few for one."""
        return percent(self.numerator.n, self.denominator.n)

    @property
    def expected_percent(self) -> tuple[float | None, float | None] | None:
        """The expected range in percent, rounded as the share is, so that what lies at its edge is seen to lie inside."""
        inside = self.judged.expected
        return (percent(inside.low, self.denominator.n), percent(inside.high, self.denominator.n)) if inside else None


@dataclass(frozen=True)
class Chart:
    """Units side by side. `from_percent`, `to_percent`: the ends of the strips."""

    rate: Rate
    lines: list[Line]
    comparison: Comparison
    from_percent: int
    to_percent: int
    as_of: datetime

    @property
    def share_percent(self) -> float | None:
        """The share of all together, rounded down likewise."""
        together = [line.judged for line in self.lines]
        return percent(sum(one.numerator for one in together), sum(one.denominator for one in together))


def level_below(area: Area) -> str:
    """The level whose areas are compared within this one; empty: none is."""
    levels, level = numbering().levels, numbering().level(area.code)
    below = levels[levels.index(level) + 1 :][:1] if level in levels else ()
    return next((one for one in below if one in _COMPARED_LEVELS), "")


def chart_of(scope: Scope, area: Area, rate: Rate, period: Period, *, by: str, at: datetime) -> Chart:
    """Units of the level `by`, or departments (`department`), for a rate. Matters of no such unit are left out."""
    found = figures(scope, area.code, period, by=by, at=at)
    is_by_department = by == DEPARTMENT
    units = list(_departments(found.rows) if is_by_department else _areas(area, found.rows))
    counts = {code: _pair(found.rows.get(code), rate) for code, _name in units}
    if is_by_department:
        counts = {code: pair for code, pair in counts.items() if pair[1]}
    comparison = compare(counts)
    ends = _ends(comparison)
    lines = [
        _line(area, rate, period, (code, name), comparison, ends, is_by_department)
        for code, name in units
        if code in counts
    ]
    return Chart(rate, lines, comparison, *ends, as_of=found.as_of)


def _areas(area: Area, rows: dict[str, Row]) -> Iterable[tuple[str, str]]:
    with_matters = [code for code in rows if code != area.code]
    answering = Area.objects.open().children_of(area.code).filter(kind__in=ANSWERING)
    found = answering | Area.objects.filter(pk__in=with_matters)
    return found.order_by("code").values_list("code", "name")


def _departments(rows: dict[str, Row]) -> Iterable[tuple[str, str]]:
    found = Department.objects.filter(pk__in=[code for code in rows if code != NONE]).order_by("code")
    return [(one.code, str(one)) for one in found]


def _pair(row: Row | None, rate: Rate) -> tuple[int, int]:
    return (row.counts[rate.numerator] or 0, row.counts[rate.denominator] or 0) if row else (0, 0)


def _ends(comparison: Comparison) -> tuple[int, int]:
    """Of the strips: the tens around all shares and ranges."""
    shares = [
        100 * count / one.denominator
        for one in comparison.units.values()
        if one.expected
        for count in (one.numerator, *one.expected)
    ]
    return (int(min(shares) // 10 * 10), int(-(-max(shares) // 10) * 10) or 10) if shares else (0, 100)


def _line(
    area: Area,
    rate: Rate,
    period: Period,
    unit: tuple[str, str],
    comparison: Comparison,
    ends: tuple[int, int],
    is_department: bool,
) -> Line:
    code, name = unit
    judged = comparison.units[code]
    of_area = area.code if is_department else code
    narrowed = Narrowing(department=code) if is_department else Narrowing()
    asked = {**period.asked, "rate": rate.code}
    return Line(
        name=name,
        address="" if is_department else f"{reverse('statistics:compare', args=[code])}?{urlencode(asked)}",
        numerator=_number(rate.numerator, judged.numerator, of_area, period, narrowed),
        denominator=_number(rate.denominator, judged.denominator, of_area, period, narrowed),
        judged=judged,
        strip=_strip(judged, comparison.share, ends),
    )


def _number(figure: str, n: int, area: str, period: Period, narrowed: Narrowing | None = None) -> Number:
    asked = {"figure": figure, **period.asked, **(narrowed.asked if narrowed else {})}
    return Number(BY_CODE[figure], n, f"{reverse('statistics:rows', args=[area])}?{urlencode(asked)}")


def _strip(judged: Judged, share: float | None, ends: tuple[int, int]) -> Strip | None:
    if judged.expected is None or share is None:
        return None
    n = judged.denominator
    low, high, point = (100 * count / n for count in (*judged.expected, judged.numerator))
    begin, end = _placed(low, ends), _placed(high, ends)
    return Strip(
        f"{begin:.2f}",
        f"{max(end - begin, 0.5):.2f}",
        f"{_placed(100 * share, ends):.2f}",
        f"{_placed(point, ends):.2f}",
    )


def _placed(percent: float, ends: tuple[int, int]) -> float:
    """A margin of two at either end keeps points whole."""
    return 2 + 96 * (percent - ends[0]) / ((ends[1] - ends[0]) or 1)


# --- months in a row ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """A month of the chart; heights in percent of the tallest."""

    period: Period
    number: Number
    month: Month
    band: str
    height: str
    mean: str
    point: str

    @property
    def is_out(self) -> bool:
        """More than chance."""
        return self.month.verdict != Verdict.WITHIN


@dataclass(frozen=True)
class InARow:
    """The whole months of an area one after the other. `course` is None where there is too little to say anything."""

    figure: Figure
    bars: list[Bar]
    course: Course | None
    tallest: int


def in_a_row(scope: Scope, area: Area, figure: Figure, *, at: datetime, days: Period | None = None) -> InARow:
    """The last 24 whole months; where counting began later, from the month after: the first was perhaps not whole.

    `days`: the 24 until their end, of which those are shown that lie in them whole.
    """
    today = timezone.localdate(at)
    first, last = _span(min(today, days.last + timedelta(days=1)) if days else today)
    found = figures(scope, area.code, Period(first, last), by=MONTH, at=at)
    months = [Period(day, _last_of(day)) for day in _firsts(first, last)]
    counts = [_count(found.rows.get(str(one.first)), figure) for one in months]
    begin = next((place for place, count in enumerate(counts) if count), len(counts))
    begin += begin > 0
    months, counts = months[begin:], counts[begin:]
    seen = course([(count, one.last.day) for one, count in zip(months, counts, strict=True)])
    if seen is None:
        return InARow(figure, [], None, 0)
    shown = [one for one in zip(months, seen.months, strict=True) if days is None or days.first <= one[0].first]
    tallest = max((max(month.count, month.expected.high) for _period, month in shown), default=0) or 1
    bars = [_bar(area, figure, period, month, tallest) for period, month in shown]
    return InARow(figure, bars, seen, tallest)


def _bar(area: Area, figure: Figure, period: Period, month: Month, tallest: int) -> Bar:
    def height(count: float) -> str:
        return f"{3 + 94 * count / tallest:.2f}"

    inside: Range = month.expected
    return Bar(
        period,
        _number(figure.code, month.count, area.code, period),
        month,
        band=height(inside.low),
        height=f"{94 * (inside.high - inside.low) / tallest:.2f}",
        mean=height(month.mean),
        point=height(month.count),
    )


def _count(row: Row | None, figure: Figure) -> int:
    return (row.counts[figure.code] or 0) if row else 0


def _span(today: date) -> tuple[date, date]:
    """The first day of the first and the last day of the last of the whole months."""
    last = today.replace(day=1) - timedelta(days=1)
    count = last.year * 12 + last.month - _MONTHS
    return date(count // 12, count % 12 + 1, 1), last


def _firsts(first: date, last: date) -> Iterable[date]:
    day = first
    while day <= last:
        yield day
        day = _last_of(day) + timedelta(days=1)


def _last_of(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def chosen(options: Iterable[Any], code: str) -> Any:
    """The rate or figure of this code; the first where nothing was asked."""
    found = list(options)
    return next((one for one in found if one.code == code), None) if code else found[0]
