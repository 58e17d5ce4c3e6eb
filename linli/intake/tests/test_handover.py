"""Handing over between front processes of one SQLite home: one writes, and when it has gone, another does."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ours
from django.db import connection

from linli.intake import writer as writing
from linli.intake.accept import Row
from linli.intake.handover import Listener
from linli.intake.models import Kept
from linli.intake.stores import First, open_store
from linli.intake.tests.test_writer import NOW, Held, row, started
from linli.intake.turned import Turned
from linli.intake.writer import Writer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def one_writes(db: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("On PostgreSQL every process writes.")


@asynccontextmanager
async def two(**more: Any) -> AsyncIterator[tuple[Writer, Writer]]:
    """One that leads, with what is given, and one that follows."""
    first = await started(**more)
    second = await started()
    try:
        assert (first.leads, second.leads) == (True, False)
        yield first, second
    finally:
        await second.stop()
        await first.stop()


def test_what_is_handed_over_is_kept_as_it_was_given_and_a_repeat_gets_the_first() -> None:
    async def keep() -> Any:
        async with two() as (first, second):
            assert await second.keep([row(1), row(2)]) == [None, None]
            return await first.keep([row(1, b"other")]), await second.keep([row(2, b"other")])

    for (repeated,) in asyncio.run(keep()):
        assert (bytes(repeated.digest), repeated.received_at) == (b"d", NOW)
    stored = Kept.objects.get(device_id=row(1).device_id)
    assert (stored.received_at, stored.sent_at, stored.made_at) == (NOW, NOW, None)
    assert (bytes(stored.content).decode(), stored.state) == ('{"text":"水沟"}', "waiting")
    assert Kept.objects.count() == 2


def test_long_reports_go_over_whole() -> None:
    async def keep() -> None:
        async with two() as (_first, second):
            long = [row(seed, content=bytes([seed]) * 200_000) for seed in range(60)]
            assert await second.keep(long) == [None] * 60

    asyncio.run(keep())
    assert {bytes(one.content) for one in Kept.objects.all()} == {bytes([seed]) * 200_000 for seed in range(60)}


def test_when_the_one_that_writes_stops_another_does_and_nothing_is_lost() -> None:
    async def keep() -> None:
        first = await started()
        others = [await started(), await started()]
        waiting = [asyncio.ensure_future(others[seed % 2].keep([row(seed)])) for seed in range(400)]
        await asyncio.sleep(0)
        await first.stop()
        waiting += [asyncio.ensure_future(others[seed % 2].keep([row(seed)])) for seed in range(400, 500)]
        assert await asyncio.gather(*waiting) == [[None]] * 500
        assert sorted(one.leads for one in others) == [False, True]
        for one in others:
            await one.stop()

    asyncio.run(keep())
    assert Kept.objects.count() == 500


def test_one_killed_between_commit_and_answer_leaves_nothing_doubled() -> None:
    """Rows are handed over again; that they were kept the first time is not taken for a repeat by their sender."""
    path = Path(ours.HOME) / "writer.sock"

    async def commit_and_die(rows: Sequence[Row]) -> list[First | None]:
        with closing(open_store()) as store:
            store.keep(rows)
        raise EOFError

    async def keep() -> None:
        dying, follower = Listener(path, commit_and_die), Writer()
        lock = (Path(ours.HOME) / "writer.lock").open("w")
        writing.fcntl.flock(lock, writing.fcntl.LOCK_EX)
        await dying.open()
        follower.start()
        while follower.trouble:
            await asyncio.sleep(0.001)
        handed = asyncio.ensure_future(follower.keep([row(1), row(2)]))
        while not await asyncio.to_thread(_count):
            await asyncio.sleep(0.001)
        lock.close()
        assert await handed == [None, None]
        assert follower.leads
        await follower.stop()

    asyncio.run(keep())
    assert Kept.objects.count() == 2


def _count() -> int:
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as store:
        return int(store.execute("SELECT count(*) FROM intake_kept").fetchone()[0])


def test_too_many_waiting_is_told_across_the_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    async def keep() -> Turned:
        store = Held()
        async with two(open_store=lambda: store) as (first, second):
            monkeypatch.setattr(writing, "MOST_WAITING", 3)
            waiting = [asyncio.ensure_future(first.keep([row(seed)])) for seed in range(3)]
            await asyncio.sleep(0)
            with pytest.raises(Turned) as turned:
                await second.keep([row(9)])
            store.go.set()
            await asyncio.gather(*waiting)
            assert await second.keep([row(9)]) == [None]
            return turned.value

    refused = asyncio.run(keep())
    assert (refused.status, refused.code, bool(refused.retry_after)) == (503, "queue_full", True)
    assert Kept.objects.count() == 4


def test_a_full_disk_is_told_across_the_socket_and_passes() -> None:
    async def keep() -> Turned:
        store = Held(sqlite3.OperationalError("database or disk is full"))
        store.go.set()
        stores = [store]
        async with two(open_store=lambda: stores.pop() if stores else open_store()) as (_first, second):
            with pytest.raises(Turned) as turned:
                await second.keep([row(1)])
            assert second.trouble == "disk"
            assert await second.keep([row(1)]) == [None]
            assert not second.trouble
            return turned.value

    refused = asyncio.run(keep())
    assert (refused.status, refused.code) == (507, "disk_full")


def test_with_nobody_who_writes_it_says_so_and_is_well_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody has the lock and does not listen."""
    monkeypatch.setattr(writing, "_CHANGED_WITHIN_S", 0.1)

    async def keep() -> Turned:
        async with two() as (first, second):
            assert first._listener is not None
            while not first._listener._peers:
                await asyncio.sleep(0.001)
            await first._listener.close()
            (Path(ours.HOME) / "writer.sock").unlink(missing_ok=True)  # Python 3.13 has removed it
            with pytest.raises(Turned) as turned:
                await second.keep([row(1)])
            assert second.trouble == "handover"
            await first.stop()
            while second.trouble:
                await asyncio.sleep(0.01)
            assert second.leads
            assert await second.keep([row(1)]) == [None]
        return turned.value

    refused = asyncio.run(keep())
    assert (refused.status, refused.code, bool(refused.retry_after)) == (503, "store_away", True)


def test_a_socket_left_by_one_killed_is_no_hindrance() -> None:
    path = Path(ours.HOME) / "writer.sock"
    with closing(socket.socket(socket.AF_UNIX)) as left:
        left.bind(str(path))

    async def keep() -> None:
        async with two() as (_first, second):
            assert path.stat().st_mode & 0o777 == 0o600
            assert await second.keep([row(1)]) == [None]

    asyncio.run(keep())
    assert not path.exists()


def test_a_home_with_a_very_long_path_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / ("很长的目录" * 10) / ("x" * 100)
    home.mkdir(parents=True)
    monkeypatch.setattr(ours, "HOME", home)

    async def keep() -> None:
        async with two() as (_first, second):
            assert (home / "writer.sock").is_socket()
            assert await second.keep([row(1)]) == [None]

    asyncio.run(keep())


def test_what_cannot_be_read_is_hung_up_on_and_the_others_go_on() -> None:
    async def keep() -> bytes:
        async with two() as (_first, second):
            reader, stranger = await asyncio.open_unix_connection(str(Path(ours.HOME) / "writer.sock"))
            stranger.write((5).to_bytes(4, "big") + b"hello")
            said = await reader.read()
            stranger.close()
            assert await second.keep([row(1)]) == [None]
            return said

    assert asyncio.run(keep()) == b""
