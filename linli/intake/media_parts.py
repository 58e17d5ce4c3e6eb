"""Parts of photos and videos on the disk, one file for each, which only grows until it is whole.

How long the file is says how far it has come, so that a process killed at any moment leaves nothing to put in order. An offset
is told only after the disk has it. Bytes that are here already are passed over, so that two connections which bring the same
part do not harm each other.
"""

import errno
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings

#: Left free on the disk: reports come first.
LEFT_FREE = 256_000_000
#: What the system says when there is no room.
FULL = (errno.ENOSPC, errno.EDQUOT)


class DiskFull(Exception):
    """There is no room for it now."""


class Gone(Exception):
    """The part is not here (any more): somebody else finished or dropped it."""


class Part:
    """One photo or video of one report, as far as it is here. Every method may block; call them in a thread."""

    def __init__(self, report: UUID, sha256: str) -> None:
        self.path = folder() / f"{report.hex}-{sha256}"

    def length(self) -> int:
        """Bytes that are here and on the disk; 0 for none."""
        try:
            with self.path.open("rb") as file:
                os.fsync(file.fileno())
                return os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            return 0

    def append(self, offset: int, content: bytes) -> None:
        """Write what begins at `offset` as far as it is not here. Raises `Gone` for a gap before it, `DiskFull`."""
        with self._open_to_write(new=offset == 0) as file:
            here = os.fstat(file).st_size
            if offset > here:
                raise Gone
            try:
                with telling_full():
                    _write_all(file, content[here - offset :])
            except BaseException:
                os.ftruncate(file, here)
                raise

    def sync(self) -> int:
        """Have the disk take what was written; how much is here."""
        length = self.length()
        _sync_folder(self.path.parent)
        return length

    @contextmanager
    def finishing(self) -> Iterator[Path]:
        """Nobody else touches the part meanwhile. Raises `Gone`."""
        try:
            file = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            raise Gone from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_nlink == 0:
                raise Gone
            yield self.path
        finally:
            os.close(file)

    def sha256(self) -> str:
        """The hash of what is here."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def drop(self) -> None:
        """Begin again from nothing."""
        self.path.unlink(missing_ok=True)

    @contextmanager
    def _open_to_write(self, *, new: bool) -> Iterator[int]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | (os.O_CREAT if new else 0), 0o600)
        except FileNotFoundError:
            raise Gone from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_nlink == 0:
                raise Gone
            yield file
        finally:
            os.close(file)


def folder() -> Path:
    """Where the parts lie."""
    return Path(settings.MEDIA_ROOT) / "parts"


def require_room(more: int) -> None:
    """Raises `DiskFull` when so many bytes more would leave too little for the reports."""
    folder().mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder()).free < LEFT_FREE + more:
        raise DiskFull


@contextmanager
def telling_full() -> Iterator[None]:
    """Raises `DiskFull` for what the system says when there is no room."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull from None
        raise


def all_parts() -> Iterator[tuple[UUID, str, float]]:
    """The report, the hash and the age in seconds of every part on this disk."""
    now = time.time()
    with suppress(FileNotFoundError):
        for entry in os.scandir(folder()):
            report, _dash, sha256 = entry.name.partition("-")
            with suppress(ValueError, FileNotFoundError):
                yield UUID(hex=report), sha256, now - entry.stat().st_mtime


def _write_all(file: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]


def _sync_folder(path: Path) -> None:
    with suppress(FileNotFoundError):
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
