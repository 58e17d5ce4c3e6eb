"""Whether the clock of this machine is kept right by somebody: the kernel is asked, and the clock of the database server.

Limits, receipts and the order of acts hang on it, and tokens of a second factor fail when it is half a minute off.
"""

import ctypes
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Q

#: The kernel's word for a clock that nobody has set for a while (`STA_UNSYNC` of <sys/timex.h>).
_UNSYNC = 0x40


def is_due(at: Any, farthest: Any) -> Q:
    """Rows due by now, and those dated farther ahead than any is ever put off: before the clock of this machine was set back."""
    return Q(due_at__lte=at) | Q(due_at__gt=farthest)


class _Timex(ctypes.Structure):
    """`struct timex` up to the status, and room for the rest of it."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    ]


def is_kept() -> bool | None:
    """Whether a time server keeps this clock, as the kernel knows it; None where it cannot be asked."""
    known = _Timex()
    try:
        answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(known))
    except (OSError, AttributeError):
        return None
    return None if answer < 0 else says_kept(known.status)


def says_kept(status: int) -> bool:
    """What the kernel's status means: `adjtimex` may call a clock wrong for other reasons, which do not concern us."""
    return not status & _UNSYNC


def store_offset_s() -> float | None:
    """Seconds that the database server's clock is ahead of ours; None for a file on this machine, or a store that is away."""
    if connection.vendor != "postgresql":
        return None
    try:
        with connection.cursor() as cursor:
            before = datetime.now(UTC)
            cursor.execute("SELECT clock_timestamp()")
            theirs = cursor.fetchone()[0]
            return float((theirs - before - (datetime.now(UTC) - before) / 2).total_seconds())
    except (DatabaseError, InterfaceError):
        return None
