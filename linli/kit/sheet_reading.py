"""The bounded process that opens a spreadsheet: it answers in lines of JSON, and dies when it asks for too much.

Nothing of Django is imported here: it starts for every file.
"""

import json
import resource
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

#: Enough for a million rows of twenty columns; a sheet that claims to be larger than any is refused by it.
_MEMORY, _SECONDS = 2_000_000_000, 120
#: A spreadsheet keeps numbers in 64 bits, and shows 15 digits of them.
_DIGITS = 15
_SHOWN = 20


class Bad(Exception):
    """Why the file is not read: a code, and facts for its words."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def main(words: Sequence[str]) -> None:
    """Answer `names` (one list) or `rows` (header, then rows, each with its number); the last line says that it is the last."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    path, how, *named = words
    try:
        for answer in _ANSWERS[how](path, *named):
            _say(answer)
        _say({"end": True})
    except Bad as bad:
        _say({"bad": bad.code, **bad.facts})
    except PasswordError:
        _say({"bad": "sheet_encrypted"})
    # What calamine meets in a damaged file it raises under many names, its panics among them.
    except (CalamineError, ValueError, OSError, UnicodeError):
        _say({"bad": "sheet_damaged"})
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        _say({"bad": "sheet_damaged"})
    sys.stdout.flush()


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")


def _names(path: str) -> Iterator[list[str]]:
    book = _book(path)
    yield [name for name in _seen(book) if book.get_sheet_by_name(name).start is not None]


def _book(path: str) -> CalamineWorkbook:
    """What sort of spreadsheet it is calamine tells by a name's ending, or, of an open file, by what is in it."""
    with open(path, "rb") as file:
        return CalamineWorkbook.from_filelike(file)


def _seen(book: CalamineWorkbook) -> list[str]:
    """The sheets of cells that are not hidden."""
    return [
        one.name
        for one in book.sheets_metadata
        if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
    ]


def _rows(path: str, named: str = "") -> Iterator[tuple[int, list[str]]]:
    sheet = _sheet(_book(path), named)
    if sheet is None or sheet.start is None:
        raise Bad("no_header")
    filled = _filled(sheet)
    first = next(filled, None)
    if first is None:
        raise Bad("no_header")
    line, header = first
    if any(top <= line - 1 <= bottom and left != right for (top, left), (bottom, right) in _merged(sheet)):
        raise Bad("header_merged", line=line)
    header, left = [name.strip() for name in header], sheet.start[1]
    named_columns = [number for number, name in enumerate(header) if name]
    yield line, [header[number] for number in named_columns]
    for line, fields in filled:
        for number, field in enumerate(fields):
            if field.strip() and not header[number]:
                raise Bad("header_gap", line=line, column=_letters(left + number))
        yield line, [fields[number] for number in named_columns]


def _sheet(book: CalamineWorkbook, named: str) -> CalamineSheet | None:
    names = _seen(book)
    if named and named not in names:
        raise Bad("sheet_none", sheet=named, sheets=", ".join(names[:_SHOWN]))
    sheets = (book.get_sheet_by_name(name) for name in ([named] if named else names))
    return next((one for one in sheets if one.start is not None), None)


def _merged(sheet: CalamineSheet) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return sheet.merged_cell_ranges or []


def _filled(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank as text, with their numbers from 1 on; what is merged downwards is filled in."""
    assert sheet.start is not None
    left = sheet.start[1]
    cells = list(_downwards(_merged(sheet), left))
    above: dict[int, str] = {}
    for line, row in enumerate(sheet.iter_rows(), 1):
        fields = [_text(value, line, left + number) for number, value in enumerate(row)]
        for top, bottom, number in cells:
            if line - 1 == top and number < len(fields):
                above[number] = fields[number]
            elif top < line - 1 <= bottom and number < len(fields):
                fields[number] = fields[number] or above.get(number, "")
        if any(field.strip() for field in fields):
            yield line, fields


def _downwards(merged: Iterable[tuple[tuple[int, int], tuple[int, int]]], left: int) -> Iterator[tuple[int, int, int]]:
    """First and last row (from 0 on) and column of each range that is merged downwards within one column."""
    for (top, first), (bottom, last) in merged:
        if bottom > top and first == last and first >= left:
            yield top, bottom, first - left


def _text(value: object, line: int, column: int) -> str:
    if isinstance(value, str):
        if "\0" in value:
            raise Bad("nul_in_file", line=line)
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**_DIGITS:
        raise Bad("number_too_long", line=line, column=_letters(column))
    return next(write(value) for kind, write in _WRITTEN if isinstance(value, kind))


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else format(value, f".{_DIGITS}g")


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


#: How each sort of value is written; the first that fits, for a truth is a number too, and a moment a day.
_WRITTEN: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "TRUE" if value else "FALSE"),
    (int, str),
    (float, _number),
    (datetime, lambda value: value.isoformat(" ", "seconds")),
    (date, date.isoformat),
    (time, lambda value: value.isoformat("seconds")),
    (timedelta, _duration),
    (object, str),
)
_ANSWERS: dict[str, Callable[..., Iterator[Any]]] = {"names": _names, "rows": _rows}


def _letters(column: int) -> str:
    """A column, from 0 on, as a spreadsheet names it: A … Z, AA …"""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
