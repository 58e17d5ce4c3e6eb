"""The page of one area as values: every number with the address of its rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F
from django.urls import reverse
from django.utils.translation import gettext

from linli.areas.models import ANSWERING, Area
from linli.events.models import Category
from linli.events.rules import ENDED, SOLVED, State
from linli.statistics.figures import CLOCK, Moment, counted, days_taken, matters_of, step_of, unit_of
from linli.statistics.narrowing import Categories, Narrowing
from linli.statistics.periods import Period
from linli.statistics.rules import BY_CODE, DAYS, FIGURES, RATES, Cohort, Days, Figure, Rate, percent, quantile

#: The figures of each line of a table; rates come from them.
COLUMNS = ("reported", "due", "in_time", "due_closed", "open", "overdue")
#: What is shown of matters drawn by lot, area by area.
OF_DRAWN = ("lots_looked_at", "lot_held")
#: What became of those due: together they are all of them.
PARTS_OF_DUE = ("in_time", "late", "due_otherwise", "due_open")

Counts = dict[str, int]


@dataclass(frozen=True)
class Number:
    """A count with its figure and the address of just the rows it counts."""

    figure: Figure
    n: int
    address: str


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


@dataclass(frozen=True)
class Sheet:
    """All figures of one area at one moment."""

    numbers: dict[str, Number]
    shares: dict[str, Share]
    parts_of_due: list[tuple[Number, str, str]]
    exits: list[Number]
    states: list[tuple[State, Number, str]]
    children: list[Line]
    #: The same areas with what was drawn by lot; those alone where something was looked at.
    drawn: list[Line]
    categories: list[Line]
    steps: list[Line]
    tallest: int
    #: Quantiles of the days from report to end; none where nothing was closed.
    days: list[tuple[Days, float]]

    @property
    def is_empty(self) -> bool:
        """Nothing was reported, due or ended in the period, and nothing is open."""
        return not any(number.n for number in self.numbers.values())

    @property
    def is_drawn(self) -> bool:
        """Matters drawn by lot were looked at again in the period, or could not be."""
        return bool(self.numbers["lots_looked_at"].n + self.numbers["lot_not_seen"].n)


def sheet_of(area: Area, moment: Moment) -> Sheet:
    """Read all figures of an area: as many queries for one matter as for thousands."""
    return _Reading(area, moment).sheet()


class _Reading:
    """One reading of an area's matters, cohort by cohort, and the sums over them."""

    def __init__(self, area: Area, moment: Moment) -> None:
        self.area, self.moment = area, moment
        self.events = matters_of(area.code)
        self.tree = Categories()
        self.totals: Counts = defaultdict(int)
        self.by_unit: dict[str, Counts] = defaultdict(lambda: defaultdict(int))
        self.by_category: dict[int | None, Counts] = defaultdict(lambda: defaultdict(int))
        self.by_state: Counts = defaultdict(int)
        self.by_step: dict[int, Counts] = defaultdict(lambda: defaultdict(int))
        self.periods = moment.period.steps()
        self._read()

    def _read(self) -> None:
        keys = {"unit": unit_of(self.area.code), "of_category": F("category")}
        by_place = (Cohort.DUE, Cohort.CLOSED, Cohort.NOW, Cohort.INSPECTED)
        for cohort, more in ((Cohort.REPORTED, {"in_state": F("state")}), *((cohort, {}) for cohort in by_place)):
            for row in counted(self.events, cohort, self.moment, **keys, **more):
                self._add(row, self.totals, self.by_unit[row["unit"]], self.by_category[row["of_category"]])
                if cohort == Cohort.REPORTED:
                    self.by_state[row["in_state"]] += row["reported"]
        self._read_steps()

    def _read_steps(self) -> None:
        for row in counted(self.events, Cohort.ENDED, self.moment, step=self._step(Cohort.ENDED)):
            self._add(row, self.totals, self.by_step[row["step"]])
        # Not as one more key above: this is read from an index alone.
        reported = self.events.filter(self.moment.cohort(Cohort.REPORTED)).values(step=self._step(Cohort.REPORTED))
        for place, n in reported.annotate(n=Count("pk")).values_list("step", "n"):
            self.by_step[place]["reported"] += n

    def _step(self, cohort: Cohort) -> Any:
        return step_of(self.periods, CLOCK[cohort])

    @staticmethod
    def _add(row: Mapping[str, Any], *sums: Counts) -> None:
        for code in row.keys() & BY_CODE.keys():
            for one in sums:
                one[code] += row[code]

    # --- what the page shows ------------------------------------------------------------------------------------------

    def sheet(self) -> Sheet:
        numbers = {figure.code: self._number(figure.code, self.totals) for figure in FIGURES}
        steps = self._steps()
        return Sheet(
            numbers=numbers,
            shares=_shares(numbers),
            parts_of_due=_side_by_side([numbers[code] for code in PARTS_OF_DUE]),
            exits=[numbers[state.value] for state in State if state in ENDED - SOLVED],
            states=self._states(),
            children=self._children(COLUMNS),
            drawn=[line for line in self._children(OF_DRAWN) if line.numbers["lots_looked_at"].n],
            categories=self._categories(),
            steps=steps,
            tallest=max((number.n for line in steps for number in line.numbers.values()), default=0),
            days=self._days(),
        )

    def _number(
        self, code: str, counts: Counts, *, area: str = "", period: Period | None = None, **narrowed: Any
    ) -> Number:
        asked = {"figure": code, **(period or self.moment.period).asked, **Narrowing(**narrowed).asked}
        address = reverse("statistics:rows", args=[area or self.area.code])
        return Number(BY_CODE[code], counts.get(code, 0), f"{address}?{urlencode(asked)}")

    def _line(
        self,
        name: str,
        counts: Counts,
        *,
        to: str = "",
        icon: str = "",
        is_part: bool = False,
        codes: Sequence[str] = COLUMNS,
        **more: Any,
    ) -> Line:
        numbers = {code: self._number(code, counts, **more) for code in codes}
        return Line(name, numbers, _shares(numbers), to, icon, is_part)

    def _days(self) -> list[tuple[Days, float]]:
        taken = days_taken(self.events, self.moment, BY_CODE["closed"])
        return [(one, value) for one in DAYS if (value := quantile(taken, one.share)) is not None]

    def _states(self) -> list[tuple[State, Number, str]]:
        most = max(self.by_state.values(), default=0)
        return [
            (state, self._number("reported", {"reported": n}, state=state.value), f"{100 * n / most:.1f}")
            for state in State
            if (n := self.by_state.get(state, 0))
        ]

    def _children(self, codes: Sequence[str]) -> list[Line]:
        """In the order of codes: never by what they count."""
        own = self.by_unit.get(self.area.code)
        below = self._below
        lines = [
            self._line(
                area.name,
                self.by_unit.get(area.code, {}),
                area=area.code,
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
        with_matters = [code for code in self.by_unit if code != self.area.code]
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
        yield self._line(str(domain), _sum(self.by_category[one.pk] for one in found), icon=domain.icon, category=key)
        for one in found:
            own = one.pk == key
            if own and len(found) == 1:
                return
            yield self._line(
                gettext("No closer class") if own else str(one),
                self.by_category[one.pk],
                icon="" if own else one.icon,
                is_part=True,
                category=one.pk,
                only_category=len(self.tree.branch(one.pk)) > 1,
            )

    def _steps(self) -> list[Line]:
        shown = ("reported", "closed")
        most = max((self.by_step[place].get(code, 0) for place in self.by_step for code in shown), default=0) or 1
        lines = []
        for place, step in enumerate(self.periods):
            numbers = {code: self._number(code, self.by_step.get(place, {}), period=step) for code in shown}
            heights = {code: f"{100 * number.n / most:.1f}" for code, number in numbers.items()}
            lines.append(Line("", numbers, period=step, heights=heights))
        return lines


def _sum(several: Iterable[Counts]) -> Counts:
    total: Counts = defaultdict(int)
    for counts in several:
        for code, n in counts.items():
            total[code] += n
    return total


def _shares(numbers: dict[str, Number]) -> dict[str, Share]:
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
