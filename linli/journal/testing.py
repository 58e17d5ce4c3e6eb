"""A small journal of two chains for tests, and hands that change it behind its back, as whoever holds the store could."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from linli.journal.actions import Act, record_many
from linli.journal.models import ChainHead, Entry
from linli.people.models import Person

COUNTY = "440881"
AT = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)


def make_journal(count: int = 12) -> Person:
    """So many entries of a county, among entries of no area; who did every second of them."""
    person = Person.objects.create(username="chen", name="陈小禾")
    # Whom a changed byte points to: the store itself would refuse somebody who is not there.
    if not Person.objects.filter(pk=person.pk ^ 64).exists():  # as somebody of a world made before may be
        Person.objects.create(pk=person.pk ^ 64, username="lin", name="林代班")
    for number in range(1, count + 1):
        write(f"{number}", by=person if number % 2 else None, at=AT + timedelta(minutes=number))
        record_many([Act("key.created", "key", f"{number}", None, None, AT, {})])
    return person


def write(key: str, *, by: Person | None = None, at: datetime = AT, verb: str = "event.accepted") -> None:
    """One more entry of the county."""
    facts = {"lead": "水务局", "n": int(key)}
    record_many([Act(verb, "event", key, f"{COUNTY}101", by.pk if by else None, at, facts)])


def entry_at(position: int, chain: str = COUNTY) -> Entry:
    """The entry of a number."""
    return Entry.objects.get(chain=chain, position=position)


def change_a_byte(column: str, position: int, chain: str = COUNTY) -> None:
    """Change the lowest bits of one byte of one column of an entry, by SQL and past the checks of the store."""
    row = entry_at(position, chain).pk
    if connection.vendor == "sqlite":
        _run("PRAGMA ignore_check_constraints = ON")
    try:
        value, put = _changed(column, row)
        _run(f'UPDATE journal_entry SET "{column}" = {put} WHERE id = %s', value, row)
    finally:
        if connection.vendor == "sqlite":
            _run("PRAGMA ignore_check_constraints = OFF")


def _changed(column: str, row: int) -> tuple[Any, str]:
    """The value with one byte changed, and how it is put back as what it was."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM journal_entry WHERE id = %s', [row])
        (value,) = cursor.fetchone()
        if isinstance(value, bytes | memoryview):
            return _with_a_bit(bytes(value)), "%s"
        if isinstance(value, int):
            return value ^ 64, "%s"
        cursor.execute(f'SELECT CAST("{column}" AS text) FROM journal_entry WHERE id = %s', [row])
        (text,) = cursor.fetchone()
    changed = text[:-1] + chr(ord(text[-1]) ^ 1)
    if column in ("at", "recorded_at"):
        changed = text[:18] + chr(ord(text[18]) ^ 1) + text[19:]
    if column == "facts":
        changed = text.replace("lead", "leae")
    kind = {"at": "timestamptz", "recorded_at": "timestamptz", "facts": "jsonb"}.get(column, "text")
    return changed, "%s" if connection.vendor == "sqlite" else f"CAST(%s AS {kind})"


def _with_a_bit(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def put_rows(rows: list[dict[str, Any]]) -> None:
    """Store rows as they are, by the names of their attributes."""
    Entry.objects.bulk_create([Entry(**row) for row in rows])


def rewrite(chain: str = COUNTY, first: int = 1, **changes: Any) -> None:
    """Make a new chain that holds in itself: one entry other than it was, and every digest from there on anew."""
    from linli.journal.digests import digest_of

    previous = bytes(entry_at(first - 1, chain).digest) if first > 1 else bytes(32)
    for entry in Entry.objects.filter(chain=chain, position__gte=first).order_by("position"):
        if entry.position == first:
            for name, value in changes.items():
                setattr(entry, name, value)
        entry.digest = previous = digest_of(entry, previous)
        entry.save()
    ChainHead.objects.filter(pk=chain).update(digest=previous)


def shift(by: int, first: int, chain: str = COUNTY) -> None:
    """Give all entries from a number on another number."""
    numbers = Entry.objects.filter(chain=chain, position__gte=first).order_by("-position" if by > 0 else "position")
    for entry in numbers:
        Entry.objects.filter(pk=entry.pk).update(position=entry.position + by)


def cut(first: int, chain: str = COUNTY, *, with_head: bool) -> None:
    """Take the end of a chain away, and let its head know of it or not."""
    Entry.objects.filter(chain=chain, position__gte=first).delete()
    if with_head:
        ChainHead.objects.filter(pk=chain).update(length=first - 1, digest=entry_at(first - 1, chain).digest)


def _run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
