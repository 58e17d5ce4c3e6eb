"""The files of exports: sealed in the home, each with a key of its own, and what stands in them."""

import io
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.exports.models import Export
from linli.kit.refusal import Refused
from linli.kit.sealed_files import PIECE, SealedReader, writing
from linli.kit.sealing import SealedField

_BOM = b"\xef\xbb\xbf"
#: Nobody writes a file for so long.
_STRAY_AFTER = timedelta(days=2)


def folder() -> Path:
    """Where they lie; in no backup."""
    path = Path(settings.HOME) / "exports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def key_column() -> SealedField:
    """The column in which the key of a file is sealed."""
    column = Export._meta.get_field("sealed_key")
    assert isinstance(column, SealedField)
    return column


def keep(export: Export, key: bytes, content: Iterable[bytes]) -> str:
    """Write a file piece by piece; its name in the folder. When something goes wrong nothing is left."""
    name = f"{export.key.hex}.{secrets.token_hex(4)}"
    path = folder() / name
    try:
        with writing(path, key, name) as file:
            for piece in content:
                file.write(piece)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return name


def read(export: Export) -> Iterator[bytes]:
    """The content of a file that was made. Raises `Refused` before the first piece when it is not there."""
    try:
        file = (folder() / export.stored_as).open("rb")
    except OSError:
        words = _("This file is not in the home any more. Ask for the list again.")
        raise Refused("export_lost", words) from None
    return _pieces(file, key_column().open(export), export.stored_as)


def _pieces(file: Any, key: bytes, name: str) -> Iterator[bytes]:
    with file:
        reader = io.BufferedReader(SealedReader(file, key, name), PIECE)
        while piece := reader.read(PIECE):
            yield piece


def remove(name: str) -> None:
    """Delete a file; it is well if it is gone already."""
    if name:
        (folder() / name).unlink(missing_ok=True)


def remove_strays(at: datetime) -> None:
    """Delete what a process left that was killed while it wrote."""
    known = set(Export.objects.exclude(stored_as="").values_list("stored_as", flat=True))
    for path in folder().iterdir():
        if path.name not in known and path.stat().st_mtime < (at - _STRAY_AFTER).timestamp():
            path.unlink(missing_ok=True)


def marked_csv(lines: Iterable[str | bytes], mark: str) -> Iterator[bytes]:
    """A table with a comment line before all others; the sign of UTF-8 stays the very first."""
    yield _BOM + f"# {mark}\r\n".encode()
    is_first = True
    for line in lines:
        text = line.encode() if isinstance(line, str) else line
        yield text.removeprefix(_BOM) if is_first else text
        is_first = False
