"""Carrying deliveries: the worker's own thread claims and settles, and only what lies outside is waited for in others.

Every way has lanes of its own, so that a gateway that answers late or never delays no other way and no chore.
"""

import atexit
import logging
import queue
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from linli.notices import course
from linli.notices.course import Parcel
from linli.notices.rules import Kind, Result, Verdict
from linli.notices.sending import carry

log = logging.getLogger(__name__)
LANES = 3
#: With nothing to do but wait for answers, this long at most: the worker has other chores.
_PATIENCE_S = 0.02


@dataclass
class Courier:
    """What one process has under way. Its methods are called by one thread."""

    send: Callable[[Parcel], Result] = carry
    under_way: Counter[str] = field(default_factory=Counter)
    _results: "queue.SimpleQueue[tuple[Parcel, Result]]" = field(default_factory=queue.SimpleQueue)
    _pool: ThreadPoolExecutor | None = None

    def has_work(self, at: datetime) -> bool:
        """Whether an answer has come, or something is due for which a lane is free."""
        return not self._results.empty() or any(self.under_way[one] < LANES for one in course.kinds_due(at))

    def turn(self, at: datetime) -> bool:
        """Settle what was answered, send what is due; whether anything was done or is under way."""
        settled = self._settle(at)
        course.give_up_lost(at)
        sent = sum(self._send(one, at) for one in course.kinds_due(at))
        if self.under_way.total() and not settled and not sent:
            settled = self._wait(at)
        return bool(settled or sent or self.under_way.total())

    def finish(self) -> None:
        """Wait for what is under way and write it down; called as the process ends."""
        while self.under_way.total():
            self._take(timezone.now(), timeout_s=20)

    def _send(self, kind: str, at: datetime) -> int:
        free = LANES - self.under_way[kind]
        parcels = [course.claim(one, at) for one in course.due(kind, at, free)] if free > 0 else []
        for parcel in parcels:
            if parcel is not None:
                self._submit(parcel)
        return len(parcels)

    def _submit(self, parcel: Parcel) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(LANES * len(Kind), thread_name_prefix="linli-notice")
        self.under_way[parcel.kind] += 1
        self._pool.submit(self._carry, parcel)

    def _carry(self, parcel: Parcel) -> None:
        """In a thread of the pool. Whatever happens, a result comes back."""
        result = Result(Verdict.UNKNOWN, "broke")
        try:
            result = self.send(parcel)
        except Exception as error:
            # The traceback could show the address; its kind is enough to find the place.
            log.error("The delivery %s broke: %s.", parcel.delivery, type(error).__name__)
        finally:
            self._results.put((parcel, result))

    def _settle(self, at: datetime) -> int:
        settled = 0
        while not self._results.empty():
            self._take(at, timeout_s=0)
            settled += 1
        return settled

    def _wait(self, at: datetime) -> int:
        try:
            self._take(at, timeout_s=_PATIENCE_S)
        except queue.Empty:
            return 0
        return 1

    def _take(self, at: datetime, timeout_s: float) -> None:
        parcel, result = self._results.get(timeout=timeout_s) if timeout_s else self._results.get_nowait()
        self.under_way[parcel.kind] -= 1
        course.settle(parcel.delivery, parcel.tries, result, at)


COURIER = Courier()


def finish() -> None:
    """As the process ends: what is under way is waited for; what cannot be written down counts as unknown later."""
    try:
        COURIER.finish()
    except Exception:
        log.warning("Some answers to notices were not written down.")


atexit.register(finish)
