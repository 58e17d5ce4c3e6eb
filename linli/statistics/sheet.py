"""The page of one area as values: every number with the address of its rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from linli.areas.codes import numbering
from linli.areas.models import ANSWERING, Area
from linli.events.models import Category
from linli.events.rules import ENDED, SOLVED, State
from linli.people.models import Department
from linli.people.rules import Held, Role, Scope
from linli.statistics.changes import Change, Earlier, asked_earlier, changes_of, earlier_than
from linli.statistics.durations import Length, lengths
from linli.statistics.figures import Moment, counted, matters_of, unit_of
from linli.statistics.narrowing import NO_DEPARTMENT, SOLVED_IN_ALL, Categories, Narrowing
from linli.statistics.periods import DAYS_SHOWN, Period
from linli.statistics.reading import CATEGORY, DAY, DEPARTMENT, MONTH, Asked, Figures, Row, several
from linli.statistics.rules import (
    BY_CODE,
    DAYS,
    FIGURES,
    INTERVALS,
    RATES,
    STAGE_RATES,
    STANDING_AT,
    Cohort,
    Days,
    Figure,
    Interval,
    Rate,
    percent,
)
from linli.statistics.rules.cubes import NONE

#: The figures of each line of a table; rates come from them.
COLUMNS = ("reported", "due", "in_time", "due_closed", "open", "overdue")
#: What is shown of matters drawn by lot, area by area.
OF_DRAWN = ("lots_looked_at", "lot_held")
#: What became of those due: together they are all of them.
PARTS_OF_DUE = ("in_time", "late", "due_otherwise", "due_open")

Counts = Mapping[str, int | None]


@dataclass(frozen=True)
class Number:
    """A count with its figure and the address of just the rows it counts."""

    figure: Figure
    n: int
    address: str
    #: Against earlier periods.
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Rows:
    """Where the rows of some numbers are: made once for all figures of a line."""

    path: str
    query: str

    def of(self, code: str) -> str:
        """The address of the rows of a figure."""
        return f"{self.path}?figure={code}&{self.query}"


@dataclass(frozen=True)
class Share:
    """A rate with what it is made of; no percentage where the denominator is too small for one."""

    rate: Rate
    numerator: Number
    denominator: Number

    @property
    def percent(self) -> float | None:
        """To be printed with one decimal; rounded down, so that only all is 100."""
        return percent(self.numerator.n, self.denominator.n)


@dataclass(frozen=True)
class Line:
    """One line of a table: a child area, a category, or a step of the period."""

    name: str
    numbers: dict[str, Number]
    shares: dict[str, Share] = field(default_factory=dict)
    address: str = ""
    icon: str = ""
    #: A leaf under its domain.
    is_part: bool = False
    period: Period | None = None
    #: Height of the bar of each figure, in percent of the tallest.
    heights: dict[str, str] = field(default_factory=dict)
    #: Of the area, category or department; empty for a rest.
    code: str = ""


@dataclass(frozen=True)
class Sheet:
    """All figures of one area at one moment."""

    numbers: dict[str, Number]
    shares: dict[str, Share]
    parts_of_due: list[tuple[Number, str, str]]
    exits: list[Number]
    #: Where those reported stand: the state (its value, its name), how many, and the width of the bar in percent.
    states: list[tuple[str, Any, Number, str]]
    children: list[Line]
    #: The same areas with what was drawn by lot; those alone where something was looked at.
    drawn: list[Line]
    categories: list[Line]
    departments: list[Line]
    steps: list[Line]
    tallest: int
    #: Quantiles of the days from report to end; none where nothing was closed.
    days: list[tuple[Days, float]]
    #: How long each step took; none where nothing was closed.
    lengths: list[tuple[Interval, Length]]
    #: With which periods its numbers are compared.
    earlier: list[Earlier]
    #: The moment for which the sums hold.
    as_of: datetime

    @property
    def is_empty(self) -> bool:
        """Nothing was reported, due or ended in the period, and nothing is open."""
        return not any(number.n for number in self.numbers.values())

    @property
    def of_stages(self) -> list[Share]:
        """The rates of the stages between report and close."""
        return [self.shares[rate.code] for rate in STAGE_RATES]

    @property
    def is_drawn(self) -> bool:
        """Matters drawn by lot were looked at again in the period, or could not be."""
        return bool(self.numbers["lots_looked_at"].n + self.numbers["lot_not_seen"].n)


def sheet_of(area: Area, moment: Moment) -> Sheet:
    """Read all figures of an area: as many queries for one matter as for thousands.

    The door has seen that all its matters are in the person's sight.
    """
    return _Reading(area, moment).sheet()


class _Reading:
    """One reading of an area: its sums, all of one moment, and the few numbers of which there are none."""

    def __init__(self, area: Area, moment: Moment) -> None:
        self.area, self.moment = area, moment
        self.events = matters_of(area.code)
        self.tree = Categories()
        self.periods = moment.period.steps()
        self.rows_path = reverse("statistics:rows", args=[area.code])
        self.earlier = earlier_than(moment.period)
        self._read()

    def _read(self) -> None:
        period, at = self.moment.period, self.moment.at
        whole = Asked(self.area.code, period, "", at)
        step = DAY if (period.last - period.first).days < DAYS_SHOWN else MONTH
        ways = (level_below(self.area.code), CATEGORY, DEPARTMENT, step)
        asked = [whole, *(Asked(self.area.code, period, by, at) for by in ways), *asked_earlier(whole, self.earlier)]
        found, units, categories, departments, steps, *before = several(in_sight(self.area.code), asked)
        self.totals = {**found.whole.counts, **self._closings(found.whole.counts)}
        self.by_unit = _by_key(units) if ways[0] else {}
        self.by_category = {None if key == NONE else int(key): one for key, one in _by_key(categories).items()}
        self.by_department = _by_key(departments)
        self.by_step = _by_key(steps)
        self.before = [(one, figures.whole) for one, figures in zip(self.earlier, before, strict=True)]
        self.as_of = found.as_of
        self._read_drawn()

    def _closings(self, counts: Counts) -> dict[str, int]:
        """Closings that stand are summed; of those that fell a row is kept, and they are few."""
        stands = Q(
            state__in=sorted(SOLVED), ended_at__gte=self.moment.period.start, ended_at__lt=self.moment.period.end
        )
        fallen = self.events.filter(self.moment.among(BY_CODE["fell"])).aggregate(
            fell=Count("pk"),
            stand=Count("pk", filter=stands),
            in_time=Count("pk", filter=stands & self.moment.among(BY_CODE["closed_in_time"])),
        )
        closed, in_time = counts["closed"] or 0, counts["closed_in_time"] or 0
        return {
            "closings": closed + fallen["fell"] - fallen["stand"],
            "held": closed - fallen["stand"],
            "held_in_time": in_time - fallen["in_time"],
            "fell": fallen["fell"],
        }

    def _read_drawn(self) -> None:
        """What was looked at again, area by area: a few rows."""
        self.drawn: dict[str, dict[str, int]] = defaultdict(dict)
        totals: dict[str, int] = defaultdict(int)
        for row in counted(self.events, Cohort.INSPECTED, self.moment, unit=unit_of(self.area.code)):
            unit = row.pop("unit")
            self.drawn[unit] = dict(row)
            for code, n in row.items():
                totals[code] += n
        self.totals |= totals

    # --- what the page shows ------------------------------------------------------------------------------------------

    def sheet(self) -> Sheet:
        rows = self._rows()
        numbers = {figure.code: self._number(figure.code, self.totals, rows, self.before) for figure in FIGURES}
        steps = self._steps()
        took = lengths(self.area.code, self.moment.period, at=self.moment.at).get("", {})
        return Sheet(
            numbers=numbers,
            shares=shares_of(numbers),
            parts_of_due=_side_by_side([numbers[code] for code in PARTS_OF_DUE]),
            exits=[
                numbers[code] for code in (*(state.value for state in State if state in ENDED - SOLVED), "taken_back")
            ],
            states=self._states(),
            children=self._children(COLUMNS, self.by_unit),
            drawn=[line for line in self._children(OF_DRAWN, self.drawn) if line.numbers["lots_looked_at"].n],
            categories=self._categories(),
            departments=self._departments(),
            steps=steps,
            tallest=max((number.n for line in steps for number in line.numbers.values()), default=0),
            days=days_of(took.get("in_all")),
            lengths=[(one, took[one.code]) for one in INTERVALS if one.code in took and took[one.code].n],
            earlier=self.earlier,
            as_of=self.as_of,
        )

    def _rows(self, *, area: str = "", period: Period | None = None, **narrowed: Any) -> "Rows":
        asked = {**(period or self.moment.period).asked, **Narrowing(**narrowed).asked}
        path = reverse("statistics:rows", args=[area]) if area else self.rows_path
        return Rows(path, urlencode(asked))

    def _number(
        self, code: str, counts: Counts, rows: "Rows | None" = None, before: Sequence[tuple[Earlier, Row]] = ()
    ) -> Number:
        n = counts.get(code) or 0
        return Number(BY_CODE[code], n, (rows or self._rows()).of(code), changes_of(code, n, before))

    def _line(
        self,
        name: str,
        counts: Counts,
        *,
        to: str = "",
        icon: str = "",
        is_part: bool = False,
        code: str = "",
        codes: Sequence[str] = COLUMNS,
        **more: Any,
    ) -> Line:
        rows = self._rows(**more)
        numbers = {one: self._number(one, counts, rows) for one in codes}
        return Line(name, numbers, shares_of(numbers), to, icon, is_part, code=code)

    def _states(self) -> list[tuple[str, Any, Number, str]]:
        """States of those open are figures of their own; the others are what is left."""
        shown: list[tuple[str, Any, Number]] = [
            (state.value, state.label, self._number(code, self.totals)) for state, code in STANDING_AT.items()
        ]
        still_open = sum(number.n for _state, _name, number in shown)
        passed_on, valid = self.totals["passed_on"] or 0, self.totals["valid"] or 0
        solved = {"reported": max(valid - passed_on - still_open, 0)}
        shown.append(
            (State.CLOSED, gettext("Solved"), self._number("reported", solved, self._rows(state=SOLVED_IN_ALL)))
        )
        shown += [(state.value, name, self._number(code, self.totals)) for code, state, name in _ENDED_SO]
        most = max((number.n for _state, _name, number in shown), default=0)
        return [(*one, f"{100 * one[2].n / most:.1f}") for one in shown if one[2].n]

    def _children(self, codes: Sequence[str], by_unit: Mapping[str, Counts]) -> list[Line]:
        """In the order of codes: never by what they count."""
        own = by_unit.get(self.area.code)
        below = self._below
        lines = [
            self._line(
                area.name,
                by_unit.get(area.code, {}),
                area=area.code,
                code=area.code,
                codes=codes,
                to=reverse("statistics:area", args=[area.code]) + f"?{self.moment.period.query}",
            )
            for area in below
        ]
        if below and own and any(own.values()):
            lines.append(self._line(gettext("In no area below"), own, codes=codes, only_area=True))
        return lines

    @cached_property
    def _below(self) -> list[Area]:
        with_matters = [code for code in {**self.by_unit, **self.drawn} if code != self.area.code]
        answering = Area.objects.open().children_of(self.area.code).filter(kind__in=ANSWERING)
        return list((answering | Area.objects.filter(pk__in=with_matters)).order_by("code"))

    def _categories(self) -> list[Line]:
        """Domains with what lies below them, those with matters only; last what is not classified."""
        below: dict[int, list[Category]] = defaultdict(list)
        for key in self.tree.by_key:
            if any(self.by_category.get(key, {}).values()):
                below[self.tree.top_of(key).pk].append(self.tree.by_key[key])
        lines = [line for key in self.tree.by_key if key in below for line in self._domain(key, below[key])]
        unclassified = self.by_category.get(None, {})
        if any(unclassified.values()):
            lines.append(self._line(gettext("Not classified"), unclassified, icon="circle-dot", unclassified=True))
        return lines

    def _domain(self, key: int, found: list[Category]) -> Iterable[Line]:
        domain = self.tree.by_key[key]
        whole = _sum(self.by_category[one.pk] for one in found)
        yield self._line(str(domain), whole, icon=domain.icon, category=key, code=domain.code)
        for one in found:
            own = one.pk == key
            if own and len(found) == 1:
                return
            yield self._line(
                gettext("No closer class") if own else str(one),
                self.by_category[one.pk],
                icon="" if own else one.icon,
                is_part=True,
                code=one.code,
                category=one.pk,
                only_category=len(self.tree.branch(one.pk)) > 1,
            )

    def _departments(self) -> list[Line]:
        """Those that lead a matter, in the order of their codes; last what none leads."""
        named = Department.objects.in_bulk([key for key in self.by_department if key != NONE])
        query = urlencode({"area": self.area.code, **self.moment.period.asked})
        lines = [
            self._line(
                str(named[key]),
                self.by_department[key],
                to=f"{reverse('statistics:department', args=[key])}?{query}",
                code=key,
                department=key,
            )
            for key in sorted(named)
        ]
        if lines and NONE in self.by_department:
            lines.append(self._line(gettext("No department"), self.by_department[NONE], department=NO_DEPARTMENT))
        return lines

    def _steps(self) -> list[Line]:
        shown, by_place = ("reported", "closed"), self._by_place()
        most = max((one.get(code, 0) for one in by_place.values() for code in shown), default=0) or 1
        lines = []
        for place, step in enumerate(self.periods):
            rows = self._rows(period=step)
            numbers = {code: self._number(code, by_place.get(place, {}), rows) for code in shown}
            heights = {code: f"{100 * number.n / most:.1f}" for code, number in numbers.items()}
            lines.append(Line("", numbers, period=step, heights=heights))
        return lines

    def _by_place(self) -> dict[int, dict[str, int]]:
        """What stands by day or month, by the place of the step in which it lies."""
        found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for key, counts in self.by_step.items():
            day = date.fromisoformat(key)
            place = next(place for place, step in enumerate(self.periods) if day <= step.last)
            for code, n in counts.items():
                found[place][code] += n or 0
        return found


#: What of those reported is counted by itself: the figure, the state whose mark it bears, and its name.
_ENDED_SO = (
    ("turned_away", State.REJECTED, State.REJECTED.label),
    ("withdrawn", State.VOIDED, State.VOIDED.label),
    ("duplicate", State.MERGED, State.MERGED.label),
    ("passed_on", State.REFERRED_OUT, gettext_lazy("Passed on")),
)


def in_sight(code: str) -> Scope:
    """The scope of a door that has seen that all matters of an area may be seen."""
    return Scope((Held(Role.LEADER, code),))


def level_below(code: str) -> str:
    """The level of the areas below an area; empty for those of the finest."""
    numbered = numbering()
    return next((numbered.levels[place] for place, width in enumerate(numbered.widths) if width > len(code)), "")


def _by_key(found: Figures) -> dict[str, Counts]:
    return {key: row.counts for key, row in found.rows.items()}


def days_of(took: Length | None) -> list[tuple[Days, float]]:
    """The quantiles of days, from hours begun."""
    if took is None or took.median_h is None or took.ninetieth_h is None:
        return []
    hours = {"median": took.median_h, "ninetieth": took.ninetieth_h}
    return [(one, hours[one.code] / 24) for one in DAYS]


def _sum(several: Iterable[Counts]) -> Counts:
    total: dict[str, int] = defaultdict(int)
    for counts in several:
        for code, n in counts.items():
            total[code] += n or 0
    return total


def shares_of(numbers: dict[str, Number]) -> dict[str, Share]:
    """The rates of which both figures are there."""
    return {
        rate.code: Share(rate, numbers[rate.numerator], numbers[rate.denominator])
        for rate in RATES
        if rate.numerator in numbers and rate.denominator in numbers
    }


def _side_by_side(numbers: list[Number]) -> list[tuple[Number, str, str]]:
    """Each with where its part of the bar begins and how wide it is, in percent."""
    total, begin, parts = sum(number.n for number in numbers) or 1, 0.0, []
    for number in numbers:
        width = 100 * number.n / total
        parts.append((number, f"{begin:.2f}", f"{width:.2f}"))
        begin += width
    return parts
