"""Storing many rows at once, where nothing but that takes the time: imports, and the journal of imports."""

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction

#: What both drivers take as it is.
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.FloatField, models.BooleanField)


def insert(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns, by attribute name (`area_id`); the others get their defaults.

    A third of the time of `bulk_create`, which asks every field about every value. No keys come back, no model is made.
    """
    if not rows:
        return
    store = transaction.get_connection()
    named = rows[0].keys()
    fields = [field for field in model._meta.concrete_fields if field.attname in named or not _is_numbered(field)]
    blank = {field.attname: field.get_db_prep_save(field.get_default(), store) for field in fields}
    prepare = [
        (field.attname, field.get_db_prep_save) for field in fields if field.attname in named and not _is_plain(field)
    ]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    # In the order of the fields, since every name in a row is one of theirs.
    values = [
        [*(blank | row | {name: prepared(row[name], store) for name, prepared in prepare}).values()] for row in rows
    ]
    with store.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})', values)


def _is_numbered(field: "models.Field[Any, Any]") -> bool:
    """The store gives the value itself."""
    return isinstance(field, models.AutoField)


def _is_plain(field: "models.Field[Any, Any]") -> bool:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return isinstance(target, _PLAIN)
