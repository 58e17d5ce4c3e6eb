"""The tables of the figures as they are taken away: their columns with what they mean, their rows, and where they come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.statistics.periods import Period
from linli.statistics.rules import AS_THEY_STAND, BY_CODE, RATE_BY_CODE, SMALL, TOO_FEW
from linli.statistics.sheet import Line

#: What stands after a column of the page: the rate that it is the numerator of.
_RATES_AFTER = {"in_time": "on_time", "due_closed": "closing", "handled_in_time": "on_time_handling"}
#: `EXACT`: a number shown as it is, with the decimals it has.
TEXT, COUNT, PERCENT, EXACT = "text", "count", "percent", "exact"
Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """A column: its key, its name, what it counts, and of what kind its cells are."""

    code: str
    name: str
    kind: str
    meaning: str = ""


@dataclass(frozen=True)
class Table:
    """A table to take away. A cell is None where there is nothing to say: kept back, or too few for a percentage."""

    title: str
    #: What was asked, in order: name and value.
    asked: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    @property
    def notes(self) -> list[str]:
        """What holds for all of it."""
        return [
            _("Below %(few)s there is no percentage: the cell is empty. Percentages are rounded down.")
            % {"few": TOO_FEW},
            _("Numbers from 1 to %(most)s are kept back where the matters are not in sight: the cell is empty.")
            % {"most": SMALL - 1},
            _("In the order of codes. Areas and departments differ: this is no ranking."),
        ]


def table_of(
    title: str,
    first: str,
    codes: Sequence[str],
    lines: Sequence[Line],
    *,
    area: str,
    period: Period,
    as_of: datetime,
    more: Sequence[tuple[str, str]] = (),
) -> Table:
    """The lines of a page as a table: figures as numbers, rates beside them. `more`: what else was asked."""
    columns = [Column("code", _("Code"), TEXT), Column("name", first, TEXT)]
    for code in codes:
        columns.append(_figure(code))
        if code in _RATES_AFTER:
            columns.append(_rate(_RATES_AFTER[code]))
    asked = [
        *more,
        (_("Area"), area),
        (_("Period"), f"{period.first} – {period.last}"),
        (_("As of"), f"{timezone.localtime(as_of):%Y-%m-%d %H:%M}"),
        (_("Source"), str(AS_THEY_STAND)),
    ]
    return Table(title, asked, columns, [[line.code, line.name, *_cells(line, codes)] for line in lines])


def _figure(code: str) -> Column:
    figure = BY_CODE[code]
    return Column(code, str(figure.name), COUNT, _meaning(figure))


def _rate(code: str) -> Column:
    rate = RATE_BY_CODE[code]
    return Column(code, str(rate.name), PERCENT, _meaning(rate))


def _meaning(one: Any) -> str:
    words = [one.formula, _("Left out:") + f" {one.left_out}" if one.left_out else "", one.note]
    return " · ".join(str(word) for word in words if word)


def _cells(line: Line, codes: Sequence[str]) -> list[Cell]:
    cells: list[Cell] = []
    for code in codes:
        cells.append(line.numbers[code].n)
        if code in _RATES_AFTER:
            cells.append(line.shares[_RATES_AFTER[code]].percent)
    return cells
