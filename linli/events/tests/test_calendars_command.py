"""`linli calendars`: one line per file, an exit status, and never a traceback."""

from pathlib import Path

import pytest
from django.core.management import call_command

from linli.command import run
from linli.events.models import CalendarEdit
from linli.events.rules import State
from linli.events.testing import NOON, World, make_event
from linli.kit.models import CalendarDay
from linli.kit.refusal import BadInput

pytestmark = pytest.mark.django_db
GOOD = "day,is_working,name\n2026-11-17,0,台风停工\n"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_each_file_is_one_line_and_a_refused_one_makes_the_status_one(
    good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = good.parent / "two\nlines.ics"
    strange.write_bytes(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    call_command("calendars", "check", str(good))
    accepted = capsys.readouterr().out.splitlines()
    assert accepted[0].split("\t")[0] == "accepted" and accepted[0].split("\t")[3:] == [
        "1", "0", "2026", "2026-11-17–2026-11-17", "0",
    ]  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        call_command("calendars", "check", str(good), str(strange), "/no/such")
    assert ended.value.code == 1
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == ["accepted", "refused", "refused"]


@pytest.mark.parametrize("words", [["check"], ["show", "soon"], ["show", "1887"], ["forget"], []])
def test_wrong_use_is_status_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calendars", *words]) == 2


@pytest.mark.real
def test_no_real_file_makes_a_traceback(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(path) for path in sorted((shared / "data" / "icalendar").glob("*.ics"))]
    with pytest.raises(SystemExit):
        call_command("calendars", "check", *files)
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == len(files) and not err


def test_import_moves_the_limits_and_a_dry_run_stores_nothing(
    world: World, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = make_event(world, State.HANDLING, at=NOON)
    was = event.due_at
    call_command("calendars", "import", str(good), "--dry-run")
    event.refresh_from_db()
    assert event.due_at == was and not CalendarDay.objects.filter(day="2026-11-17").exists()
    call_command("calendars", "import", str(good))
    event.refresh_from_db()
    assert was is not None and event.due_at is not None and event.due_at > was
    assert CalendarEdit.objects.get().entry.by is None
    call_command("calendars", "show", "2026")
    assert "台风停工" in capsys.readouterr().out


def test_one_bad_file_among_several_stores_none(world: World, good: Path) -> None:
    with pytest.raises(BadInput):
        call_command("calendars", "import", str(good), "/no/such")
    assert not CalendarDay.objects.filter(day="2026-11-17").exists()
