"""`linli duplicates`: pairs as CSV, and sentences for what cannot be read."""

import gzip
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from linli.kit.refusal import Refused

LAMP = "上县村东头第三根电线杆旁边的路灯已经坏了两个星期，晚上走路看不见"


def run(*words: object) -> list[str]:
    out = io.StringIO()
    translation.activate("en")
    call_command("duplicates", *map(str, words), stdout=out)
    return out.getvalue().splitlines()


def test_pairs_are_printed_with_their_likeness(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'no,title,text\nA1,灯,{LAMP}\nB2,车,门口乱停车\n"C,3",灯,{LAMP}。谢谢\n', encoding="gb18030")
    found = run(path, "--text", "text", "--id", "no")
    assert found[0] == "id_a,id_b,score"
    first, second = found[1].rsplit(",", 1)
    assert first == 'A1,"C,3"'
    assert 0.6 <= float(second) < 1
    assert len(found) == 2
    assert run(path, "--text", "text", "--id", "no", "--at-least", "1") == ["id_a,id_b,score"]
    assert len(run(path, "--text", "title", "--text", "text", "--id", "no")) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"id,words\n1,a\n", "no column “text”. It has: id, words."),
        (b"id,text\n1,a\0b\n", "NUL"),
        (gzip.compress(b"id,text\n" * 500, mtime=0)[:-12], "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(Refused) as refused:
        run(tmp_path / "a.csv", "--text", "text", "--id", "id")
    assert words in str(refused.value)


def test_a_file_without_rows_has_no_pairs(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n")
    assert run(tmp_path / "a.csv", "--text", "text", "--id", "id") == ["id_a,id_b,score"]


@pytest.mark.parametrize("least", ["0", "0.05", "1.5", "much", "nan"])
def test_a_likeness_out_of_range_is_wrong_use(tmp_path: Path, least: str) -> None:
    with pytest.raises((CommandError, SystemExit)):
        run(tmp_path / "a.csv", "--text", "text", "--id", "id", "--at-least", least)
