"""The desk's queue and the search at a million events: our way against the plain one, on a home of its own.

`LINLI_BENCH_EVENTS` shrinks it; `LINLI_BENCH_POSTGRES`, the URL of an empty database, adds a run on PostgreSQL.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.county import AT, give_parts, insert_events, make_areas, make_categories, rows

if TYPE_CHECKING:
    from linli.events.models import EventQuerySet
    from linli.events.queue import QueuePage
    from linli.people.rules import Scope

EVENTS = int(os.environ.get("LINLI_BENCH_EVENTS", "1000000"))
#: Of these the newest are indexed for search: it is the slow part of the set-up.
SEARCHED = min(EVENTS, 200_000)
TOWNSHIP, GRID = "440881105", "440881105201003"


def run(say: Callable[[str], None]) -> None:
    """Measure on SQLite, and on PostgreSQL if there is one."""
    on_each_store("bench.queue", say)


def on_each_store(module: str, say: Callable[[str], None]) -> None:
    """Run a module with the name of each store, in a process and a home of its own."""
    stores = {"SQLite": "", "PostgreSQL": os.environ.get("LINLI_BENCH_POSTGRES", "")}
    for name, url in stores.items():
        if name == "PostgreSQL" and not url:
            say("PostgreSQL: not measured, LINLI_BENCH_POSTGRES names no database")
            continue
        with tempfile.TemporaryDirectory(prefix="linli-bench-") as home:
            env = {
                **os.environ,
                "LINLI_HOME": home,
                "LINLI_DATABASE_URL": url,
                "DJANGO_SETTINGS_MODULE": "linli.settings",
            }
            command = [sys.executable, "-m", module, name]
            with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
                for line in process.stdout or ():
                    say(line.rstrip())
            if process.returncode:
                raise SystemExit(f"{module} on {name} ended with {process.returncode}")


def median_ms(read: Callable[[], object], times: int) -> float:
    """The median of so many runs, in milliseconds."""
    taken = []
    for _each in range(times):
        begun = time.perf_counter()
        read()
        taken.append(1000 * (time.perf_counter() - begun))
    return median(taken)


def build(count: int) -> None:
    """A county of 22 townships and 3,960 grids with so many events, three in a hundred of them open."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from linli.events import actions, search
    from linli.events.models import Event

    call_command("migrate", verbosity=0)
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    grids = make_areas()
    categories, departments = make_categories()
    insert_events(rows(count, grids, categories))
    give_parts(departments)
    while actions.start_missing(AT, 5000):
        pass
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True)[:SEARCHED]
    search.index_events(newest)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# --- measuring --------------------------------------------------------------------------------------------------------


def measure(say: Callable[[str], None], store: str) -> None:
    """All figures of this store, a line each: our way and the plain way in one run."""
    from linli.events.models import Event

    town = _sees(TOWNSHIP)
    in_town = Event.objects.visible_to(town).open().count()
    say(f"{store}: {EVENTS:,} events, {Event.objects.open().count():,} open, {in_town:,} of them in the township")
    for name, ours, theirs in _lists():
        _compare(say, f"{store}: {name}", ours, theirs)
    _search(say, store)
    for scope in (_sees(GRID), town):
        rows = len(_page(scope).rows)
        say(f"{store}: a page of {rows} rows costs {_queries(partial(_page, scope))} queries")
    _desk_page(say, store)


Lines = list[tuple[str, Callable[[], Any], Callable[[], Any]]]


def _lists() -> Lines:
    from linli.events import queue
    from linli.events.models import Event
    from linli.events.queue import Filters, Show

    town, county, grid = _sees(TOWNSHIP), _sees("440881"), _sees(GRID)
    keys = partial(queue.places_of, town, Filters(), at=AT)
    newest = partial(queue.page_of, town, Filters(show=Show.ALL), at=AT)
    return [
        ("keys of a township's queue", keys, lambda: list(_open(town).values_list("pk").order_by("due_at", "id")[:50])),
        ("queue of a township", partial(_page, town), partial(_plain_page, town)),
        ("queue of a township, page 21", partial(_page, town, _turned(town, 20)), partial(_plain_page, town, 1000)),
        ("queue of the county", partial(_page, county), partial(_plain_page, county)),
        ("queue of a grid", partial(_page, grid), partial(_plain_page, grid)),
        (
            "all of a township, newest",
            newest,
            lambda: list(Event.objects.visible_to(town).order_by("-reported_at")[:50]),
        ),
        ("figures of the tabs, township", partial(queue.counts, town, Filters(), at=AT), partial(_plain_counts, town)),
        (
            "figures of the tabs, county",
            partial(queue.counts, county, Filters(), at=AT),
            partial(_plain_counts, county),
        ),
    ]


def _sees(area: str) -> "Scope":
    from linli.people.rules import Held, Role, Scope

    return Scope((Held(Role.DESK, area),))


def _page(scope: "Scope", after: str = "") -> "QueuePage":
    from linli.events import queue

    return queue.page_of(scope, queue.Filters(), at=AT, after=after)


