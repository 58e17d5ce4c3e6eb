"""The parts that sections are made of: paragraphs, tables and charts, as they are kept; and what they are made from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from linli.areas.models import Area
from linli.briefing.rules import Whole
from linli.briefing.saying import Piece, Said
from linli.people.rules import Scope
from linli.statistics.narrowing import Narrowing
from linli.statistics.periods import Period
from linli.statistics.sheet import Rows, Sheet, in_sight

#: A sentence as it is kept: words, and with a number the address of its rows.
Kept = list[list[str]]


@dataclass(frozen=True)
class Look:
    """The figures of an area and period at one moment."""

    area: Area
    period: Period
    at: datetime
    sheet: Sheet

    @staticmethod
    def period_of(whole: Whole) -> Period:
        """As the pages know it."""
        return Period(whole.first, whole.last)

    @property
    def scope(self) -> Scope:
        """A briefing is read by those who see all matters of its area."""
        return in_sight(self.area.code)

    def rows(self, figure: str, *, area: str = "", period: Period | None = None, **narrowed: Any) -> str:
        """The address of the rows of a figure, as the pages have it."""
        asked = {**(period or self.period).asked, **Narrowing(**narrowed).asked}
        return Rows(reverse("statistics:rows", args=[area or self.area.code]), urlencode(asked)).of(figure)


@dataclass
class Section:
    """A heading with what stands below it."""

    heading: str
    paragraphs: list[Said] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    charts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "heading": self.heading,
            "paragraphs": [paragraph(said) for said in self.paragraphs],
            "tables": self.tables,
            "charts": self.charts,
        }


def paragraph(said: Said) -> Kept:
    """As JSON; what leads nowhere and stands together is one piece."""
    kept: Kept = []
    for text, address in said:
        if kept and not address and not kept[-1][1]:
            kept[-1][0] += text
        else:
            kept.append([text, address])
    return kept


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str | Piece | Said]]) -> dict[str, Any]:
    """A table; its first column names the rows, and the last one may hold words."""
    return {"caption": caption, "columns": list(columns), "rows": [[_cell(cell) for cell in row] for row in rows]}


def _cell(cell: str | Piece | Said) -> Kept:
    return paragraph([Piece(cell)] if isinstance(cell, str) else [cell] if isinstance(cell, Piece) else cell)


def chart(code: str, kind: str, title: str, series: Sequence[str], bars: Iterable[tuple[str, Sequence[Piece]]]) -> Any:
    """Bars by name: `columns` stand side by side in time, `bars` lie below each other. One number of each series for each.

    `alt` says the same in words.
    """
    kept = [{"name": name, "values": [[*value] for value in values]} for name, values in bars]
    between = "；" if any("一" <= sign <= "鿿" for sign in title) else "; "
    said = between.join(f"{one['name']} {' / '.join(value[0] for value in one['values'])}" for one in kept)
    alt = f"{title} ({' / '.join(series)}): {said}"
    return {"code": code, "kind": kind, "title": title, "series": list(series), "bars": kept, "alt": alt}
