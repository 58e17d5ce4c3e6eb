"""A simulated county year: matters driven through the real actions by people who object, hand back, extend and go on leave.

31,000 matters, 24 departments and 22 townships from the first of January on, in virtual time, with the worker cut down at
random. Every act goes through the form and the action a person would use, and every notice over a wire to stand-ins. The whole
year takes some hours of one core, so that a run has 1,000 matters unless `LINLI_YEAR_MATTERS` says how many. With
`LINLI_BENCH_HOME`, a folder, it is kept every ten minutes, and a run that was cut goes on from there.

The disk is not asked to sync: that nothing committed is lost with the power is shown elsewhere, by killing real processes.
"""

import gc
import os
import pickle
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from bench.year.county import Size

if TYPE_CHECKING:
    from bench.year.course import Year
    from bench.year.telling import Outside

SEED = 2026


def run(say: Callable[[str], None]) -> None:
    """Live through the year on a store of its own and say what held."""
    from bench.year.telling import outside

    start = time.perf_counter()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    with outside(Random(SEED + 3)) as world:
        year = _begin(world, say)
        year.live(_Diary(year, say, start).write)
        for line in year.told():
            say(line)
    say(f"lived through in {time.perf_counter() - start:,.0f} s")
    if year.faults:
        raise SystemExit("A law did not hold.")


def _begin(world: "Outside", say: Callable[[str], None]) -> "Year":
    """A new year, or the one that was kept where it was cut."""
    from django.core.management import call_command
    from django.db import connection

    from bench.year.course import Year

    found = _kept()
    if found.exists():
        store = str(connection.settings_dict["NAME"])
        for beside in ("-wal", "-shm"):
            Path(store + beside).unlink(missing_ok=True)
        shutil.copy(found, store)
        year: Year = pickle.loads(found.with_suffix(".pickle").read_bytes())
        year.telling.outside = world
        say(f"goes on where it was kept, with {year.taken['report']:,} matters")
    call_command("migrate", verbosity=0)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
    if found.exists():
        return year
    matters = int(os.environ.get("LINLI_YEAR_MATTERS", "1000"))
    return Year(Size(matters=matters), SEED, world)


def _kept() -> Path:
    return Path(os.environ["LINLI_HOME"]) / "year" / "kept.sqlite3"


#: So often it is kept, and something is said, if a day has begun.
_KEPT_EVERY_S, _TOLD_EVERY_S = 600, 60


@dataclass
class _Diary:
    """Says how far the year has come, and keeps it now and then."""

    year: "Year"
    say: Callable[[str], None]
    start: float
    kept_at: float = field(default_factory=time.perf_counter)
    told_at: float = 0.0

    def write(self, day: date) -> None:
        """At the beginning of a day."""
        if self.year.faults:
            self.say("\n".join(self.year.faults[:20]))
            raise SystemExit(f"A law did not hold before {day}.")
        now = time.perf_counter()
        if now > self.told_at + _TOLD_EVERY_S:
            self.told_at = now
            self._tell(day)
        if "LINLI_BENCH_HOME" in os.environ and now > self.kept_at + _KEPT_EVERY_S:
            self.kept_at = now
            self._keep()

    def _tell(self, day: date) -> None:
        year = self.year
        took = time.perf_counter() - self.start
        counts = (
            f"{year.taken['report']:,} matters, {sum(year.taken.values()):,} acts, {year.telling.done['looks']:,} looks"
        )
        deaths = year.worker.done["killed"] + year.telling.done["killed"]
        self.say(f"{day}: {counts}, {deaths} kills, no law broken ({took:,.0f} s)")

    def _keep(self) -> None:
        """Between two acts everything is committed."""
        from django.db import connection

        if connection.vendor != "sqlite":
            return
        kept = _kept()
        kept.parent.mkdir(exist_ok=True)
        draft = kept.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(draft)])
        kept.with_suffix(".pickle").write_bytes(pickle.dumps(self.year))
        draft.replace(kept)
