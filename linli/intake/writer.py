"""Group commit: handlers queue their rows and wait; one thread commits all that is queued; the answer comes after that.

On SQLite one process of the home writes for the hatch, and holds a lock as long as it does: two writers would wait for
each other ten times as long as for the disk. On PostgreSQL every process has a writer.
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
from typing import IO

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from linli.intake.accept import Row
from linli.intake.stores import First, Store, open_store
from linli.intake.turned import Turned

log = logging.getLogger(__name__)
#: Rows that may wait; then senders are asked to come back. And rows of one commit.
MOST_WAITING, MOST_AT_ONCE = 4096, 512
_AGAIN_AFTER_S = 0.2

Firsts = list[First | None]


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
    _jobs: "queue.SimpleQueue[_Job | None]" = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _stopping: bool = False
    _store: Store | None = None
    _lock_file: IO[str] | None = None
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

    async def keep(self, rows: Sequence[Row]) -> Firsts:
        """Wait until the rows are on the disk. For each: None, or what was kept under its id. Raises `Turned`."""
        if self._stopping or self.trouble == "starting":
            raise Turned(503, "not_ready", _("The server is starting or stopping. Send it again."), retry_after=1)
        if self.waiting + len(rows) > MOST_WAITING:
            raise Turned(
                503,
                "queue_full",
                _("Very many reports are arriving. Yours was not kept; send it again in a few seconds."),
                retry_after=2,
            )
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
            self._begin()
            while jobs := self._next():
                self._commit(jobs)
        finally:
            self.trouble = self.trouble or "stopped"
            self._let_go()

    def _begin(self) -> None:
        """Take the lock of the home and open the store; whatever fails is tried again until told to stop."""
        while not self._stopping:
            if self._alone() and self._opened():
                self.trouble = ""
                return
            time.sleep(_AGAIN_AFTER_S)

    def _alone(self) -> bool:
        if connection.vendor != "sqlite":
            return True
        if self._lock_file is None:
            self._lock_file = open(settings.HOME / "writer.lock", "w")  # noqa: SIM115 - held as long as we write
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            return False

    def _opened(self) -> bool:
        try:
            self._store = self.open_store()
            return True
        except Exception as error:
            log.error("The store cannot be opened: %s", str(error).strip().split("\n")[0])
            return False

    def _next(self) -> list[_Job]:
        """Wait for a job and take all that are queued with it; none when told to stop and nothing is left."""
        job = self._jobs.get()
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

    def _commit(self, jobs: list[_Job]) -> None:
        rows = [row for job in jobs for row in job.rows]
        begun = time.perf_counter()
        try:
            if self._store is None:
                self._store = self.open_store()
            firsts: Firsts | Turned = self._store.keep(rows)
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

    def _failed(self, error: Exception) -> Turned:
        """Nothing of the batch was kept, as far as we know; whoever sends again is answered by what is there then."""
        words = str(error).strip().split("\n")[0]
        log.error("Reports could not be kept: %s", words)
        self.counts.failed += 1
        is_full = any(sign in words for sign in ("disk is full", "No space left", "could not extend file", "disk I/O"))
        self.trouble = "disk" if is_full else "store"
        self._close_store()
        if is_full:
            return Turned(
                507,
                "disk_full",
                _("No space is left on the server's disk. Yours was not kept; keep it and send it again later."),
                retry_after=30,
            )
        return Turned(
            503,
            "store_away",
            _("The store cannot be written now. Yours was not kept; keep it and send it again soon."),
            retry_after=2,
        )

    def _close_store(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            with suppress(Exception):
                store.close()

    def _let_go(self) -> None:
        self._close_store()
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None


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
