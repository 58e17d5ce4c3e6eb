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


class Coming(NamedTuple):
    """Counted matters of an area, all or those of one lead department, of which a limit comes from `at` on and `before` another
    moment; `among`: the days of the limit that are told apart from the others.
    """

    area: str
    limit: Limit
    at: datetime
    before: datetime
    among: Span
    led_by: str = ""


def to_come(coming: Coming, keys: Sequence[str]) -> Iterator[tuple[int, str | None, bool, int, int]]:
    """How many there are, told apart by each of some keys (expressions; empty: not at all): the place of the key, its value,
    whether the day of the limit is among those days, bits, and how many are so. The matters are read once for all keys.
    """
    first, last = (connection.ops.adapt_datefield_value(day) for day in coming.among)
    placed, inside = _inside(coming.area, is_one=False)
    if coming.led_by:
        placed, inside = f'{placed} AND "department" = %s', [*inside, coming.led_by]
    begin, end = (connection.ops.adapt_datetimefield_value(moment) for moment in (coming.at, coming.before))
    sql = _to_come_sql(coming.limit, tuple(keys), placed)
    for place, name, is_among, bits, n in asked_once(sql, [first, last, begin, end, *inside]):
        yield place, None if name is None else str(name), bool(is_among), bits, n


@cache
def _to_come_sql(limit: Limit, keys: tuple[str, ...], placed: str) -> str:
    matters = (
        f'SELECT "area", "category", "department", "{limit.on}", '
        f'CASE WHEN "{limit.on}" >= %s AND "{limit.on}" <= %s THEN 1 ELSE 0 END AS "is_among", "bits" '
        f'FROM "{Counted._meta.db_table}" WHERE "{limit.at}" >= %s AND "{limit.at}" < %s AND {placed}'
    )
    # Text throughout, as the parts of a union are of one kind.
    counts = (
        f'SELECT {place}, {f"CAST({key} AS VARCHAR(40))" if key else _NO_KEY}, "is_among", "bits", COUNT(*) '
        'FROM "matters" GROUP BY 1, 2, 3, 4'
        for place, key in enumerate(keys)
    )
    return f'WITH "matters" AS ({matters}) ' + " UNION ALL ".join(counts)


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
