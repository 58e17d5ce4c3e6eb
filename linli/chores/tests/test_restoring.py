"""What is no whole backup is refused with a sentence, and leaves nothing behind; a restore that was killed can be repeated."""

import gzip
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from django.db import connection
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from linli.chores.backup import manifest, photos
from linli.chores.backup.folders import chosen
from linli.chores.backup.keys import in_words
from linli.chores.backup.making import Wanted as Making
from linli.chores.backup.making import make
from linli.chores.backup.restoring import Wanted, restore, restore_files
from linli.chores.home import RESTORING, make_ready
from linli.chores.tests.homes import linli
from linli.kit.media.testing import picture
from linli.kit.refusal import Refused
from linli.kit.sealed_files import PIECE, writing

#: So that there is a store to save.
pytestmark = pytest.mark.django_db
KEY, OTHER = bytes(range(32)), bytes(32)
AT = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)


class Made(NamedTuple):
    backup: Path
    other: Path


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two backups of a home with a photo and no matter."""
    from django.conf import settings

    if connection.vendor != "sqlite":
        pytest.skip("Whether a backup is whole is asked before its store is.")
    home, to = tmp_path_factory.mktemp("made") / "home", tmp_path_factory.mktemp("backups")
    (home / "media" / "originals" / "ab").mkdir(parents=True)
    (home / "media" / "originals" / "ab" / "abc").write_bytes(picture())
    (home / "secret_key").write_text(settings.SECRET_KEY)
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(settings, "HOME", home)
        patch.setattr(settings, "MEDIA_ROOT", home / "media")
        paths = [make(Making(to, KEY, home / "key", verify=False), AT.replace(minute=minute)).path for minute in (0, 1)]
    return Made(*paths)


@pytest.fixture
def backup(made: Made, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(made.backup, tmp_path / made.backup.name))


def refused(backup: Path, tmp_path: Path, key: bytes = KEY) -> str:
    """The code of the refusal; nothing was left behind."""
    with pytest.raises(Refused) as refusal:
        restore(Wanted(backup, tmp_path / "new", key))
    assert not (tmp_path / "new").exists() or list((tmp_path / "new").iterdir()) == []
    assert str(backup) in refusal.value.message or refusal.value.code == "newer_backup"
    return refusal.value.code


PARTS: dict[str, Callable[[Path], Path]] = {
    **{name: lambda backup, name=name: backup / name for name in ("manifest", "database", "home", photos.LIST)},  # type: ignore[misc]
    "photo": lambda backup: photos.place(backup, KEY, "originals/ab/abc"),
}


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("place", [0, 70, -1])
def test_a_flipped_byte_is_found_wherever_it_is(backup: Path, tmp_path: Path, name: str, place: int) -> None:
    path = PARTS[name](backup)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert refused(backup, tmp_path) == ("photo_damaged" if name == "photo" else "sealed_damaged")


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("left", [0, 40, 90])
def test_a_part_cut_short_is_found(backup: Path, tmp_path: Path, name: str, left: int) -> None:
    path = PARTS[name](backup)
    path.write_bytes(path.read_bytes()[:left])
    assert refused(backup, tmp_path) == ("photo_damaged" if name == "photo" else "sealed_damaged")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("manifest", "no_backup"),
        ("database", "part_missing"),
        ("home", "part_missing"),
        (photos.LIST, "part_missing"),
        ("photo", "photo_damaged"),
    ],
)
def test_a_part_that_is_missing_is_named(backup: Path, tmp_path: Path, name: str, code: str) -> None:
    PARTS[name](backup).unlink()
    assert refused(backup, tmp_path) == code


def test_parts_of_two_backups_are_not_mixed(made: Made, backup: Path, tmp_path: Path) -> None:
    """Both are sealed with the same key, and each opens."""
    (backup / "home").unlink()
    with writing(backup / "home", KEY, "home") as into:
        into.write(bytes(10_240))
    assert refused(backup, tmp_path) == "other_part"
    shutil.copy(made.backup / "database", backup / "home")
    assert refused(backup, tmp_path) == "sealed_damaged"


def test_another_key_is_called_so(backup: Path, tmp_path: Path) -> None:
    assert refused(backup, tmp_path, OTHER) == "wrong_key"


@pytest.mark.parametrize(
    "later",
    [
        lambda told: {**told, "format": manifest.FORMAT + 1, "parts": "of another shape"},
        lambda told: {**told, "store": {**told["store"], "migrations": [["patrols", "0009_later"]]}},
    ],
)
def test_a_backup_of_a_newer_linli_is_left_alone(
    backup: Path, tmp_path: Path, later: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    told = msgspec.to_builtins(manifest.read(backup, KEY))
    (backup / "manifest").unlink()
    with writing(backup / "manifest", KEY, "manifest") as into:
        into.write(msgspec.json.encode(later(told)))
    assert refused(backup, tmp_path) == "newer_backup"


def test_a_photo_whose_name_leads_elsewhere_is_not_written(backup: Path, tmp_path: Path) -> None:
    """Whoever has the key could make such a list."""
    one = photos.Photo("0" * 64, 1, 0, "../../elsewhere")
    with pytest.raises(Refused):
        photos.restore(backup, KEY, [one], tmp_path / "new" / "media")
    assert not (tmp_path / "elsewhere").exists()


def test_a_restore_that_was_killed_can_be_repeated(backup: Path, tmp_path: Path, settings: Any) -> None:
    """Killed among the renames: some things have their place, and a start is refused until it was repeated."""
    new = tmp_path / "new"
    (new / RESTORING).mkdir(parents=True)
    (new / RESTORING / "names").write_text("media\nsecret_key\nlinli.sqlite3")
    (new / "secret_key").write_text("half")
    settings.HOME = new
    with pytest.raises(Refused) as refusal:
        make_ready()
    assert refusal.value.code == "half_restored"
    restore(Wanted(backup, new, KEY))
    assert {path.name for path in new.iterdir()} == {"media", "secret_key", "vault_keys", "linli.sqlite3"}
    assert (new / "media" / "originals" / "ab" / "abc").read_bytes() == picture()
    assert (new / "secret_key").read_text() == settings.SECRET_KEY


def test_the_secret_key_alone_can_be_restored(backup: Path, tmp_path: Path, settings: Any) -> None:
    restore_files(Wanted(backup, tmp_path / "new", KEY))
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"secret_key", "vault_keys"}
    assert (tmp_path / "new" / "secret_key").read_text() == settings.SECRET_KEY
    with pytest.raises(Refused):
        restore_files(Wanted(backup, backup, KEY))


def test_a_backup_opens_without_linli_as_the_docs_say(backup: Path, tmp_path: Path) -> None:
    docs = Path(__file__).parents[3] / "docs" / "operation.md"
    program = docs.read_text("utf-8").partition("### Without linli")[2].partition("```python\n")[2].partition("```")[0]
    (tmp_path / "key").write_text(f"# a note\nlinli-backup-key-1 {in_words(KEY)}\n")

    def opened(name: str) -> bytes:
        words = [sys.executable, "-c", program, str(tmp_path / "key"), str(backup), name, str(tmp_path / "out")]
        subprocess.run(words, check=True)
        return (tmp_path / "out").read_bytes()

    assert gzip.decompress(opened("database")).startswith(b"SQLite format 3")
    assert opened("photos").split()[-1] == b"originals/ab/abc"
    assert opened("media/originals/ab/abc") == picture()


def test_the_last_backup_of_a_folder_is_meant(made: Made, tmp_path: Path) -> None:
    assert chosen(made.backup.parent) == made.other
    assert chosen(made.backup) == made.backup
    with translation.override("en"), pytest.raises(Refused, match="There is no backup in"):
        chosen(tmp_path)


def test_a_file_of_many_pieces_is_no_exception(tmp_path: Path) -> None:
    """The size that is used, where the tests of the seal use a small one."""
    with writing(tmp_path / "part", KEY, "part") as into:
        into.write(bytes(2 * PIECE + 1))
    assert (tmp_path / "part").stat().st_size == photos.sealed_size(2 * PIECE + 1)


def test_a_restore_into_a_fresh_home_leaves_nothing_of_its_own_key(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(in_words(KEY))
    (tmp_path / "key").chmod(0o600)
    ran = linli(tmp_path / "fresh", "restore", str(backup), "--key-file", str(tmp_path / "key"))
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "fresh" / "linli.sqlite3").exists()
    assert list((tmp_path / "fresh").glob("secret_key*")) == [tmp_path / "fresh" / "secret_key"]
