"""The worker of the simulated year: it wakes whenever something is due, does the real chores, and is cut down at random."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from linli.chores.running import run_once
from linli.chores.table import CHORES, Work
from linli.events.models import Clock, Supervision
from linli.kit.prepared import Prepared

#: So often a slice of work ends before it is committed, as when the process is killed.
_KILLED = 0.02
#: It looks so often, if anything is due at all.
_TURN = timedelta(minutes=10)


@Prepared
def _clocks() -> QuerySet[Any, Any]:
    return Clock.objects.filter(next_at__isnull=False).order_by("next_at").values_list("next_at", flat=True)[:1]


@Prepared
def _supervisions() -> QuerySet[Any, Any]:
    return Supervision.objects.filter(next_at__isnull=False).order_by("next_at").values_list("next_at", flat=True)[:1]


@Prepared
def _pauses() -> QuerySet[Any, Any]:
    rows = Clock.objects.filter(paused_until__isnull=False).order_by("paused_until")
    return rows.values_list("paused_until", flat=True)[:1]


#: The chores that move matters and tell people, and what each waits for: the first moment at which that is due; those
#: without anything to wait for, once a day.
_CHORES: dict[str, list[Prepared[[], datetime]]] = {
    "ladder": [_clocks, _supervisions],
    "pauses_that_end": [_pauses],
    "review_days": [],
    "firm_limits": [],
}


class Killed(BaseException):
    """The process ends here: nothing after this is done, nothing uncommitted stays."""


class Worker:
    """Does what is due, moment by moment; what was cut down waits until its lease has run out, as for a real one."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.done: Counter[str] = Counter()
        self.broken: list[str] = []
        self._works = self._mortals()
        self._day: date | None = None
        self._not_before: datetime | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Without the chores, which are functions."""
        return {name: value for name, value in self.__dict__.items() if name != "_works"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """As it was kept."""
        self.__dict__.update(state)
        self._works = self._mortals()

    def next_turn(self, at: datetime) -> datetime | None:
        """The next moment up to `at` at which it wakes; None: nothing falls due until then."""
        if self._not_before is not None and self._not_before > at:
            return None
        due = self._next_due()
        turn = due if due is None or self._not_before is None else max(due, self._not_before)
        return turn if turn is not None and turn <= at else None

    def wake(self, at: datetime) -> None:
        """Do what is due, or die over it."""
        self.done["woken"] += 1
        names = [name for name, waits in _CHORES.items() if any(due <= at for first in waits for due in first())]
        if at.date() != self._day:
            names += ["review_days", "firm_limits"]
        try:
            failed = run_once(lambda: at, [self._works[name] for name in names])
        except Killed:
            # Another worker takes over once the lease of the dead one has run out.
            self.done["killed"] += 1
            self._not_before = at + timedelta(seconds=max(work.lease_s for work in self._works.values()) + 1)
        else:
            self._day, self._not_before = at.date(), at + _TURN
            self.broken += [f"the chore {name} failed at {at}" for name in failed]

    def told(self) -> list[str]:
        """What it did, in lines."""
        return ["worker: " + ", ".join(f"{name} {number:,}" for name, number in self.done.most_common())]

    def _mortals(self) -> dict[str, Work]:
        works = {work.name: work for work in CHORES}
        return {name: replace(works[name], do=self._mortal(works[name])) for name in _CHORES}

    def _mortal(self, work: Work) -> Callable[[datetime], bool]:
        def do(at: datetime) -> bool:
            with transaction.atomic():
                more = work.do(at)
                if self.rng.random() < _KILLED:
                    raise Killed
            self.done[work.name] += 1
            return more

        return do

    def _next_due(self) -> datetime | None:
        """The next moment at which anything falls due."""
        return min((due for waits in _CHORES.values() for first in waits for due in first()), default=None)
