"""`linli media inspect`: one line per file, whatever it is called and whatever it holds."""

import os
from pathlib import Path

import pytest

from linli.command import run
from linli.kit.media.testing import exif, fractions, picture, text, video, voice

GPS = {1: text("N"), 2: fractions((21, 1), (375, 10)), 3: text("E"), 4: fractions((110, 1), (17, 1))}

pytestmark = pytest.mark.django_db


def told(capsys: pytest.CaptureFixture[str], *files: object) -> tuple[int, list[list[str]]]:
    status = run(["media", "inspect", *map(str, files)])
    out = capsys.readouterr().out
    return status, [line.split("\t") for line in out.splitlines()]


def test_what_is_taken_is_told_on_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    content = picture(exif=exif({0x0112: (3, [6])}, {0x9003: text("2026:03:01 08:00:00")}, GPS))
    (tmp_path / "photo.txt").write_bytes(content)
    (tmp_path / "film").write_bytes(video())
    status, (photo, film) = told(capsys, tmp_path / "photo.txt", tmp_path / "film")
    assert status == 0
    assert photo == [
        *("accepted", str(tmp_path / "photo.txt"), "-", "image/jpeg", "40x60", str(len(content)), "-"),
        *("2026-03-01T08:00:00+08:00", "lon=110.283333 lat=21.625000"),
    ]
    assert film[3:5] == ["video/mp4", "64x48"]
    assert float(film[6]) > 0.8


def test_what_is_refused_says_why_and_the_status_is_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "good.png").write_bytes(picture("PNG"))
    (tmp_path / "cut.png").write_bytes(picture("PNG")[:-5])
    (tmp_path / "old.tif").write_bytes(picture("TIFF"))
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    names = ["cut.png", "good.png", "old.tif", "empty", "absent", ".", "pipe"]
    status, lines = told(capsys, *(tmp_path / name for name in names))
    assert status == 1
    assert [line[0] for line in lines] == ["refused", "accepted", *["refused"] * 5]
    assert [line[2].split(":")[0] for line in lines[:4]] == ["media_truncated", "-", "media_kind", "media_empty"]
    assert "TIFF" in lines[2][2]
    assert all(len(line) == 9 and line[2] for line in lines)


def test_a_file_may_be_called_anything(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name in (b"two\nlines\tand tabs.jpg", b"\xff\xfe.jpg", "巷口 照片.jpg".encode(), b"\x1b[31mred.jpg"):
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_bytes(picture())
    status, lines = told(capsys, *sorted(tmp_path.iterdir()))
    assert (status, len(lines), {len(line) for line in lines}) == (0, 4, {9})
    assert "巷口 照片.jpg" in "".join(line[1] for line in lines)
    assert all("\x1b" not in line[1] for line in lines)


@pytest.mark.parametrize(
    "words", [["media"], ["media", "inspect"], ["media", "show", "a.jpg"], ["media", "inspect", "--fast", "a"]]
)
def test_wrong_use_is_status_two(words: list[str]) -> None:
    assert run(words) == 2


def test_all_bad_and_good_pictures_are_told(capsys: pytest.CaptureFixture[str], shared: Path) -> None:
    files = [
        path for folder in ("photos", "bad_images", "video") for path in sorted((shared / "data" / folder).iterdir())
    ]
    status, lines = told(capsys, *files)
    assert (status, len(lines)) == (1, len(files))
    assert sum(line[0] == "accepted" for line in lines) > 60


def test_a_voice_note_is_told_where_it_is_asked_for_as_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "note").write_bytes(voice())
    status, (note,) = told(capsys, "--voice", tmp_path / "note")
    assert status == 0
    assert note == ["accepted", str(tmp_path / "note"), "-", "audio/webm", "-", str(len(voice())), "3.0", "-", "-"]
