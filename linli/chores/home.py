"""The home of this installation: its folders and whether its database is as this program needs it."""

import fcntl
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext_lazy as _

from linli.events import packs
from linli.kit.holidays import load_calendar
from linli.kit.new_tables import make_tables
from linli.kit.refusal import Refused

Names = frozenset[tuple[str, str]]
#: Where a restore gathers what it restores, until all of it is there.
RESTORING = ".restoring"


@dataclass(frozen=True)
class Schema:
    """Migrations as (room, name): those this program brings, and those the database has seen."""

    brought: Names
    applied: Names

    @property
    def outstanding(self) -> Names:
        """What the database still lacks."""
        return self.brought - self.applied

    @property
    def unknown(self) -> Names:
        """What a newer linli has done to the database."""
        return self.applied - self.brought

    @property
    def is_empty(self) -> bool:
        """Nothing was ever stored here."""
        return not self.applied


def schema() -> Schema:
    """How the database stands to this program: one query, and of a home of today no migration is imported."""
    return stands(frozenset(MigrationRecorder(connection).applied_migrations()))


def stands(applied: Names) -> Schema:
    """How a database that has taken these migrations stands to this program."""
    brought = {(app.label, name) for app in apps.get_app_configs() for name in _migrations_in(Path(app.path))}
    if applied - brought:
        applied -= _folded(brought)
    return Schema(frozenset(brought), applied)


def _folded(brought: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The migrations that were folded into one; an older home names them still."""
    squashed = [(label, name) for label, name in brought if name.endswith("_squashed")]
    modules = [import_module(f"{apps.get_app_config(label).name}.migrations.{name}") for label, name in squashed]
    return {tuple(old) for module in modules for old in module.Migration.replaces}


def _migrations_in(room: Path) -> Iterator[str]:
    for module in pkgutil.iter_modules([str(room / "migrations")]):
        if module.name[0] not in "_~":
            yield module.name


def make_ready(*, only_if_empty: bool = False) -> None:
    """Make the folders, and bring the database up to this program. Raises `Refused` if a newer linli has used it.

    `only_if_empty` leaves a home that holds something as it is.
    """
    refuse_half_restored()
    _make_folders()
    found = schema()
    refuse_newer(found)
    if not found.outstanding or (only_if_empty and not found.is_empty):
        return
    if found.is_empty:
        refuse_lost_store()
    with alone():
        if schema().outstanding:  # nobody was quicker
            if found.is_empty:
                make_tables()
                _furnish()
            else:
                call_command("migrate", verbosity=0, interactive=False, skip_checks=True)


def _furnish() -> None:
    """What a new home needs before its first matter: the working days published so far, and the default categories."""
    load_calendar()
    packs.load(packs.DEFAULT)


def refuse_newer(found: Schema) -> None:
    """Raises `Refused` when the database holds what this program does not know."""
    if found.unknown:
        room, name = min(found.unknown)
        raise Refused(
            "newer_home",
            _("A newer linli has used this home (%(room)s %(name)s). Install that version, or restore a backup."),
            room=room,
            name=name,
        )


def refuse_half_restored() -> None:
    """Raises `Refused` when a restore into this home was broken off: a start would make a new, empty store in it."""
    if (settings.HOME / RESTORING).exists():
        words = _("A restore into %(home)s is going on, or was broken off. Run “linli restore” again.")
        raise Refused("half_restored", words, home=str(settings.HOME))


def refuse_lost_store() -> None:
    """Raises `Refused` when an empty store is found in a home that was in use: a new one would hide the loss."""
    kept = next(
        (path for path in (settings.HOME / "backup.json", settings.MEDIA_ROOT / "originals") if path.exists()), None
    )
    if kept:
        words = _(
            "The database of this home is gone or empty, but %(kept)s says that it was in use. Restore a backup "
            "(“linli restore”), or set LINLI_HOME to a new folder."
        )
        raise Refused("store_lost", words, kept=str(kept))


def _make_folders() -> None:
    for folder in (settings.HOME, settings.MEDIA_ROOT, settings.STATIC_ROOT):
        Path(folder).mkdir(parents=True, exist_ok=True)


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of this home; other processes of this machine that ask for it wait."""
    with open(settings.HOME / "lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
