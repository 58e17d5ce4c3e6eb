"""The matrix of a ledger: two of area below, kind and month, with sums; each cell leads to its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.areas.models import ANSWERING, Area
from linli.mediation.ledgers.ahead import Source, answer
from linli.mediation.ledgers.figures import BY_CODE
from linli.mediation.ledgers.pairs import AREA, KIND, MONTH, steps_of, width_below
from linli.mediation.ledgers.reading import Asked
from linli.mediation.ledgers.small import places_kept_back
from linli.mediation.rules import Kind
from linli.statistics.periods import Period

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

    @cached_property
    def query(self) -> str:
        """The same as part of an address."""
        return urlencode(self.asked)


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
    """The counts from what was counted ahead, or from one question; and the names of the areas."""
    return answer(asked, lambda source: matrix_from(source, asked, by_rows, by_cols, of))


def matrix_from(source: Source, asked: Asked, by_rows: str, by_cols: str, of: str) -> Matrix:
    """The same from one source, as the page takes it with the sheet beside it."""
    counts = source.pairs(asked, by_rows, by_cols, of)
    rows = _heads(asked, by_rows, {row for row, _col in counts})
    cols = _heads(asked, by_cols, {col for _row, col in counts})
    cell_of = _Cells(asked, of)

    def line(head: Head, keys: Sequence[Any]) -> Line:
        cells = [cell_of(sum(counts.get((key, col), 0) for key in keys), head, one) for col, one in cols]
        whole = sum(counts.get((key, col), 0) for key in keys for col, _one in cols)
        return Line(head, [*cells, cell_of(whole, head, _ALL)])

    lines = [line(head, [key]) for key, head in rows]
    everything = line(Head(gettext("Sum"), {}), [key for key, _head in rows])
    return Matrix(
        of, by_rows, by_cols, [*(head for _key, head in cols), Head(gettext("Sum"), {})], [*lines, everything]
    )


_ALL = Head("", {})


class _Cells:
    """Cells with the addresses of their rows. What many have in common is written once: a county has hundreds."""

    def __init__(self, asked: Asked, of: str) -> None:
        self.asked, self.figure = asked, urlencode({"figure": of}) if of != "registered" else ""
        self.place = cache(lambda code: reverse("ledgers:area", args=[code]))
        self.days = cache(lambda period: period.query)

    def __call__(self, n: int, row: Head, col: Head) -> Cell:
        if not n:
            return Cell(0)
        days = self.days(row.period or col.period or self.asked.period)
        query = "&".join(filter(None, (self.figure, row.query, col.query, days)))
        return Cell(n, f"{self.place(row.area or col.area or self.asked.area)}?{query}")


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
