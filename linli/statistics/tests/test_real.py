"""The sums over matters of real cities equal the slow computation."""

import csv
import gzip
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
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
    _import(world, "boston", [_of_boston(row) for row in rows])
    _require_equal((Period(date(2015, 1, 1), date(2015, 1, 31)), Period(date(2015, 1, 5), date(2016, 1, 3))), AT)
    for zoom, times in enumerate(ZOOMS):
        drawn = {(one.x, one.y): (one.reported, one.open) for one in cells(ALL, Window(-72, 42, -70, 43), zoom)}
        assert drawn == slow.map_of("440881", times)


@pytest.mark.real
def test_the_figures_of_fourteen_years_of_a_chinese_hotline_equal_the_slow_computation(
    world: World, shared: Path
) -> None:
    """Fuzhou's 12345 about rivers, each with its days to the final answer; half of them taken as closed by then."""
    rows = list(_rows(shared / "data" / "messages" / "fuzhou12345_rivers.csv.gz"))
    _import(world, "fuzhou", [_of_fuzhou(row) for row in rows])
    year, all_years = Period(date(2018, 3, 5), date(2019, 3, 4)), Period(date(2006, 1, 1), date(2020, 12, 31))
    _require_equal(
        (Period(date(2020, 6, 1), date(2020, 6, 30)), year, all_years), datetime(2020, 12, 30, 4, tzinfo=UTC)
    )


#: A matter without its area; by the name of the district, which stands for a grid: spread as in life.
Row = tuple[str, dict[str, Any]]
ALL = Scope((Held(Role.DESK, "440881"),))


def _import(world: World, source: str, rows: list[Row]) -> None:
    grids = [code for code, area in world.areas.items() if area.level == "grid"]
    places = [world.areas[grids[sum(map(ord, district)) % len(grids)]] for district, _row in rows]
    categories = {"water": world.drain, "": None}
    matters = [
        ImportedMatter(area=place, **row | {"category": categories[row["category"]]})
        for place, (_district, row) in zip(places, rows, strict=True)
    ]
    import_matters(matters, source=source, at=AT)
    while follow(AT, stride=400):
        pass


def _require_equal(periods: Iterable[Period], at: datetime) -> None:
    for period in periods:
        for by, key in (("", lambda one: ""), ("township", lambda one: one.event.area_id[:9])):
            found = figures(ALL, "440881", period, by=by, at=at)
            assert found.from_sums
            counted = {name: {code: n for code, n in row.counts.items() if n} for name, row in found.rows.items()}
            assert counted == slow.table("440881", period.first, period.last, at, key)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _of_boston(row: dict[str, str]) -> Row:
    closed = _moment(row["closed_at"])
    return row["police_district"], {
        "external_no": row["case_id"],
        "reported_at": _moment(row["opened_at"]),
        "text": row["type"],
        "category": "water" if "Water" in row["department"] else "",
        "state": State.CLOSED if closed else State.REPORTED,
        "due_at": _moment(row["target_at"]),
        "ended_at": closed,
        "lon": float(row["lon"]) if row["lon"] else None,
        "lat": float(row["lat"]) if row["lat"] else None,
    }


def _of_fuzhou(row: dict[str, str]) -> Row:
    reported = datetime.combine(date.fromisoformat(row["created_date"]), time(9, 30), ZoneInfo("Asia/Shanghai"))
    answered = reported + timedelta(days=int(row["days_to_final_reply"]))
    is_closed = int(row["id"][-1], 16) % 2 == 0
    return row["district"], {
        "external_no": row["id"],
        "reported_at": reported,
        "text": row["title"] or row["river"],
        "category": "water" if row["nature"] == "投诉" else "",
        "state": State.CLOSED if is_closed else State.REPORTED,
        "due_at": reported + timedelta(days=10),
        "ended_at": answered if is_closed else None,
    }


def _moment(written: str) -> datetime | None:
    return datetime.fromisoformat(written).replace(tzinfo=BOSTON) if written else None
