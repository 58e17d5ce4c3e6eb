"""Tables as files: CSV for everything, XLSX for the office, Parquet for whoever reckons on. All say what their columns mean."""

import csv
import io
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.kit.refusal import Refused
from linli.kit.tables import harmless
from linli.statistics.tables import COUNT, EXACT, PERCENT, TEXT, Cell, Table
from linli.statistics.taking_away import MARK

if TYPE_CHECKING:
    import xlsxwriter


#: Of the 255 characters a header may have in a workbook, some are left for the numbers of pages.
_LONGEST_HEADER = 240


def as_csv(table: Table) -> bytes:
    """Comment lines first, each begun with `#`; then the table, its first line the names of the columns."""
    text = io.StringIO()
    writer = csv.writer(text)
    for words in _said(table):
        text.write(f"# {_on_one_line(words)}\r\n")
    writer.writerow([harmless(column.name) for column in table.columns])
    for row in table.rows:
        writer.writerow([_plain(cell) for cell in row])
    return (MARK + text.getvalue()).encode()


def _said(table: Table) -> list[str]:
    """All that stands above a table."""
    return [
        table.title,
        *(f"{name}: {value}" for name, value in table.asked),
        *(f"{column.name}: {column.meaning}" for column in table.columns if column.meaning),
        *table.notes,
    ]


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


def _plain(cell: Cell) -> str:
    return "" if cell is None else harmless(cell) if isinstance(cell, str) else str(cell)


def as_xlsx(table: Table, mark: str = "") -> bytes:
    """One sheet with the table below what was asked, and one with what its columns mean. `mark` stands on each printed page."""
    import xlsxwriter

    file = io.BytesIO()
    # Words are words: none is taken for a formula, a number or a link.
    how = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, how) as book:
        bold, whole = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        percent = book.add_format({"num_format": '0.0" %"'})
        sheet = book.add_worksheet(_("Figures"))
        sheet.write_string(0, 0, table.title, bold)
        for line, (name, value) in enumerate(table.asked, 1):
            sheet.write_string(line, 0, name)
            sheet.write_string(line, 1, harmless(value))
        top = len(table.asked) + 2
        for place, column in enumerate(table.columns):
            sheet.write_string(top, place, column.name, bold)
        formats = {COUNT: whole, PERCENT: percent, EXACT: None}
        for line, row in enumerate(table.rows, top + 1):
            for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                if isinstance(cell, str):
                    sheet.write_string(line, place, harmless(cell))
                elif cell is not None:
                    sheet.write_number(line, place, cell, formats[column.kind])
        sheet.freeze_panes(top + 1, 2)
        sheet.set_column(0, 1, 18)
        sheet.set_column(2, len(table.columns), 12)
        definitions = book.add_worksheet(_("Definitions"))
        _define(definitions, table, bold)
        for one in (sheet, definitions) if mark else ():
            one.set_header("&L" + mark.replace("&", "&&")[:_LONGEST_HEADER])
            one.set_footer("&L" + mark.replace("&", "&&")[:_LONGEST_HEADER] + "&R&P / &N")
    return file.getvalue()


def _define(sheet: "xlsxwriter.worksheet.Worksheet", table: Table, bold: object) -> None:
    for place, words in enumerate((_("Column"), _("Key"), _("What it means"))):
        sheet.write_string(0, place, words, bold)
    defined = [column for column in table.columns if column.meaning]
    for line, column in enumerate(defined, 1):
        for place, words in enumerate((column.name, column.code, column.meaning)):
            sheet.write_string(line, place, harmless(words))
    for line, words in enumerate(table.notes, len(defined) + 2):
        sheet.write_string(line, 0, words)
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 100)


def as_parquet(table: Table) -> bytes:
    """Columns by their keys; what was asked and what they mean are metadata of the file, in the keys `linli.…`.

    Raises `Refused` in a home without the extra `parquet`.
    """
    if not has_parquet():
        raise Refused(
            "no_parquet",
            gettext_lazy("This home writes no Parquet. Take the table as CSV or XLSX, or install the extra “parquet”."),
        )
    from arro3.core import Array, DataType, Field, Schema
    from arro3.core import Table as Columns
    from arro3.io import write_parquet

    kinds = {TEXT: DataType.utf8(), COUNT: DataType.int64(), PERCENT: DataType.float64(), EXACT: DataType.float64()}
    arrays = [
        Array([row[place] for row in table.rows], type=kinds[column.kind]) for place, column in enumerate(table.columns)
    ]
    schema = Schema([Field(column.code, kinds[column.kind], nullable=True) for column in table.columns])
    file = io.BytesIO()
    write_parquet(Columns.from_arrays(arrays, schema=schema), file, key_value_metadata=_metadata(table))
    return file.getvalue()


def has_parquet() -> bool:
    """Whether the extra is installed."""
    return find_spec("arro3") is not None and find_spec("arro3.io") is not None


def _metadata(table: Table) -> dict[str, str]:
    return {
        "linli.title": table.title,
        "linli.asked": "\n".join(f"{name}: {value}" for name, value in table.asked),
        "linli.notes": "\n".join(table.notes),
        **{f"linli.name.{column.code}": column.name for column in table.columns},
        **{f"linli.meaning.{column.code}": column.meaning for column in table.columns if column.meaning},
    }


#: By the ending of the name: what writes it, and its media type.
KINDS: dict[str, tuple[Callable[[Table], bytes], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "parquet": (as_parquet, "application/vnd.apache.parquet"),
}


def answer(table: Table, kind: str, name: str) -> HttpResponse:
    """The table as a file of this kind and name; never kept by what lies between."""
    write, media_type = KINDS[kind]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "no-store"}
    return HttpResponse(write(table), content_type=media_type, headers=headers)
