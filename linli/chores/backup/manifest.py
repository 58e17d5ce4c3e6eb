"""What a backup says of itself: its parts, what was in the store, and by which program it was made."""

from datetime import datetime
from pathlib import Path

import msgspec
from django.utils.translation import gettext_lazy as _

from linli.chores import home
from linli.kit.refusal import Refused
from linli.kit.sealed_files import reading, writing

FORMAT = 1
NAME = "manifest"


class Part(msgspec.Struct, frozen=True):
    """A sealed file of the backup: of its content."""

    sha256: str
    size: int


class Store(msgspec.Struct, frozen=True):
    """The database at the moment of its snapshot."""

    #: `sqlite` or `postgresql`, and the version of the program.
    kind: str
    version: str
    #: Bytes it takes as it lies there.
    size: int
    migrations: list[tuple[str, str]]
    #: Rows of each table.
    counts: dict[str, int]
    #: The end of each chain of the journal: its length and last digest, as hex.
    chains: dict[str, tuple[int, str]]

    @property
    def entries(self) -> int:
        """Of the journal, which only ever grows."""
        return sum(length for length, _digest in self.chains.values())

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(self.counts.values())


class Photos(msgspec.Struct, frozen=True):
    """What came from the store of media."""

    #: `folder`; or `bucket`: then they are not in the backup.
    where: str
    files: int = 0
    size: int = 0
    #: Deleted while the backup was made.
    gone: list[str] = []


class Manifest(msgspec.Struct, frozen=True):
    """The first thing read of a backup."""

    format: int
    linli: str
    made_at: datetime
    #: Tells the home from others.
    home: str
    #: A word sealed by the home: opens if its secret key came along.
    seal: str
    store: Store
    photos: Photos
    parts: dict[str, Part]


class _Format(msgspec.Struct):
    format: int


def write(folder: Path, manifest: Manifest, key: bytes) -> None:
    """Seal it into the folder of the backup."""
    with writing(folder / NAME, key, NAME) as file:
        file.write(msgspec.json.encode(manifest))


def read(folder: Path, key: bytes) -> Manifest:
    """Raises `Refused` for what is no backup, for another key, for damage and for the backup of a newer linli."""
    try:
        with reading(folder / NAME, key, NAME) as file:
            content = file.read()
    except (FileNotFoundError, NotADirectoryError):
        raise Refused("no_backup", _("%(folder)s is no backup: it holds no manifest."), folder=str(folder)) from None
    if msgspec.json.decode(content, type=_Format).format > FORMAT:
        raise Refused("newer_backup", _NEWER, folder=folder.name)
    return msgspec.json.decode(content, type=Manifest)


def refuse_newer(manifest: Manifest) -> None:
    """Raises `Refused` when the store has taken migrations that this program does not know."""
    if home.stands(frozenset(manifest.store.migrations)).unknown:
        raise Refused("newer_backup", _NEWER, folder=manifest.linli)


_NEWER = _("This backup was made by a newer linli (%(folder)s). Install that version, then restore it.")
