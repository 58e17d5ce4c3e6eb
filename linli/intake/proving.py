"""For the proof, in tests and in measurements: a home whose processes are killed, and senders who know what they were told."""

import asyncio
import fcntl
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from linli.intake.testing import a_report, request_bytes, wire

CONNECTIONS = 64
LINLI = [sys.executable, "-m", "linli.command"]
AREA = "440881101201"
_TOWNS = f"code,name\n440881,廉江市\n440881101,石城镇\n{AREA},上县村\n"
Query = Callable[[str], list[tuple[Any, ...]]]


@dataclass
class Home:
    """A home of its own, and the processes that work in it, all of one group."""

    environment: dict[str, str]
    query: Query
    port: int
    key: str = ""
    group: int | None = None
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def linli(self, *words: str, may_fail: bool = False) -> str:
        """Run a command to its end."""
        ran = subprocess.run([*LINLI, *words], env=self.environment, capture_output=True, text=True, timeout=60)
        assert may_fail or ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def furnish(self, folder: Path) -> None:
        """A county of three areas, and a key."""
        (folder / "divisions.csv").write_text(_TOWNS, encoding="utf-8")
        self.linli("areas", "divisions", str(folder / "divisions.csv"), "--county", "440881")
        made = self.linli("keys", "create", "proof", "--for", "intake")
        self.key = next(word for word in made.split() if "linli_" in word)

    def start(self, *commands: str) -> None:
        """Start these in one process group, and wait until the front can commit."""
        self.group, self.running = None, []
        for command in commands:
            self.add(command)
        wait_for(lambda: self.health() == 200, "The front did not become ready.")

    def add(self, command: str, **environment: str) -> "subprocess.Popen[bytes]":
        """One process more in the group."""
        process = subprocess.Popen(
            [*LINLI, command],
            env=self.environment | environment,
            process_group=self.group or 0,
            stderr=subprocess.DEVNULL,
        )
        self.group = self.group or process.pid
        self.running.append(process)
        return process

    def health(self, port: int = 0) -> int:
        """What `/healthz` says; 0 if nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port or self.port}/healthz", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def writing(self) -> int:
        """The process that writes for the hatch, as the kernel knows who holds the lock; 0 while nobody does."""
        lock = os.stat(Path(self.environment["LINLI_HOME"]) / "writer.lock").st_ino
        for line in Path("/proc/locks").read_text().splitlines():
            words = line.split()
            if words[1] == "FLOCK" and words[5].endswith(f":{lock}"):
                return int(words[4])
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
        self.group, self.running = None, []

    def reap(self) -> None:
        """Nobody is left."""
        self.kill()
        for process in self.running:
            process.wait(10)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def on_sqlite(folder: Path) -> Home:
    """A home in a folder, with its store in it: still empty, but for the tables where a run of the tests has them ready."""
    environment, port = _environment(folder)
    if (ready := _ready_store()) is not None:
        place = Path(environment["LINLI_HOME"])
        place.mkdir(parents=True, mode=0o700, exist_ok=True)
        shutil.copyfile(ready, place / "linli.sqlite3")

    def query(sql: str) -> list[tuple[Any, ...]]:
        path = Path(environment["LINLI_HOME"]) / "linli.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None)) as store:
            return store.execute(sql).fetchall()

    return Home(environment, query, port)


def _ready_store() -> Path | None:
    """A store with every table and no row, made once for a run of the tests, as making it takes seconds; None outside one."""
    run = os.environ.get("LINLI_TEST_RUN")
    if not run:
        return None
    ready = Path(run) / "ready" / "linli.sqlite3"
    with (Path(run) / "ready.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            making = Path(run) / "making"
            environment, _port = _environment(making)
            subprocess.run([*LINLI, "keys", "list"], env=environment, check=True, capture_output=True)
            with closing(sqlite3.connect(making / "home" / "linli.sqlite3")) as store:
                store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (making / "home").rename(ready.parent)
    return ready


@contextmanager
def on_postgres(folder: Path, server: dict[str, str], place: Path | None = None) -> Iterator[Home]:
    """The same with a database of its own on a server, named as Django names it (`HOST`, `PORT`, `USER`, `PASSWORD`).

    `place` is an empty folder for what the database stores, other than its log; the server must run on this machine.
    """
    import psycopg
    from psycopg import sql as spelling

    environment, port = _environment(folder)
    name = spelling.Identifier(database := f"linli_proof_{os.getpid()}_{port}")
    known = _known(server)
    with psycopg.connect(dbname="postgres", autocommit=True, **known) as admin:
        space = _tablespace(admin, name, place)
        with _ready_database(admin, server) as ready:
            made = spelling.SQL("CREATE DATABASE {} TEMPLATE {} TABLESPACE {}")
            admin.execute(made.format(name, spelling.Identifier(ready), space))

    def query(sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(dbname=database, **known) as store:
            found = store.execute(sql)
            return found.fetchall() if found.description else []

    try:
        yield Home(environment | {"LINLI_DATABASE_URL": _url(database, server)}, query, port)
    finally:
        with psycopg.connect(dbname="postgres", autocommit=True, **known) as admin:
            admin.execute(spelling.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
            if place is not None:
                admin.execute(spelling.SQL("DROP TABLESPACE {}").format(space))


@contextmanager
def _ready_database(admin: Any, server: dict[str, str]) -> Iterator[str]:
    """The same as `_ready_store` on a server: the name of a database to copy, which nobody drops meanwhile."""
    from psycopg import sql as spelling

    run = os.environ.get("LINLI_TEST_RUN")
    if not run:
        yield "template0"
        return
    name = _name_of_ready(run)
    making, kept = spelling.Identifier(f"{name}_making"), spelling.Identifier(name)
    with (Path(run) / "ready.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            admin.execute(spelling.SQL("DROP DATABASE IF EXISTS {}").format(making))
            admin.execute(spelling.SQL("CREATE DATABASE {}").format(making))
            with tempfile.TemporaryDirectory(dir=run) as folder:
                environment, _port = _environment(Path(folder))
                environment["LINLI_DATABASE_URL"] = _url(f"{name}_making", server)
                subprocess.run([*LINLI, "keys", "list"], env=environment, check=True, capture_output=True)
            admin.execute(spelling.SQL("ALTER DATABASE {} RENAME TO {}").format(making, kept))
        yield name


def _name_of_ready(run: str) -> str:
    return f"linli_{Path(run).name.replace('-', '_')}"


def drop_ready_database(server: dict[str, str]) -> None:
    """At the end of a run of the tests: its database to copy from is dropped, if one was made."""
    import psycopg
    from psycopg import sql as spelling

    with psycopg.connect(dbname="postgres", autocommit=True, **_known(server)) as admin:
        name = spelling.Identifier(_name_of_ready(os.environ["LINLI_TEST_RUN"]))
        admin.execute(spelling.SQL("DROP DATABASE IF EXISTS {}").format(name))


def _known(server: dict[str, str]) -> dict[str, Any]:
    return {part.lower(): server[part] for part in ("USER", "HOST", "PORT", "PASSWORD") if server.get(part)}


def _tablespace(admin: Any, name: Any, place: Path | None) -> Any:
    from psycopg import sql as spelling

    if place is None:
        return spelling.Identifier("pg_default")
    (folder,) = admin.execute("SHOW data_directory").fetchone()
    owner = os.stat(folder)
    os.chown(place, owner.st_uid, owner.st_gid)
    admin.execute(spelling.SQL("CREATE TABLESPACE {} LOCATION {}").format(name, spelling.Literal(str(place))))
    return name


def _environment(folder: Path) -> tuple[dict[str, str], int]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_"))}
    port = free_port()
    return inherited | {"LINLI_HOME": str(folder / "home"), "LINLI_PORT": str(port), "LINLI_LANGUAGE": "en"}, port


def _url(database: str, server: dict[str, str]) -> str:
    password = f":{server['PASSWORD']}" if server.get("PASSWORD") else ""
    host, port = server["HOST"], server.get("PORT")
    if not host.startswith("/"):
        return f"postgres://{server['USER']}{password}@{host}:{port}/{database}"
    return f"postgres://{server['USER']}{password}@/{database}?host={host}" + (f"&port={port}" if port else "")


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

    def some_answered(self, count: int) -> list[str]:
        """So many that were answered before, or as many as there are."""
        return self.dice.sample(sorted(self.answered), min(count, len(self.answered)))

    async def send(
        self,
        reports: list[str],
        *,
        kill_after: int | None = None,
        kill: Callable[[], None] | None = None,
        ports: tuple[int, ...] = (),
    ) -> None:
        """Send over all connections, each report when the one before is answered; pull the plug after so many answers.

        A connection that is cut ends; its report stays unanswered.
        """
        waiting, answers = iter(reports), 0

        async def one_connection(port: int) -> None:
            nonlocal answers
            with suppress(ConnectionError):
                async with wire(port) as one:
                    for report in waiting:
                        status, body = await one.ask(
                            request_bytes("/intake/v1/reports", self.sent[report], key=self.home.key)
                        )
                        self._note(report, status, body)
                        answers += 1
                        if answers == kill_after:
                            (kill or self.home.kill)()

        ports = ports or (self.home.port,)
        await asyncio.gather(*(one_connection(ports[number % len(ports)]) for number in range(CONNECTIONS)))

    def _note(self, report: str, status: int, body: bytes) -> None:
        answer = json.loads(body)
        if report in self.answered:
            if status != 200 or answer != self.answered[report]:
                self.wrong.append((status, answer, self.answered[report]))
        elif status not in (200, 201) or answer.get("id") != report:
            self.wrong.append((status, answer))
        else:
            self.answered[report] = answer


def wait_for(holds: Callable[[], bool], otherwise: str, within_s: float = 60) -> None:
    """Ask another process until it says yes."""
    give_up_at = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < give_up_at, otherwise
        time.sleep(0.03)


def assert_digested(home: Home) -> None:
    """The worker has taken in all that is kept."""
    waiting = "SELECT count(*) FROM intake_kept WHERE state = 'waiting'"
    wait_for(lambda: home.query(waiting) == [(0,)], "The digest did not come to an end.")


def assert_whole(home: Home, devices: Devices) -> None:
    """All that was sent is kept once, and is one matter with one entry in a journal whose chain is whole."""
    kept = home.query("SELECT id, device_id, state FROM intake_kept")
    ids = [UUID(bytes=bytes(one[1])) if isinstance(one[1], bytes) else one[1] for one in kept]
    assert len(kept) == len(devices.sent)
    assert {str(one) for one in ids} == set(devices.sent)
    assert {one[2] for one in kept} == {"digested"}
    events = home.query("SELECT id FROM events_event")
    assert {bytes(one[0]) if isinstance(one[0], bytes) else one[0] for one in events} == {one[0] for one in kept}
    assert len(events) == len(kept)
    told = home.linli("doctor", may_fail=True)  # a small disk fails it
    reported = home.query("SELECT count(*) FROM journal_entry WHERE verb = 'event.reported'")
    assert reported == [(len(kept),)]
    assert "The journal is whole" in told
    assert "Numbers are without gaps" in told
