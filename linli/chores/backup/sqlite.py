"""A store in SQLite: copied while it is written to, and unpacked."""

import errno
import gzip
import io
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.chores.backup.manifest import Store
from linli.chores.backup.tallying import tally
from linli.kit.progress import Meter
from linli.kit.refusal import Refused
from linli.kit.sealed_files import PIECE, SealedReader, SealedWriter

FILE = "linli.sqlite3"
#: Pages copied at a time, and the rest between, so that disk and processor are there for others too.
_PAGES, _REST_S = 2000, 0.002
#: What must stay free on the disk of the home for those who work meanwhile.
_SPARE = 300_000_000


def save(scratch: Path, into: SealedWriter) -> Store:
    """Seal the store as it is at one moment; what was in it then."""
    source = Path(str(connection.settings_dict["NAME"]))
    if not source.is_file():
        raise Refused("nothing_here", gettext_lazy("There is no database in %(file)s yet."), file=str(source))
    require_room(scratch, source.stat().st_size)
    copy = scratch / FILE
    with _told(source):
        _copy(source, copy)
        with closing(sqlite3.connect(copy)) as store:
            found = tally(store, "sqlite")
    with copy.open("rb") as file, gzip.GzipFile("", "wb", 1, into, 0) as packed:
        shutil.copyfileobj(file, packed, PIECE)
    copy.unlink()
    return found


def require_room(folder: Path, size: int) -> None:
    """Raises `Refused` unless so much can be laid there and those who work keep what they need."""
    free = shutil.disk_usage(folder).free
    if free < size + _SPARE:
        raise Refused(
            "no_room_for_copy",
            gettext_lazy(
                "The backup lays a copy of the database beside it for a while: %(needed)s GB, and %(free)s GB are free. "
                "Make room on the disk of the home."
            ),
            needed=f"{(size + _SPARE) / 1e9:.1f}",
            free=f"{free / 1e9:.1f}",
        )


def _copy(source: Path, copy: Path) -> None:
    """By SQLite's own means, in steps. Readers and writers go on: the copy is of the moment at which it was begun.

    The open read holds that moment: without it every commit of another process would begin the copy anew. The
    write-ahead log grows meanwhile by what is written.
    """
    meter = Meter(_("database"))
    with closing(sqlite3.connect(source, isolation_level=None, timeout=60)) as store:
        store.execute("BEGIN")
        store.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(copy)) as into:
            into.execute("PRAGMA synchronous = OFF")
            store.backup(
                into, pages=_PAGES, sleep=_REST_S, progress=lambda _status, left, total: meter.tell(total - left, total)
            )
        store.execute("ROLLBACK")


@contextmanager
def _told(source: Path) -> Iterator[None]:
    """Errors of the module sqlite3, which nobody else raises here, as what they are."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "full" in str(error) or "I/O" in str(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise Refused(
            "store_unreadable",
            gettext_lazy("The database %(file)s cannot be copied: %(why)s."),
            file=str(source),
            why=str(error),
        ) from error
    except sqlite3.DatabaseError as error:
        raise Refused(
            "store_damaged", gettext_lazy("The database file is damaged: %(file)s. Restore a backup."), file=str(source)
        ) from error


@contextmanager
def unpacked(content: SealedReader, size: int, folder: Path, mark: str) -> Iterator[str | None]:
    """The store in a folder that is a home for a while; the address under which linli finds it: none is needed."""
    require_room(folder, size)
    load(content, folder, "")
    yield ""


def load(content: SealedReader, folder: Path, url: str) -> None:
    """Lay the store into a home. Raises `Refused` unless it holds together."""
    with (folder / FILE).open("xb") as file, gzip.GzipFile(fileobj=io.BufferedReader(content)) as packed:
        shutil.copyfileobj(packed, file, PIECE)
        file.flush()
        os.fsync(file.fileno())
    faults = list(_faults(folder / FILE))
    if faults:
        raise Refused(
            "store_damaged",
            gettext_lazy("The saved database is damaged, and so is that of its home: %(what)s. Use an older backup."),
            what="; ".join(faults),
        )


def _faults(file: Path) -> Iterator[str]:
    """What the store says against itself."""
    try:
        with closing(sqlite3.connect(file)) as store:
            told = [line for row in store.execute("PRAGMA integrity_check(3)") for line in row[0].splitlines()]
            yield from (line for line in told if line != "ok" and not line.startswith("***"))
            broken = store.execute("PRAGMA foreign_key_check")
            yield from (f"{row[0]} {row[1]} → {row[2]}" for row in islice(broken, 3))
    except sqlite3.DatabaseError as error:
        yield str(error)


def refuse_filled(url: str) -> None:
    """Whether the home is empty is asked of its folder."""
    if url:
        raise Refused(
            "other_store",
            gettext_lazy(
                "This backup holds an SQLite database: it is restored without PostgreSQL, into the home alone."
            ),
        )


def empty(url: str) -> None:
    """Nothing lies outside of the home."""
