"""Small spreadsheets for tests, written by hand: XLSX and ODS with as much in them as a reader asks for."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from html import escape

#: A cell: text, number, truth, day, moment, or None for none.
Cell = str | int | float | bool | date | datetime | None
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_MANIFEST = f"{_OFFICE}:manifest:1.0"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><cellXfs count="3"><xf/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>'
)


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def xlsx(
    *rows: Sequence[Cell],
    merged: Sequence[str] = (),
    more: Mapping[str, Sequence[Sequence[Cell]]] | None = None,
    hidden: Sequence[str] = (),
    cells: str = "",
) -> bytes:
    """A workbook whose first sheet `Sheet1` has these rows; `more` sheets by name; `cells`: XML of rows instead."""
    sheets = {"Sheet1": cells or _rows(rows), **{name: _rows(each) for name, each in (more or {}).items()}}
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    files = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _links([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(list(sheets), hidden),
        "xl/_rels/workbook.xml.rels": _links(
            [*(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)), ("styles", "styles.xml")]
        ),
        "xl/styles.xml": _HEAD + _STYLES,
    }
    for number, content in enumerate(sheets.values(), 1):
        tail = f"<mergeCells>{ranges}</mergeCells>" if ranges and number == 1 else ""
        files[f"xl/worksheets/sheet{number}.xml"] = (
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{content}</sheetData>{tail}</worksheet>'
        )
    return packed(files)


def _workbook(names: Sequence[str], hidden: Sequence[str]) -> str:
    sheets = "".join(_sheet_tag(name, number, name in hidden) for number, name in enumerate(names, 1))
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{sheets}</sheets></workbook>'


def _sheet_tag(name: str, number: int, is_hidden: bool) -> str:
    state = ' state="hidden"' if is_hidden else ""
    return f'<sheet name="{name}" sheetId="{number}"{state} r:id="r{number}"/>'


def _links(targets: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="r{n}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _rows(rows: Sequence[Sequence[Cell]]) -> str:
    return "".join(
        f'<row r="{line}">{"".join(_cell(value, f"{chr(65 + n)}{line}") for n, value in enumerate(row))}</row>'
        for line, row in enumerate(rows, 1)
    )


def _cell(value: Cell, at: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
        days = (moment - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds() / 86_400
        return f'<c r="{at}" s="{2 if isinstance(value, datetime) else 1}"><v>{days!r}</v></c>'
    return f'<c r="{at}"><v>{value!r}</v></c>'


def ods(*rows: Sequence[Cell], encrypted: bool = False, kind: str = "spreadsheet") -> bytes:
    """A spreadsheet of LibreOffice with one sheet of these rows; of another `kind` it is a text or a presentation."""
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    spaces = "".join(f' xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "table", "text"))
    table = f'<table:table table:name="表">{lines}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    locked = "<manifest:encryption-data/>" if encrypted else ""
    return packed(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "META-INF/manifest.xml": f'{_HEAD}<manifest:manifest xmlns:manifest="{_MANIFEST}">{locked}</manifest:manifest>',
            "content.xml": f"{_HEAD}<office:document-content{spaces}>{body}</office:document-content>",
        }
    )


def _ods_cell(value: Cell) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, bool):
        kind, held = "boolean", f'office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, str):
        kind, held = "string", ""
    elif isinstance(value, date):
        kind, held = "date", f'office:date-value="{_naive(value)}"'
    else:
        kind, held = "float", f'office:value="{value!r}"'
    return (
        f'<table:table-cell office:value-type="{kind}" {held}><text:p>{escape(str(value))}</text:p></table:table-cell>'
    )


def _naive(value: date) -> str:
    """Spreadsheets know no zones."""
    return (value.replace(tzinfo=None) if isinstance(value, datetime) else value).isoformat()
