"""The page of one department as values: the matters it leads, in an area and back to every township and village.

A matter counts for the department that leads it now. What is counted by department is summed as all else; the door has seen
whose figures may be shown, and in which area.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from linli.areas.codes import contains, numbering
from linli.areas.models import Area
from linli.people.models import Department
from linli.people.rules import Scope
from linli.statistics.changes import Earlier, asked_earlier, changes_of, earlier_than
from linli.statistics.durations import Length, lengths
from linli.statistics.figures import Moment
from linli.statistics.reading import Asked, Row, several
from linli.statistics.rules import BY_CODE, INTERVALS, Interval
from linli.statistics.rules.cubes import COUNTED
from linli.statistics.sheet import Line, Number, Rows, Share, in_sight, level_below, shares_of

#: The figures of each line of its table.
COLUMNS = ("reported", "bounced", "to_handle", "handled_in_time", "handled", "unhandled", "open", "overdue")
#: The rates of a department, in the order of the page.
RATES = ("on_time_handling", "handling", "overdue_backlog", "extension", "rework", "bouncing", "on_time", "reopening")


@dataclass(frozen=True)
class DepartmentSheet:
    """All figures of one department in one area at one moment."""

    numbers: dict[str, Number]
    shares: list[Share]
    children: list[Line]
    #: How long each step took; none where nothing was closed.
    lengths: list[tuple[Interval, Length]]
    earlier: list[Earlier]
    as_of: datetime

    @property
    def is_empty(self) -> bool:
        """It has led nothing here."""
        return not any(number.n for number in self.numbers.values())


def areas_of(department: Department, scope: Scope) -> list[str]:
    """The areas in which the person may see its figures, the outermost of them; none: not at all.

    Its own officers see all it leads; whoever sees an area sees what it leads there, if the department serves that area.
    """
    home = department.area_id or ""
    if department.pk in scope.departments:
        return [home[: numbering().widths[0]]] if home else _tops()
    return [code for code in scope.area_codes if not home or contains(home, code) or contains(code, home)]


def _tops() -> list[str]:
    return list(Area.objects.filter(level=numbering().levels[0]).order_by("code").values_list("code", flat=True))


def sheet_of(department: Department, area: Area, moment: Moment) -> DepartmentSheet:
    """Read all figures of a department in an area: as many queries for one matter as for thousands."""
    return _Reading(department, area, moment).sheet()


class _Reading:
    """One reading of a department's figures, all of one moment."""

    def __init__(self, department: Department, area: Area, moment: Moment) -> None:
        self.department, self.area, self.moment = department, area, moment
        self.earlier = earlier_than(moment.period)
        period, at = moment.period, moment.at
        whole = Asked(area.code, period, "", at, led_by=department.pk)
        below = level_below(area.code)
        self.has_below = below not in ("", numbering().levels[-1])
        units = [Asked(area.code, period, below, at, led_by=department.pk)] if self.has_below else []
        found = several(in_sight(area.code), [whole, *asked_earlier(whole, self.earlier), *units])
        self.whole, self.as_of = found[0].whole, found[0].as_of
        self.before = [(one, row.whole) for one, row in zip(self.earlier, found[1:], strict=False)]
        self.by_unit = found[-1].rows if self.has_below else {}

    def sheet(self) -> DepartmentSheet:
        rows = self._rows()
        numbers = {code: self._number(code, self.whole, rows, self.before) for code in COUNTED}
        shares = shares_of(numbers)
        found = lengths(self.area.code, self.moment.period, at=self.moment.at, led_by=self.department.pk).get("", {})
        return DepartmentSheet(
            numbers=numbers,
            shares=[shares[code] for code in RATES],
            children=self._children(),
            lengths=[(one, found[one.code]) for one in INTERVALS if one.code in found and found[one.code].n],
            earlier=self.earlier,
            as_of=self.as_of,
        )

    def _rows(self, area: str = "", *, only_area: bool = False) -> Rows:
        asked = {"area": area or self.area.code, **self.moment.period.asked}
        asked |= {"only": "area"} if only_area else {}
        return Rows(reverse("statistics:department_rows", args=[self.department.pk]), urlencode(asked))

    @staticmethod
    def _number(code: str, row: Row, rows: Rows, before: Sequence[tuple[Earlier, Row]] = ()) -> Number:
        n = row.counts[code] or 0
        return Number(BY_CODE[code], n, rows.of(code), changes_of(code, n, before))

    def _children(self) -> list[Line]:
        """In the order of codes: never by what they count."""
        if not self.has_below:
            return []
        nothing = Row("", dict.fromkeys(COUNTED, 0))
        inside = Area.objects.open().children_of(self.area.code) | Area.objects.filter(pk__in=list(self.by_unit))
        lines = [
            self._line(area.name, self.by_unit.get(area.code, nothing), area=area.code)
            for area in inside.exclude(Q(pk=self.area.code)).order_by("code")
            if area.level != numbering().levels[-1] or area.code in self.by_unit
        ]
        own = self.by_unit.get(self.area.code)
        if own is not None and any(own.counts.values()):
            lines.append(self._line(gettext("In no area below"), own, only_area=True))
        return lines

    def _line(self, name: str, row: Row, *, area: str = "", only_area: bool = False) -> Line:
        rows = self._rows(area, only_area=only_area)
        numbers = {code: self._number(code, row, rows) for code in COLUMNS}
        query = urlencode({"area": area, **self.moment.period.asked})
        to = f"{reverse('statistics:department', args=[self.department.pk])}?{query}" if area else ""
        return Line(name, numbers, shares_of(numbers), to, code=area)
