"""The cubes: which figures are counted ahead, in which cells a matter is counted, and the cells of the map.

A cell is an area, a day or a month, and all matters or those of one category or one lead department; its columns are the
figures. A matter adds to the cells of each of its days: of its report, its limit, its limit to dispatch, its end. So one
cell holds what a day or month means to every cohort, and a period is a sum of cells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from math import floor
from typing import NamedTuple

from linli.statistics.rules import BY_CODE, FIGURES, INTERVALS, Cohort

#: Cohorts whose figures add up over days. The others ask what happened to one closing or one lot, and are read from rows.
ADDING = (Cohort.REPORTED, Cohort.DUE, Cohort.TO_DISPATCH, Cohort.ENDED, Cohort.NOW)
COUNTED: tuple[str, ...] = tuple(figure.code for figure in FIGURES if figure.cohort in ADDING)
BIT: dict[str, int] = {code: 1 << place for place, code in enumerate(COUNTED)}
#: Written beside what was counted; when the figures change, all is counted anew.
EDITION = ",".join(COUNTED)


class Slot(StrEnum):
    """By which day a figure is kept, and whether the hour still to come matters."""

    REPORTED = "reported"
    DUE = "due"
    TO_DISPATCH = "to_dispatch"
    ENDED = "ended"
    #: Open at this moment: a sum over all days.
    OPEN = "open"
    #: The same by the day of the limit, of which what is still to come is taken off.
    OVERDUE = "overdue"


def slot_of(code: str) -> Slot:
    """Where a figure is kept."""
    if code == "overdue":
        return Slot.OVERDUE
    cohort = BY_CODE[code].cohort
    return Slot.OPEN if cohort == Cohort.NOW else Slot(cohort.value)


MASK: dict[Slot, int] = {slot: sum(BIT[code] for code in COUNTED if slot_of(code) == slot) for slot in Slot}
#: Sums over all days, whatever the period.
ALL_TIME = frozenset({Slot.OPEN, Slot.OVERDUE})

#: All, one category, one department: the letter in a cell's kind.
ALL, BY_CATEGORY, BY_DEPARTMENT = _TOLD_APART = "", "c", "d"
#: The facet of matters without a category, or without a lead department.
NONE = "-"


class CellKey(NamedTuple):
    """`kind`: grain (`m`onth or `d`ay), width of the area's code, and what it is told apart by, e.g. `m9c`."""

    kind: str
    area: str
    facet: str
    day: date


class Part(NamedTuple):
    """Figures of a matter that belong to one of its days. `until`: the limit, before which they are not true yet."""

    slot: Slot
    bits: int
    on: date
    until: datetime | None


@dataclass(frozen=True)
class Facts:
    """What is counted of one matter. `bits`: its figures; `took`: hours of each interval; `spot`: its finest map cell."""

    area: str
    category: int | None
    department: str | None
    reported_on: date
    due_at: datetime | None
    due_on: date | None
    dispatch_at: datetime | None
    dispatch_on: date | None
    ended_on: date | None
    bits: int
    took: tuple[int | None, ...]
    spot: tuple[int, int] | None

    def parts(self) -> Iterator[Part]:
        """Its figures by day."""
        days = (
            (Slot.REPORTED, self.reported_on, None),
            (Slot.OPEN, self.reported_on, None),
            (Slot.DUE, self.due_on, self.due_at),
            (Slot.OVERDUE, self.due_on, self.due_at),
            (Slot.TO_DISPATCH, self.dispatch_on, self.dispatch_at),
            (Slot.ENDED, self.ended_on, None),
        )
        for slot, on, until in days:
            bits = self.bits & MASK[slot]
            if bits and on is not None:
                yield Part(slot, bits, on, until)

    def facet(self, by: str) -> str:
        """What tells it apart."""
        if by == BY_CATEGORY:
            return NONE if self.category is None else str(self.category)
        return (self.department or NONE) if by == BY_DEPARTMENT else ""

    def hours(self) -> dict[str, int]:
        """The intervals that are known of it, if it is closed."""
        if not self.bits & BIT["closed"]:
            return {}
        return {one.code: value for one, value in zip(INTERVALS, self.took, strict=True) if value is not None}


def cells_of(facts: Facts, codes: Sequence[str], finest: int) -> Iterator[tuple[CellKey, int]]:
    """The finest cells of a matter, each with the bits of the figures it adds one to. Months are the sum of their days.

    `codes`: of the areas it is counted in, from the top down; `finest`: the width of the finest level counted.
    """
    by_day: dict[date, int] = {}
    for _slot, bits, on, _until in facts.parts():
        by_day[on] = by_day.get(on, 0) | bits
    for on, bits in by_day.items():
        for key in keys_on(facts, codes, finest, on):
            yield key, bits


def keys_on(facts: Facts, codes: Sequence[str], finest: int, on: date) -> Iterator[CellKey]:
    """The finest cells of a matter for one of its days: days where they are kept, else months."""
    month = on.replace(day=1)
    facets = {by: facts.facet(by) for by in _TOLD_APART}
    for kind, code, by, is_day in _kinds_in(tuple(codes), finest):
        yield CellKey(kind, code, facets[by], on if is_day else month)


@lru_cache(maxsize=4096)
def _kinds_in(codes: tuple[str, ...], finest: int) -> list[tuple[str, str, str, bool]]:
    return [
        (f"{'d' if is_day else 'm'}{len(code)}{by}", code, by, is_day)
        for code in codes
        for by in _TOLD_APART
        for is_day in [keeps_days(by, len(code), finest)]
    ]


def month_of(key: CellKey) -> CellKey | None:
    """The month in which the day of a cell lies; of a month none."""
    if key.kind[0] == "m":
        return None
    return CellKey(f"m{key.kind[1:]}", key.area, key.facet, key.day.replace(day=1))


def keeps_days(by: str, width: int, finest: int) -> bool:
    """Days told apart by category or department would be as many as the matters themselves at the finest level."""
    return by == ALL or width < finest


# --- the map -----------------------------------------------------------------------------------------------------------

#: Cells to a degree at each zoom: powers of two, so that both stores and every machine cut alike. About 28 km to 108 m.
ZOOMS: tuple[int, ...] = (4, 16, 64, 256, 1024)


def spot_of(lon: float, lat: float) -> tuple[int, int]:
    """The finest cell of a position in degrees, CGCS2000: column and row, counted from the origin of the grid."""
    return floor(lon * ZOOMS[-1]), floor(lat * ZOOMS[-1])


def at_zoom(spot: tuple[int, int], zoom: int) -> tuple[int, int]:
    """The cell of this zoom (0 the coarsest) in which a finest cell lies."""
    times = ZOOMS[-1] // ZOOMS[zoom]
    return spot[0] // times, spot[1] // times


def corner(x: int, y: int, zoom: int) -> tuple[float, float]:
    """The south-western corner of a cell in degrees; its sides are `1 / ZOOMS[zoom]` long."""
    return x / ZOOMS[zoom], y / ZOOMS[zoom]
