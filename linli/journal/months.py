"""The journal in partitions, one for each month: on PostgreSQL, where the operator chose it (`parting` cuts it up).

The months are cut by number. Entries are numbered by the store, upwards; each month has a billion numbers of its own, and at
its turn the worker moves the sequence to the first of them. So the key stays the number, references to it hold, and a month
that nobody began costs nothing: its entries lie in the one before. What has no partition goes into the rest, which is empty
as long as nobody moves the sequence by hand.
"""

import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction
from django.db.utils import OperationalError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import Refused

TABLE, SEQUENCE, PEOPLE = "journal_entry", "journal_entry_id_seq", "people_person"
FIRST, REST = f"{TABLE}_first", f"{TABLE}_rest"
#: Numbers of a month: more than a province writes in one, and a century of them fits into what JavaScript counts exactly.
NUMBERS = 10**9
#: Numbers kept free, at the least, in what is there when a table is cut up.
SPARE = NUMBERS // 10
_MONTH = re.compile(rf"{TABLE}_(\d{{4}})_(\d{{2}})", re.ASCII)
_BOUNDS = re.compile(r"FOR VALUES FROM \('?(MINVALUE|-?\d+)'?\) TO \('?(\d+)'?\)", re.ASCII)
#: Held by whoever reads how far the numbers have come and moves them.
_MOVING = 0x6C696E6C69
Said = TypeVar("Said")


class Part(NamedTuple):
    """One partition: entries from a number on, up to another, which is no longer in it. The rest has neither."""

    name: str
    start: int | None
    end: int | None


def is_parted() -> bool:
    """Whether the journal lies in partitions; never on SQLite."""
    if connection.vendor != "postgresql":
        return False
    return bool(rows("SELECT 1 FROM pg_class WHERE oid = to_regclass(%s) AND relkind = 'p'", TABLE))


def parts() -> list[Part]:
    """All partitions, the oldest first, the rest last."""
    found = rows(
        "SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = to_regclass(%s)",
        TABLE,
    )
    return sorted((_part(*row) for row in found), key=lambda one: (one.end is None, one.end))


def _part(name: str, bounds: str) -> Part:
    found = _BOUNDS.fullmatch(bounds)
    if not found:
        return Part(name, None, None)
    return Part(name, None if found[1] == "MINVALUE" else int(found[1]), int(found[2]))


def name_of(at: datetime) -> str:
    """What the partition of the month is called, by the day here."""
    return f"{TABLE}_{timezone.localdate(at):%Y_%m}"


def missing(at: datetime) -> list[str]:
    """Partitions that should be there and are not: of this month and of the next."""
    there = {one.name for one in parts()}
    return [name for name in (name_of(at), _after(name_of(at))) if name not in there]


def _after(name: str) -> str:
    """The name of the next month."""
    found = _MONTH.fullmatch(name)
    assert found is not None
    year, month = divmod(int(found[1]) * 12 + int(found[2]), 12)
    return f"{TABLE}_{year:04}_{month + 1:02}"


def strays() -> int:
    """Entries in the rest, where none should be."""
    return int(rows(f"SELECT count(*) FROM {REST}")[0][0])


def unproved() -> list[str]:
    """References to the journal that hold from now on, and were not proved for what was there before."""
    return [one.table for one in references() if not one.is_proved]


def waits() -> bool:
    """Whether a month is to be made or begun."""
    if not is_parted():
        return False
    at = timezone.now()
    return bool(missing(at)) or _is_to_begin(at)


def turn(at: datetime, wait_s: float = 3) -> bool:
    """Make the partitions of this month and of the next, and begin this one if it has not begun. Nothing more is waiting.

    To make one, all who write wait some hundredths of a second; to begin one, nobody waits. Raises `Refused` where others
    hold the tables; then entries go on into the month before, and the next turn tries again.
    """
    if not is_parted():
        return False
    _begin(at)
    if names := missing(at):
        free([REST], references(), lambda: make(names), wait_s)
        # The store looks at each partition by itself, never at all of them together: plans need that.
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {TABLE}")
        _begin(at)
    return False


def _is_to_begin(at: datetime) -> bool:
    start = next((one.start for one in parts() if one.name == name_of(at)), None)
    return start is not None and given() < start


