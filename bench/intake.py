"""The hatch under load: reports a second, how long an answer takes, processor time a report; beside Django's own way.

The front runs as `linli serve` in a home of its own, the worker does not; the load comes from this process and shares the
processors. The plain way is a Django view that stores the same report by `actions.report`, under the same server and load.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

CONNECTIONS = (1, 8, 64, 256)
SECONDS = float(os.environ.get("LINLI_BENCH_SECONDS", "4"))
BACKLOG = int(os.environ.get("LINLI_BENCH_ROWS", "20000"))
AREA = "440881101201"
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


def run(say: Callable[[str], None]) -> None:
    """Single reports and batches by connections, the plain way, the digest, and the memory of the front."""
    with _home() as (environment, key):
        with _served(environment, "linli.asgi:application") as (port, pid):
            best = 0.0
            for connections in CONNECTIONS:
                rate, cpu = _measured(say, "single", port, pid, connections, _single(key))
                best = max(best, rate)
                if connections == 64:
                    ours = cpu
            for connections in (1, 8):
                _measured(say, "batches of 200", port, pid, connections, _batches(key), per_request=200)
            say(f"{_memory_mb(pid):,.0f} MB in the front and its keeper")
        with _served(environment, "linli_plain:application") as (port, pid):
            for connections in (1, 8):
                plain, plain_cpu = _measured(
                    say, "plain: a view that calls actions.report", port, pid, connections, _plain()
                )
        say(
            f"{best / plain:.0f} x as many reports/s as the plain way, {plain_cpu / ours:.0f} x less processor time a report"
        )
        _digest(say, environment)


Served = tuple[int, int]


@contextmanager
def _home() -> Iterator[tuple[dict[str, str], str]]:
    """A home with three areas, a pack of categories and a key."""
    with tempfile.TemporaryDirectory(prefix="linli-bench-intake-", dir=os.environ["LINLI_HOME"]) as folder:
        place = Path(folder)
        (place / "linli_plain.py").write_text(PLAIN)
        divisions = place / "divisions.csv"
        divisions.write_text(f"code,name\n440881,廉江市\n440881101,石城镇\n{AREA},上县村\n", encoding="utf-8")
        path = os.pathsep.join([str(place), str(Path(__file__).resolve().parent.parent)])
        environment = os.environ | {"LINLI_HOME": str(place / "home"), "LINLI_LANGUAGE": "en", "PYTHONPATH": path}
        _linli(environment, "areas", "divisions", str(divisions), "--county", "440881")
        _linli(environment, "categories", "load", "grid-cn-lite")
        _linli(environment, "holidays")
        made = _linli(environment, "keys", "create", "bench", "--for", "intake")
        yield environment, next(word for word in made.split() if word.startswith("linli_"))


def _linli(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "linli.command", *words]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@contextmanager
def _served(environment: dict[str, str], application: str) -> Iterator[Served]:
    """A front on a free port; its port, and the process that started it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = (
        f"import os; os.environ['DJANGO_SETTINGS_MODULE']='linli.settings'; import django; django.setup(); "
        f"from linli.chores import serving; c = serving.web_command(); c[c.index('linli.asgi:application')] = '{application}'; "
        f"os.execv(c[0], c)"
    )
    front = subprocess.Popen(
        [sys.executable, "-c", command], env=environment | {"LINLI_PORT": str(port)}, start_new_session=True
    )
    try:
        _wait_until_ready(port)
        yield port, front.pid
    finally:
        front.terminate()
        front.wait(20)


def _wait_until_ready(port: int) -> None:
    for _each in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The front did not become ready.")


Requests = Callable[[int], Iterator[bytes]]


def _single(key: str) -> Requests:
    from linli.intake.testing import bodies, request_bytes

    return lambda count: (request_bytes("/intake/v1/reports", body, key=key) for body in bodies(count, area=AREA))


def _batches(key: str) -> Requests:
    from linli.intake.testing import bodies, request_bytes

    def made(count: int) -> Iterator[bytes]:
        for _each in range(count // 200):
            yield request_bytes("/intake/v1/batch", b"[" + b",".join(bodies(200, area=AREA)) + b"]", key=key)

    return made


def _plain() -> Requests:
    from linli.intake.testing import bodies, request_bytes

    return lambda count: (request_bytes("/plain", body) for body in bodies(count, area=AREA))


def _measured(
    say: Callable[[str], None],
    name: str,
    port: int,
    pid: int,
    connections: int,
    requests: Requests,
    per_request: int = 1,
) -> tuple[float, float]:
    """Reports a second, and processor time of the front for one of them in µs. What is sent is made before."""
    from linli.intake.testing import load

    ready = list(requests(int(SECONDS * (30_000 if per_request > 1 else 15_000))))
    waiting = iter(ready)
    before = _cpu_s(pid)
    took = sorted(asyncio.run(load(port, connections, SECONDS, lambda: next(waiting))))
    rate, cpu = len(took) * per_request / SECONDS, (_cpu_s(pid) - before) / len(took) / per_request * 1e6
    p50, p99 = took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000
    say(
        f"{name}, {connections:>3} connections: {rate:8,.0f} reports/s   p50 {p50:6.1f}   p99 {p99:6.1f} ms   "
        f"{cpu:6,.0f} µs CPU a report"
    )
    return rate, cpu


def _family(pid: int) -> list[int]:
    """A process and those it started."""
    family = [pid]
    for one in family:
        for task in Path(f"/proc/{one}/task").iterdir():
            family += [int(child) for child in (task / "children").read_text().split()]
    return family


def _cpu_s(pid: int) -> float:
    """User and system time of a process and those it started."""
    ticks = 0
    for one in _family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    """Resident memory of a process and those it started."""
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in _family(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _digest(say: Callable[[str], None], environment: dict[str, str]) -> None:
    """How fast what has piled up is worked off."""
    words = (
        "import os, time; os.environ['DJANGO_SETTINGS_MODULE']='linli.settings'; import django; django.setup()\n"
        "from django.utils import timezone; from linli.intake.digest import digest_all; import resource\n"
        "begun, cpu = time.perf_counter(), time.process_time()\n"
        f"done = digest_all(timezone.now(), {BACKLOG})\n"
        "print(done, time.perf_counter() - begun, time.process_time() - cpu,"
        " resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    ran = subprocess.run([sys.executable, "-c", words], env=environment, check=True, capture_output=True, text=True)
    done, seconds, cpu, memory = (float(word) for word in ran.stdout.split())
    say(
        f"digest of a backlog: {done / seconds:,.0f} reports/s   {cpu / done * 1e6:,.0f} µs CPU a report   {memory:,.0f} MB"
    )
