"""Adding up what was counted ahead, in SQL that both stores understand; its text is made once for each shape of question.

By the ORM the text of a sum over forty columns takes ten times as long as the store needs to answer it.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from linli.kit.planned import asked_once
from linli.mediation.ledgers.facts import DAY, MONTH, NOW, NOW_ON
from linli.mediation.ledgers.figures import BY_CODE, Cohort
from linli.mediation.ledgers.taken import Taken
from linli.mediation.models import LedgerCell, LedgerHours
from linli.statistics.asking import following_month
from linli.statistics.periods import Period


class Piece(NamedTuple):
    """A part of a period: whole months, or the days before and after them."""

    grain: str
    first: date
    last: date


def pieces_of(period: Period, width: int) -> list[Piece]:
    """The period in as few cells as it takes, of areas whose codes have this width."""
    begin = period.first if period.first.day == 1 else following_month(period.first)
    end = (period.last + timedelta(days=1)).replace(day=1)
    if begin >= end:
        return [Piece(f"{DAY}{width}", period.first, period.last)]
    pieces = [
        Piece(f"{DAY}{width}", period.first, begin - timedelta(days=1)),
        Piece(f"{MONTH}{width}", begin, end - timedelta(days=1)),
        Piece(f"{DAY}{width}", end, period.last),
    ]
    return [piece for piece in pieces if piece.first <= piece.last]


def now_of(codes: Sequence[str], width: int) -> list[Piece]:
    """What is so now, if one of the figures is of that."""
    return [Piece(f"{NOW}{width}", NOW_ON, NOW_ON)] if any(BY_CODE[code].cohort == Cohort.NOW for code in codes) else []


def sums_of(
    codes: Sequence[str], piece: Piece, areas: Sequence[str], keys: Sequence[str] = ()
) -> Iterator[tuple[Any, ...]]:
    """The sums of these figures, behind the columns of the cells that tell them apart; with none: one row, None for no cell."""
    if not areas:
        return
    wanted = ", ".join([*(f'"{key}"' for key in keys), *(f'SUM("{code}")' for code in codes)])
    yield from asked_once(_sql(LedgerCell._meta.db_table, wanted, len(areas), tuple(keys)), _given(piece, areas))


def hours_of(piece: Piece, area: str) -> Iterator[tuple[str, Taken]]:
    """Of the same days: stretch, and how many disputes took how many hours."""
    sql = _sql(LedgerHours._meta.db_table, '"stretch", "hours"', 1, ())
    for stretch, hours in asked_once(sql, _given(piece, [area])):
        yield stretch, json.loads(hours) if isinstance(hours, str) else hours


def _given(piece: Piece, areas: Sequence[str]) -> list[Any]:
    days = (connection.ops.adapt_datefield_value(day) for day in (piece.first, piece.last))
    return [piece.grain, *areas, *days]


@cache
def _sql(table: str, wanted: str, areas: int, keys: tuple[str, ...]) -> str:
    marks, apart = ", ".join(["%s"] * areas), ", ".join(f'"{key}"' for key in keys)
    where = f'"grain" = %s AND "area" IN ({marks}) AND "day" >= %s AND "day" <= %s'
    return f'SELECT {wanted} FROM "{table}" WHERE {where}' + (f" GROUP BY {apart}" if apart else "")
