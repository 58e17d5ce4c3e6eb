"""Ledgers over a year of disputes: pages by cursor and figures counted ahead, beside offsets and figures from the rows.

`LINLI_BENCH_DISPUTES` changes how many (100000); `LINLI_BENCH_POSTGRES`, the URL of an empty database, adds a run on PostgreSQL.
"""

import os
import re
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from random import Random
from statistics import quantiles
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, NamedTuple

from bench import queue
from bench.county import AT, make_areas

if TYPE_CHECKING:
    from linli.people.models import Person

DISPUTES = int(os.environ.get("LINLI_BENCH_DISPUTES", "100000"))
COUNTY, TOWNSHIP, VILLAGE = "440881", "440881105", "440881105203"
TIMES = 15
DAYS = "from=2025-11-17&to=2026-11-16"
#: What a page may take, in milliseconds at the median.
PROMISED_MS = 50


def run(say: Callable[[str], None]) -> None:
    """Measure on SQLite, and on PostgreSQL if there is one."""
    queue.on_each_store("bench.mediation", say)


def build(count: int) -> "Person":
    """The county of the queue's measurement, a body for each township, a year of disputes, and its leader."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from linli.areas.models import Area
    from linli.mediation.ledgers.testing import histories, store
    from linli.mediation.models import Body
    from linli.people.actions import add_person, appoint
    from linli.people.rules import Role

    call_command("migrate", verbosity=0)
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    grids = make_areas()
    towns = [f"440881{101 + one}" for one in range(22)]
    Body.objects.bulk_create(
        Body(area_id=town, name=f"第{town}号调解委员会", level="township", prefix=f"第{town}号字") for town in towns
    )
    leader = add_person(username="leader", name="梁值班")
    appoint(leader, role=Role.LEADER, area=Area.objects.get(pk=COUNTY), from_on=date(2025, 1, 1))
    bodies = list(Body.objects.values_list("pk", flat=True))
    drawn = Random(12)
    for begun in range(0, count, 10_000):
        size = min(10_000, count - begun)
        store(histories(size, draw=drawn, areas=grids, bodies=bodies, at=AT, days=365), leader)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return leader


def measure(say: Callable[[str], None], store: str, leader: "Person") -> None:
    """A line for each page and reading, beside the plain way."""
    from django.test import Client
    from django.utils import timezone

    from linli.mediation.ledgers.counting import begin_anew

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(leader)
    say(f"{store}: {DISPUTES:,} disputes of a year")
    begin_anew(timezone.now())
    plain = {name: _timed(partial(_asked, client, address), 3) for name, address in _figures()}
    _count_ahead(say, store)
    for name, address in [*_pages(client), *_figures()]:
        found = _timed(partial(_asked, client, address))
        over = "" if found.median <= PROMISED_MS or "csv" in address else f", over {PROMISED_MS} ms"
        say(f"{store}: page: {name}: {found}{over}" + (f"; from the rows {plain[name]}" if name in plain else ""))
    _touch(100)
    for name, address in _figures()[:2]:
        say(f"{store}: page: {name}, 100 disputes changed since: {_timed(partial(_asked, client, address))}")
    for name, ours, rows in _readings():
        one, other = _timed(ours, 5).median, _timed(rows, 3).median
        say(f"{store}: {name}: {one:,.1f} ms; plainly {other:,.1f} ms")


def _count_ahead(say: Callable[[str], None], store: str) -> None:
    """Count all disputes, as the worker does in a home that was never counted; then one that was changed."""
    from django.utils import timezone

    from linli.mediation.ledgers.counting import follow

    def count() -> int:
        turns = 0
        while follow(timezone.now()):
            turns += 1
        return turns

    begun, worked = perf_counter(), process_time()
    count()
    say(f"{store}: all counted in {perf_counter() - begun:,.0f} s, {process_time() - worked:,.0f} s of processor")
    taken = []
    for _time in range(TIMES):
        _touch(1)
        taken.append(_timed(count, 1, warm=False).best)
    say(f"{store}: one act counted in {sorted(taken)[TIMES // 2]:,.1f} ms")


def _touch(count: int) -> None:
    """So many disputes change in a way that counts, with the entry in the journal that every act writes."""
    from django.utils import timezone

    from linli.journal.actions import record
    from linli.mediation.models import Dispute

    at = timezone.now()
    rows = Dispute.objects.filter(accepted_at__isnull=False, first_session_at__isnull=True)
    for dispute in rows.order_by("-registered_at")[:count]:
        Dispute.objects.filter(pk=dispute.pk).update(first_session_at=at)
        record("dispute.session_held", on=dispute, by=None, at=at)


def _pages(client: Any) -> list[tuple[str, str]]:
    base = "/mediation/ledgers"
    deep = _deep(client, f"{base}/{COUNTY}/?{DAYS}")
    return [
        ("ledger of the county", f"{base}/{COUNTY}/?{DAYS}"),
        ("ledger of the county, the 21st page", deep),
        ("ledger of the county, one kind and closed", f"{base}/{COUNTY}/?{DAYS}&kind=02&state=closed"),
        ("ledger of the county, of village bodies (none)", f"{base}/{COUNTY}/?{DAYS}&level=village"),
        ("ledger of the county, concluded", f"{base}/{COUNTY}/?{DAYS}&figure=concluded"),
        ("ledger of a township", f"{base}/{TOWNSHIP}/?{DAYS}"),
        ("ledger of a village", f"{base}/{VILLAGE}/?{DAYS}"),
        ("ledger of a township as CSV", f"{base}/{TOWNSHIP}/ledger.csv?{DAYS}"),
    ]


def _figures() -> list[tuple[str, str]]:
    base = "/mediation/ledgers"
    return [
        ("figures of the county", f"{base}/{COUNTY}/figures/?{DAYS}"),
        ("figures of a township", f"{base}/{TOWNSHIP}/figures/?{DAYS}"),
        ("figures of a village", f"{base}/{VILLAGE}/figures/?{DAYS}"),
        (
            "figures of the county, concluded by area and month",
            f"{base}/{COUNTY}/figures/?{DAYS}&cols=month&of=concluded",
        ),
        ("figures of the county in a month", f"{base}/{COUNTY}/figures/?from=2026-10-01&to=2026-10-31"),
    ]


def _deep(client: Any, address: str) -> str:
    following = address
    for _page in range(20):
        found = re.search(r"&(?:amp;)?after=([^\"]+)", client.get(following).content.decode())
        if found is None:
            break
        following = f"{address}&after={found.group(1)}"
    return following


def _asked(client: Any, address: str) -> None:
    response = client.get(address)
    if response.streaming:
        for _part in response.streaming_content:
            pass
    if response.status_code != 200:
        raise SystemExit(f"{response.request['PATH_INFO']} answered {response.status_code}")


def _readings() -> list[tuple[str, Callable[[], object], Callable[[], object]]]:
    from django.utils import timezone

    from linli.mediation.ledgers.ahead import answer
    from linli.mediation.ledgers.listing import page_of
    from linli.mediation.ledgers.matrix import AREA, KIND, MONTH, matrix_of
    from linli.mediation.ledgers.narrowing import Narrowing
    from linli.mediation.ledgers.reading import Asked
    from linli.statistics.periods import Period

    asked = Asked(COUNTY, Period(date(2025, 11, 17), date(2026, 11, 16)), timezone.now())
    return [
        ("rows of a page", lambda: page_of(asked, Narrowing()), _page_by_offset),
        (
            "the funnel of the county",
            lambda: answer(asked, lambda source: source.counts(asked, _FUNNEL)),
            lambda: _funnel_by_rows(asked),
        ),
        ("township by kind", lambda: matrix_of(asked, AREA, KIND), lambda: _matrix_by_rows("area_id")),
        ("kind by month", lambda: matrix_of(asked, KIND, MONTH), lambda: _matrix_by_rows("registered_at")),
    ]


_FUNNEL = ("registered", "screened_in", "engaged", "heard", "agreed", "performed", "held_90", "held_180")


def _page_by_offset() -> object:
    """As a list is usually paged: whole rows, skipping those before, here of the middle."""
    from linli.mediation.models import Dispute

    rows = Dispute.objects.filter(area__code__startswith=COUNTY).order_by("-registered_at")
    begun = DISPUTES // 2
    return [(one.number, one.state, one.area.name) for one in rows.select_related("area", "body")[begun : begun + 50]]


def _funnel_by_rows(asked: Any) -> object:
    """Every dispute fetched, and counted here."""
    from linli.mediation.models import Dispute

    counted = dict.fromkeys(_FUNNEL, 0)
    for one in Dispute.objects.filter(area__code__startswith=asked.area).iterator():
        counted["registered"] += 1
        counted["engaged"] += one.accepted_at is not None
        counted["heard"] += one.first_session_at is not None
        counted["agreed"] += one.settled_at is not None
        counted["performed"] += one.performed_at is not None
    return counted


def _matrix_by_rows(column: str) -> object:
    from linli.mediation.models import Dispute

    cells: dict[Any, int] = {}
    for value, kind in Dispute.objects.filter(area__code__startswith=COUNTY).values_list(column, "kind").iterator():
        key = (value[:9] if column == "area_id" else value.month, kind)
        cells[key] = cells.get(key, 0) + 1
    return cells


class Timed(NamedTuple):
    """Milliseconds: the best, the median, the ninety-fifth percentile; and of this process's processor time each."""

    best: float
    median: float
    slow: float
    own: float

    def __str__(self) -> str:
        return f"{self.median:,.1f} ms (best {self.best:,.1f}, P95 {self.slow:,.1f}), {self.own:,.1f} ms of processor"


def _timed(read: Callable[[], object], times: int = TIMES, *, warm: bool = True) -> Timed:
    """So many times, after one to warm up."""
    if warm:
        read()
    taken, worked = [], process_time()
    for _time in range(times):
        begun = perf_counter()
        read()
        taken.append(1000 * (perf_counter() - begun))
    cut = quantiles(taken, n=20, method="inclusive") if times > 1 else taken * 19
    return Timed(min(taken), cut[9], cut[18], 1000 * (process_time() - worked) / times)


def main(store: str) -> None:
    """One store, in a process and home of its own."""
    import django

    django.setup()
    from bench.__main__ import say

    measure(say, store, build(DISPUTES))


if __name__ == "__main__":
    main(sys.argv[1])
