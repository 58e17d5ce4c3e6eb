"""Bringing in matters in bulk: `linli events import` on Boston's requests against one `report` after the other.

Boston's file lies beside the checkout, in `shared`; where it is absent, rows like it are made. `LINLI_BENCH_ROWS` cuts it.
"""

import csv
import gzip
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
BOSTON = CHECKOUT.parent / "shared" / "data" / "requests311" / "boston_2015.csv.gz"
MAP = CHECKOUT / "examples" / "maps" / "boston_2015.toml"
ROWS = int(os.environ.get("LINLI_BENCH_ROWS", "121145"))
#: Rows of the plain way, which needs some hundred times as long as there is patience for.
PLAIN = 1000
COUNTY = "250001"


def run(say: Callable[[str], None]) -> None:
    """First run, second run, and the plain way, each with rows a second and processor time a row."""
    from django.conf import settings
    from django.core.management import call_command

    from linli.events.models import Event

    call_command("migrate", verbosity=0)
    path = Path(settings.HOME) / "boston.csv"
    count, neighbourhoods = _copy(path)
    say(f"{count:,} rows of {'Boston 311, 2015' if BOSTON.exists() else 'our own making, like those of Boston 311'}")
    _make_areas(neighbourhoods)
    first = _timed(lambda: _import(path))
    report, seconds, cpu = first
    assert report.new == Event.objects.count()
    _tell(say, f"import: {report.new:,} new, {report.refused.total():,} refused", count, seconds, cpu)
    again, seconds, again_cpu = _timed(lambda: _import(path))
    assert again.new == 0
    _tell(say, "second run: adds nothing", count, seconds, again_cpu)
    _done, seconds, plain_cpu = _timed(lambda: _plain(path))
    _tell(say, f"plain: actions.report for {PLAIN:,} rows, none of them closed", PLAIN, seconds, plain_cpu)
    say(f"{(plain_cpu / PLAIN) / (cpu / count):.1f} x less processor time a row than the plain way")
    say(f"{_own_memory_mb():,.0f} MB of memory of its own at the end (pages of the database's file not counted)")


def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gave, seconds by the clock, and seconds of processor time."""
    start, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - start, time.process_time() - cpu


def _own_memory_mb() -> float:
    """Linux tells it apart from what is only mapped; not a number elsewhere."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon")), float("nan"))


def _tell(say: Callable[[str], None], name: str, count: int, seconds: float, cpu: float) -> None:
    say(f"{name:<64} {count / seconds:8,.0f} rows/s {cpu / count * 1e6:8,.0f} µs CPU a row")


def _import(path: Path) -> Any:
    from linli.intake.importing import Report, import_events, read_map

    report = Report()
    import_events(path, read_map(MAP), report, at=datetime.now(UTC))
    return report


def _plain(path: Path) -> None:
    from linli.areas.models import Area
    from linli.events import actions
    from linli.events.models import Category

    areas = {area.name: area for area in Area.objects.all()}
    category = Category.objects.filter(code="C02", pack__in_use=True).get()
    with path.open(encoding="utf-8", newline="") as file:
        for row in islice(csv.DictReader(file), PLAIN):
            actions.report(
                text=f"{row['subject']}\n{row['reason']}",
                title=row["type"],
                place=row["street"],
                area=areas[row["neighborhood"] or "Boston"],
                category=category,
                at=datetime.fromisoformat(row["opened_at"]).replace(tzinfo=UTC),
                lon=float(row["lon"]),
                lat=float(row["lat"]),
                source="import",
            )


def _make_areas(neighbourhoods: list[str]) -> None:
    from linli.areas import actions

    actions.add_area(COUNTY, "Suffolk")
    for number, name in enumerate(neighbourhoods, 1):
        actions.add_area(f"{COUNTY}{number:03d}", name)


def _copy(path: Path) -> tuple[int, list[str]]:
    """The rows to measure in one plain file, how many they are, and the neighbourhoods they name."""
    rows = islice(_boston() if BOSTON.exists() else _made(), ROWS)
    first = next(rows)
    count, neighbourhoods = 1, {"Boston", first["neighborhood"]}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerow(first)
        for row in rows:
            writer.writerow(row)
            count += 1
            neighbourhoods.add(row["neighborhood"])
    return count, sorted(filter(None, neighbourhoods))


def _boston() -> Iterator[dict[str, str]]:
    with gzip.open(BOSTON, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _made() -> Iterator[dict[str, str]]:
    """Rows with the columns of Boston that the map reads."""
    dice = random.Random(5)
    opened = datetime(2015, 1, 1)  # noqa: DTZ001 - as in Boston's file, the map gives the zone
    for number in range(ROWS):
        opened += timedelta(seconds=dice.randrange(500))
        is_open = dice.random() < 0.16
        yield {
            "case_id": f"1010{number:08d}",
            "opened_at": opened.isoformat(),
            "target_at": (opened + timedelta(days=10)).isoformat() if dice.random() < 0.78 else "",
            "closed_at": "" if is_open else (opened + timedelta(hours=dice.randrange(700))).isoformat(),
            "status": "Open" if is_open else "Closed",
            "closure_reason": "" if is_open else "Case Closed Case Resolved",
            "subject": "Public Works Department",
            "reason": dice.choice(["Street Lights", "Highway Maintenance", "Trees", "Graffiti"]),
            "type": dice.choice(["Street Light Outages", "Sidewalk Repair", "Tree Emergencies", "Graffiti Removal"]),
            "source": dice.choice(["Constituent Call", "Citizens Connect App", "City Worker App"]),
            "street": f"{dice.randrange(1, 400)} Main St",
            "neighborhood": f"Neighbourhood {dice.randrange(24)}",
            "lat": f"{42.25 + dice.random() / 7:.4f}",
            "lon": f"{-71.15 + dice.random() / 7:.4f}",
        }
