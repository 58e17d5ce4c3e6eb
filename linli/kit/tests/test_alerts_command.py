"""`linli alerts check`: a line per message, an exit status, and nothing of a file reaches the terminal as a command."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from linli.command import run
from linli.kit.cap.tests.messages import changed, feed_of

LATE = ("2026-05-01T20", "2199-05-01T20")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.cap"
    path.write_bytes(changed(LATE))
    return path


def lines_of(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> list[str]:
    """What it prints, and that it ends so."""
    ended = 0
    try:
        call_command("alerts", "check", *words)
    except SystemExit as end:
        ended = int(str(end.code))
    assert ended == status
    out, err = capsys.readouterr()
    assert not err
    return out.splitlines()


def test_a_message_is_one_line_with_what_it_says(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with translation.override("en"):
        (line,) = lines_of(capsys, str(good))
    assert line.split("\t") == [
        *("accepted", str(good), "-", "2026-05-01T08:00:00+08:00", "Actual", "First alert", "暴雨", "Severe"),
        *("廉江市石城镇", "2199-05-01T20:00:00+08:00", "zh-CN", "-", "0"),
    ]


def test_an_exercise_and_one_that_is_over_stand_out(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good.write_bytes(
        changed(("Actual", "Exercise"), ("<info>", "<note>演练</note><info>"), ("2026-05-01T", "2016-05-01T"))
    )
    with translation.override("en"):
        (line,) = lines_of(capsys, str(good))
    assert "NOT REAL: Exercise" in line.split("\t") and "2016-05-01T20:00:00+08:00, over" in line.split("\t")


def test_what_is_wrong_is_told_below_with_place_and_source(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good.write_bytes(changed(LATE, ("110.29 5", "110.29 -5"), ("zh-CN", "中文")))
    with translation.override("en"):
        whole, *below = lines_of(capsys, "--verbose", str(good))
    assert whole.split("\t")[0] == "accepted" and whole.split("\t")[-1] == "2"
    assert [line.split(":")[0] for line in below] == [
        "  line 10, info[1]/language",
        "  line 32, info[1]/area[1]/circle[1]",
    ]
    assert all("CAP 1.2 §" in line for line in below)


def test_one_that_cannot_be_used_makes_the_status_one(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = good.parent / "bad.atom"
    bad.write_bytes(feed_of(changed(), changed(("Actual", "Perhaps"))))
    told = [line.split("\t") for line in lines_of(capsys, str(good), str(bad), "/no/such", status=1)]
    assert [parts[0] for parts in told] == ["accepted", "accepted", "refused", "refused"]
    assert [parts[1] for parts in told[1:]] == [f"{bad}#1", f"{bad}#2", "/no/such"]
    assert told[2][2].startswith("unknown_kind: ") and told[3][2].startswith("no_such_file: ")
    assert {len(parts) for parts in told} == {13}


def test_a_feed_that_names_addresses_is_in_order(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good.write_text("<rss><channel><item><title>一</title><link>https://a.example/1</link></item></channel></rss>")
    whole, below = lines_of(capsys, "--verbose", str(good))
    assert whole.split("\t")[0] == "accepted" and len(whole.split("\t")) == 13
    assert "https://a.example/1 一" in below


def test_signs_that_move_or_turn_a_line_are_written_out(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strange = good.parent / "two\nlines\x1b[31m.cap"
    turning = "\x85\u202e\u2028\x9b31m&#13;&#10;"
    changes = [
        ("暴雨</event>", f"{turning}</event>"),
        ("zh-CN", f"z{turning}"),
        ("廉江市石城镇", turning),
        ("Met", turning),
    ]
    strange.write_bytes(changed(*changes))
    lines = lines_of(capsys, "--verbose", str(strange))
    assert len(lines) == 3 and all(part.isprintable() for line in lines for part in line.split("\t"))


@pytest.mark.parametrize("words", [["check"], ["forget"], [], ["check", "--quickly", "a"]])
def test_wrong_use_is_status_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["alerts", *words]) == 2


@pytest.mark.real
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_real_file_makes_a_traceback(language: str, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(path) for path in sorted((shared / "data" / "cap").iterdir())]
    with translation.override(language):
        lines = [line for line in lines_of(capsys, "--verbose", *files, status=1) if not line.startswith("  ")]
    assert len(lines) == len(files) == 34
    assert sum(line.startswith("refused") for line in lines) == 8
