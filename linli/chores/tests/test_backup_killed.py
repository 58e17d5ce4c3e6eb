"""Backups by the program itself: killed in the middle, on a full disk, of an older home, by the worker in the night."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from linli.chores.backup import nightly
from linli.chores.examining import _look_at_backups
from linli.chores.tests.homes import PROGRAM, environment, linli
from linli.kit.refusal import Refused

#: So that there is a store whose copy can be taken.
pytestmark = pytest.mark.django_db


class Home(NamedTuple):
    path: Path
    to: Path
    key: Path


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that was just made, with one good backup beside it."""
    if connection.vendor != "sqlite":
        pytest.skip("These homes are on SQLite, whatever the store of the tests.")
    folder = tmp_path_factory.mktemp("built")
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        (folder / "home").mkdir(mode=0o700)
        cursor.execute("VACUUM INTO %s", [str(folder / "home" / "linli.sqlite3")])
    assert linli(folder / "home", "backup", "--new-key", str(folder / "home" / "backup_key")).returncode == 0
    assert linli(folder / "home", "backup", str(folder / "backups"), "--no-verify").returncode == 0
    return folder


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Home:
    folder = Path(shutil.copytree(built, tmp_path / "built"))
    return Home(folder / "home", folder / "backups", folder / "home" / "backup_key")


def names(to: Path) -> list[str]:
    return sorted(path.name for path in to.iterdir())


def refusal(ran: "subprocess.CompletedProcess[str]") -> str:
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    return ran.stderr


def test_a_backup_that_is_killed_leaves_the_one_before(home: Home, tmp_path: Path) -> None:
    good = names(home.to)
    killed = subprocess.Popen([*PROGRAM, "backup", str(home.to)], env=environment(home.path))
    while not any(home.to.glob(".linli-*/database")):
        assert killed.poll() is None
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert len(names(home.to)) == 2
    new = tmp_path / "new"
    ran = linli(new, "restore", str(home.to), "--key-file", str(home.key))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert good[0] in ran.stdout
    assert (new / "linli.sqlite3").exists()
    assert linli(home.path, "backup", str(home.to), "--keep", "1", "--no-verify").returncode == 0
    assert len(names(home.to)) == 1 and names(home.to) != good
    assert not list(home.path.glob(".backup-*"))


@pytest.mark.parametrize("most", [600_000, 5_000])
def test_a_full_disk_is_told_and_leaves_the_backup_before(home: Home, most: int) -> None:
    """First the copy of the store finds no room, then a part of the backup."""
    good = names(home.to)
    ran = linli(
        home.path,
        *("backup", str(home.to)),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    assert "No space is left for the backup" in refusal(ran)
    assert names(home.to) == good
    assert not list(home.path.glob(".backup-*"))


def test_a_full_disk_stops_a_restore_without_a_trace(home: Home, tmp_path: Path) -> None:
    ran = linli(
        home.path,
        *("restore", str(home.to), "--into", str(tmp_path / "new"), "--key-file", str(home.key)),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000)),
    )
    assert "nothing was restored" in refusal(ran)
    assert list((tmp_path / "new").iterdir()) == []


_AN_INDEX = "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'django_content_type'"


def test_a_damaged_database_does_not_become_a_backup(home: Home) -> None:
    good = names(home.to)
    with sqlite3.connect(home.path / "linli.sqlite3") as store:
        root = store.execute(_AN_INDEX).fetchone()
        size = store.execute("PRAGMA page_size").fetchone()[0]
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (home.path / "linli.sqlite3").open("r+b") as file:
        file.seek((root[0] - 1) * size + 8)
        file.write(b"\xff" * 2000)
    assert "damaged" in refusal(linli(home.path, "backup", str(home.to)))
    assert names(home.to) == good


def test_a_home_of_an_older_linli_is_saved_as_it_is(home: Home) -> None:
    """It is migrated in the scratch place, which rehearses its next start, never by the backup."""
    with sqlite3.connect(home.path / "linli.sqlite3") as store:
        for table in ("chores_chore", "chores_resealing"):
            store.execute(f"DROP TABLE {table}")
        store.execute("DELETE FROM django_migrations WHERE app = 'chores'")
    assert "the journal whole" in linli(home.path, "backup", str(home.to)).stdout
    with sqlite3.connect(home.path / "linli.sqlite3") as store:
        assert store.execute("SELECT count(*) FROM sqlite_master WHERE name = 'chores_chore'").fetchone() == (0,)


def test_no_new_store_is_made_in_a_home_that_lost_its_own(home: Home) -> None:
    """Its pages would be there again, empty, and nobody would look for a backup."""
    (home.path / "linli.sqlite3").unlink()
    assert "is gone or empty" in refusal(linli(home.path, "work", "--once"))
    assert "is gone or empty" in refusal(linli(home.path, "doctor"))


def test_the_worker_makes_one_in_the_night_and_tells_why_it_could_not(
    home: Home, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(home.path, LINLI_BACKUP_TO=str(home.to)).items():
        monkeypatch.setenv(name, value)
    settings.HOME, settings.BACKUP_TO, settings.BACKUP_KEEP = home.path, str(home.to), 1
    (home.path / "backup.json").unlink()
    _a_night()
    assert len(names(home.to)) == 1
    assert not nightly.waits()
    (home.path / "backup.json").unlink()
    home.key.unlink()
    with pytest.raises(Refused, match="There is no backup key"):
        _a_night()
    # The doctor says why, and it is not tried again every minute.
    assert ["There is no backup key" in one.sentence for one in _look_at_backups(timezone.now())] == [True]
    assert not nightly.waits()


def test_a_backup_that_is_killed_in_the_night_is_told(
    home: Home, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(home.path, LINLI_BACKUP_TO=str(home.to)).items():
        monkeypatch.setenv(name, value)
    settings.HOME, settings.BACKUP_TO = home.path, str(home.to)
    (home.path / "backup.json").unlink()
    nightly.go_on(timezone.now())
    assert nightly._begun is not None
    nightly._begun.process.kill()
    nightly._begun.process.wait(60)
    with pytest.raises(Refused, match="-9"):
        nightly.go_on(timezone.now())
    assert ["-9" in one.sentence for one in _look_at_backups(timezone.now())] == [True]


def _a_night() -> None:
    assert nightly.waits()
    nightly.go_on(timezone.now())
    assert nightly._begun is not None
    nightly._begun.process.wait(300)
    nightly.go_on(timezone.now())
