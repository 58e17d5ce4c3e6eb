"""Restoring a backup into an empty home: gathered in a folder inside it, proved, and only then put in its place."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.chores.backup import folders, home_files, manifest, photos
from linli.chores.backup.checking import STORES, Checked, part, photo_list, require_equal
from linli.chores.backup.manifest import Manifest
from linli.chores.backup.proof import prove
from linli.chores.home import RESTORING
from linli.kit.reasons import reason
from linli.kit.refusal import Refused

#: What a home has from its first second on, before anything was kept in it.
_OF_AN_EMPTY_HOME = {
    *("secret_key", "vault_keys", "vault_keys.lock", "lock", "backup.lock", "backup.json", "backup_key"),
    *("media", "exports", "static", "ground"),
}
#: The names that a restore is about to give, so that one that was broken off can be undone.
_NAMES = "names"


@dataclass(frozen=True)
class Wanted:
    """Which backup goes where. `url` names an empty PostgreSQL database; without one the store lies in the home."""

    backup: Path
    home: Path
    key: bytes
    url: str = ""


def restore(wanted: Wanted) -> Checked:
    """Restore it. Raises `Refused`; then the home and the database are as empty as before."""
    known = manifest.read(wanted.backup, wanted.key)
    manifest.refuse_newer(known)
    store = STORES[known.store.kind]
    wanted.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _told(wanted.home), _gathering(wanted.home) as gathered:
        store.refuse_filled(wanted.url)
        checked = _gather(wanted, known, gathered)
        _put_in_place(gathered, wanted.home)
    folders.to_the_disk(wanted.home, all_below=False)
    return checked


def restore_files(wanted: Wanted) -> None:
    """Only what lies in the home beside database and media, its secret key above all, into an empty folder."""
    known = manifest.read(wanted.backup, wanted.key)
    wanted.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _told(wanted.home), _gathering(wanted.home) as gathered:
        with part(wanted.backup, wanted.key, known, "home") as file:
            home_files.unpack(file, gathered / "home")
        _put_in_place(gathered, wanted.home)


@contextmanager
def _told(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            words = _("No space is left in %(home)s for what the backup holds. Make room; nothing was restored.")
            raise Refused("restore_full", words, home=str(home)) from error
        words = _("It cannot be restored to %(home)s: %(why)s. Nothing was restored.")
        raise Refused("restore_not_written", words, home=str(error.filename or home), why=reason(error)) from error


@contextmanager
def _gathering(home: Path) -> Iterator[Path]:
    """The folder in which all is gathered, ours alone and gone in the end. Raises `Refused` unless the home is empty."""
    folder = home / RESTORING
    _undo_broken_off(folder, home)
    _refuse_filled(home)
    folder.mkdir(mode=0o700)
    with _locked(folder):
        try:
            (folder / "home").mkdir(mode=0o700)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    refusal = Refused("restore_running", _("Another restore into this home is going on. Wait for its end."))
    with folders.locked(folder / "lock", refusal):
        yield


def _undo_broken_off(folder: Path, home: Path) -> None:
    """What a killed restore has put in place came from a backup, into a home that was empty: it goes again."""
    if not folder.exists():
        return
    with _locked(folder):
        names = folder / _NAMES
        for name in names.read_text("utf-8").split("\n") if names.exists() else []:
            _remove(home / name)
        shutil.rmtree(folder)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _refuse_filled(home: Path) -> None:
    for path in sorted(home.iterdir()):
        is_filled = path.name == "media" and any(one.is_file() for one in path.rglob("*"))
        if is_filled or path.name not in _OF_AN_EMPTY_HOME:
            words = _("%(home)s is not empty: it holds %(name)s. A backup is restored into an empty home only.")
            raise Refused("home_filled", words, home=str(home), name=path.name)


def _gather(wanted: Wanted, known: Manifest, gathered: Path) -> Checked:
    """Everything of the backup, proved. The database of a server is filled last of all, in one transaction."""
    new, store = gathered / "home", STORES[known.store.kind]
    listed = photo_list(wanted.backup, wanted.key, known)
    (new / "media").mkdir()
    photos.restore(wanted.backup, wanted.key, listed, new / "media")
    with part(wanted.backup, wanted.key, known, "home") as file:
        home_files.unpack(file, new)
    with part(wanted.backup, wanted.key, known, "database") as file:
        store.load(file, new, wanted.url)
    try:
        proof = prove(new, wanted.url, known.seal)
        require_equal(known.store, proof)
    except BaseException:
        store.empty(wanted.url)
        raise
    return Checked(known, listed, len(listed), proof)


def _put_in_place(gathered: Path, home: Path) -> None:
    """Give everything its name, the store at last. Renames on one disk: they take no room and hardly fail."""
    new = gathered / "home"
    # What the proof has left of its own.
    for name in ("static", "lock", "ground"):
        _remove(new / name)
    names = sorted((path.name for path in new.iterdir()), key=lambda name: (name.startswith("linli.sqlite3"), name))
    _keep_former_key(home, new)
    (gathered / _NAMES).write_text("\n".join(names), "utf-8")
    done: list[str] = []
    try:
        for name in names:
            if name == "media" and (home / name).exists():
                _remove(home / name)
            os.replace(new / name, home / name)
            done.append(name)
    except BaseException:
        for name in done:
            _remove(home / name)
        raise


def _keep_former_key(home: Path, new: Path) -> None:
    """A secret key that lies in the empty home is perhaps all that is left of another; but not the one that we made ourselves."""
    here = home / "secret_key"
    if here.exists() and here.read_bytes() != (new / "secret_key").read_bytes():
        if settings.SECRET_KEY_IS_NEW and home.resolve() == settings.HOME:
            here.unlink()
        else:
            os.replace(here, home / "secret_key.before")
