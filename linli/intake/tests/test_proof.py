"""The proof: processes killed at random moments under load lose nothing, double nothing, and leave the journal whole."""

import asyncio
import os
import random
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from linli.intake.proving import (
    CONNECTIONS,
    Devices,
    Home,
    assert_digested,
    assert_whole,
    free_port,
    on_postgres,
    on_sqlite,
    wait_for,
)

#: The store they ask is that of a home of their own; the mark has them run on both kinds.
pytestmark = pytest.mark.django_db
KILLS, PER_ROUND, ASKED_AGAIN = 6, 300, 500


def test_nothing_is_lost_or_doubled_when_everything_is_killed_again_and_again(home: Home) -> None:
    devices = Devices(home, random.Random(3))
    for number in range(KILLS):
        home.environment["LINLI_FRONTS"] = str(1 + number % 2)
        home.start("serve", "work")
        again = devices.unanswered() + devices.some_answered(20)
        batch = again + devices.new(PER_ROUND)
        asyncio.run(devices.send(batch, kill_after=devices.dice.randrange(len(again) + 5, len(batch) - CONNECTIONS)))
        home.reap()
    assert devices.unanswered(), "Nobody was cut off: the kill came too late to prove anything."
    home.start("serve", "work")
    asyncio.run(devices.send(devices.unanswered()))
    asyncio.run(devices.send(devices.some_answered(ASKED_AGAIN)))
    assert (devices.wrong, devices.unanswered()) == ([], [])
    assert_digested(home)
    home.stop()
    assert_whole(home, devices)


def test_when_the_front_that_writes_is_killed_another_goes_on_and_nothing_is_lost(home: Home) -> None:
    """Two fronts of one home, under load both; whichever writes is killed in the middle, and started again."""
    devices = Devices(home, random.Random(6))
    other = str(free_port())
    home.start("serve", "work")
    fronts = {home.port: home.running[0], int(other): home.add("serve", LINLI_PORT=other)}
    wait_for(lambda: home.health(int(other)) == 200, "The second front did not become ready.")
    for _round in range(3):
        first, second = fronts
        asyncio.run(
            devices.send(
                devices.unanswered() + devices.some_answered(20) + devices.new(PER_ROUND * 2),
                kill_after=devices.dice.randrange(100, PER_ROUND),
                kill=partial(_kill_front, home, fronts[first]),
                ports=(first, second),
            )
        )
        fronts[first].wait(10)
        # Those who were answered meanwhile were answered by the other.
        assert home.health(second) == 200
        fronts = {second: fronts[second], first: home.add("serve", LINLI_PORT=str(first))}
        wait_for(
            lambda: home.health(int(other)) == home.health() == 200, "The front that was killed did not come back."
        )
    asyncio.run(devices.send(devices.unanswered(), ports=tuple(fronts)))
    asyncio.run(devices.send(devices.some_answered(ASKED_AGAIN), ports=tuple(fronts)))
    assert (devices.wrong, devices.unanswered()) == ([], [])
    assert_digested(home)
    home.running = [process for process in home.running if process.returncode is None]
    home.stop()
    assert_whole(home, devices)


def _kill_front(home: Home, front: "subprocess.Popen[bytes]") -> None:
    """The keeper first, so that it starts nobody again; then its process, which on SQLite is the one that writes."""
    children = Path(f"/proc/{front.pid}/task/{front.pid}/children").read_text().split()
    if connection.vendor == "sqlite":
        assert str(home.writing()) in children
    for process in (front.pid, *map(int, children)):
        os.kill(process, signal.SIGKILL)


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


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A folder on a file system of its own, of 64 MB."""
    folder = Path(tempfile.mkdtemp(prefix="linli-small-"))
    folder.chmod(0o755)  # the server of PostgreSQL is somebody else
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    try:
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("A small file system can be mounted by root only.")
        yield folder
        subprocess.run(["umount", "-l", str(folder)], check=True)
    finally:
        folder.rmdir()


@pytest.fixture
def small_home(small_disk: Path, tmp_path: Path) -> Iterator[Home]:
    """A home whose store lies on the small disk."""
    place = small_disk / "store"
    place.mkdir()
    is_postgres = connection.vendor == "postgresql"
    made = on_postgres(tmp_path, connection.settings_dict, place) if is_postgres else nullcontext(on_sqlite(place))
    with made as home:
        home.furnish(tmp_path)
        try:
            yield home
        finally:
            if home.group is not None:
                home.reap()


def test_a_full_disk_is_told_in_words_keeps_nothing_by_half_and_passes(small_home: Home, small_disk: Path) -> None:
    home, devices = small_home, Devices(small_home, random.Random(5))
    home.start("serve")
    asyncio.run(devices.send(devices.new(100)))
    assert (devices.wrong, len(devices.answered)) == ([], 100)
    with (small_disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(4096))
    asyncio.run(devices.send(devices.new(1500)))
    refused = [(status, answer["error"]["code"]) for status, answer in devices.wrong]
    assert set(refused) <= {(507, "disk_full"), (503, "store_away")}
    assert (507, "disk_full") in refused
    assert all(answer["error"]["message"] for _status, answer in devices.wrong)
    assert home.health() == 503
    (small_disk / "ballast").unlink()
    # Not before: a PostgreSQL that wants to write down its catalogue lets nobody new in while the disk is full.
    assert home.query("SELECT count(*) FROM intake_kept") == [(len(devices.answered),)]
    devices.wrong.clear()
    asyncio.run(devices.send(devices.unanswered()))
    assert (devices.wrong, devices.unanswered()) == ([], [])
    wait_for(lambda: home.health() == 200, "The front did not notice that there is room again.")
    home.linli("work", "--once")
    assert_whole(home, devices)
