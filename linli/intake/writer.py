"""Group commit: handlers queue their rows and wait; one thread commits all that is queued; the answer comes after that.

On SQLite one process of the home writes for the hatch, and holds a lock as long as it does: two writers would wait for
each other ten times as long as for the disk. It leads; the writers of other processes follow, that is hand over what is
queued instead of committing it, and one of them leads when it has gone. On PostgreSQL every process leads.
"""

import asyncio
import fcntl
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

from linli.intake.accept import Row
from linli.intake.handover import HandedOver, Listener, WriterGone
from linli.intake.stores import Firsts, Store, open_store
from linli.intake.turned import Turned, not_kept

log = logging.getLogger(__name__)
#: Rows that may wait; then senders are asked to come back. And rows of one commit.
MOST_WAITING, MOST_AT_ONCE = 4096, 512
_AGAIN_AFTER_S, _LOOKED_FOR_EVERY_S = 0.02, 0.2
#: How long rows wait for a process that writes; a change of it takes a tenth of a second.
_CHANGED_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class _Job:
    rows: Sequence[Row]
    answer: "asyncio.Future[Firsts]"


@dataclass
class Counts:
    """What the writer has done, for `/metrics`; written by its thread alone."""

    commits: int = 0
    rows: int = 0
    failed: int = 0
    seconds: float = 0.0
    #: How many rows were committed together last.
    last: int = 0


