"""A simulated county year: matters driven through the real actions by people who object, hand back, extend and go on leave.

31,000 matters, 24 departments and 22 townships from the first of January on, in virtual time, with the worker cut down at
random. Every act goes through the form and the action a person would use, and every notice over a wire to stand-ins. The whole
year takes some hours of one core, so that a run has 1,000 matters unless `LINLI_YEAR_MATTERS` says how many. With
`LINLI_BENCH_HOME`, a folder, it is kept every five minutes, and a run that was cut at any moment goes on from there.

The disk is not asked to sync: that nothing committed is lost with the power is shown elsewhere, by killing real processes.
"""

import gc
import os
import pickle
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
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
        diary = _Diary(year, say)
        with _called_off():
            year.live(diary.write)
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

    found, store = _kept(), str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and found.parent.exists():
        # What was lived through after it was kept, or a county that was cut while it was made, is lived through again.
        for beside in ("", "-wal", "-shm"):
            Path(store + beside).unlink(missing_ok=True)
    found.parent.mkdir(exist_ok=True)
    if found.exists():
        shutil.copy(found, store)
        with closing(sqlite3.connect(store)) as kept, kept:
            (pickled,) = kept.execute("SELECT year FROM kept_year").fetchone()
            kept.execute("DROP TABLE kept_year")
        year: Year = pickle.loads(pickled)
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


#: So often it is kept, if a day has begun.
_KEPT_EVERY_S = 300


@dataclass
class _Diary:
    """Says after each day what it was, and keeps the year now and then and where it is called off."""

    year: "Year"
    say: Callable[[str], None]
    cpu_s: float = field(default_factory=time.process_time)
    kept_at: float = field(default_factory=time.perf_counter)
    before: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.before = self._counted()

    def write(self, day: date) -> None:
        """At the beginning of a day."""
        if self.year.faults:
            self.say("\n".join(self.year.faults[:20]))
            raise SystemExit(f"A law did not hold before {day}.")
        self._tell(day)
        is_time = time.perf_counter() > self.kept_at + _KEPT_EVERY_S
        if "LINLI_BENCH_HOME" in os.environ and (is_time or _CALLED_OFF):
            self._keep()
        if _CALLED_OFF:
            raise SystemExit(f"Called off at the beginning of {day}.")

    def _tell(self, day: date) -> None:
        now, cpu_s = self._counted(), time.process_time()
        if now == self.before:
            return
        new, spent_ms = now - self.before, (cpu_s - self.cpu_s) * 1000
        self.before, self.cpu_s = now, cpu_s
        of_day = (
            f"{new['matters']:,} matters, {new['acts']:,} acts, {new['looks']:,} looks at the law, {new['kills']} kills"
        )
        cost = f"{spent_ms / max(new['matters'], 1):,.0f} ms of processor a matter"
        self.say(
            f"before {day}: {of_day}, {cost}; {now['matters']:,} matters and {now['kills']:,} kills, no law broken"
        )

    def _counted(self) -> Counter[str]:
        year = self.year
        return Counter(
            matters=year.taken["report"],
            acts=year.taken.total(),
            looks=year.telling.done["looks"],
            kills=year.worker.done["killed"] + year.telling.done["killed"],
        )

    def _keep(self) -> None:
        """Between two acts everything is committed. The year and its store are kept in one file: neither without the other."""
        from django.db import connection

        if connection.vendor != "sqlite":
            return
        kept = _kept()
        draft = kept.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(draft)])
        with closing(sqlite3.connect(draft)) as store, store:
            store.execute("CREATE TABLE kept_year (year BLOB)")
            store.execute("INSERT INTO kept_year VALUES (?)", [pickle.dumps(self.year)])
        draft.replace(kept)
        self.kept_at = time.perf_counter()


#: Signals that came: the year is kept at the beginning of the next day, and ends.
_CALLED_OFF: list[int] = []


@contextmanager
def _called_off() -> Iterator[None]:
    """While it is lived through, SIGTERM and Ctrl-C end it where it can be kept; the second one at once."""

    def note(number: int, _frame: object) -> None:
        if _CALLED_OFF:
            raise SystemExit(1)
        _CALLED_OFF.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