def _open(scope: "Scope") -> "EventQuerySet":
    from linli.events.models import Event

    return Event.objects.visible_to(scope).open()


def _plain_page(scope: "Scope", offset: int = 0) -> Any:
    """As most would write it: an offset, and a count for the number of pages."""
    events = _open(scope).select_related("area__parent", "category").prefetch_related("parts__department")
    return list(events.order_by("due_at", "id")[offset : offset + 50]), events.count()


def _plain_counts(scope: "Scope") -> Any:
    from django.db.models import Count

    from linli.events.models import Event

    return list(Event.objects.visible_to(scope).order_by().values("state").annotate(count=Count("pk")))


def _turned(scope: "Scope", pages: int) -> str:
    after = ""
    for _each in range(pages):
        after = _page(scope, after).next_cursor or after
    return after


def _search(say: Callable[[str], None], store: str) -> None:
    from linli.events import search
    from linli.events.models import Event

    first = Event.objects.order_by("-pk").values_list("pk", flat=True)[SEARCHED - 1]
    indexed = Event.objects.filter(pk__gte=first)
    for word in ("水沟", "沟", "噪音扰民"):
        ours = search.matching(Event.objects.all(), word)
        like = indexed.filter(text__contains=word)
        assert ours.count() == like.count(), word
        _compare(say, f"{store}: 「{word}」 in {SEARCHED:,} matters ({ours.count():,} hits)", ours.count, like.count)
    none = search.matching(Event.objects.all(), "鹦鹉")
    _compare(say, f"{store}: 「鹦鹉」 (no hit)", none.count, indexed.filter(text__contains="鹦鹉").count)


def _compare(say: Callable[[str], None], name: str, ours: Callable[[], Any], plain: Callable[[], Any]) -> None:
    (our_ms, our_cpu), (plain_ms, plain_cpu) = _best(ours), _best(plain)
    say(
        f"{name:<58} {our_ms:8.2f} ms ({our_cpu:7,.0f} µs CPU)   plain {plain_ms:9.2f} ms ({plain_cpu:9,.0f} µs CPU)"
        f"   {plain_ms / our_ms:6.1f} x"
    )


def _best(work: Callable[[], Any], times: int = 5) -> tuple[float, float]:
    """The quickest of a few runs: milliseconds by the wall, and microseconds of this process's CPU."""
    runs = []
    for _run in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        runs.append(((time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e6))
    return min(runs)


def _queries(work: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def _desk_page(say: Callable[[str], None], store: str) -> None:
    """The whole page as a person at the township's desk gets it, by Django alone, without a server around it."""
    from django.test import Client
    from django.urls import NoReverseMatch, reverse

    from linli.areas.models import Area
    from linli.people.actions import add_person, appoint
    from linli.people.rules import Role

    try:
        address = reverse("desk")
    except NoReverseMatch:
        say(f"{store}: there is no desk page to measure")
        return
    person = add_person(username="bench", name="测量")
    appoint(person, role=Role.DESK, area=Area.objects.get(pk=TOWNSHIP), from_on=date(2020, 1, 1))
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(person)
    page = client.get(address)
    assert page.status_code == 200, page
    length = len(page.content)
    wall, cpu = _best(lambda: client.get(address))
    queries = _queries(lambda: client.get(address))
    say(f"{store}: desk page of the township, {length:,} bytes, {queries} queries: {wall:.1f} ms ({cpu:,.0f} µs CPU)")
    _matter_pages(say, store, client)


def _matter_pages(say: Callable[[str], None], store: str, client: Any) -> None:
    """The page of a matter and the shared page of its departments: alone, and handled by four with a long history."""
    from django.urls import reverse

    from linli.areas.codes import within
    from linli.events.models import Event, Part
    from linli.journal.actions import record

    matters = Event.objects.open().filter(within(TOWNSHIP), state="handling", parts__leads=True)
    event = matters.order_by("pk").first()
    assert event is not None
    pages = {name: reverse(f"events:{name}", args=[event.pk]) for name in ("show", "joint")}
    few = {name: _queries(partial(client.get, address)) for name, address in pages.items()}
    own = Part.objects.filter(event=event).values("department")
    for code in _three_others(own):
        Part.objects.create(event=event, department_id=code, asked_at=AT)
    for _act in range(40):
        record("event.supplemented", on=event, by=None, at=AT)
    for name, address in pages.items():
        assert client.get(address).status_code == 200
        wall, cpu = _best(partial(client.get, address))
        many = _queries(partial(client.get, address))
        asked = f"{few[name]} queries for one department and {many} for four"
        say(f"{store}: {name} page of a matter, {asked}: {wall:.1f} ms ({cpu:,.0f} µs CPU)")


def _three_others(but: Any) -> list[str]:
    """Three further departments."""
    from linli.people.models import Department

    return list(Department.objects.exclude(pk__in=but).values_list("pk", flat=True)[:3])


if __name__ == "__main__":
    import django

    django.setup()
    started = time.perf_counter()
    build(EVENTS)
    print(f"{sys.argv[1]}: built in {time.perf_counter() - started:.0f} s", flush=True)
    measure(lambda line: print(line, flush=True), sys.argv[1])
