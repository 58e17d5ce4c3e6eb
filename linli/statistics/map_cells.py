"""The map as sums: how many matters lie in each cell of a window, and how many of them are open."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from math import floor
from typing import NamedTuple

from django.db.models import Q, Sum

from linli.areas.codes import contains, within
from linli.events.models import Event
from linli.people.rules import Scope
from linli.statistics.facts import facts_of, kept_widths
from linli.statistics.models import Follower, MapCell
from linli.statistics.reading import consistently, tail_of
from linli.statistics.rules.cubes import BIT, ZOOMS, Facts, at_zoom, corner


class MapSum(NamedTuple):
    """A cell: column and row at its zoom, its south-western corner in degrees, and what lies in it."""

    x: int
    y: int
    lon: float
    lat: float
    reported: int
    open: int


class Window(NamedTuple):
    """West, south, east, north in degrees, CGCS2000."""

    west: float
    south: float
    east: float
    north: float


def cells(scope: Scope, bbox: Window, zoom: int, *, month: date | None = None) -> list[MapSum]:
    """The cells of a window that hold matters of the scope, by row and column.

    `zoom`: 0 (28 km) to 4 (108 m), as `rules.cubes.ZOOMS`; `month`: those reported in the month of this day, else all. Of
    matters without a position there is nothing here.
    """
    asked = _Asked(scope.area_codes, bbox, zoom, f"{month:%Y%m}" if month else "")
    sums = consistently(lambda follower: _from_sums(asked, follower)) if asked.is_kept else None
    if sums is None:
        sums = _from_rows(asked)
    found = [(x, y, n, of_them_open) for (x, y), (n, of_them_open) in sums.items() if n]
    return [
        MapSum(x, y, *corner(x, y, zoom), n, some) for x, y, n, some in sorted(found, key=lambda one: (one[1], one[0]))
    ]


Sums = dict[tuple[int, int], list[int]]


class _Asked(NamedTuple):
    """What was asked."""

    codes: Sequence[str]
    bbox: Window
    zoom: int
    month: str

    @property
    def is_kept(self) -> bool:
        """The cells of the map are told apart by village; whoever sees less of one gets theirs from the rows."""
        return all(len(code) <= kept_widths()[-1] for code in self.codes)

    def edges(self) -> tuple[int, int, int, int]:
        """First and last column, first and last row."""
        times = ZOOMS[self.zoom]
        west, south, east, north = (floor(side * times) for side in self.bbox)
        return west, east, south, north

    def holds(self, x: int, y: int) -> bool:
        """Whether a cell touches the window."""
        west, east, south, north = self.edges()
        return west <= x <= east and south <= y <= north


def _from_sums(asked: _Asked, follower: Follower) -> Sums:
    west, east, south, north = asked.edges()
    kept = MapCell.objects.filter(
        within(*asked.codes), zoom=asked.zoom, month=asked.month, x__gte=west, x__lte=east, y__gte=south, y__lte=north
    )
    sums: Sums = defaultdict(lambda: [0, 0])
    rows = kept.order_by().values_list("x", "y").annotate(n=Sum("reported"), some=Sum("open"))
    for x, y, n, some in rows:
        sums[x, y] = [n, some]
    for was, now in tail_of(follower)[0]:
        if was is not None:
            _add(asked, sums, was, -1)
        _add(asked, sums, now, 1)
    return sums


def _add(asked: _Asked, sums: Sums, facts: Facts, times: int) -> None:
    if facts.spot is None or not any(contains(code, facts.area) for code in asked.codes):
        return
    x, y = at_zoom(facts.spot, asked.zoom)
    if asked.holds(x, y) and asked.month in ("", f"{facts.reported_on:%Y%m}"):
        sums[x, y][0] += times
        sums[x, y][1] += times * bool(facts.bits & BIT["open"])


def _from_rows(asked: _Asked) -> Sums:
    west, east, south, north = asked.edges()
    size = 1 / ZOOMS[asked.zoom]
    inside = Q(lon__gte=west * size, lon__lt=(east + 1) * size, lat__gte=south * size, lat__lt=(north + 1) * size)
    sums: Sums = defaultdict(lambda: [0, 0])
    for _key, facts in facts_of(Event.objects.filter(within(*asked.codes), inside)):
        _add(asked, sums, facts, 1)
    return sums
