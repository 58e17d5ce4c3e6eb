"""The key of the backups: written once, read from a file or from paper, slips noticed; and when the night's backup is due."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from linli.chores.backup import keys, nightly
from linli.chores.backup.nightly import is_due
from linli.chores.examining import Level, _look_at_backups
from linli.kit import last_backup
from linli.kit.last_backup import LastBackup, note_failure, note_good
from linli.kit.refusal import Refused

#: Half past three in the night, in Shanghai.
AT = datetime(2026, 11, 29, 19, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def code(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        keys.read(path)
    return refused.value.code


@pytest.fixture
def file(tmp_path: Path) -> Path:
    keys.make(tmp_path / "key")
    return tmp_path / "key"


def test_a_key_is_read_as_it_was_made_and_never_overwritten(file: Path) -> None:
    before = file.read_text()
    assert len(keys.read(file)) == 32
    with pytest.raises(Refused):
        keys.make(file)
    assert file.read_text() == before
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_key_from_paper_may_be_written_as_people_write(file: Path) -> None:
    key, line = keys.read(file), file.read_text().splitlines()[-1]
    for written in (
        line.lower().replace("linli-backup-key-1", ""),
        line.replace("-", " ").replace("linli backup key 1", ""),
        line.removeprefix("linli-backup-key-1 ").replace("O", "0").replace("I", "1"),
    ):
        file.write_text(f"\n{written}\n")
        assert keys.read(file) == key


def test_a_slip_of_the_pen_is_noticed(file: Path) -> None:
    line = file.read_text().splitlines()[-1]
    for place in range(len("linli-backup-key-1 "), len(line)):
        if line[place] != "-":
            file.write_text(line[:place] + ("A" if line[place] != "A" else "B") + line[place + 1 :])
            assert code(file) == "bad_key"
    for written in ("", "not a key", line[:-4], f"{line}\n{line}", "钥匙"):
        file.write_text(written)
        assert code(file) == "bad_key"


def test_a_key_that_others_can_read_or_that_is_not_there_is_told(file: Path, tmp_path: Path) -> None:
    file.chmod(0o640)
    assert code(file) == "key_open"
    assert code(tmp_path / "none") == "no_key"
    assert code(tmp_path) == "no_key"


@pytest.mark.parametrize(
    ("good", "failed", "due"),
    [
        (None, None, True),
        (HOUR, None, False),  # of this night
        (2 * HOUR, None, True),  # of the evening before
        (DAY, None, True),
        (DAY, HOUR / 2, False),
        (DAY, HOUR, True),
        (None, HOUR / 2, False),
        (HOUR / 2, HOUR, False),  # it went well the second time
        (-900 * DAY, None, True),  # before the clock was set back
        (DAY, -900 * DAY, True),
        (-900 * DAY, HOUR / 2, False),
    ],
)
def test_a_backup_is_due_each_night_and_an_hour_after_a_failure(
    good: timedelta | None, failed: timedelta | None, due: bool
) -> None:
    last = LastBackup(good_at=good and AT - good, failed_at=failed and AT - failed)
    assert is_due(last, AT) == due


def test_in_the_evening_that_of_the_night_is_enough() -> None:
    assert not is_due(LastBackup(good_at=AT), AT + 19 * HOUR)
    assert is_due(LastBackup(good_at=AT), AT + DAY)


def test_nothing_is_begun_where_no_backups_are_wished(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    nightly.go_on(AT)
    assert nightly._begun is None


def levels(at: datetime) -> list[Level]:
    return [one.level for one in _look_at_backups(at)]


def test_the_doctor_warns_of_old_unproved_and_failed_backups(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    for place, named in (("", True), ("/mnt/backups", False)):
        settings.BACKUP_TO = place
        assert ["LINLI_BACKUP_TO" in one.sentence for one in _look_at_backups(AT)] == [named]
    assert levels(AT) == [Level.WARN]
    assert last_backup.age_s(AT) == float("inf")
    note_good(tmp_path / "ahead", at=AT + 900 * DAY, verified=True)
    assert levels(AT) == [Level.WARN] and last_backup.age_s(AT) == float("inf")
    note_good(tmp_path / "one", at=AT, verified=True)
    assert levels(AT + DAY) == [Level.OK]
    assert last_backup.age_s(AT + DAY) == 86_400
    assert levels(AT + 2.1 * DAY) == [Level.WARN]
    note_failure("No space.", at=AT + HOUR)
    assert ["No space." in one.sentence for one in _look_at_backups(AT + DAY)] == [True]
    note_good(tmp_path / "two", at=AT + 2 * HOUR, verified=False)
    assert levels(AT + DAY) == [Level.WARN]
    (tmp_path / "backup.json").write_text("{")
    assert levels(AT) == [Level.WARN]
