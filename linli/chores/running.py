"""Doing chores: claim a row, do the work, say when it is due again. Any number of workers may run at once."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from linli.chores.models import Chore
from linli.chores.table import CHORES, Work
from linli.kit.prepared import Prepared

log = logging.getLogger(__name__)

_LONGEST_PAUSE = timedelta(hours=1)
Clock = Callable[[], datetime]


def run_due(clock: Clock = timezone.now, works: Iterable[Work] = CHORES) -> int:
    """Do a slice of every chore that is due and free; how many.

    All rows are read at once and only those that look due are claimed: an idle worker writes nothing.
    """
    known = dict(_due_at())
    wanted = (work for work in works if _may_be_due(work, known.get(work.name), clock()))
    asked = (work for work in wanted if work.waits is None or work.waits())
    return sum(_claimed(work, clock()) and _done(work, clock) is not None for work in asked)


@Prepared
def _due_at() -> QuerySet[Any, tuple[str, datetime]]:
    return Chore.objects.values_list("name", "due_at")


def _may_be_due(work: Work, due_at: datetime | None, at: datetime) -> bool:
    """Whether claiming it may succeed; decided by the claim, since the row may have changed meanwhile."""
    if due_at is None or due_at <= at:
        return True
    return due_at > at + max(timedelta(seconds=work.every_s), _LONGEST_PAUSE)


def run_once(clock: Clock = timezone.now, works: Iterable[Work] = CHORES) -> list[str]:
    """Do every free chore now, due or not, until nothing is waiting; the names of those that failed."""
    failed = []
    for work in works:
        more: bool | None = True
        while more and _claimed(work, clock(), due_or_not=True):
            more = _done(work, clock)
        if more is None:
            failed.append(work.name)
    return failed


def _claimed(work: Work, at: datetime, *, due_or_not: bool = False) -> bool:
    """Take the chore if it is free: a conditional update, so only one worker gets it.

    Moments further ahead than any claim or pause reaches were written before the clock of this machine was set back.
    """
    until = at + timedelta(seconds=work.lease_s)
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=at) | Q(claimed_until__gt=until)
    due = Q(due_at__lte=at) | Q(due_at__gt=at + max(timedelta(seconds=work.every_s), _LONGEST_PAUSE))
    chores = Chore.objects.filter(free, pk=work.name)
    if chores.filter(Q() if due_or_not else due).update(claimed_until=until):
        return True
    if Chore.objects.filter(pk=work.name).exists():
        return False
    Chore.objects.bulk_create([Chore(name=work.name, due_at=at)], ignore_conflicts=True)
    return _claimed(work, at, due_or_not=due_or_not)


def _done(work: Work, clock: Clock) -> bool | None:
    """Do a slice of a claimed chore: whether more is waiting, or None when it failed."""
    try:
        more = work.do(clock())
    except Exception:
        # Whatever it was, the other chores go on, and this one is tried again later.
        log.exception("The chore %s failed.", work.name)
        _put_off(work, clock())
        return None
    now = clock()
    next_at = now if more else now + timedelta(seconds=work.every_s)
    Chore.objects.filter(pk=work.name).update(due_at=next_at, claimed_until=None, done_at=now, failures=0)
    return more


def _put_off(work: Work, at: datetime) -> None:
    chore = Chore.objects.get(pk=work.name)
    longest = timedelta(seconds=work.longest_pause_s)
    pause = max(timedelta(seconds=work.every_s), min(timedelta(seconds=2 ** min(chore.failures, 12)), longest))
    chore.failures += 1
    chore.due_at = at + pause
    chore.claimed_until = None
    chore.save(update_fields=["failures", "due_at", "claimed_until"])
