"""Reading tables as people send them: CSV, plain or gzipped, in UTF-8 (with or without a mark) or GB18030."""

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

from linli.kit.reasons import reason
from linli.kit.refusal import BadInput

#: A field longer than this is a broken quotation mark, not text.
LONGEST_FIELD = 2_000_000
#: A line longer than this would fill the memory before anybody could refuse it.
LONGEST_LINE = 5_000_000
_SAMPLE = 1_000_000
#: How XLSX and ODS begin (they are zip archives), and the older XLS.
_SPREADSHEET = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def columns_of(path: Path | str, encoding: str | None = None, delimiter: str = ",") -> list[str]:
    """The names of the columns. Raises `BadInput` as `read_rows` does."""
    with closing(_read(Path(path), encoding, delimiter)) as lines:
        return next(lines)[1]


def count_rows(path: Path | str, encoding: str | None = None, delimiter: str = ",") -> int:
    """How many rows there are, read to the end: whatever `read_rows` would raise on the way, this raises first."""
    return sum(1 for _line in _read(Path(path), encoding, delimiter)) - 1


def read_rows(
    path: Path | str, encoding: str | None = None, delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row as (line on which it ends, {column: field}), one at a time. Missing fields at the end are empty.

    Raises `BadInput` naming file and line: unreadable, damaged gzip, no header, two columns of one name, NUL, too many
    fields, neither UTF-8 nor GB18030.
    """
    lines = _read(Path(path), encoding, delimiter)
    _first, header = next(lines)
    for number, fields in lines:
        yield number, dict(zip(header, fields + [""] * (len(header) - len(fields)), strict=True))


def _read(path: Path, encoding: str | None, delimiter: str) -> Generator[tuple[int, list[str]], None, None]:
    """The header, then the rows, each with the line on which it ends."""
    csv.field_size_limit(LONGEST_FIELD)
    with open_binary(path) as opened, _buffered(opened) as raw, _text(raw, path, encoding) as text:
        reader = csv.reader(_checked(text, path), strict=True, delimiter=delimiter)
        try:
            if raw.peek(4).startswith(_SPREADSHEET):
                raise BadInput(
                    "is_a_spreadsheet", _("%(file)s is a spreadsheet. Save it as CSV and send that."), file=path.name
                )
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
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise BadInput(
                "damaged_gzip",
                _("%(file)s is damaged or was not copied to its end (after line %(line)s). Fetch it again."),
                file=path.name,
                line=reader.line_num,
            ) from None


def _rows(reader: "csv._reader", path: Path) -> Iterator[tuple[int, list[str]]]:  # type: ignore[name-defined]
    header = [name.strip() for name in next(reader, [])]
    if not any(header):
        raise BadInput("no_header", _("%(file)s is empty. Its first line must name the columns."), file=path.name)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise BadInput(
            "column_twice", _("%(file)s has two columns named “%(column)s”."), file=path.name, column=twice[0]
        )
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
    return cast(IO[bytes], gzip.GzipFile(fileobj=file))


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
