"""Keys that sort by the time they were made (UUID version 7, RFC 9562 §5.7), stored in 16 bytes on both stores."""

import os
import threading
import time
import uuid
from typing import Any

from django.db import models

_lock = threading.Lock()
_last = 0
_drawn: list[bytes] = []
# Two processes must not draw the same.
os.register_at_fork(after_in_child=_drawn.clear)


def new_key() -> uuid.UUID:
    """A new key, greater than every key this process made before, whatever the clock does."""
    global _last
    with _lock:
        _last = max(time.time_ns() // 1_000_000 << 12, _last + 1)
        stamp = _last
        noise = _noise()
    return _assemble(stamp >> 12, stamp & 0xFFF, noise)


def _noise() -> int:
    """64 random bits. Taken from the system many at once: each asking gives up the interpreter, and waits to get it back."""
    if not _drawn:
        drawn = os.urandom(2048)
        _drawn.extend(drawn[place : place + 8] for place in range(0, 2048, 8))
    return int.from_bytes(_drawn.pop(), "big")


def _assemble(unix_ms: int, sequence: int, noise: int) -> uuid.UUID:
    value = (unix_ms & (1 << 48) - 1) << 80 | 0x7 << 76 | sequence << 64 | 0b10 << 62 | noise & (1 << 62) - 1
    return uuid.UUID(int=value)


class KeyField(models.UUIDField):  # type: ignore[type-arg]
    """A UUID kept as 16 bytes on SQLite (Django keeps 32 letters there) and as `uuid` on PostgreSQL."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        """The column type on this store."""
        return "uuid" if connection.features.has_native_uuid_field else "blob"

    def rel_db_type(self, connection: Any) -> str:
        """The column type of a key that refers to it."""
        return self.db_type(connection)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The value as the store takes it."""
        value = self.to_python(value)
        if value is None or connection.features.has_native_uuid_field:
            return value
        return value.bytes

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> uuid.UUID | None:
        """The value as the store gave it, as a UUID."""
        return uuid.UUID(bytes=bytes(value)) if isinstance(value, bytes | memoryview) else value

    def get_internal_type(self) -> str:
        """A type of its own."""
        # Not "UUIDField": SQLite's converter for that type expects 32 letters.
        return "KeyField"


class KeyText(models.Func):
    """A key column as text, `018f…-…`, as `str()` writes it: for rows that name others by text."""

    # PostgreSQL writes a `uuid` just so.
    template = "CAST(%(expressions)s AS varchar)"
    output_field = models.CharField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite has 16 bytes."""
        starts_lengths = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        pieces = (f"substr(hex(%(expressions)s), {start}, {length})" for start, length in starts_lengths)
        return self.as_sql(compiler, connection, template="lower(" + " || '-' || ".join(pieces) + ")", **context)
