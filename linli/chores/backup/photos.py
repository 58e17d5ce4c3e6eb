"""Photos, videos and papers in a backup: each sealed by itself, and taken over from the backup before by a hard link."""

import hashlib
import hmac
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from linli.chores.backup.manifest import Part, Photos
from linli.kit.progress import progress
from linli.kit.refusal import Refused
from linli.kit.sealed_files import PIECE, SealedReader, reading, sealed_size, writing

LIST = "photos"
FOLDER = "media"
#: Made again when asked for, still arriving, or a trial.
_LEFT_OUT = {"views", "thumbs", "parts", "trial"}


class Photo(NamedTuple):
    """A line of the list. `name` is that in the store of media; `changed_ns` tells whether it is still the same file."""

    sha256: str
    size: int
    changed_ns: int
    name: str


def names(root: Path) -> dict[str, os.stat_result]:
    """What lies in the store of media now and nothing could make again."""
    found: dict[str, os.stat_result] = {}
    for folder in _folders(root):
        found.update(_files(folder, root))
    return found


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in root.glob("*") if path.is_dir() and path.name not in _LEFT_OUT)


def _files(folder: Path, root: Path) -> Iterator[tuple[str, os.stat_result]]:
    for path in sorted(folder.rglob("*")):
        if not path.name.startswith(".draft-"):
            with suppress(FileNotFoundError):
                if path.is_file():
                    yield path.relative_to(root).as_posix(), path.stat()


def place(folder: Path, key: bytes, name: str) -> Path:
    """Where a photo lies in a backup: its own name would tell whoever has the same photo that it is there."""
    hidden = hmac.new(key, b"linli name of a photo " + name.encode(), hashlib.sha256).hexdigest()
    return folder / FOLDER / hidden[:2] / hidden


class Copying:
    """Photos on their way into one backup."""

    def __init__(self, root: Path, folder: Path, key: bytes, former: Path | None) -> None:
        self._root, self._folder, self._key, self._former = root, folder, key, former
        self._known = {one.name: one for one in _of_former(former, key)}
        self.copied: dict[str, Photo] = {}
        #: Written by this backup, not taken over.
        self.fresh: set[str] = set()
        self.gone: list[str] = []

    def copy(self, found: dict[str, os.stat_result]) -> None:
        """Those that were not copied yet."""
        new = sorted(found.keys() - self.copied.keys() - set(self.gone))
        for name in progress(new, total=len(new), label=_("photos")) if new else ():
            try:
                self.copied[name] = self._taken_over(name, found[name]) or self._sealed(name, found[name])
            except FileNotFoundError:
                self.gone.append(name)

    def finish(self) -> Part:
        """Write the list, sorted by name."""
        with writing(self._folder / LIST, self._key, LIST) as into:
            for name in sorted(self.copied):
                into.write("{} {} {} {}\n".format(*self.copied[name]).encode())
        return Part(into.sha256, into.size)

    def told(self) -> Photos:
        """For the manifest."""
        size = sum(one.size for one in self.copied.values())
        return Photos("folder", len(self.copied), size, sorted(self.gone))

    def _taken_over(self, name: str, now: os.stat_result) -> Photo | None:
        known = self._known.get(name)
        if self._former is None or known is None or (known.size, known.changed_ns) != (now.st_size, now.st_mtime_ns):
            return None
        before, here = place(self._former, self._key, name), place(self._folder, self._key, name)
        here.parent.mkdir(parents=True, exist_ok=True)
        try:
            if before.stat().st_size != sealed_size(known.size):
                return None
            os.link(before, here)
        # Not there, or a disk without hard links: it is written once more.
        except OSError:
            return None
        return known

    def _sealed(self, name: str, now: os.stat_result) -> Photo:
        here = place(self._folder, self._key, name)
        with (self._root / name).open("rb") as file:
            here.parent.mkdir(parents=True, exist_ok=True)
            with writing(here, self._key, f"{FOLDER}/{name}") as into:
                shutil.copyfileobj(file, into, PIECE)
        self.fresh.add(name)
        return Photo(into.sha256, into.size, now.st_mtime_ns, name)


def _of_former(former: Path | None, key: bytes) -> list[Photo]:
    """The list of the backup before; one that cannot be read is as none: all is written anew."""
    if former is not None:
        with suppress(Refused, FileNotFoundError), reading(former / LIST, key, LIST) as file:
            return list(listed(file))
    return []


def listed(file: SealedReader) -> Iterator[Photo]:
    """The photos of a list."""
    for line in io.BufferedReader(file):
        sha256, size, changed_ns, name = line.decode().rstrip("\n").split(" ", 3)
        yield Photo(sha256, int(size), int(changed_ns), name)


def check(folder: Path, key: bytes, photos: list[Photo], to_read: set[str]) -> int:
    """Every photo is there with its size; those to read are read to the end. Raises `Refused`; how many were read."""
    read = 0
    for one in progress(photos, total=len(photos), label=_("photos verified")):
        path = place(folder, key, one.name)
        if not path.is_file() or path.stat().st_size != sealed_size(one.size):
            raise _wrong(path)
        if one.name in to_read:
            _pour(folder, key, one, None)
            read += 1
    return read


def restore(folder: Path, key: bytes, photos: list[Photo], root: Path) -> None:
    """Lay all of them into a store of media, with the times they had."""
    for one in progress(photos, total=len(photos), label=_("photos")):
        path = root / one.name
        if not path.resolve().is_relative_to(root.resolve()):
            raise _wrong(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        _pour(folder, key, one, path)
        os.utime(path, ns=(one.changed_ns, one.changed_ns))


def _pour(folder: Path, key: bytes, one: Photo, to: Path | None) -> None:
    path = place(folder, key, one.name)
    try:
        with reading(path, key, f"{FOLDER}/{one.name}") as file, open(to or os.devnull, "wb") as into:
            shutil.copyfileobj(file, into, PIECE)
            into.flush()
            if to:
                os.fsync(into.fileno())
    except FileNotFoundError:
        raise _wrong(path) from None
    except Refused as refusal:
        if refusal.code != "sealed_damaged":
            raise
        raise _wrong(path) from None
    if (file.sha256, file.size) != (one.sha256, one.size):
        raise _wrong(path)


def _wrong(path: Path) -> Refused:
    words = _(
        "%(file)s is missing or damaged: the backup is not whole. Use another, or write all photos anew: linli backup --anew"
    )
    return Refused("photo_damaged", words, file=str(path))
