"""What a phone keeps, at a million events: the reference, the tasks and the grid of one person, and learning what is likely.

`LINLI_BENCH_EVENTS` shrinks it; `LINLI_BENCH_POSTGRES`, the URL of an empty database, adds a run on PostgreSQL.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from bench.county import AT
from bench.queue import EVENTS, GRID, TOWNSHIP, build

if TYPE_CHECKING:
    from linli.people.models import Person

_TIMES = 5


def run(say: Callable[[str], None]) -> None:
    """Measure on SQLite, and on PostgreSQL if there is one. Each store is a process of its own."""
    stores = {"SQLite": "", "PostgreSQL": os.environ.get("LINLI_BENCH_POSTGRES", "")}
    for name, url in stores.items():
        if name == "PostgreSQL" and not url:
            say("PostgreSQL: not measured, LINLI_BENCH_POSTGRES names no database")
            continue
        with tempfile.TemporaryDirectory(prefix="linli-bench-") as home:
            places = {"LINLI_HOME": home, "LINLI_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "linli.settings"}
            command = [sys.executable, "-m", "bench.field", name]
            with subprocess.Popen(command, env=os.environ | places, stdout=subprocess.PIPE, text=True) as process:
                for line in process.stdout or ():
                    say(line.rstrip())
            if process.returncode:
                raise SystemExit(f"bench.field on {name} ended with {process.returncode}")


def _appoint() -> "dict[str, Person]":
    from linli.areas.models import Area
    from linli.people.actions import add_person, appoint
    from linli.people.models import Department
    from linli.people.rules import Role

    posts: dict[str, tuple[Role, str, str | None]] = {
        "grid worker": (Role.GRID_WORKER, GRID, None),
        "verifier of a township": (Role.VERIFIER, TOWNSHIP, None),
        "officer of a department": (Role.HANDLER, "440881", "d00"),
        "desk of the county": (Role.DESK, "440881", None),
    }
    people = {}
    for name, (role, area, department) in posts.items():
        people[name] = add_person(username=f"bench-{role}", name=name)
        at_work = Department.objects.get(pk=department) if department else None
        appoint(people[name], role=role, area=Area.objects.get(pk=area), from_on=date(2025, 1, 1), department=at_work)
    return people


def _measure(name: str) -> None:
    from linli.field.grid import grid_for
    from linli.field.likely import learn
    from linli.field.reference import reference_for
    from linli.field.tasks import tasks_for
    from linli.people.actions import scope_of

    build(EVENTS)
    people = _appoint()
    longest, turns, begun = 0.0, 1, time.perf_counter()
    more = True
    while more:
        this = time.perf_counter()
        more = learn(AT)
        longest, turns = max(longest, time.perf_counter() - this), turns + more
    print(f"{name}, {EVENTS:,} events: learned what is likely in {time.perf_counter() - begun:.1f} s, "
          f"{turns} turns, the longest {longest:.2f} s", flush=True)  # fmt: skip
    made: dict[str, Any] = {"reference": reference_for, "tasks": tasks_for, "grid": grid_for}
    for who, person in people.items():
        scope = scope_of(person, AT)
        told = ", ".join(f"{what} {_median_ms(lambda: make(person, scope, AT)):.0f} ms" for what, make in made.items())  # noqa: B023
        count = len(tasks_for(person, scope, AT)["tasks"])
        print(f"{name}, {who}: {told} ({count} tasks)", flush=True)


def _median_ms(ask: Callable[[], object]) -> float:
    ask()
    took = []
    for _each in range(_TIMES):
        begun = time.perf_counter()
        ask()
        took.append(time.perf_counter() - begun)
    return sorted(took)[_TIMES // 2] * 1000


if __name__ == "__main__":
    import django

    django.setup()
    _measure(sys.argv[1])
