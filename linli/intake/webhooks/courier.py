"""Carrying deliveries: the worker's own thread claims and settles, and only the network is waited for in others.

Every receiver has lanes of its own, so that one that answers late or never delays no other and no chore.
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

from linli.intake.webhooks import sending
from linli.intake.webhooks.models import Delivery, Subscription
from linli.intake.webhooks.posting import Parcel, post
from linli.intake.webhooks.rules import LANES, MOST_SUBSCRIPTIONS, Answer, Outcome
from linli.kit.refusal import Refused

log = logging.getLogger(__name__)
#: With nothing to do but wait for answers, this long at most: the worker has other chores.
_PATIENCE_S = 0.02


@dataclass
class Courier:
    """What one process has under way. Its methods are called by one thread."""

    send: Callable[[Parcel], Answer] = post
    under_way: Counter[int] = field(default_factory=Counter)
    _answers: "queue.SimpleQueue[tuple[int, Parcel, Answer]]" = field(default_factory=queue.SimpleQueue)
    _pool: ThreadPoolExecutor | None = None

    def has_work(self, at: datetime) -> bool:
        """Whether an answer has come, or something is due that may be sent."""
        if not self._answers.empty():
            return True
        # What waits for an earlier act of its matter is due, and yet nothing to do.
        return any(self._free(one.pk, one.lanes) and sending.due(one, at, 1) for one in sending.ready(at))

    def turn(self, at: datetime) -> bool:
        """Settle what was answered, send what is due; whether anything was done or is under way."""
        settled = self._settle(at)
        sent = sum(self._send(one, at) for one in sending.ready(at))
        if self.under_way.total() and not settled and not sent:
            settled = self._wait(at)
        return bool(settled or sent or self.under_way.total())

    def finish(self) -> None:
        """Wait for what is under way and write it down; called as the process ends."""
        while self.under_way.total():
            self._take(timezone.now(), timeout_s=15)

    def _free(self, subscription: int, lanes: int) -> int:
        return max(0, lanes - self.under_way[subscription])

    def _send(self, subscription: Subscription, at: datetime) -> int:
        free = self._free(subscription.pk, subscription.lanes)
        return sum(self._send_one(one, at) for one in sending.due(subscription, at, free)) if free else 0

    def _send_one(self, delivery: Delivery, at: datetime) -> bool:
        try:
            parcel = sending.claim(delivery, at)
        except Refused:
            log.exception("The delivery %s cannot be signed.", delivery.pk)
            sending.leave_alone(delivery.subscription, at)
            return False
        if parcel is None:
            return False
        if self._pool is None:
            self._pool = ThreadPoolExecutor(LANES * MOST_SUBSCRIPTIONS, thread_name_prefix="linli-webhook")
        self.under_way[delivery.subscription_id] += 1
        self._pool.submit(self._carry, delivery.subscription_id, parcel)
        return True

    def _carry(self, subscription: int, parcel: Parcel) -> None:
        """In a thread of the pool. Whatever happens, an answer comes back."""
        answer = Answer(Outcome.UNKNOWN)
        try:
            answer = self.send(parcel)
        except Exception:
            log.exception("The delivery %s broke.", parcel.delivery)
        finally:
            self._answers.put((subscription, parcel, answer))

    def _settle(self, at: datetime) -> int:
        settled = 0
        while not self._answers.empty():
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
        subscription, parcel, answer = self._answers.get(timeout=timeout_s) if timeout_s else self._answers.get_nowait()
        self.under_way[subscription] -= 1
        sending.settle(parcel, answer, at)


COURIER = Courier()


def finish() -> None:
    """As the process ends: what is under way is waited for, and what cannot be written down is sent again later."""
    try:
        COURIER.finish()
    except Exception:
        log.warning("Some answers to webhooks were not written down; these are sent again.")


atexit.register(finish)
