"""Reading tables as people send them: spreadsheets, and CSV, plain or gzipped, in UTF-8 (with or without a mark) or GB18030."""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import IO, cast

from django.utils.translation import gettext_lazy as _

from linli.kit import sheets
from linli.kit.reasons import reason
from linli.kit.refusal import BadInput

#: A field longer than this is a broken quotation mark, not text.
LONGEST_FIELD = 2_000_000
#: A line longer than this would fill the memory before anybody could refuse it.
LONGEST_LINE = 5_000_000
#: What a gzipped file may hold unpacked.
LARGEST_UNPACKED = 1_000_000_000
_SAMPLE = 1_000_000
#: Programs that open a table take a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: What a file chooser offers.
TABLE_FILES = ".csv,.gz,.xlsx,.xlsm,.xls,.ods,text/csv"


def harmless(cell: object) -> str:
    """The cell of a table that goes away, as text that no program takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def columns_of(
    path: Path | str, encoding: str | None = None, delimiter: str = ",", *, sheet: str | None = None
) -> list[str]:
    """The names of the columns. Raises `BadInput` as `read_rows` does."""
    with closing(_read(Path(path), encoding, delimiter, sheet)) as lines:
        return next(lines)[1]


def count_rows(path: Path | str, encoding: str | None = None, delimiter: str = ",", *, sheet: str | None = None) -> int:
    """How many rows there are, read to the end: whatever `read_rows` would raise on the way, this raises first."""
    return sum(1 for _line in _read(Path(path), encoding, delimiter, sheet)) - 1


def sheets_of(path: Path | str) -> list[str]:
    """The names of the filled sheets of a spreadsheet, the first of which is read unless another is named; of CSV none."""
    with open_binary(Path(path)) as opened, _buffered(opened) as raw:
        is_sheet = not isinstance(opened, gzip.GzipFile) and sheets.looks_like_one(raw.peek(4))
    return sheets.names_of_filled(Path(path)) if is_sheet else []


def read_rows(
    path: Path | str, encoding: str | None = None, delimiter: str = ",", *, sheet: str | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row as (line on which it ends, {column: field}), one at a time. Missing fields at the end are empty.

    Of a spreadsheet the first sheet with rows, or `sheet`, in the plain text people see; encoding and delimiter are not
    asked there. Raises `BadInput` naming file and line: unreadable, damaged gzip, no header, two columns of one name, NUL,
    too many fields, neither UTF-8 nor GB18030; for spreadsheets see `sheets`.
    """
    lines = _read(Path(path), encoding, delimiter, sheet)
    _first, header = next(lines)
    for number, fields in lines:
        yield number, dict(zip(header, fields + [""] * (len(header) - len(fields)), strict=True))


def _read(
    path: Path, encoding: str | None, delimiter: str, sheet: str | None = None
) -> Generator[tuple[int, list[str]], None, None]:
    """The header, then the rows, each with the line on which it ends."""
    with open_binary(path) as opened, _buffered(opened) as raw:
        try:
            is_sheet = sheets.looks_like_one(raw.peek(4))
        except _DAMAGED_GZIP:
            raise _damaged_gzip(path, 0) from None
        if is_sheet:
            if opened is not raw or not path.is_file():
                raise sheets.refused("sheet_packed", path)
            lines = sheets.read_sheet(path, sheet)
            line, header = next(lines)
            yield line, _checked_header(header, path)
            yield from lines
        else:
            yield from _read_csv(path, raw, encoding, delimiter)


def _read_csv(
    path: Path, raw: io.BufferedReader, encoding: str | None, delimiter: str
) -> Generator[tuple[int, list[str]], None, None]:
    csv.field_size_limit(LONGEST_FIELD)
    with _text(raw, path, encoding) as text:
        reader = csv.reader(_checked(text, path), strict=True, delimiter=delimiter)
        try:
            yield from _rows(reader, path)
        except UnicodeDecodeError:
            raise BadInput(
                "unreadable_text",
                _("%(file)s, near line %(line)s: neither UTF-8 nor GB18030. Save it as UTF-8."),
                file=path.name,
                line=reader.line_num + 1,
            ) from None
        except csv.Error as error:
            raise BadInput(
                "bad_csv",
                _("%(file)s, line %(line)s: not a CSV row (%(why)s)."),
                file=path.name,
                line=reader.line_num,
                why=str(error),
            ) from None
        except _DAMAGED_GZIP:
            raise _damaged_gzip(path, reader.line_num) from None


