"""The folder in which backups lie side by side: their names, which is the last, which are left by a killed run."""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import Refused

_NAME = re.compile(r"linli-\d{8}T\d{6}Z")
_SCRATCH = ".backup-"


def name_at(at: datetime) -> str:
    """The name of a backup begun at this moment; names sort by it."""
    return f"linli-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def all_in(folder: Path, at: datetime) -> list[Path]:
    """The complete backups, the oldest first. One named later than now is of a clock that has been set back since."""
    found = [path for path in folder.glob("linli-*") if _NAME.fullmatch(path.name) and path.is_dir()]
    return sorted(found, key=lambda path: (path.name <= name_at(at), path.name))


def chosen(path: Path) -> Path:
    """This backup, or the last one in this folder. Raises `Refused` if there is none."""
    if (path / "manifest").is_file():
        return path
    # Another machine's clock may lag a little.
    found = all_in(path, timezone.now() + timedelta(days=1)) if path.is_dir() else []
    if not found:
        raise Refused("no_backup_there", _("There is no backup in %(folder)s."), folder=str(path))
    return found[-1]


def clear_leftovers(to: Path, home: Path) -> None:
    """Remove what a run that was killed has left. Only while nobody else makes a backup of this home."""
    for left in [*(path for path in to.glob(".linli-*") if _NAME.fullmatch(path.name[1:])), *home.glob(f"{_SCRATCH}*")]:
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def scratch(home: Path) -> Iterator[Path]:
    """An empty folder of the home's own disk, which nobody else can read, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """One backup of a home at a time. Raises `Refused` while another is being made."""
    refusal = Refused("backup_running", _("A backup of this home is being made just now. Wait for its end."))
    with locked(home / "backup.lock", refusal):
        yield


@contextmanager
def locked(path: Path, refusal: Refused) -> Iterator[None]:
    """Hold the lock of this file, which ends with the process. Raises the refusal while another holds it."""
    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refusal from None
        yield


def is_running(home: Path) -> bool:
    """Whether somebody makes a backup of this home."""
    try:
        with only_one(home):
            return False
    except Refused:
        return True


def to_the_disk(folder: Path, *, all_below: bool = True) -> None:
    """The names in a folder, and in those below it, are on the disk."""
    below = [path for path in folder.rglob("*") if path.is_dir()] if all_below else []
    for one in [*below, folder]:
        handle = os.open(one, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def forget_old(own: list[Path], keep: int) -> list[Path]:
    """Delete the oldest of these beyond `keep`. Each first loses its name, so that none is left that is not whole."""
    old = own[:-keep] if keep > 0 else []
    for one in old:
        left = one.with_name(f".{one.name}")
        os.replace(one, left)
        shutil.rmtree(left, ignore_errors=True)
    return old