def _begin(at: datetime) -> None:
    """Give the next entry a number of this month. The sequence is moved at once, whatever becomes of a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Were it moved to the same place twice, numbers given in between would be given again: so one at a time, and the
        # first number of a month counts as given, by which the other sees that it was moved.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MOVING])
        start = next((one.start for one in parts() if one.name == name_of(at)), None)
        if start is not None and given() < start:
            cursor.execute("SELECT setval(%s, %s)", [SEQUENCE, start])


def given() -> int:
    """The number given last."""
    last, is_given = rows(f"SELECT last_value, is_called FROM {SEQUENCE}")[0]
    return int(last) if is_given else int(last) - 1


def make(names: Sequence[str]) -> None:
    """Make partitions, one behind the other, above all numbers that were ever given. In a transaction of the caller."""
    for name in names:
        if rows("SELECT 1 WHERE to_regclass(%s) IS NOT NULL", name):
            raise Refused("month_in_the_way", _IN_THE_WAY, name=name)
        start = -(-max(given() + 1, *(one.end or 0 for one in parts())) // NUMBERS) * NUMBERS
        make_one(name, f"FOR VALUES FROM ({start}) TO ({start + NUMBERS})")


_IN_THE_WAY = _(
    "A table %(name)s is there that is no partition of the journal. Rename it; the worker then makes the partition."
)


def make_one(name: str, bounds: str) -> None:
    """One partition. Positions of a chain cannot be unique over all partitions; they are within each."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)")
        cursor.execute(f"ALTER TABLE {name} ADD CONSTRAINT {name}_once UNIQUE (chain, position)")
        cursor.execute(f"ALTER TABLE {TABLE} ATTACH PARTITION {name} {bounds}")


class Reference(NamedTuple):
    """A foreign key of another table to the journal, as the store has it."""

    table: str
    name: str
    definition: str
    is_proved: bool


def references() -> list[Reference]:
    """All of them."""
    found = rows(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), convalidated FROM pg_constraint "
        "WHERE confrelid = to_regclass(%s) AND contype = 'f' AND conparentid = 0 ORDER BY 1, 2",
        TABLE,
    )
    return [Reference(*row) for row in found]


def free(
    alone: Sequence[str], pointing: "Sequence[Reference]", do: Callable[[], Said], wait_s: float
) -> tuple[Said, float]:
    """Do something in a transaction that has tables for itself, and those pointing without writers; how long others waited.

    Nobody is ever made to break off: locks are waited for no longer than a part of the time after which the store looks for
    who waits crosswise, then all are given back and asked for again. Raises `Refused` after `wait_s`, and nothing was done.
    """
    # Both refer to each other: whoever adds or takes a reference holds both ends.
    unwritten = sorted({PEOPLE, *(one.table for one in pointing)} - set(alone))
    give_up_at = time.monotonic() + wait_s
    while True:
        began = time.monotonic()
        try:
            with transaction.atomic():
                _lock(alone, unwritten)
                said = do()
            return said, time.monotonic() - began
        except _NotFree:
            if time.monotonic() > give_up_at:
                who = _holding([*alone, *unwritten])
                raise Refused("journal_held", _HELD, seconds=f"{wait_s:g}", who=who) from None
            time.sleep(0.2)


_HELD = _(
    "Others held the journal, or a table that refers to it, for %(seconds)s seconds: %(who)s. "
    "Nothing was changed. Try again when less is done, or while no backup is made."
)


class _NotFree(Exception):
    """Somebody else holds it."""


def _lock(alone: Sequence[str], unwritten: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_settings WHERE name = 'deadlock_timeout'")
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{int(cursor.fetchone()[0]) // 3}ms"])
        try:
            cursor.execute(f"LOCK TABLE {', '.join(alone)} IN ACCESS EXCLUSIVE MODE")
            cursor.execute(f"LOCK TABLE {', '.join(unwritten)} IN SHARE ROW EXCLUSIVE MODE")
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") in _HELD_BY_OTHERS:
                raise _NotFree from error
            raise
        cursor.execute("SET LOCAL statement_timeout = 0")


#: query_canceled (by the timeout), lock_not_available, deadlock_detected.
_HELD_BY_OTHERS = frozenset({"57014", "55P03", "40P01"})


def _holding(tables: Sequence[str]) -> str:
    found = rows(
        "SELECT DISTINCT l.pid, a.application_name FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid "
        "WHERE l.granted AND l.pid <> pg_backend_pid() "
        "AND l.relation IN (SELECT to_regclass(name) FROM unnest(CAST(%s AS text[])) name) ORDER BY 1 LIMIT 5",
        list(tables),
    )
    return ", ".join(f"{pid} ({name})" if name else str(pid) for pid, name in found) or "?"


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the store answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())
