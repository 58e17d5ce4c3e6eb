"""Spreadsheets as offices send them: read as people see them, and refused in a sentence when they cannot be."""

import gzip
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from linli.kit import sheets
from linli.kit.refusal import BadInput
from linli.kit.tables import columns_of, count_rows, read_rows, sheets_of
from linli.kit.tests.sheet_files import ods, packed, xlsx

HEADER = ("code", "name", "on")


def written(folder: Path, content: bytes, name: str = "权责清单.xlsx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def refusal(path: Path, sheet: str | None = None) -> BadInput:
    with pytest.raises(BadInput) as refused:
        list(read_rows(path, sheet=sheet))
    return refused.value


@pytest.mark.parametrize("write", [xlsx, ods])
def test_values_are_the_plain_text_that_people_see(tmp_path: Path, write: object) -> None:
    rows = [
        HEADER,
        (440881, "廉江市", date(2026, 12, 1)),
        (440881102203005, "网格 & 五", datetime(2026, 12, 1, 8, 30, tzinfo=UTC)),
        (0.1 + 0.2, None, True),
    ]
    path = written(tmp_path, write(*rows))  # type: ignore[operator]
    assert [(line, *row.values()) for line, row in read_rows(path)] == [
        (2, "440881", "廉江市", "2026-12-01"),
        (3, "440881102203005", "网格 & 五", "2026-12-01 08:30:00"),
        (4, "0.3", "", "TRUE"),
    ]
    assert columns_of(path) == list(HEADER) and count_rows(path) == 3


def test_blank_rows_are_passed_over_and_lines_are_those_of_the_sheet(tmp_path: Path) -> None:
    path = written(tmp_path, xlsx((), (" ",), HEADER, (), ("1", "a", ""), (None, " "), ("2", "b", "")))
    assert [(line, row["code"]) for line, row in read_rows(path)] == [(5, "1"), (7, "2")]


def test_columns_without_a_name_are_left_out_unless_they_hold_something(tmp_path: Path) -> None:
    assert columns_of(written(tmp_path, xlsx(("code", "", "name", ""), ("1", "", "a", "")))) == ["code", "name"]
    refused = refusal(written(tmp_path, xlsx(("code", "", "name"), ("1", "x", "a"))))
    assert refused.code == "header_gap" and (refused.facts["line"], refused.facts["column"]) == (2, "B")


def test_a_merged_title_above_the_names_is_refused_and_it_is_said_what_to_do(tmp_path: Path) -> None:
    refused = refusal(written(tmp_path, xlsx(("某县权责清单",), HEADER, ("1", "a", ""), merged=["A1:C1"])))
    assert refused.code == "header_merged" and refused.facts["line"] == 1


def test_cells_merged_downwards_hold_the_same_for_all_their_rows(tmp_path: Path) -> None:
    rows = [HEADER, ("1", "同一", ""), ("2", None, ""), ("3", "另", "")]
    path = written(tmp_path, xlsx(*rows, merged=["B2:B3"]))
    assert [row["name"] for _line, row in read_rows(path)] == ["同一", "同一", "另"]


def test_the_first_filled_sheet_is_read_or_the_named_one_and_hidden_ones_are_not_there(tmp_path: Path) -> None:
    more = {"说明": [("note",), ("x",)], "旧": [("old",), ("y",)], "空": []}
    path = written(tmp_path, xlsx(HEADER, ("1", "a", ""), more=more, hidden=["旧"]))
    assert sheets_of(path) == ["Sheet1", "说明"]
    assert columns_of(path) == list(HEADER) and columns_of(path, sheet="说明") == ["note"]
    refused = refusal(path, "旧")
    assert refused.code == "sheet_none" and "Sheet1, 说明" in refused.message
    assert sheets_of(written(tmp_path, b"code,name\n1,a\n", "表.csv")) == []


def test_a_number_whose_end_the_spreadsheet_has_lost_is_refused(tmp_path: Path) -> None:
    refused = refusal(written(tmp_path, xlsx(HEADER, (440881202501010001, "a", ""))))
    assert refused.code == "number_too_long" and (refused.facts["line"], refused.facts["column"]) == (2, "A")


_FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'


def _damaged_inside(files: dict[str, str]) -> bytes:
    """An archive whose first part cannot be unpacked."""
    content = packed(files)
    at = content.index(next(iter(files)).encode()) + len(next(iter(files)))
    return content[:at] + b"\xff" * 4 + content[at + 4 :]


_FULL = xlsx(HEADER, *[(n, "a" * 20, "") for n in range(500)])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (xlsx(), "no_header"),
        (xlsx((" ", "")), "no_header"),
        (xlsx(("a", "b", "a"), ("1", "2", "3")), "column_twice"),
        (xlsx(cells=_FAR), "sheet_too_large"),
        (_FULL[: len(_FULL) // 2], "sheet_damaged"),
        (_FULL.replace(b"PK\x01\x02", b"PK\x01\x03"), "sheet_damaged"),
        (packed({"xl/workbook.xml": "<workbook", "[Content_Types].xml": "<"}), "sheet_damaged"),
        (b"PK\x03\x04" + bytes(200), "sheet_damaged"),
        (_damaged_inside({"mimetype": "x" * 90, "content.xml": "<a/>"}), "sheet_damaged"),
        (sheets.COMPOUND + bytes(2000), "sheet_damaged"),
        (sheets.COMPOUND + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "sheet_encrypted"),
        (sheets.COMPOUND + bytes(600) + "WordDocument".encode("utf-16-le"), "is_a_document"),
        (ods(HEADER, encrypted=True), "sheet_encrypted"),
        (ods(HEADER, kind="text"), "is_a_document"),
        (packed({"网格.shp": b"x", "网格.dbf": b"x"}), "is_a_shapefile"),
        (packed({"word/document.xml": "<w/>"}), "is_a_document"),
        (packed({"ppt/presentation.xml": "<p/>"}), "is_slides"),
        (packed({"a.csv": "code\n1\n"}), "is_an_archive"),
        (gzip.compress(_FULL, mtime=0), "sheet_packed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_sheet_is_refused_in_a_sentence(tmp_path: Path, content: bytes, code: str) -> None:
    refused = refusal(written(tmp_path, content))
    assert refused.code == code
    assert "权责清单.xlsx" in refused.message and len(refused.message) < 300


def test_what_would_be_too_large_unpacked_is_refused_before_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 5_000_000)
    path = written(tmp_path, packed({"xl/workbook.xml": bytes(6_000_000)}))
    assert path.stat().st_size < 20_000 and refusal(path).code == "sheet_too_large"


def test_whoever_stops_reading_ends_the_process_and_reads_no_more_than_asked(tmp_path: Path) -> None:
    path = written(tmp_path, xlsx(HEADER, *[(n, "字" * 200, "") for n in range(5000)]))
    tracemalloc.start()
    reading = read_rows(path)
    assert next(reading)[0] == 2
    reading.close()  # type: ignore[attr-defined]
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3_000_000
