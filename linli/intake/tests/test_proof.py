"""The proof: processes killed at random moments under load lose nothing, double nothing, and leave the journal whole."""

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from linli.intake.testing import a_report, request_bytes, wire

#: The store they ask is that of a home of their own; the mark has them run on both kinds.
pytestmark = pytest.mark.django_db
KILLS, CONNECTIONS, PER_ROUND, ASKED_AGAIN = 10, 64, 300, 500
LINLI = [sys.executable, "-m", "linli.command"]
AREA = "440881101201"


@dataclass
class Home:
    """A home of its own, and the processes that work in it, all of one group."""

    environment: dict[str, str]
    query: Callable[[str], list[tuple[Any, ...]]]
    port: int
    key: str = ""
    group: int | None = None
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def linli(self, *words: str, may_fail: bool = False) -> str:
        """Run a command to its end."""
        ran = subprocess.run([*LINLI, *words], env=self.environment, capture_output=True, text=True, timeout=60)
        assert may_fail or ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def start(self, *commands: str) -> None:
        """Start these in one process group, and wait until the front can commit."""
        self.group, self.running = None, []
        for command in commands:
            process = subprocess.Popen(
                [*LINLI, command], env=self.environment, process_group=self.group or 0, stderr=subprocess.DEVNULL
            )
            self.group = self.group or process.pid
            self.running.append(process)
        _wait_for(lambda: self.health() == 200, "The front did not become ready.")

    def health(self) -> int:
        """What `/healthz` says; 0 if nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def kill(self) -> None:
        """The plug is pulled on all of them at once."""
        assert self.group is not None
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)

    def stop(self) -> None:
        """Ask them to stop; all end by themselves, and well."""
        for process in self.running:
            process.terminate()
        assert [process.wait(60) for process in self.running] == [0] * len(self.running)

    def reap(self) -> None:
        """Nobody is left."""
        self.kill()
        for process in self.running:
            process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A county of four areas in a home of its own, with a key."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_"))}
    port = _free_port()
    environment = inherited | {"LINLI_HOME": str(tmp_path / "home"), "LINLI_PORT": str(port), "LINLI_LANGUAGE": "en"}
    made = _on_postgres if connection.vendor == "postgresql" else _on_sqlite
    with contextmanager(made)(environment, port) as one:
        divisions = tmp_path / "divisions.csv"
        divisions.write_text(f"code,name\n440881,廉江市\n440881101,石城镇\n{AREA},上县村\n", encoding="utf-8")
        one.linli("areas", "divisions", str(divisions), "--county", "440881")
        one.key = next(
            word for word in one.linli("keys", "create", "proof", "--for", "intake").split() if "linli_" in word
        )
        try:
            yield one
        finally:
            if one.group is not None:
                one.reap()


def _on_sqlite(environment: dict[str, str], port: int) -> Iterator[Home]:
    import sqlite3

    def query(sql: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(Path(environment["LINLI_HOME"]) / "linli.sqlite3") as store:
            return store.execute(sql).fetchall()

    yield Home(environment, query, port)


def _on_postgres(environment: dict[str, str], port: int) -> Iterator[Home]:
    import psycopg
    from psycopg import sql as spelling

    given = connection.settings_dict
    name = f"linli_proof_{os.getpid()}"
    server = {
        "user": given["USER"],
        "host": given["HOST"],
        "port": given["PORT"] or None,
        "password": given["PASSWORD"],
    }
    known = {part: value for part, value in server.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **known) as admin:
        admin.execute(spelling.SQL("CREATE DATABASE {}").format(spelling.Identifier(name)))
    host = f"?host={given['HOST']}" if given["HOST"].startswith("/") else ""
    at = "" if host else f"{given['HOST']}:{given['PORT']}"
    password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""

    def query(sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(dbname=name, **known) as store:
            return store.execute(sql).fetchall()

    url = f"postgres://{given['USER']}{password}@{at}/{name}{host}"
    if host and given["PORT"]:
        url += f"&port={given['PORT']}"
    yield Home(environment | {"LINLI_DATABASE_URL": url}, query, port)
    with psycopg.connect(dbname="postgres", autocommit=True, **known) as admin:
        admin.execute(spelling.SQL("DROP DATABASE {} WITH (FORCE)").format(spelling.Identifier(name)))


@dataclass
class Devices:
    """What the senders know: what they have sent, and what they were answered."""

    home: Home
    dice: random.Random
    sent: dict[str, bytes] = field(default_factory=dict)
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    wrong: list[Any] = field(default_factory=list)

    def unanswered(self) -> list[str]:
        """Those whose sender does not know whether they have arrived."""
        return [one for one in self.sent if one not in self.answered]

    def new(self, count: int) -> list[str]:
        """So many reports more."""
        made = [a_report(self.dice, area=AREA) for _each in range(count)]
        self.sent |= {one["id"]: json.dumps(one).encode() for one in made}
        return [one["id"] for one in made]

    async def send(self, reports: list[str], kill_after: int | None = None) -> None:
        """Send over all connections, each report when the one before is answered; pull the plug after so many answers."""
        waiting, answers = iter(reports), 0

        async def one_connection() -> None:
            nonlocal answers
            with suppress(ConnectionError):
                async with wire(self.home.port) as one:
                    for report in waiting:
                        status, body = await one.ask(
                            request_bytes("/intake/v1/reports", self.sent[report], key=self.home.key)
                        )
                        self._note(report, status, body)
                        answers += 1
                        if answers == kill_after:
                            self.home.kill()

        await asyncio.gather(*(one_connection() for _each in range(CONNECTIONS)))

    def _note(self, report: str, status: int, body: bytes) -> None:
        answer = json.loads(body)
        if report in self.answered:
            if status != 200 or answer != self.answered[report]:
                self.wrong.append((status, answer, self.answered[report]))
        elif status not in (200, 201) or answer.get("id") != report:
            self.wrong.append((status, answer))
        else:
            self.answered[report] = answer


def _wait_for(holds: Callable[[], bool], otherwise: str) -> None:
    """Ask another process until it says yes."""
    give_up_at = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < give_up_at, otherwise
        time.sleep(0.03)


def test_nothing_is_lost_or_doubled_when_everything_is_killed_again_and_again(home: Home) -> None:
    devices = Devices(home, random.Random(3))
    for _round in range(KILLS):
        home.start("serve", "work")
        again = devices.unanswered() + devices.dice.sample(sorted(devices.answered), min(20, len(devices.answered)))
        batch = again + devices.new(PER_ROUND)
        asyncio.run(devices.send(batch, kill_after=devices.dice.randrange(len(again) + 5, len(batch) - CONNECTIONS)))
        home.reap()
    assert devices.unanswered(), "Nobody was cut off: the kill came too late to prove anything."
    home.start("serve", "work")
    asyncio.run(devices.send(devices.unanswered()))
    asyncio.run(devices.send(devices.dice.sample(sorted(devices.answered), ASKED_AGAIN)))
    assert (devices.wrong, devices.unanswered()) == ([], [])
    waiting = "SELECT count(*) FROM intake_kept WHERE state = 'waiting'"
    _wait_for(lambda: home.query(waiting) == [(0,)], "The digest did not come to an end.")
    home.stop()
    _assert_whole(home, devices)


def _assert_whole(home: Home, devices: Devices) -> None:
    kept = home.query("SELECT id, device_id, state FROM intake_kept")
    text = {UUID(bytes=bytes(one[1])) if isinstance(one[1], bytes) else one[1] for one in kept}
    assert len(kept) == len(devices.sent)
    assert {str(one) for one in text} == set(devices.sent)
    assert {one[2] for one in kept} == {"digested"}
    events = home.query("SELECT id FROM events_event")
    assert {bytes(one[0]) if isinstance(one[0], bytes) else one[0] for one in events} == {one[0] for one in kept}
    assert len(events) == len(kept)
    told = home.linli("doctor", may_fail=True)  # a small disk fails it
    reported = home.query("SELECT count(*) FROM journal_entry WHERE verb = 'event.reported'")
    assert reported == [(len(kept),)]
    assert "The journal is whole" in told
    assert "Numbers are without gaps" in told


def test_told_to_stop_under_load_it_answers_what_it_has_taken(home: Home) -> None:
    devices = Devices(home, random.Random(4))
    home.start("serve")

    async def stop_under_load() -> None:
        sending = asyncio.ensure_future(devices.send(devices.new(2000)))
        while len(devices.answered) < 200:
            await asyncio.sleep(0)
        home.running[0].terminate()
        await sending

    asyncio.run(stop_under_load())
    assert home.running[0].wait(12) == 0
    kept = home.query("SELECT count(*) FROM intake_kept")[0][0]
    assert devices.wrong == []
    # Whatever was committed was answered, but for a connection each that was closed between the two.
    assert len(devices.answered) <= kept <= len(devices.answered) + CONNECTIONS


def _mount(path: Path, size_mb: int) -> bool:
    path.mkdir()
    return (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(path)], capture_output=True, check=False
        ).returncode
    )


def test_a_full_disk_is_told_in_words_keeps_nothing_by_half_and_passes(tmp_path: Path, home: Home) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("The disk of PostgreSQL is its own server's.")
    small = tmp_path / "small"
    if not _mount(small, 64):
        pytest.skip("A small file system can be mounted by root only.")
    try:
        subprocess.run(["cp", "-a", f"{home.environment['LINLI_HOME']}/.", str(small)], check=True)
        home.environment["LINLI_HOME"] = str(small)
        _fill_and_free(small, Devices(home, random.Random(5)))
    finally:
        if home.group is not None:
            home.reap()
        subprocess.run(["umount", "-l", str(small)], check=True)


def _fill_and_free(small: Path, devices: Devices) -> None:
    home = devices.home
    home.start("serve")
    asyncio.run(devices.send(devices.new(100)))
    assert (devices.wrong, len(devices.answered)) == ([], 100)
    with (small / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(4096))
    _wait_for(lambda: home.health() == 503, "The front did not notice the full disk.")
    asyncio.run(devices.send(devices.new(1500)))
    refused = [(status, answer["error"]["code"]) for status, answer in devices.wrong]
    assert refused
    assert set(refused) <= {(507, "disk_full"), (503, "store_away")}
    assert (507, "disk_full") in refused
    assert all(answer["error"]["message"] for _status, answer in devices.wrong)
    assert home.query("SELECT count(*) FROM intake_kept") == [(len(devices.answered),)]
    (small / "ballast").unlink()
    devices.wrong.clear()
    asyncio.run(devices.send(devices.unanswered()))
    assert (devices.wrong, devices.unanswered()) == ([], [])
    _wait_for(lambda: home.health() == 200, "The front did not notice that there is room again.")
    home.linli("work", "--once")
    _assert_whole(home, devices)
