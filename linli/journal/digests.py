"""The digest of an entry, and entries as the store holds them: read byte for byte, so that nothing is put right on the way."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from linli.journal.models import Entry


def digest_of(entry: Entry, previous: bytes) -> bytes:
    """SHA-256 over the entry as canonical JSON (sorted keys, no spaces, UTF-8, times in UTC) with the digest before it."""
    return digest(
        chain=entry.chain,
        position=entry.position,
        verb=entry.verb,
        on=[entry.on_kind, entry.on_key],
        area=entry.area_id,
        by=entry.by_id,
        at=moment(entry.at),
        recorded_at=moment(entry.recorded_at),
        facts=entry.facts,
        previous=previous.hex(),
    )


def digest(**entry: Any) -> bytes:
    """The same of values that are plain already."""
    canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).digest()


def moment(at: datetime) -> str:
    """A moment as it stands in what is digested."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


class Stored(NamedTuple):
    """A row as the store has it. `is_whole`: every value is of the kind, and spelled, as the journal writes it."""

    row: int
    position: Any
    is_whole: bool
    verb: Any
    on_kind: Any
    on_key: Any
    area: Any
    by: Any
    at: str
    recorded_at: str
    facts: Any
    digest: bytes

    def digest_as(self, chain: str, position: int, previous: bytes) -> bytes | None:
        """What its digest would be at this place of the chain; None where it holds what the journal never writes."""
        if not self.is_whole:
            return None
        return digest(
            chain=chain,
            position=position,
            verb=self.verb,
            on=[self.on_kind, self.on_key],
            area=self.area,
            by=self.by,
            at=self.at,
            recorded_at=self.recorded_at,
            facts=self.facts,
            previous=previous.hex(),
        )


#: SQLite keeps any value in any column: words and bytes alike, JSON and moments spelled in many ways. All of it is looked at.
_TEXTS = ("verb", "on_kind", "on_key", "area_id", "at", "recorded_at", "facts")
_KINDS = "||','||".join(f'typeof("{name}")' for name in ("chain", "position", *_TEXTS, "by_id"))
_WRITTEN = {
    ",".join(("text", "integer", "text", "text", "text", area, "text", "text", "text", by))
    for area in ("text", "null")
    for by in ("integer", "null")
}
_COLUMNS = {
    "sqlite": ", ".join((_KINDS, *(f'CAST("{name}" AS blob)' for name in _TEXTS))),
    "postgresql": ", ".join(("NULL", *(f'"{name}"' for name in _TEXTS[:-1]), "CAST(facts AS text)")),
}
#: A journal in partitions has no key over all of them: what has one position is read together, however many there are.
_AT_MOST = {"sqlite": "LIMIT %s", "postgresql": "FETCH FIRST (%s) ROWS WITH TIES"}


def stored(chain: str, after: Any, most: int, until: int | None = None) -> Iterator[Stored]:
    """Rows of a chain behind a position, at most so many (and all of the last position), none beyond `until`."""
    end = "" if until is None else " AND position <= %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, position, chain, {_COLUMNS[connection.vendor]}, by_id, digest FROM journal_entry "
            f"WHERE chain = %s AND position > %s{end} ORDER BY position {_AT_MOST[connection.vendor]}",
            [chain, after, *([] if until is None else [until]), most],
        )
        rows = cursor.fetchall()
    if connection.vendor == "sqlite":
        read = _from_sqlite
    else:
        read = _from_postgres
        rows.sort(key=lambda row: (row[1], row[0]))
    for row in rows:
        yield read(chain, row)


def _from_postgres(chain: str, row: Any) -> Stored:
    """The store itself sees to the kinds of its columns, and to the spelling of times and facts."""
    pk, position, its_chain, _kinds, verb, on_kind, on_key, area, at, recorded_at, facts, by, its_digest = row
    words = (verb, on_kind, on_key, area, by, moment(at), moment(recorded_at), json.loads(facts), bytes(its_digest))
    return Stored(pk, position, its_chain == chain, *words)


def _from_sqlite(chain: str, row: Any) -> Stored:
    pk, position, its_chain, kinds, *texts, by, its_digest = row
    try:
        verb, on_kind, on_key, area, at, recorded_at, facts = (
            None if text is None else bytes(text).decode() for text in texts
        )
        plain = (verb, on_kind, on_key, area, by, _moment(at), _moment(recorded_at), _facts(facts))
        is_whole = kinds in _WRITTEN and its_chain == chain
    except (ValueError, TypeError, RecursionError):  # no UTF-8, no JSON, no moment; or not spelled as the journal does
        plain, is_whole = ("", "", "", None, None, "", "", None), False
    return Stored(pk, position, is_whole, *plain, its_digest if isinstance(its_digest, bytes) else b"")


def _moment(text: str | None) -> str:
    at = datetime.fromisoformat(text or "")
    if str(at) != text:
        raise ValueError(text)
    return moment(at.replace(tzinfo=UTC))


def _facts(text: str | None) -> Any:
    facts = json.loads(text or "")
    if json.dumps(facts) != text:
        raise ValueError(text)
    return facts
