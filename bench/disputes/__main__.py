"""One store, in a process and home of its own."""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from bench.disputes.living import Lived
    from bench.disputes.plan import Plan


def main(store: str) -> int:
    """Live the year, say what each month took, and what does not hold; 1 if anything."""
    django.setup()
    from django.core.management import call_command

    from bench.__main__ import say
    from bench.disputes import ACCEPTED, SEED
    from bench.disputes.living import live
    from bench.disputes.plan import Ground, plan_of

    def tell(line: str) -> None:
        say(f"{store}: {line}")

    call_command("migrate", verbosity=0)
    _without_syncing()
    plan = plan_of(ACCEPTED, Ground() if ACCEPTED > 500 else Ground(townships=6, villages=2), SEED)
    lived = live(plan)
    tell(f"{len(plan.lives):,} disputes, of which {ACCEPTED:,} are accepted, in {len(plan.acts()):,} acts")
    broken = [one for until in _months() for one in _month(lived, until, tell)]
    broken += [*lived.faults, *_at_the_end(plan, lived.at)]
    for one in broken[:40] or ["everything is as planned"]:
        tell(one)
    return int(bool(broken))


def _without_syncing() -> None:
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")


def _months() -> Iterator[datetime]:
    """The end of each month that is lived."""
    from bench.disputes.days import DAY, midnight_after
    from bench.disputes.plan import UNTIL, YEAR

    month = date(YEAR, 2, 1)
    while (end := midnight_after(month - DAY)) <= UNTIL:
        yield end
        month = (month + 31 * DAY).replace(day=1)


def _month(lived: "Lived", until: datetime, tell: Callable[[str], None]) -> list[str]:
    """Live it, and hold the ledger of the county against the plan at its end."""
    from bench.disputes import laws
    from bench.disputes.days import DAY, day_of
    from bench.disputes.plan import COUNTY
    from linli.statistics.periods import Period

    begun, before = time.process_time(), lived.done.total()
    lived.live(until)
    spent, acts = time.process_time() - begun, lived.done.total() - before
    last = day_of(until - DAY)
    tell(f"until {last}: {acts:,} acts, {1000 * spent / max(acts, 1):.1f} ms of processor each")
    return list(laws.figures(lived.plan, COUNTY, Period(last.replace(month=1, day=1), last), until))


def _at_the_end(plan: "Plan", at: datetime) -> Iterator[str]:
    from bench.disputes import laws
    from bench.disputes.plan import COUNTY, YEAR
    from linli.statistics.periods import Period

    year = Period(date(YEAR, 1, 1), date(YEAR, 12, 31))
    for area in (COUNTY, *sorted({life.town for life in plan.lives})):
        yield from laws.figures(plan, area, year, at)
    yield from laws.tables(plan, COUNTY, year, at)
    yield from laws.lines(plan, COUNTY, year, at)
    yield from laws.warnings(plan, at)
    yield from laws.ends(plan, at)
    yield from laws.lots(plan)
    yield from laws.journal()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
