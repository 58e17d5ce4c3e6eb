"""The sums over matters of a real city equal the slow computation."""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from linli.events.actions import ImportedMatter, import_matters
from linli.events.rules import State
from linli.events.testing import World
from linli.people.rules import Held, Role, Scope
from linli.statistics.counting import follow
from linli.statistics.map_cells import Window, cells
from linli.statistics.periods import Period
from linli.statistics.reading import figures
from linli.statistics.rules.cubes import ZOOMS
from linli.statistics.tests import slow

MATTERS = 1500
AT = datetime(2016, 1, 20, 4, tzinfo=UTC)
BOSTON = ZoneInfo("America/New_York")


@pytest.mark.real
def test_the_figures_of_a_real_city_equal_the_slow_computation(world: World, shared: Path) -> None:
    rows = list(islice(_rows(shared / "data" / "requests311" / "boston_2015.csv.gz"), MATTERS))
    villages = [code for code, area in world.areas.items() if area.level == "grid"]
    brought = [_matter(world, row, villages) for row in rows]
    import_matters(brought, source="boston", at=AT)
    while follow(AT, stride=400):
        pass
    scope = Scope((Held(Role.DESK, "440881"),))
    for period in (Period(date(2015, 1, 1), date(2015, 1, 31)), Period(date(2015, 1, 5), date(2016, 1, 3))):
        for by, key in (("", lambda one: ""), ("township", lambda one: one.event.area_id[:9])):
            found = figures(scope, "440881", period, by=by, at=AT)
            assert found.from_sums
            counted = {name: {code: n for code, n in row.counts.items() if n} for name, row in found.rows.items()}
            assert counted == slow.table("440881", period.first, period.last, AT, key)
    for zoom, times in enumerate(ZOOMS):
        drawn = {(one.x, one.y): (one.reported, one.open) for one in cells(scope, Window(-72, 42, -70, 43), zoom)}
        assert drawn == slow.map_of("440881", times)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _matter(world: World, row: dict[str, str], grids: list[str]) -> ImportedMatter:
    """Districts of the police stand for grids: what counts is that the matters are spread as in life."""
    closed = _moment(row["closed_at"])
    return ImportedMatter(
        external_no=row["case_id"],
        area=world.areas[grids[sum(map(ord, row["police_district"])) % len(grids)]],
        reported_at=_moment(row["opened_at"]),  # type: ignore[arg-type]
        text=row["type"],
        category=world.drain if "Water" in row["department"] else None,
        state=State.CLOSED if closed else State.REPORTED,
        due_at=_moment(row["target_at"]),
        ended_at=closed,
        lon=float(row["lon"]) if row["lon"] else None,
        lat=float(row["lat"]) if row["lat"] else None,
    )


def _moment(written: str) -> datetime | None:
    return datetime.fromisoformat(written).replace(tzinfo=BOSTON) if written else None
