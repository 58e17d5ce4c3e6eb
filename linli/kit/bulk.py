"""Storing rows where nothing but that takes the time: many at once in imports, one at a time in every act."""

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from django.db import models, transaction

from linli.kit.planned import planned_once

#: What both drivers take as it is.
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.FloatField, models.BooleanField)


def insert(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns, by attribute name (`area_id`); the others get their defaults.

    A third of the time of `bulk_create`, which asks every field about every value. No keys come back, no model is made.
    """
    if not rows:
        return
    sql, filled = _prepared(model, rows)
    with transaction.get_connection().cursor() as cursor:
        cursor.executemany(sql, filled)


def execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """One statement for many rows of values as the store takes them.

    PostgreSQL plans it once and is sent the rows without waiting for each: of fifty columns that takes an eighth of the time.
    """
    with planned_once() as cursor:
        cursor.executemany(sql, rows)


def put(
    model: type[models.Model],
    keys: Sequence[str],
    columns: Sequence[str],
    rows: list[list[Any]],
    *,
    adds: bool = False,
) -> None:
    """Put values, or add them, to the columns of the rows with these keys, which are made where they are missing."""
    if not rows:
        return
    store = transaction.get_connection()
    # Whole numbers and words go as they are; the rest as their fields write them, each day once.
    prepared: list[tuple[int, Any]] = []
    for place, name in enumerate((*keys, *columns)):
        field: Any = model._meta.get_field(name)
        if not isinstance(field, models.IntegerField | models.CharField):
            written = partial(field.get_db_prep_save, connection=store)
            prepared.append((place, cache(written) if isinstance(field, models.DateField) else written))
    for row in rows:
        for place, written in prepared:
            row[place] = written(row[place])
    execute_many(_putting(model._meta.db_table, tuple(keys), tuple(columns), adds), rows)


@cache
def _putting(table: str, keys: tuple[str, ...], columns: tuple[str, ...], adds: bool) -> str:
    names = ", ".join(f'"{name}"' for name in (*keys, *columns))
    marks = ", ".join(["%s"] * (len(keys) + len(columns)))
    before = f'"{table}"."{{name}}" + ' if adds else ""
    changed = ", ".join(f'"{name}" = {before.format(name=name)}excluded."{name}"' for name in columns)
    where = ", ".join(f'"{name}"' for name in keys)
    return f'INSERT INTO "{table}" ({names}) VALUES ({marks}) ON CONFLICT ({where}) DO UPDATE SET {changed}'


def insert_one(model: type[models.Model], row: dict[str, Any]) -> int:
    """The same for one row; the number it has got as its key."""
    sql, (filled,) = _prepared(model, [row])
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(f"{sql} RETURNING {_numbered_by(model)}", filled)
        return int(cursor.fetchone()[0])


def _prepared(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> tuple[str, list[list[Any]]]:
    """The statement, and of each row the values in the order of its columns."""
    store = transaction.get_connection()
    sql, fields, others, prepare = _statement(model, tuple(rows[0]))
    blank = {field.attname: field.get_db_prep_save(field.get_default(), store) for field in others}
    filled = [blank | row | {name: prepared(row[name], store) for name, prepared in prepare} for row in rows]
    return sql, [[row[name] for name in fields] for row in filled]


@cache
def _statement(model: type[models.Model], named: tuple[str, ...]) -> tuple[str, tuple[str, ...], list[Any], list[Any]]:
    """With the columns in their order, the fields that get their defaults, and how the others are prepared that must be."""
    fields = [field for field in model._meta.concrete_fields if field.attname in named or not _is_numbered(field)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    prepare = [
        (field.attname, field.get_db_prep_save) for field in fields if field.attname in named and not _is_plain(field)
    ]
    others = [field for field in fields if field.attname not in named]
    sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})'
    return sql, tuple(field.attname for field in fields), others, prepare


def _numbered_by(model: type[models.Model]) -> str:
    return next(f'"{field.column}"' for field in model._meta.concrete_fields if _is_numbered(field))


def _is_numbered(field: "models.Field[Any, Any]") -> bool:
    """The store gives the value itself."""
    return isinstance(field, models.AutoField)


def _is_plain(field: "models.Field[Any, Any]") -> bool:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return isinstance(target, _PLAIN)
