"""Whether something failed because a disk is full: told by the system, by SQLite or by PostgreSQL, each in its own words."""

import errno

from django.db import DatabaseError

_NUMBERS = {errno.ENOSPC, errno.EDQUOT}
#: A write that was cut short is an error of the disk for SQLite; its file is as it was.
_WORDS = ("disk is full", "No space left", "disk I/O error")
#: PostgreSQL's `disk_full`.
_SQLSTATE = "53100"


def is_full(error: BaseException | None) -> bool:
    """Whether this error, or one that led to it, means that nothing more can be written."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _NUMBERS:
            return True
        if isinstance(error, DatabaseError) and _says_full(error):
            return True
        error = error.__cause__
    return False


def _says_full(error: DatabaseError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) == _SQLSTATE or any(word in str(error) for word in _WORDS)
