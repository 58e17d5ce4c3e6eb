"""Who listens: thousands of streams on one front, an act, and how long until the last one has heard of it.

The front runs as `linli serve` in a home of its own; the listeners are this process and share the processors with it. Beside it,
what asking instead of listening costs: a Django view that tells somebody signed in how much there is to do.
"""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.homes import cpu_s, home, memory_mb, served
from linli.intake.proving import AREA

STREAMS = int(os.environ.get("LINLI_BENCH_STREAMS", "5000"))
ACTS = 8
#: Streams of one person: several windows and devices.
_PER_PERSON = 10
BEGIN = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
import django; django.setup()
import sys, time
"""
SESSIONS = f"""
from datetime import date
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from linli.areas.models import Area
from linli.people.actions import add_person, appoint
from linli.people.rules import Role
areas = [Area.objects.get(pk=code) for code in ("440881", "440881101", "{AREA}")]
with transaction.atomic():
    for number in range({STREAMS // _PER_PERSON}):
        person = add_person(username=f"p{{number}}", name="某人")
        appoint(person, role=Role.LEADER, area=areas[number % 3], from_on=date(2025, 1, 1))
        for _each in range({_PER_PERSON}):
            store = SessionStore()
            store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
            store[HASH_SESSION_KEY] = person.get_session_auth_hash()
            store.create()
            print(store.session_key)
"""
#: Does an act for every line it is sent, and says when it was committed.
ACTING = f"""
from django.utils import timezone
from linli.areas.models import Area
from linli.events import actions
area = Area.objects.get(pk="{AREA}")
for line in sys.stdin:
    actions.report(text="路灯不亮", area=area, at=timezone.now(), source="resident")
    print(time.time(), flush=True)
"""
#: Asking instead of listening.
ASKED = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
from linli.wsgi import application as pages
from django.http import JsonResponse
from django.urls import path
import linli.urls

def asked(request):
    from linli.events.models import Event
    from linli.journal.models import Notice
    unread = Notice.objects.filter(person_id=request.user.pk, read_at__isnull=True).count()
    return JsonResponse({"unread": unread, "open": Event.objects.open().visible_to(request.scope).count()})

linli.urls.urlpatterns.append(path("asked", asked))
from linli.intake.front import Front
application = Front(pages)
"""


def run(say: Callable[[str], None]) -> None:
    """Connecting, idling, acts, memory, the end; and what asking costs."""
    _allow_files()
    with home() as (environment, _key):
        sessions = _ran(environment, SESSIONS).split()
        with served(environment, "linli.asgi:application") as (port, pid):
            told_at = asyncio.run(_listen(say, environment, port, pid, sessions))
        say(f"told to stop with all of them, the front has ended after {time.perf_counter() - told_at:.1f} s")
        (Path(environment["PYTHONPATH"].split(os.pathsep)[0]) / "linli_asked.py").write_text(ASKED)
        with served(environment, "linli_asked:application") as (port, pid):
            cost = asyncio.run(_ask(port, pid, sessions))
        say(
            f"plain: a view that is asked takes {cost:,.0f} µs CPU; {STREAMS:,} who ask every second would need "
            f"{cost * STREAMS / 1e6:.1f} processors"
        )


def _ran(environment: dict[str, str], words: str) -> str:
    command = [sys.executable, "-c", BEGIN + words]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def _allow_files() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class _Listener(asyncio.Protocol):
    """One stream: when it was told what."""

    def __init__(self, cookie: str, crowd: "_Crowd") -> None:
        self._cookie, self._crowd = cookie, crowd

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(f"GET /live HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: sessionid={self._cookie}\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Tell."""
        self._crowd.told(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone."""
        self._crowd.gone += 1


class _Crowd:
    """All listeners, and how many have heard of something."""

    def __init__(self) -> None:
        self.ready = self.heard = self.gone = 0
        self.first_at = self.last_at = 0.0

    def told(self, data: bytes) -> None:
        if b"event: notices" in data:
            self.ready += 1
        if b"event: queue" in data:
            self.last_at = time.time()
            self.first_at = self.first_at if self.heard else self.last_at
            self.heard += 1

    async def come(self, port: int, sessions: list[str]) -> None:
        """Connect everybody, two hundred at a time."""
        loop = asyncio.get_running_loop()
        for start in range(0, len(sessions), 200):
            made = [
                loop.create_connection(lambda cookie=cookie: _Listener(cookie, self), "127.0.0.1", port)  # type: ignore[misc]
                for cookie in sessions[start : start + 200]
            ]
            await asyncio.gather(*made)
        await _until(lambda: self.ready >= len(sessions))


async def _until(holds: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 120
    while not holds():
        if time.monotonic() > give_up_at:
            raise RuntimeError("Not everybody was told.")
        await asyncio.sleep(0.005)


async def _listen(
    say: Callable[[str], None], environment: dict[str, str], port: int, pid: int, sessions: list[str]
) -> float:
    """All that is measured with them; then the front is told to stop. When that was."""
    empty, crowd, begun = memory_mb(pid), _Crowd(), time.perf_counter()
    cpu = cpu_s(pid)
    await crowd.come(port, sessions)
    took = time.perf_counter() - begun
    say(f"{len(sessions):,} streams open in {took:.1f} s, {(cpu_s(pid) - cpu) / len(sessions) * 1e6:,.0f} µs CPU each")
    cpu = cpu_s(pid)
    await asyncio.sleep(16)
    say(f"while nothing happens: {(cpu_s(pid) - cpu) / 16 * 100:.1f} % of a processor, signs of life included")
    last, spread, cpu = [], [], cpu_s(pid)
    with _acting(environment) as act:
        for _each in range(ACTS):
            crowd.heard = 0
            committed_at = await asyncio.to_thread(act)
            await _until(lambda: crowd.heard >= len(sessions))
            last.append(crowd.last_at - committed_at)
            spread.append(crowd.last_at - crowd.first_at)
    per_message = (cpu_s(pid) - cpu) / ACTS / len(sessions) * 1e6
    full = memory_mb(pid)
    say(
        f"an act, and the last has heard of it after {sorted(last)[ACTS // 2]:.2f} s, at worst {max(last):.2f} s; "
        f"from the first to the last {sorted(spread)[ACTS // 2] * 1000:.0f} ms"
    )
    say(f"{per_message:.1f} µs CPU a client and message")
    say(f"{full:,.0f} MB with them, {empty:,.0f} MB before: {(full - empty) * 1000 / len(sessions):.0f} kB a stream")
    told_at = time.perf_counter()
    os.kill(pid, signal.SIGTERM)
    await _until(lambda: crowd.gone >= len(sessions))
    return told_at


@contextmanager
def _acting(environment: dict[str, str]) -> Iterator[Callable[[], float]]:
    """A process that acts when told to; gives the time of the commit."""
    command = [sys.executable, "-c", BEGIN + ACTING]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    entrance, way_out = process.stdin, process.stdout

    def act() -> float:
        entrance.write("\n")
        entrance.flush()
        return float(way_out.readline())

    try:
        yield act
    finally:
        entrance.close()
        process.wait(20)


async def _ask(port: int, pid: int, sessions: list[str], count: int = 400) -> float:
    """Processor time of the front for one question, in µs."""
    from linli.intake.testing import wire

    cpu, waiting = cpu_s(pid), iter(sessions * (count // len(sessions) + 1))

    async def ask() -> None:
        async with wire(port) as one:
            for _each in range(count // 8):
                cookie = f"cookie: sessionid={next(waiting)}\r\n"
                status, body = await one.ask(f"GET /asked HTTP/1.1\r\nhost: 127.0.0.1\r\n{cookie}\r\n".encode())
                if status != 200:
                    raise AssertionError((status, body))

    await asyncio.gather(*(ask() for _each in range(8)))
    return (cpu_s(pid) - cpu) / count * 1e6
