"""Making a backup while everybody works, proving it, and only then giving it its name."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

import linli
from linli.chores.backup import folders, home_files, manifest, photos
from linli.chores.backup.checking import STORES, Checked, check
from linli.chores.backup.manifest import Manifest, Part, Photos, Store
from linli.chores.backup.photos import Copying
from linli.chores.backup.proof import BOUND_TO, PLACE, WORD
from linli.kit import last_backup
from linli.kit.reasons import reason
from linli.kit.refusal import Refused
from linli.kit.sealed_files import writing
from linli.kit.sealing import seal

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Wanted:
    """How a backup is made. `keep` 0: all of them are kept; `anew`: photos are written again, none is taken over."""

    to: Path
    key: bytes
    key_file: Path
    keep: int = 0
    verify: bool = True
    anew: bool = False


@dataclass(frozen=True)
class Made:
    """A complete backup. `checked` is `None` if that was not wished."""

    path: Path
    manifest: Manifest
    fresh_photos: int
    checked: Checked | None
    #: Whether the journal has fewer entries than in the backup before: something was lost in the home.
    has_shrunk: bool
    #: Older ones that were deleted for it.
    forgotten: list[Path]
    #: Beside it, sealed with another key or of another home: never deleted.
    others: list[Path]


def make(wanted: Wanted, at: datetime) -> Made:
    """Make a backup. Raises `Refused`; then nothing is left of it, and those before it are as they were."""
    home = Path(settings.HOME)
    _refuse_place(wanted.to, home)
    with folders.only_one(home):
        try:
            with _told(wanted.to):
                made = _make(wanted, home, at)
        except Refused as refusal:
            with suppress(OSError):  # the disk of the home may be the one that is full
                last_backup.note_failure(str(refusal), at=at)
            raise
        last_backup.note_good(made.path, at=at, verified=made.checked is not None)
        return made


def _refuse_place(to: Path, home: Path) -> None:
    if to.resolve().is_relative_to(home.resolve()):
        words = _("%(to)s lies in the home that is to be saved. Choose a folder elsewhere, best on another machine.")
        raise Refused("backup_in_home", words, to=str(to))
    if not home.is_dir():
        raise Refused("nothing_here", _("There is no database in %(file)s yet."), file=str(home))


@contextmanager
def _told(to: Path) -> Iterator[None]:
    """What the system refuses, as a sentence that says what has become of the other backups."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            words = _("No space is left for the backup in %(to)s. Make room; the backups before it are as they were.")
            raise Refused("backup_full", words, to=str(to)) from error
        words = _("The backup cannot be written to %(to)s: %(why)s. The backups before it are as they were.")
        raise Refused("backup_not_written", words, to=str(error.filename or to), why=reason(error)) from error


def _make(wanted: Wanted, home: Path, at: datetime) -> Made:
    wanted.to.mkdir(mode=0o700, parents=True, exist_ok=True)
    folders.clear_leftovers(wanted.to, home)
    former = _former(wanted, at)
    before = manifest.read(former, wanted.key).store.entries if former else 0
    name = folders.name_at(at)
    if (wanted.to / name).exists():
        raise Refused("backup_exists", _("There is a backup of this very second already."))
    draft = wanted.to / f".{name}"
    draft.mkdir(mode=0o700)
    try:
        with folders.scratch(home) as scratch:
            written, fresh = _write(wanted, home, draft, scratch, None if wanted.anew else former, at)
        checked = None
        if wanted.verify:
            with folders.scratch(home) as scratch:
                checked = check(draft, wanted.key, scratch, fresh=fresh, night=at.toordinal())
        folders.to_the_disk(draft)
        os.replace(draft, wanted.to / name)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    folders.to_the_disk(wanted.to, all_below=False)
    has_shrunk = written.store.entries < before
    # Beside a journal that does not hold, or holds less, older backups are the evidence, and perhaps all there is.
    is_sound = not has_shrunk and (checked is None or checked.is_whole)
    there = folders.all_in(wanted.to, at)
    own = [path for path in there if _is_own(path, wanted.key)]
    forgotten = folders.forget_old(own, wanted.keep) if is_sound else []
    others = [path for path in there if path not in own]
    return Made(wanted.to / name, written, len(fresh), checked, has_shrunk, forgotten, others)


def _is_own(path: Path, key: bytes) -> bool:
    """Whether a backup is of this home, as far as its key can tell: what it does not open may be another home's."""
    try:
        return manifest.read(path, key).home == _home_mark()
    except Refused:
        return False


def _former(wanted: Wanted, at: datetime) -> Path | None:
    """The backup before, from which photos are taken over; none if it was sealed with another key.

    Raises `Refused` if it is of another home: the rotation of the one would delete those of the other.
    """
    found = folders.all_in(wanted.to, at)
    if not found:
        return None
    try:
        known = manifest.read(found[-1], wanted.key)
    except Refused:
        return None
    if known.home != _home_mark():
        words = _("%(to)s holds the backups of another home. Give each home a folder of its own.")
        raise Refused("other_home", words, to=str(wanted.to))
    return found[-1]


def _home_mark() -> str:
    return hashlib.sha256(b"linli home " + settings.SECRET_KEY.encode()).hexdigest()[:24]


def _write(
    wanted: Wanted, home: Path, draft: Path, scratch: Path, former: Path | None, at: datetime
) -> tuple[Manifest, set[str]]:
    """All parts. The long copying of photos comes first, so that the moment of the store is near the end.

    What came meanwhile is copied after it: a photo lies in its store before any row names it, so all that is named is there.
    """
    copying = None if settings.MEDIA_S3 else Copying(Path(settings.MEDIA_ROOT), draft, wanted.key, former)
    if copying:
        copying.copy(photos.names(Path(settings.MEDIA_ROOT)))
    parts: dict[str, Part] = {}
    parts["database"], store = _save_store(draft, scratch, wanted.key)
    if copying:
        copying.copy(photos.names(Path(settings.MEDIA_ROOT)))
    # Before the home is packed: the first seal of a home makes the keys that have to go along.
    sealed = seal(WORD, bound_to=BOUND_TO, place=PLACE).hex()
    with writing(draft / "home", wanted.key, "home") as into:
        home_files.pack(home, into, [*home_files.kept_out(home), wanted.key_file, *_database_files()])
    parts["home"] = Part(into.sha256, into.size)
    listed = copying or Copying(Path(settings.MEDIA_ROOT), draft, wanted.key, None)
    parts[photos.LIST] = listed.finish()
    told = copying.told() if copying else Photos("bucket")
    written = Manifest(manifest.FORMAT, linli.__version__, at, _home_mark(), sealed, store, told, parts)
    manifest.write(draft, written, wanted.key)
    return written, listed.fresh


def _save_store(draft: Path, scratch: Path, key: bytes) -> tuple[Part, Store]:
    with writing(draft / "database", key, "database") as into:
        store: Store = STORES[connection.vendor].save(scratch, into)
    return Part(into.sha256, into.size), store


def _database_files() -> list[Path]:
    """The files of SQLite, with its log and index beside it."""
    if connection.vendor != "sqlite":
        return []
    file = Path(str(connection.settings_dict["NAME"]))
    return list(file.parent.glob(f"{file.name}*"))
