"""What lies in the home besides store and media: the secret key, models, maps, tables that are being brought in."""

import io
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
    """Lay it into a home. Raises `Refused` for what would lie elsewhere."""
    try:
        with tarfile.open(fileobj=io.BufferedReader(file), mode="r|") as tar:
            tar.extractall(home, filter="data")
    except tarfile.TarError as error:
        raise Refused("bad_home", _("The files of the home cannot be unpacked: %(why)s."), why=str(error)) from error
