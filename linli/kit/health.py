"""Whether this home can do its work now, that is: commit."""

import os
import shutil

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

_LEAST_FREE_BYTES = 20_000_000
_WAIT_MS = 3000


def trouble() -> str:
    """A word for the cause: `store`, `read-only`, `disk`; empty when all is well."""
    try:
        if connection.vendor == "sqlite" and not is_in_place(str(connection.settings_dict["NAME"])):
            return "store"
        if not _may_write():
            return "read-only"
    except (DatabaseError, InterfaceError):
        return "store"
    return "disk" if shutil.disk_usage(settings.HOME).free < _LEAST_FREE_BYTES else ""


def _may_write() -> bool:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'")
            return not any(cursor.fetchone())
        if connection.in_atomic_block:  # under test: the lock is ours already
            return True
        wait_ms = connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000
        cursor.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
        try:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {wait_ms}")
    return True


_seen: dict[str, tuple[int, int]] = {}


def is_in_place(path: str) -> bool:
    """Whether the file of a store is still the one that this process saw there first.

    One that was deleted or replaced is written to by whoever has it open, and nobody will ever read that.
    """
    try:
        now = os.stat(path)
    except FileNotFoundError:
        return False
    return _seen.setdefault(path, (now.st_dev, now.st_ino)) == (now.st_dev, now.st_ino)