_DAMAGED_GZIP = (EOFError, gzip.BadGzipFile, zlib.error)


def _damaged_gzip(path: Path, line: int) -> BadInput:
    words = _("%(file)s is damaged or was not copied to its end (after line %(line)s). Fetch it again.")
    return BadInput("damaged_gzip", words, file=path.name, line=line)


def _rows(reader: "csv._reader", path: Path) -> Iterator[tuple[int, list[str]]]:  # type: ignore[name-defined]
    header = _checked_header([name.strip() for name in next(reader, [])], path)
    yield reader.line_num, header
    for fields in reader:
        if not fields:
            continue
        if len(fields) > len(header):
            raise BadInput(
                "too_many_fields",
                _(
                    "%(file)s, line %(line)s: %(count)s fields, but the header names %(columns)s. Is a quotation mark missing?"
                ),
                file=path.name,
                line=reader.line_num,
                count=len(fields),
                columns=len(header),
            )
        yield reader.line_num, fields


def _checked_header(header: list[str], path: Path) -> list[str]:
    if not any(header):
        raise BadInput("no_header", _("%(file)s is empty. Its first line must name the columns."), file=path.name)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise BadInput(
            "column_twice", _("%(file)s has two columns named “%(column)s”."), file=path.name, column=twice[0]
        )
    return header


def open_binary(path: Path) -> IO[bytes]:
    """The bytes of a file, unpacked if it is gzipped (told by its first bytes, not by its name). Raises `BadInput`."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadInput(
            "no_such_file", _("%(file)s cannot be read: %(why)s."), file=str(path), why=reason(error)
        ) from None
    if not file.peek(2).startswith(b"\x1f\x8b"):
        return file
    return cast(IO[bytes], _Unpacked(path.name, file))


class _Unpacked(gzip.GzipFile):
    """A gzipped file that ends with a refusal when there is more in it than any table holds."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        super().__init__(fileobj=file)
        self._called = name

    def read(self, size: int | None = -1) -> bytes:
        """As of any file."""
        found = super().read(LARGEST_UNPACKED + 1 if size is None or size < 0 else size)
        if self.tell() > LARGEST_UNPACKED:
            words = _("%(file)s holds more than %(most)s MB once it is unpacked. Send it in parts.")
            raise BadInput("unpacks_too_large", words, file=self._called, most=LARGEST_UNPACKED // 1_000_000)
        return found


def _buffered(raw: IO[bytes]) -> io.BufferedReader:
    return raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, raw))


def _text(raw: io.BufferedReader, path: Path, encoding: str | None) -> io.TextIOWrapper:
    return io.TextIOWrapper(raw, encoding=encoding or _guess(path), newline="")


def _guess(path: Path) -> str:
    """UTF-8 if the beginning is, else GB18030, which every older Chinese program writes."""
    # A pipe can be read but once.
    if not path.is_file():
        return "utf-8-sig"
    with open_binary(path) as file:
        try:
            sample = file.read(_SAMPLE)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            return "utf-8-sig"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _checked(text: io.TextIOWrapper, path: Path) -> Iterator[str]:
    for number, line in enumerate(iter(partial(text.readline, LONGEST_LINE), ""), 1):
        if len(line) == LONGEST_LINE:
            words = _("%(file)s, line %(line)s is longer than any row of a table.")
            raise BadInput("line_too_long", words, file=path.name, line=number)
        if "\0" in line:
            raise BadInput(
                "nul_in_file",
                _("%(file)s, line %(line)s holds a NUL character. It is no text file, or is damaged."),
                file=path.name,
                line=number,
            )
        yield line
