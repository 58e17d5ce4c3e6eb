"""What was built once is laid again row for row: a thousand tests that begin in one world need not wait for its acts. And
several who act at the same moment.
"""

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.db import connection, connections

from linli.kit.refusal import Refused

T = TypeVar("T")


@dataclass(frozen=True)
class _Laid:
    """Rows of every table that was filled, as the store gives them, and what the builder returned."""

    tables: list[tuple[str, list[tuple[Any, ...]]]]
    returned: bytes


class BuiltOnce(Generic[T]):
    """A builder that takes no arguments and begins in an empty home. Called again, it lays the same rows again.

    One per process and store. Numbers of rows that the store draws are those of the first time; it never draws them twice.
    """

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._laid: dict[str, _Laid] = {}

    def __call__(self) -> T:
        """The world, as its builder made it."""
        store = f"{connection.vendor} {connection.settings_dict['NAME']}"
        if store not in self._laid:
            before = {table for table, _rows in _filled()}
            built = self._build()
            self._laid[store] = _Laid([one for one in _filled() if one[0] not in before], pickle.dumps(built))
            return built
        laid = self._laid[store]
        with connection.cursor() as cursor:
            for table, rows in laid.tables:
                _insert(cursor, table, rows)
        returned: T = pickle.loads(laid.returned)
        return returned


def _filled() -> list[tuple[str, list[tuple[Any, ...]]]]:
    """The tables of ours that hold rows, with all of them."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if not model.__module__.startswith("linli."):
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            rows = cursor.fetchall()
            if rows:
                found.append((model._meta.db_table, rows))
    return found


def _insert(cursor: Any, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """All rows in as few statements as SQLite's limit of values allows."""
    width = len(rows[0])
    most = max(1, 900 // width)
    for at in range(0, len(rows), most):
        part = rows[at : at + most]
        places = ", ".join([f"({', '.join(['%s'] * width)})"] * len(part))
        values = [value for row in part for value in row]
        cursor.execute(f"INSERT INTO {connection.ops.quote_name(table)} VALUES {places}", values)


def together(many: int, act: Callable[[int], Any]) -> list[Any]:
    """What `act(0)`, `act(1)` … gave, so many begun at the same moment, each with a connection of its own.

    A refusal is given as its code.
    """
    start = Barrier(many)

    def begin(number: int) -> Any:
        try:
            start.wait(timeout=20)
            return act(number)
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(begin, range(many)))
