"""The store as the writer uses it: a connection of its own, and one statement for many rows, past the ORM."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.db import connection

from linli.intake.accept import Row
from linli.kit.health import is_in_place

_COLUMNS = ", ".join(f'"{name}"' for name in (*Row._fields, "state"))
_INSERT = f"INSERT INTO intake_kept ({_COLUMNS})"
_ONCE = "ON CONFLICT (device_id, sender, sender_key) DO NOTHING RETURNING id"
_FIRST = "SELECT id, digest, answer, received_at FROM intake_kept"


class First(NamedTuple):
    """What is kept under an id already."""

    id: UUID
    digest: bytes
    answer: bytes
    received_at: datetime


Firsts = list[First | None]


class Store(Protocol):
    """One connection, used by one thread."""

    def keep(self, rows: Sequence[Row]) -> Firsts:
        """Commit all rows together. For each: None if it is kept now, or what was kept under its id before."""

    def close(self) -> None:
        """Let go of the connection."""


def open_store() -> Store:
    """A new connection to the store of this home. Blocks; raises what the driver raises."""
    settings = connection.settings_dict
    if connection.vendor == "postgresql":
        return _Postgres(connection.get_connection_params())
    return _Sqlite(str(settings["NAME"]), settings["OPTIONS"]["init_command"])


class _Sqlite:
    """One writer for the hatch. It waits for its turn by asking every millisecond: SQLite's own wait grows to 100 ms."""

    #: Rows in one statement, so that few different statements are prepared.
    _SIZES = (256, 128, 64, 32, 16, 8, 4, 2, 1)
    _WAIT_S = 5.0

    def __init__(self, path: str, init_command: str) -> None:
        self._path = path
        self._db = sqlite3.connect(path, timeout=0, isolation_level=None, cached_statements=64, check_same_thread=False)
        is_in_place(path)  # seen from now on
        # What was answered must survive the loss of power, whatever the rest of the program makes do with.
        for pragma in [*init_command.split(";"), "PRAGMA synchronous=FULL"]:
            self._patiently(partial(self._db.execute, pragma))
        one = f"({', '.join('?' * len(Row._fields))}, 'waiting')"
        self._statements = {size: f"{_INSERT} VALUES {', '.join([one] * size)} {_ONCE}" for size in self._SIZES}

    def keep(self, rows: Sequence[Row]) -> Firsts:
        self._patiently(partial(self._db.execute, "BEGIN IMMEDIATE"))
        try:
            new = self._insert([_plain(row) for row in rows])
            firsts = [None if row.id.bytes in new else self._first(row) for row in rows]
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise
        if not is_in_place(self._path):
            raise sqlite3.OperationalError(f"{self._path} was deleted or replaced while it was in use")
        return firsts

    def _insert(self, rows: list[tuple[Any, ...]]) -> set[bytes]:
        new: set[bytes] = set()
        done = 0
        while done < len(rows):
            size = next(size for size in self._SIZES if size <= len(rows) - done)
            values = [value for row in rows[done : done + size] for value in row]
            new.update(key for (key,) in self._db.execute(self._statements[size], values))
            done += size
        return new

    def _first(self, row: Row) -> First:
        found = self._db.execute(
            f"{_FIRST} WHERE device_id = ? AND sender = ? AND sender_key = ?",
            (row.device_id.bytes, row.sender, row.sender_key),
        ).fetchone()
        key, digest, answer, received_at = found
        return First(UUID(bytes=key), digest, answer, datetime.fromisoformat(received_at).replace(tzinfo=UTC))

    def _patiently(self, do: Callable[[], object]) -> None:
        give_up_at = time.monotonic() + self._WAIT_S
        while True:
            try:
                do()
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > give_up_at:
                    raise
                time.sleep(0.001)

    def close(self) -> None:
        self._db.close()


def _plain(row: Row) -> tuple[Any, ...]:
    """As Django stores these values on SQLite."""
    return tuple(
        value.bytes
        if isinstance(value, UUID)
        else str(value.astimezone(UTC).replace(tzinfo=None))
        if isinstance(value, datetime)
        else value
        for value in row
    )


_TYPES = ("uuid", "uuid", "text", "bigint", "text", "text", "bytea", "bytea", "bytea", "bytea", *["timestamptz"] * 3)


class _Postgres:
    """One statement for a whole batch, whatever its size, from any number of processes."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        import psycopg

        known = {name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")}
        self._db = psycopg.connect(**known)
        self._db.execute("SET synchronous_commit = on")
        self._db.commit()
        arrays = ", ".join(f"%s::{kind}[]" for kind in _TYPES)
        names = ", ".join(f'"{name}"' for name in Row._fields)
        self._insert = f"{_INSERT} SELECT {names}, 'waiting' FROM unnest({arrays}) AS sent ({names}) {_ONCE}"

    def keep(self, rows: Sequence[Row]) -> Firsts:
        with self._db.transaction():
            # In one order everywhere, so that two processes never wait for each other crosswise.
            ordered = sorted(rows, key=lambda row: (row.device_id, row.sender, row.sender_key))
            values = [list(column) for column in zip(*ordered, strict=True)]
            new = {key for (key,) in self._db.execute(self._insert, values)}
            return [None if row.id in new else self._first(row) for row in rows]

    def _first(self, row: Row) -> First:
        found = self._db.execute(
            f"{_FIRST} WHERE device_id = %s AND sender = %s AND sender_key = %s",
            (row.device_id, row.sender, row.sender_key),
        ).fetchone()
        assert found is not None
        return First(*found)

    def close(self) -> None:
        self._db.close()
