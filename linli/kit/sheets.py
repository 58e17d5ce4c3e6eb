"""Spreadsheets as offices send them (XLSX, XLSB, XLS, ODS): what is one, and its rows as the plain text people see.

They are opened in a bounded process (`sheet_reading`): a few bytes can ask for more memory than any machine has.
"""

import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

import linli
from linli.kit.refusal import BadInput

#: XLSX and ODS are zip archives; XLS is the compound file of old Office programs.
ZIP, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LARGEST_FILE = 100_000_000
#: What an archive may hold unpacked, by its own table of contents; the bounded process sees to archives that lie.
LARGEST_UNPACKED = 1_000_000_000
_MOST_FILES = 10_000
_CODE = "import sys; sys.path.insert(0, sys.argv[1]); from linli.kit.sheet_reading import main; main(sys.argv[2:])"

_WORDS: dict[str, str | Promise] = {
    "sheet_encrypted": _("%(file)s is locked with a password. Save it without one."),
    "sheet_damaged": _("%(file)s is damaged or was not copied to its end. Open it, save it again and send that."),
    "sheet_too_large": _("%(file)s is too large for a spreadsheet. Save the sheet as CSV and send that."),
    "sheet_none": _("%(file)s has no sheet named “%(sheet)s”. Its sheets: %(sheets)s."),
    "no_header": _("%(file)s is empty. Its first line must name the columns."),
    "header_merged": _(
        "%(file)s, line %(line)s: cells are merged. The first filled row must name the columns, a cell for each: "
        "delete the title above it."
    ),
    "header_gap": _(
        "%(file)s, line %(line)s: column %(column)s holds something but has no name in the first filled row."
    ),
    "number_too_long": _(
        "%(file)s, line %(line)s, column %(column)s: a number of more than 15 digits. Spreadsheets lose the digits after "
        "the 15th: format the column as text and fill it again."
    ),
    "nul_in_file": _("%(file)s, line %(line)s holds a NUL character. It is no text file, or is damaged."),
    "is_a_shapefile": _(
        "%(file)s is a shapefile, a map and no table. Outlines are brought in with the areas, as GeoJSON."
    ),
    "is_a_document": _("%(file)s is a text document, no table. Copy the table into a spreadsheet and send that."),
    "is_slides": _("%(file)s is a presentation, no table."),
    "is_an_archive": _("%(file)s is an archive and no table. Unpack it and send the table in it."),
    "sheet_packed": _("%(file)s is a spreadsheet packed once more. Unpack it and send the spreadsheet itself."),
}
#: What else is a zip archive: told by the name of one of its files.
_ELSE: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("is_a_shapefile", lambda name: name.endswith(".shp")),
    ("is_a_document", lambda name: name == "word/document.xml"),
    ("is_slides", lambda name: name == "ppt/presentation.xml"),
)
_ODF = {
    "application/vnd.oasis.opendocument.text": "is_a_document",
    "application/vnd.oasis.opendocument.presentation": "is_slides",
}


def looks_like_one(begins: bytes) -> bool:
    """Whether a file that begins so is to be read here, be it to be refused."""
    return begins.startswith((ZIP, COMPOUND))


def refused(code: str, path: Path, **facts: Any) -> BadInput:
    """The refusal of a file in words."""
    return BadInput(code, _WORDS[code], file=path.name, **facts)


def names_of_filled(path: Path) -> list[str]:
    """The sheets that people see and that hold anything. Raises `BadInput`."""
    return [str(name) for name in next(_asked(path, "names"))]


def read_sheet(path: Path, sheet: str | None = None) -> Generator[tuple[int, list[str]], None, None]:
    """The header, then the rows that are not blank, each with its number in the sheet. Raises `BadInput`.

    The first sheet with rows, or the named one. Cells merged downwards all hold what the first of them does.
    """
    yield from ((line, fields) for line, fields in _asked(path, "rows", *([sheet] if sheet else [])))


def _asked(path: Path, *how: str) -> Iterator[Any]:
    """What the bounded process answers, one line of JSON after another."""
    _check(path)
    folder = str(Path(linli.__file__).resolve().parent.parent)
    running = subprocess.Popen(
        [sys.executable, "-I", "-c", _CODE, folder, str(path.resolve()), *how],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        assert running.stdout is not None
        for line in running.stdout:
            said = json.loads(line)
            if isinstance(said, dict):
                if said.get("end"):
                    return
                raise refused(said.pop("bad"), path, **said)
            yield said
        # It ended without saying so: it was stopped for asking for too much.
        raise refused("sheet_too_large", path)
    finally:
        running.kill()
        running.wait()
        if running.stdout is not None:
            running.stdout.close()


def _check(path: Path) -> None:
    """Raises `BadInput` for what can be told without opening a sheet."""
    if path.stat().st_size > LARGEST_FILE:
        raise refused("sheet_too_large", path)
    with path.open("rb") as file:
        if file.read(4) == COMPOUND:
            return _check_compound(file.read(), path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(archive, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        raise refused("sheet_damaged", path) from None


def _check_archive(archive: zipfile.ZipFile, path: Path) -> None:
    files = archive.infolist()
    if len(files) > _MOST_FILES or sum(one.file_size for one in files) > LARGEST_UNPACKED:
        raise refused("sheet_too_large", path)
    if any(one.flag_bits & 1 for one in files):
        raise refused("sheet_encrypted", path)
    names = {one.filename for one in files}
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        return
    for code, fits in _ELSE:
        if any(fits(name) for name in names):
            raise refused(code, path)
    if "content.xml" not in names:
        raise refused("is_an_archive", path)
    _check_odf(archive, names, path)


def _check_odf(archive: zipfile.ZipFile, names: set[str], path: Path) -> None:
    kind = _beginning(archive, "mimetype", 200).decode("ascii", "replace") if "mimetype" in names else ""
    if kind in _ODF:
        raise refused(_ODF[kind], path)
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in _beginning(archive, manifest, 1_000_000):
        raise refused("sheet_encrypted", path)


def _beginning(archive: zipfile.ZipFile, name: str, length: int) -> bytes:
    with archive.open(name) as file:
        return file.read(length)


def _check_compound(content: bytes, path: Path) -> None:
    """Names in the folder of a compound file are in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise refused("sheet_encrypted", path)
    if "WordDocument".encode("utf-16-le") in content:
        raise refused("is_a_document", path)
    if "PowerPoint Document".encode("utf-16-le") in content:
        raise refused("is_slides", path)
