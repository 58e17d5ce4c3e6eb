"""The writer: many rows in one commit, nobody answered before it, nothing half-kept, and clear words when it cannot."""

import asyncio
import random
import sqlite3
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from linli.intake import writer as writing
from linli.intake.accept import Row
from linli.intake.models import Kept
from linli.intake.stores import First, _Sqlite, open_store
from linli.intake.turned import Turned
from linli.intake.writer import Writer
from linli.kit.keys import new_key

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 16, 4, 0, 0, 250_000, tzinfo=UTC)


def row(seed: int, digest: bytes = b"d", **more: Any) -> Row:
    from uuid import UUID

    given = Row(
        id=new_key(),
        device_id=UUID(int=random.Random(seed).getrandbits(128), version=4),
        sender="public",
        sender_key=0,
        kind="report",
        area="440881",
        digest=digest,
        content='{"text":"水沟"}'.encode(),
        sealed_contact=b"",
        answer=b"{}",
        received_at=NOW,
        made_at=None,
        sent_at=NOW,
    )
    return given._replace(**more)


class Held:
    """A store that waits until it is let go, or fails, and counts its commits."""

    def __init__(self, error: Exception | None = None) -> None:
        self.go, self.begun = threading.Event(), threading.Event()
        self.error = error
        self.commits: list[int] = []
        self._store = open_store()

    def keep(self, rows: Sequence[Row]) -> list[First | None]:
        self.begun.set()
        self.go.wait(10)
        if self.error is not None:
            raise self.error
        self.commits.append(len(rows))
        return self._store.keep(rows)

    def close(self) -> None:
        self._store.close()


async def started(**more: Any) -> Writer:
    made = Writer(**more)
    made.start()
    while made.trouble:
        await asyncio.sleep(0.001)
    return made


def test_what_is_kept_is_there_as_it_was_given() -> None:
    async def keep() -> None:
        made = await started()
        assert await made.keep([row(1), row(2)]) == [None, None]
        await made.stop()

    asyncio.run(keep())
    stored = Kept.objects.get(device_id=row(1).device_id)
    assert (stored.received_at, stored.sent_at, stored.made_at) == (NOW, NOW, None)
    assert (bytes(stored.content).decode(), stored.state, stored.reason) == ('{"text":"水沟"}', "waiting", None)


def test_a_repeat_gets_the_first_even_within_one_commit() -> None:
    async def keep() -> tuple[Any, Any]:
        made = await started()
        together = await made.keep([row(1, answer=b"first"), row(1, answer=b"second"), row(2)])
        afterwards = await made.keep([row(1, b"other")])
        await made.stop()
        return together, afterwards

    together, (afterwards,) = asyncio.run(keep())
    assert together[0] is None
    assert together[2] is None
    assert bytes(together[1].answer) == bytes(afterwards.answer) == b"first"
    assert (bytes(afterwards.digest), afterwards.received_at) == (b"d", NOW)
    assert Kept.objects.count() == 2


def test_all_that_wait_are_committed_together() -> None:
    async def keep() -> list[int]:
        store = Held()
        made = await started(open_store=lambda: store)
        first = asyncio.ensure_future(made.keep([row(0)]))
        await asyncio.to_thread(store.begun.wait)
        rest = [asyncio.ensure_future(made.keep([row(seed)])) for seed in range(1, 301)]
        await asyncio.sleep(0)
        assert not first.done()
        store.go.set()
        await asyncio.gather(first, *rest)
        await made.stop()
        return store.commits

    assert asyncio.run(keep()) == [1, 300]
    assert Kept.objects.count() == 301


def test_when_too_many_wait_others_are_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_WAITING", 3)

    async def keep() -> Turned:
        store = Held()
        made = await started(open_store=lambda: store)
        waiting = [asyncio.ensure_future(made.keep([row(seed)])) for seed in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Turned) as turned:
            await made.keep([row(9)])
        store.go.set()
        await asyncio.gather(*waiting)
        assert await made.keep([row(9)]) == [None]
        await made.stop()
        return turned.value

    refused = asyncio.run(keep())
    assert (refused.status, refused.code, bool(refused.retry_after)) == (503, "queue_full", True)
    assert Kept.objects.count() == 4


def test_told_to_stop_it_answers_what_waits_and_takes_no_more() -> None:
    async def keep() -> list[Any]:
        store = Held()
        made = await started(open_store=lambda: store)
        waiting = [asyncio.ensure_future(made.keep([row(seed)])) for seed in range(5)]
        await asyncio.sleep(0)
        stopping = asyncio.ensure_future(made.stop())
        await asyncio.sleep(0)
        with pytest.raises(Turned):
            await made.keep([row(9)])
        store.go.set()
        await stopping
        return await asyncio.gather(*waiting)

    assert asyncio.run(keep()) == [[None]] * 5
    assert Kept.objects.count() == 5


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [("database or disk is full", 507, "disk_full"), ("could not extend file: No space left", 507, "disk_full"),
     ("database is locked", 503, "store_away"), ("server closed the connection", 503, "store_away")],
)  # fmt: skip
def test_when_it_cannot_commit_it_says_so_and_recovers_alone(words: str, status: int, code: str) -> None:
    async def keep() -> Turned:
        store = Held(sqlite3.OperationalError(words))
        store.go.set()
        stores = [store]
        made = await started(open_store=lambda: stores.pop() if stores else open_store())
        with pytest.raises(Turned) as turned:
            await made.keep([row(1)])
        assert made.trouble
        assert await made.keep([row(1)]) == [None]
        assert not made.trouble
        await made.stop()
        return turned.value

    refused = asyncio.run(keep())
    assert (refused.status, refused.code) == (status, code)


def test_a_batch_of_any_size_goes_in_whole() -> None:
    async def keep() -> None:
        made = await started()
        assert await made.keep([row(seed) for seed in range(777)]) == [None] * 777
        await made.stop()

    asyncio.run(keep())
    assert Kept.objects.count() == 777


def test_nothing_is_answered_as_kept_in_a_file_that_was_deleted(tmp_path: Path) -> None:
    """Whoever has it open could go on writing, and nobody would ever read that."""
    if connection.vendor != "sqlite":
        pytest.skip("A server keeps its files itself.")
    path = tmp_path / "store.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    store = _Sqlite(str(path), "PRAGMA journal_mode=WAL")
    assert store.keep([row(1)]) == [None]
    path.rename(tmp_path / "elsewhere")
    for back in (None, b""):
        if back is not None:
            path.write_bytes(back)
        with pytest.raises(sqlite3.OperationalError, match="deleted or replaced"):
            store.keep([row(2)])
    store.close()
