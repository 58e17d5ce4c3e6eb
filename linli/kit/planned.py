"""Statements that PostgreSQL reads and plans once on a connection, however often they are asked.

Django writes the values into the words of a statement, so that the store reads and plans each anew: for a sum over fifty
columns that takes longer than the sum. SQLite's driver keeps the statements of a connection by itself.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction


@contextmanager
def planned_once() -> Iterator[Any]:
    """A cursor for statements whose words are always the same; values go beside them, as the store's driver takes them."""
    store: Any = transaction.get_connection()
    if store.vendor != "postgresql":
        with store.cursor() as cursor:
            yield cursor
        return
    from psycopg import Cursor

    store.ensure_connection()
    driver = store.connection
    threshold, driver.prepare_threshold = driver.prepare_threshold, 0
    wrapped = store.make_debug_cursor if store.queries_logged else store.make_cursor
    try:
        with wrapped(Cursor(driver)) as cursor:
            yield cursor
    finally:
        driver.prepare_threshold = threshold


def asked_once(sql: str, given: Sequence[Any]) -> list[Any]:
    """All rows of a question."""
    with planned_once() as cursor:
        cursor.execute(sql, given)
        found: list[Any] = cursor.fetchall()
    return found
