"""Tables as people send them: read row by row, and refused with file and line."""

import gzip
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from linli.kit import tables
from linli.kit.refusal import BadInput
from linli.kit.tables import LONGEST_FIELD, LONGEST_LINE, columns_of, count_rows, read_rows

TEXT = "code,name\n440881,廉江市\n440882,雷州市\n"
ROWS = [{"code": "440881", "name": "廉江市"}, {"code": "440882", "name": "雷州市"}]


def written(folder: Path, content: bytes | str, name: str = "表.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(path: Path, **how: Any) -> list[dict[str, str]]:
    return [row for _line, row in read_rows(path, **how)]


def refusal(path: Path) -> BadInput:
    with pytest.raises(BadInput) as refused:
        rows(path)
    return refused.value


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("gb18030"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.rstrip("\n").encode(),
        TEXT.replace("\n", "\n\n").encode(),
        TEXT.replace("code,name", " code , name ").encode(),
        TEXT.replace("廉江市", '"廉江市"').encode(),
        gzip.compress(TEXT.encode(), mtime=0),
        gzip.compress(TEXT.encode("gb18030"), mtime=0),
    ],
    ids=["utf-8", "mark", "gb18030", "crlf", "cr", "no end", "blank lines", "spaces", "quoted", "gzip", "gzip gb18030"],
)
def test_a_table_is_read_however_it_was_saved(tmp_path: Path, content: bytes) -> None:
    assert rows(written(tmp_path, content)) == ROWS
    assert columns_of(tmp_path / "表.csv") == ["code", "name"]


def test_a_row_knows_the_line_on_which_it_ends(tmp_path: Path) -> None:
    path = written(tmp_path, 'code,name\n1,"two\nlines"\n2,x\n')
    assert [(line, row["name"]) for line, row in read_rows(path)] == [(3, "two\nlines"), (4, "x")]


def test_fields_missing_at_the_end_are_empty(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "a,b,c\n1,2\n")) == [{"a": "1", "b": "2", "c": ""}]


def test_another_delimiter_and_encoding_may_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, "a\tb\n1\té\n".encode("latin-1"))
    assert rows(path, delimiter="\t", encoding="latin-1") == [{"a": "1", "b": "é"}]


def test_gzip_is_told_by_its_first_bytes_not_by_its_name(tmp_path: Path) -> None:
    assert rows(written(tmp_path, gzip.compress(TEXT.encode(), mtime=0), "table.csv")) == ROWS
    assert rows(written(tmp_path, TEXT, "table.csv.gz")) == ROWS


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(TEXT,))
    writer.start()
    assert rows(pipe) == ROWS
    writer.join()


def test_rows_before_the_damage_are_read_one_by_one(tmp_path: Path) -> None:
    reading = read_rows(written(tmp_path, "a,b\n1,2\n1,2,3\n"))
    assert next(reading) == (2, {"a": "1", "b": "2"})
    with pytest.raises(BadInput):
        next(reading)


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "no_header", ""),
        (b"\n\n", "no_header", ""),
        (b",,\n1,2,3\n", "no_header", ""),
        (b"a,b,a\n1,2,3\n", "column_twice", ""),
        (b"a,b\n1,2\n1,2,3\n", "too_many_fields", "3"),
        (b"a,b\n1,2\n1,\0\n", "nul_in_file", "3"),
        (TEXT.encode("utf-16"), "unreadable_text", ""),
        (b'a,b\n1,"open\n', "bad_csv", "2"),
        (b"a,b\n1,\xff\xff\xff\n", "unreadable_text", ""),
        (b"a\n" + b"x" * (LONGEST_FIELD + 1) + b"\n", "bad_csv", "2"),
        (b"a\n" + b"x" * (LONGEST_LINE + 1), "line_too_long", "2"),
        (gzip.compress(TEXT.encode(), mtime=0)[:-12], "damaged_gzip", ""),
        (gzip.compress(TEXT.encode(), mtime=0)[:-4] + b"\0\0\0\1", "damaged_gzip", ""),
        (b"\x1f\x8b" + b"x" * 40, "damaged_gzip", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_with_file_and_line(tmp_path: Path, content: bytes, code: str, line: str) -> None:
    refused = refusal(written(tmp_path, content))
    assert refused.code == code
    assert "表.csv" in refused.message and line in refused.message
    assert len(refused.message) < 300


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    assert {refusal(tmp_path / "none.csv").code, refusal(tmp_path).code} == {"no_such_file"}


def test_what_unpacks_beyond_all_reason_is_refused_and_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "LARGEST_UNPACKED", 100_000)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 100_000))
    with pytest.raises(BadInput) as told:
        count_rows(path)
    assert told.value.code == "unpacks_too_large"
    with pytest.raises(BadInput), tables.open_binary(path) as file:
        file.read()