@dataclass
class Writer:
    """Started once in a process, in its event loop. `keep` from coroutines of that loop only."""

    open_store: Callable[[], Store] = open_store
    counts: Counts = field(default_factory=Counts)
    waiting: int = 0
    #: Why nothing can be kept now; empty when all is well. Begins with the reason that it has not begun.
    trouble: str = "starting"
    #: When a commit failed last, by `time.monotonic`.
    failed_at: float = -1e9
    #: Whether this process commits, or hands over to the one that does.
    leads: bool = False
    _jobs: "queue.SimpleQueue[_Job | None]" = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _stopping: bool = False
    _store: Store | None = None
    _lock_file: IO[str] | None = None
    _listener: Listener | None = None
    _loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin, in the running loop."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="linli-writer", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Commit what is queued, answer it, and end."""
        self._stopping = True
        if self._thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)
            await asyncio.sleep(0)  # the last answers are on their way through the loop
        if self._listener is not None:
            await self._listener.close()

    def require_room(self, count: int) -> None:
        """Raises `Turned` while so many rows cannot be taken; asked before a batch is read, too, since that costs."""
        if self._stopping or self.trouble == "starting":
            raise not_kept("not_ready")
        if self.waiting + count > MOST_WAITING:
            raise not_kept("queue_full")

    async def keep(self, rows: Sequence[Row]) -> Firsts:
        """Wait until the rows are on the disk. For each: None, or what was kept under its id. Raises `Turned`."""
        self.require_room(len(rows))
        assert self._loop is not None
        answer: asyncio.Future[Firsts] = self._loop.create_future()
        self.waiting += len(rows)
        self._jobs.put(_Job(rows, answer))
        try:
            # Whoever hangs up meanwhile leaves the row to be kept: its sender will ask again.
            return await asyncio.shield(answer)
        finally:
            self.waiting -= len(rows)

    # --- in the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._stopping and not self._began():
                time.sleep(_AGAIN_AFTER_S)
            while jobs := self._next():
                self._commit(jobs)
        finally:
            self.trouble = self.trouble or "stopped"
            self._let_go()

    def _began(self) -> bool:
        """Have a store, our own or that of the process that writes; whether there is one now."""
        if self._store is not None:
            return True
        try:
            if self.leads or self._took_lock():
                self._lead()
            else:
                self._store = HandedOver(_socket_path())
                self.trouble = ""
        except WriterGone:  # it has the lock and does not listen yet
            pass
        except Exception as error:
            log.error("The store cannot be opened: %s", _first_line(error))
            time.sleep(_AGAIN_AFTER_S * 10)
        return self._store is not None

    def _took_lock(self) -> bool:
        """Whether this process leads from now on; then it does until it ends."""
        if connection.vendor == "sqlite":
            if self._lock_file is None:
                self._lock_file = open(settings.HOME / "writer.lock", "w")  # noqa: SIM115 - held as long as we lead
            try:
                fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return False
        self.leads = True
        return True

    def _lead(self) -> None:
        self._store = self.open_store()
        self.trouble = ""
        if self._lock_file is None or self._listener is not None:
            return
        self._listener = Listener(_socket_path(), self.keep)
        assert self._loop is not None
        opening = asyncio.run_coroutine_threadsafe(self._listener.open(), self._loop)
        try:
            opening.result(_CHANGED_WITHIN_S)
        except Exception as error:
            log.error("Other front processes cannot hand over at %s: %s", _socket_path(), _first_line(error))

    def _next(self) -> list[_Job]:
        """Wait for a job and take all that are queued with it; none when told to stop and nothing is left."""
        job = self._first()
        jobs: list[_Job] = []
        count = 0
        while job is not None:
            jobs.append(job)
            count += len(job.rows)
            if count >= MOST_AT_ONCE or self._jobs.empty():
                return jobs
            job = self._jobs.get()
        if jobs:
            self._jobs.put(None)  # told to stop: after these
        return jobs

    def _first(self) -> _Job | None:
        """The next job. Whoever has nobody to hand over to looks for somebody while it waits."""
        while self._store is None and not self.leads:
            try:
                return self._jobs.get(timeout=_LOOKED_FOR_EVERY_S)
            except queue.Empty:
                self._began()
        return self._jobs.get()

    def _commit(self, jobs: list[_Job]) -> None:
        rows = [row for job in jobs for row in job.rows]
        begun = time.perf_counter()
        try:
            firsts: Firsts | Turned = self._kept(rows)
            self.trouble = ""
            self.counts.commits += 1
            self.counts.rows += len(rows)
            self.counts.last = len(rows)
        except Exception as error:
            firsts = self._failed(error)
        self.counts.seconds += time.perf_counter() - begun
        assert self._loop is not None
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(_answer, jobs, firsts)

    def _kept(self, rows: list[Row]) -> Firsts:
        """Commit the rows here, or hand them over: again to the next, when the process that writes goes away meanwhile."""
        give_up_at = time.monotonic() + _CHANGED_WITHIN_S
        while True:
            try:
                if self._store is None:
                    self._begin_again(give_up_at)
                assert self._store is not None
                firsts = self._store.keep(rows)
            except WriterGone as gone:
                self._close_store()
                self.trouble = "handover"
                if time.monotonic() > give_up_at:
                    raise not_kept("store_away") from gone
                continue
            # What was kept when it was handed over the first time is new to its sender.
            return [
                None if first is not None and first.id == row.id else first
                for row, first in zip(rows, firsts, strict=True)
            ]

    def _begin_again(self, give_up_at: float) -> None:
        if self.leads:
            self._store = self.open_store()
            return
        while not self._began():
            if time.monotonic() > give_up_at:
                raise not_kept("store_away")
            time.sleep(_AGAIN_AFTER_S)

    def _failed(self, error: Exception) -> Turned:
        """Nothing of the batch was kept, as far as we know; whoever sends again is answered by what is there then."""
        self.counts.failed += 1
        self.failed_at = time.monotonic()
        if not isinstance(error, Turned):
            words = _first_line(error)
            log.error("Reports could not be kept: %s", words)
            self._close_store()
            is_full = any(sign in words for sign in _SIGNS_OF_A_FULL_DISK)
            error = not_kept("disk_full" if is_full else "store_away")
        if error.code != "queue_full":
            nobody = self._store is None and not self.leads
            self.trouble = "handover" if nobody else "disk" if error.code == "disk_full" else "store"
        return error

    def _close_store(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            with suppress(Exception):
                store.close()

    def _let_go(self) -> None:
        self._close_store()
        if self._listener is not None:
            _socket_path().unlink(missing_ok=True)
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None


_SIGNS_OF_A_FULL_DISK = ("disk is full", "No space left", "could not extend file", "disk I/O")


def _socket_path() -> Path:
    return Path(settings.HOME) / "writer.sock"


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


def _answer(jobs: list[_Job], firsts: Firsts | Turned) -> None:
    """In the loop: hand every waiting handler its part."""
    done = 0
    for job in jobs:
        if isinstance(firsts, Turned):
            part: Firsts = []
        else:
            part, done = firsts[done : done + len(job.rows)], done + len(job.rows)
        if job.answer.cancelled():
            continue
        if isinstance(firsts, Turned):
            job.answer.set_exception(firsts)
        else:
            job.answer.set_result(part)
