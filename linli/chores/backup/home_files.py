"""What lies in the home besides store and media: the secret key, models, maps, tables that are being brought in."""

import io
import os
import shutil
import stat
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import Refused
from linli.kit.sealed_files import SealedReader, SealedWriter

#: Made again by themselves, or of this machine and moment. Whatever else lies in a home goes along.
_LEFT_OUT = {
    "media",
    "exports",
    "static",
    "ground",
    "lock",
    "vault_keys.lock",
    "backup.lock",
    "writer.lock",
    "writer.sock",
    "backup.json",
}


def pack(home: Path, into: SealedWriter, left_out: Iterable[Path]) -> None:
    """A tar of it. `left_out`: the store, the key of the backups and what else has no place in it."""
    apart = {path.resolve() for path in left_out}
    with tarfile.open(fileobj=into, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path in _files(home, apart):
            try:
                content = path.read_bytes()
                info = tar.gettarinfo(path, path.relative_to(home).as_posix())
            except FileNotFoundError:  # a draft that has its name by now
                continue
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def _files(folder: Path, apart: set[Path]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.resolve() in apart or path.name.startswith("."):
            continue
        if folder_or_file := stat.S_IFMT(path.lstat().st_mode):
            if folder_or_file == stat.S_IFDIR:
                yield from _files(path, apart)
            elif folder_or_file == stat.S_IFREG:
                yield path


def kept_out(home: Path) -> list[Path]:
    """What of every home stays out."""
    return [home / name for name in _LEFT_OUT]


def unpack(file: SealedReader, home: Path) -> None:
    """Lay it into a home: plain files alone, as `pack` takes them. Raises `Refused` for what would lie elsewhere.

    Not by `extractall`: the Python of Debian 12 (3.11.2) knows none of its filters.
    """
    try:
        with tarfile.open(fileobj=io.BufferedReader(file), mode="r|") as tar:
            for info in tar:
                _lay(tar, info, home)
    except tarfile.TarError as error:
        raise _unfit(str(error)) from error


def _lay(tar: tarfile.TarFile, info: tarfile.TarInfo, home: Path) -> None:
    place = home / info.name
    content = tar.extractfile(info) if info.isreg() else None
    if content is None or not place.resolve().is_relative_to(home.resolve()):
        raise _unfit(info.name)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with place.open("wb") as written:
        shutil.copyfileobj(content, written)
    place.chmod(info.mode & 0o755 | stat.S_IRUSR | stat.S_IWUSR)
    os.utime(place, (info.mtime, info.mtime))


def _unfit(why: str) -> Refused:
    return Refused("bad_home", _("The files of the home cannot be unpacked: %(why)s."), why=why)
