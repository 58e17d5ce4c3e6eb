"""Figures from sums beside the same by grouping the rows, the wall, and what counting costs beside a report.

`LINLI_BENCH_EVENTS` shrinks it, or makes it larger (10000000): of more than a million, a part is counted and then multiplied.
`LINLI_BENCH_POSTGRES`, the URL of an empty database, adds a run on PostgreSQL.
"""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bench import queue, wall
from bench.county import AT, give_parts, insert_events, make_areas, make_categories, rows
from bench.multiply import multiply
from bench.queue import EVENTS, median_ms

if TYPE_CHECKING:
    from linli.people.rules import Scope
    from linli.statistics.periods import Period

REPORTS = 300
#: Counted one by one at most; more are made of these.
COUNTED = 1_000_000
#: Matters held in memory at once while all are counted.
STRIDE = 40_000
COUNTY, TOWNSHIP, VILLAGE = "440881", "440881105", "440881105203"


def run(say: Callable[[str], None]) -> None:
    """Measure on SQLite, and on PostgreSQL if there is one."""
    queue.on_each_store("bench.statistics", say)


def build(count: int) -> None:
    """The county of the queue's measurement, its matters with a position each."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    grids = make_areas()
    categories, departments = make_categories()
    insert_events(_placed(rows(count, grids, categories)))
    give_parts(departments)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _placed(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        code = int(row["area_id"][6:])
        yield row | {"lon": 110.0 + code % 997 / 1600, "lat": 21.4 + code % 991 / 1600}


def count(say: Callable[[str], None], store: str) -> None:
    """Count all matters anew."""
    from linli.events.models import Event
    from linli.statistics.counting import begin_anew, follow
    from linli.statistics.models import Cell

    begun = time.perf_counter()
    begin_anew(AT)
    while follow(AT, stride=STRIDE):
        pass
    took, matters = time.perf_counter() - begun, Event.objects.count()
    each, cells = 1e6 * took / matters, Cell.objects.count()
    say(f"{store}: {matters:,} matters counted in {took:.1f} s, {each:.0f} µs each, {cells:,} cells")


def measure(say: Callable[[str], None], store: str) -> None:
    """All of this store, a line each: sums and rows in one run."""
    for name, read in _questions():
        _beside(say, f"{store}: {name}", read)
    _beside(say, f"{store}: map of the county, 1.7 km", _map(2))
    _beside(say, f"{store}: map of a township, 108 m", _map(4, TOWNSHIP))
    for name, read in _sights():
        say(f"{store}: {name}: {median_ms(read, 5):,.0f} ms")
    _cost(say, store)


def _sights() -> list[tuple[str, Callable[[], object]]]:
    """Charts and hot spots of the county, as their pages read them."""
    from linli.areas.models import Area
    from linli.statistics.control.charts import BY_MONTH, COMPARED, chart_of, in_a_row
    from linli.statistics.hotspots.rising import rising
    from linli.statistics.hotspots.spots import clusters, coming_back
    from linli.statistics.periods import Period

    area, scope, year = Area.objects.get(pk=COUNTY), _scope(COUNTY), Period(date(2025, 12, 1), date(2026, 11, 16))
    quarter, month = AT - timedelta(days=90), AT - timedelta(days=30)
    return [
        ("control chart of townships", lambda: chart_of(scope, area, COMPARED[0], year, by="township", at=AT)),
        ("control chart of departments", lambda: chart_of(scope, area, COMPARED[0], year, by="department", at=AT)),
        ("24 months in a row", lambda: in_a_row(scope, area, BY_MONTH[0], at=AT)),
        ("rising categories, the whole county", lambda: rising(area, 28, at=AT)),
        ("rising categories, each township", lambda: rising(area, 28, below=True, at=AT)),
        ("places that come back", lambda: coming_back(area, radius=100, within=timedelta(days=60), since=quarter)),
        ("reported over and over", lambda: clusters(area, since=month)),
    ]


def _scope(code: str) -> "Scope":
    from linli.people.rules import Held, Role, Scope

    return Scope((Held(Role.DESK, code),))


def _questions() -> list[tuple[str, Callable[[], object]]]:
    from linli.statistics.durations import lengths
    from linli.statistics.periods import Period
    from linli.statistics.reading import figures

    year = Period(date(2025, 12, 1), date(2026, 11, 16))
    month, before = Period(date(2026, 10, 1), date(2026, 10, 31)), Period(date(2026, 9, 1), date(2026, 9, 30))

    def asked(code: str, period: Period, by: str = "") -> Callable[[], object]:
        return lambda: figures(_scope(code), code, period, by=by, at=AT)

    return [
        ("county, a year, as a whole", asked(COUNTY, year)),
        ("county, a year, by township", asked(COUNTY, year, "township")),
        ("county, a year, by category", asked(COUNTY, year, "category")),
        ("county, a year, by department", asked(COUNTY, year, "department")),
        ("county, a year, by month", asked(COUNTY, year, "month")),
        ("township, a year, by village", asked(TOWNSHIP, year, "village")),
        ("village, a month", asked(VILLAGE, month)),
        ("county, a month and the one before", lambda: (asked(COUNTY, month)(), asked(COUNTY, before)())),
        ("county, a year, medians of six steps", lambda: lengths(COUNTY, year, at=AT)),
        *_pages(year, month),
    ]


def _pages(year: "Period", month: "Period") -> list[tuple[str, Callable[[], object]]]:
    """All that a page shows, as its door asks for it; without the page itself."""
    from linli.areas.models import Area
    from linli.people.models import Department
    from linli.statistics import department, sheet
    from linli.statistics.changes import asked_earlier, earlier_than
    from linli.statistics.figures import Moment
    from linli.statistics.reading import Asked, several

    county, township = Area.objects.get(pk=COUNTY), Area.objects.get(pk=TOWNSHIP)
    bureau = Department.objects.get(pk="d05")
    earlier = asked_earlier(Asked(COUNTY, month, "", AT), earlier_than(month))
    return [
        ("page of the county, a year", lambda: sheet.sheet_of(county, Moment(year, AT))),
        ("page of a township, a year", lambda: sheet.sheet_of(township, Moment(year, AT))),
        ("page of a department in the county, a year", lambda: department.sheet_of(bureau, county, Moment(year, AT))),
        ("page of a department in a township, a year", lambda: department.sheet_of(bureau, township, Moment(year, AT))),
        ("county, the year and the month before a month", lambda: several(_scope(COUNTY), earlier)),
    ]


def _map(zoom: int, code: str = COUNTY) -> Callable[[], object]:
    from linli.statistics.map_cells import Window, cells

    return lambda: cells(_scope(code), Window(110.0, 21.4, 110.7, 22.1), zoom)


def _beside(say: Callable[[str], None], name: str, read: Callable[[], object]) -> None:
    """From the sums, then the same from the rows: the sums are called not ready for that."""
    from linli.statistics.models import Follower

    ours = median_ms(read, 9)
    Follower.objects.update(edition="")
    rows = median_ms(read, 1)
    from linli.statistics.rules.cubes import EDITION

    Follower.objects.update(edition=EDITION)
    say(f"{name}: sums {ours:.1f} ms, rows {rows:,.0f} ms, {rows / ours:,.0f} times as long")


def _cost(say: Callable[[str], None], store: str) -> None:
    """Reports one by one as a desk enters them, then what the worker does to count them."""
    from linli.areas.models import Area
    from linli.events import actions
    from linli.statistics.counting import follow

    grids = list(Area.objects.filter(level="grid")[:50])
    begun = time.perf_counter()
    for number in range(REPORTS):
        actions.report(
            text="水沟堵塞",
            area=grids[number % 50],
            at=AT + timedelta(seconds=number),
            source="desk",
            lon=110.2,
            lat=21.6,
        )
    reported = time.perf_counter() - begun
    begun = time.perf_counter()
    while follow(AT):
        pass
    counted = time.perf_counter() - begun
    say(
        f"{store}: a report takes {1000 * reported / REPORTS:.2f} ms and pays nothing for being counted; the worker counts it "
        f"in {1000 * counted / REPORTS:.2f} ms, {100 * counted / reported:.1f} % of it"
    )


def main() -> None:
    """One store, in this process."""
    import django

    django.setup()
    say = partial(print, flush=True)
    copies = -(-EVENTS // COUNTED)
    build(EVENTS // copies)
    count(say, sys.argv[1])
    if copies > 1:
        multiply(copies)
        say(f"{sys.argv[1]}: {copies} times as many, {EVENTS // copies * copies:,} matters")
    measure(say, sys.argv[1])
    wall.measure(say, sys.argv[1])


if __name__ == "__main__":
    main()
