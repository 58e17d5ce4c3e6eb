"""The matrix of a ledger: two of area below, kind and month, with sums; each cell leads to its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, F, IntegerField, Value, When
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import numbering
from linli.areas.models import ANSWERING, Area
from linli.mediation.ledgers.figures import BY_CODE
from linli.mediation.ledgers.reading import CLOCK, Asked
from linli.mediation.ledgers.small import places_kept_back
from linli.mediation.rules import Kind
from linli.statistics.periods import MONTHS_SHOWN, Period

AREA, KIND, MONTH = "area", "kind", "month"
WAYS: dict[str, Any] = {AREA: _("Area"), KIND: _("Kind of dispute"), MONTH: _("Month")}
#: Of which figures a matrix may be.
OF = ("registered", "accepted", "concluded", "settled", "agreements")


@dataclass(frozen=True)
class Head:
    """What a line stands for: its name, and the parameters that narrow a ledger to it. `area`: of another ledger."""

    name: Any
    asked: Mapping[str, str]
    area: str = ""
    period: Period | None = None


@dataclass(frozen=True)
class Cell:
    """How many, and where their rows are; None: kept back."""

    n: int | None
    address: str = ""


@dataclass(frozen=True)
class Line:
    """A row of the matrix, its sum last."""

    head: Head
    cells: list[Cell]


@dataclass(frozen=True)
class Matrix:
    """Rows by columns, both with their sums last. Lines stand in the order of codes or of time, never of counts."""

    of: str
    by_rows: str
    by_cols: str
    cols: list[Head]
    rows: list[Line]

    @property
    def is_empty(self) -> bool:
        """Nothing was counted."""
        return not self.rows or not self.rows[-1].cells[-1].n

    @property
    def title(self) -> str:
        """Of what, by what."""
        return gettext("%(figure)s: %(rows)s × %(cols)s") % {
            "figure": BY_CODE[self.of].name,
            "rows": WAYS[self.by_rows],
            "cols": WAYS[self.by_cols],
        }

    def for_others(self) -> "Matrix":
        """The same for passing on: small numbers are kept back, and none can be reckoned from the sums."""
        table = [[cell.n or 0 for cell in line.cells] for line in self.rows]
        back = places_kept_back(table)
        rows = [
            Line(line.head, [Cell(None) if (row, col) in back else cell for col, cell in enumerate(line.cells)])
            for row, line in enumerate(self.rows)
        ]
        return Matrix(self.of, self.by_rows, self.by_cols, self.cols, rows)


def matrix_of(asked: Asked, by_rows: str, by_cols: str, of: str = "registered") -> Matrix:
    """Two questions: the counts, and the names of the areas."""
    counts = _counts(asked, by_rows, by_cols, of)
    rows = _heads(asked, by_rows, {row for row, _col in counts})
    cols = _heads(asked, by_cols, {col for _row, col in counts})
    base = {"figure": of} if of != "registered" else {}

    def line(head: Head, keys: Sequence[Any]) -> Line:
        cells = [_cell(asked, sum(counts.get((key, col), 0) for key in keys), base, head, one) for col, one in cols]
        whole = sum(counts.get((key, col), 0) for key in keys for col, _one in cols)
        return Line(head, [*cells, _cell(asked, whole, base, head, _ALL)])

    lines = [line(head, [key]) for key, head in rows]
    everything = line(Head(gettext("Sum"), {}), [key for key, _head in rows])
    return Matrix(
        of, by_rows, by_cols, [*(head for _key, head in cols), Head(gettext("Sum"), {})], [*lines, everything]
    )


_ALL = Head("", {})


def _cell(asked: Asked, n: int, base: Mapping[str, str], row: Head, col: Head) -> Cell:
    if not n:
        return Cell(0)
    period = row.period or col.period or asked.period
    narrowed = {**base, **row.asked, **col.asked, **period.asked}
    place = reverse("ledgers:area", args=[row.area or col.area or asked.area])
    return Cell(n, f"{place}?{urlencode(narrowed)}")


def _counts(asked: Asked, by_rows: str, by_cols: str, of: str) -> dict[tuple[Any, Any], int]:
    rows = asked.rows(of).order_by()
    keys: dict[str, Any] = {"row": _expression(asked, by_rows, of), "col": _expression(asked, by_cols, of)}
    found: Any = rows.values(**keys).annotate(n=Count("pk"))
    return {(one["row"], one["col"]): one["n"] for one in found}


def _expression(asked: Asked, by: str, of: str) -> Any:
    if by == KIND:
        return F("kind")
    if by == AREA:
        return Left("area_id", width_below(asked.area))
    clock = CLOCK[BY_CODE[of].cohort]
    steps = [When(**{f"{clock}__lt": step.end}, then=Value(place)) for place, step in enumerate(steps_of(asked.period))]
    return Case(*steps, output_field=IntegerField())


def steps_of(period: Period) -> list[Period]:
    """Months, or years where there would be too many of them."""
    months = period.months()
    return months if len(months) <= MONTHS_SHOWN else period.steps()


def width_below(area: str) -> int:
    """Digits of the areas that are told apart below this one: as far as villages, never grids."""
    levels = numbering()
    widths = [levels.width(level) for level in levels.levels if level != "grid"]
    return next((width for width in widths if width > len(area)), len(area))


def ways_of(area: str) -> list[str]:
    """What a matrix of this area can tell apart: a village's areas below are grids, which are not told apart."""
    return [AREA, KIND, MONTH] if width_below(area) > len(area) else [KIND, MONTH]


def _heads(asked: Asked, by: str, found: set[Any]) -> list[tuple[Any, Head]]:
    if by == KIND:
        return [(kind.value, Head(kind.label, {"kind": kind.value})) for kind in Kind if kind in found]
    if by == MONTH:
        return [(place, Head(step, {}, period=step)) for place, step in enumerate(steps_of(asked.period))]
    below = [code for code in found if len(code) > len(asked.area)]
    answering = Area.objects.open().children_of(asked.area).filter(kind__in=ANSWERING)
    areas = (answering | Area.objects.filter(pk__in=below)).order_by("code")
    heads = [
        (area.code, Head(area.name, {}, area=area.code)) for area in areas if len(area.code) == width_below(asked.area)
    ]
    if asked.area in found:
        heads.append((asked.area, Head(gettext("In no area below"), {"alone": "1"})))
    return heads


__all__ = ["AREA", "KIND", "MONTH", "OF", "WAYS", "Cell", "Head", "Line", "Matrix", "matrix_of", "steps_of", "ways_of"]
