"""A county of many more matters: each of those there are so many times over, and every sum so many times as much.

To count ten million one by one takes hours; the sums of ten counties that are alike are ten times the sums of one. So this
measures reading, not counting; and that each figure is what it should be can be told from the one before.
"""

from typing import Any

from bench.county import without_indexes

#: What the keys of copies have at their end, before the number of the copy.
_MARK = "f0f0f0"


def multiply(copies: int) -> None:
    """Make all there is so many times as much (2 to 15): matters, their parts, and what was counted of them."""
    from django.db import connection

    from linli.events.models import Event, Part
    from linli.statistics.models import Cell, Counted, MapCell, Took
    from linli.statistics.rules.cubes import COUNTED

    with without_indexes(Event):
        _copy(Event, copies, "id", {"number": "\"number\" || '~{copy}'"})
    with without_indexes(Counted):
        _copy(Counted, copies, "event", {})
    _copy(Part, copies, "event_id", {"id": None})
    with connection.cursor() as cursor:
        _times(cursor, Cell, COUNTED, copies)
        _times(cursor, MapCell, ("reported", "open"), copies)
        cursor.execute(
            f'UPDATE "{Took._meta.db_table}" SET "hours" = {_HOURS[connection.vendor].format(copies=copies)}'
        )
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def _copy(model: Any, copies: int, key: str, others: dict[str, str | None]) -> None:
    """Copies 1 to `copies - 1` of all rows, under other keys; `others`: how columns differ, None: the store gives them."""
    from django.db import connection, transaction

    table = model._meta.db_table
    columns = [one.column for one in model._meta.concrete_fields if others.get(one.column, "") is not None]
    is_first, made = _KEYS[connection.vendor]
    for copy in range(1, copies):
        values = {key: made.format(key=key, mark=f"{_MARK}{copy:02x}")}
        values |= {column: words.format(copy=copy) for column, words in others.items() if words}
        taken = ", ".join(values.get(column, f'"{column}"') for column in columns)
        named = ", ".join(f'"{column}"' for column in columns)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{table}" ({named}) SELECT {taken} FROM "{table}" WHERE {is_first.format(key=key, mark=_MARK)}'
            )


def _times(cursor: Any, model: Any, columns: tuple[str, ...], copies: int) -> None:
    changed = ", ".join(f'"{column}" = "{column}" * {copies}' for column in columns)
    cursor.execute(f'UPDATE "{model._meta.db_table}" SET {changed}')


#: Which keys are no copy's, and the key of a copy.
_KEYS = {
    "sqlite": (
        "substr(\"{key}\", 13, 3) <> x'{mark}'",
        "CAST(substr(\"{key}\", 1, 12) || x'{mark}' AS BLOB)",
    ),
    "postgresql": (
        "substring(uuid_send(\"{key}\") from 13 for 3) <> '\\x{mark}'",
        "encode(substring(uuid_send(\"{key}\") for 12) || '\\x{mark}', 'hex')::uuid",
    ),
}
_HOURS = {
    "sqlite": "(SELECT json_group_object(key, value * {copies}) FROM json_each(hours))",
    "postgresql": "(SELECT jsonb_object_agg(key, value::int * {copies}) FROM jsonb_each_text(hours))",
}
