"""Adding up what was counted, in SQL that both stores understand; its text is made once for each shape of question.

By the ORM the text of a sum over forty columns takes ten times as long as the store needs to answer it.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from linli.areas.codes import next_sibling
from linli.kit.planned import asked_once
from linli.statistics.models import Cell, Counted, Took

Span = tuple[date, date]


class Cells(NamedTuple):
    """Cells of a kind: of one area, or of all inside it; on the days of some spans, which are all days where none is given."""

    kind: str
    area: str
    is_one: bool
    spans: Sequence[Span] = ()
    #: Of this category or department alone; empty: of all that the kind tells apart.
    facet: str = ""


def sums_of(cells: Cells, codes: Sequence[str], key: str = "") -> Iterator[tuple[str, Sequence[int | None]]]:
    """The sums of these figures for each value of a column of the cells; with no column, of all of them."""
    wanted = ", ".join(f'SUM("{code}")' for code in codes)
    for row in _asked(Cell._meta.db_table, wanted, cells, key):
        yield str(row[0]), row[1:]


def hours_of(cells: Cells, key: str = "") -> Iterator[tuple[str, str, str]]:
    """Of the same cells: key, interval, and how many took how many hours, as JSON."""
    for name, interval, hours in _asked(Took._meta.db_table, '"interval", "hours"', cells, key, adds=False):
        yield str(name), interval, hours


class Limit(NamedTuple):
    """A limit of matters: the columns of its moment and of its day."""

    at: str
    on: str


DUE, TO_DISPATCH = Limit("due_at", "due_on"), Limit("dispatch_at", "dispatch_on")


def to_come(
    area: str, limit: Limit, at: datetime, among: Span, key: str = "", led_by: str = "", *, before: datetime
) -> Iterator[tuple[str | None, bool, int, int]]:
    """Counted matters, of all or of one lead department, of which a limit comes from a moment on and `before` another: key (an
    expression), whether its day is among these, bits, and how many are so.
    """
    first, last = (connection.ops.adapt_datefield_value(day) for day in among)
    placed, inside = _inside(area, is_one=False)
    if led_by:
        placed, inside = f'{placed} AND "department" = %s', [*inside, led_by]
    begin, end = (connection.ops.adapt_datetimefield_value(moment) for moment in (at, before))
    for name, is_among, bits, n in asked_once(_to_come_sql(limit, key, placed), [first, last, begin, end, *inside]):
        yield None if name is None else str(name), bool(is_among), bits, n


@cache
def _to_come_sql(limit: Limit, key: str, placed: str) -> str:
    return (
        f'SELECT {key or _NO_KEY}, CASE WHEN "{limit.on}" >= %s AND "{limit.on}" <= %s THEN 1 ELSE 0 END, "bits", '
        f'COUNT(*) FROM "{Counted._meta.db_table}" WHERE "{limit.at}" >= %s AND "{limit.at}" < %s AND {placed} GROUP BY 1, 2, 3'
    )


#: No string alone: PostgreSQL groups by no constant.
_NO_KEY = 'SUBSTR("area", 1, 0)'


def _asked(table: str, wanted: str, cells: Cells, key: str, *, adds: bool = True) -> list[Any]:
    if cells.facet and not cells.is_one:
        # No range: given one, SQLite reads all facets and days of these areas in their order, only to group by them.
        placed, given = f'SUBSTR("area", 1, {len(cells.area)}) = %s', [cells.area]
    else:
        placed, given = _inside(cells.area, is_one=cells.is_one)
    if cells.facet or cells.kind[-1].isdigit():
        # What tells nothing apart has the empty facet alone: said for the index.
        placed, given = f'{placed} AND "facet" = %s', [*given, cells.facet]
    days = [connection.ops.adapt_datefield_value(day) for span in cells.spans for day in span]
    return asked_once(_sql(table, wanted, key, placed, len(cells.spans), adds), [cells.kind, *given, *days])


@cache
def _sql(table: str, wanted: str, key: str, placed: str, spans: int, adds: bool) -> str:
    when = " OR ".join(['("day" >= %s AND "day" <= %s)'] * spans)
    named = f'"{key}"' if key else "''"
    return (
        f'SELECT {named}, {wanted} FROM "{table}" WHERE "kind" = %s AND {placed}'
        + (f" AND ({when})" if when else "")
        + (f" GROUP BY {named}" if key and adds else "")
    )


def _inside(area: str, *, is_one: bool) -> tuple[str, list[str]]:
    if is_one:
        return '"area" = %s', [area]
    end = next_sibling(area)
    return ('"area" >= %s AND "area" < %s', [area, end]) if end else ('"area" >= %s', [area])
