"""The conservation law of notices, counted: whatever must be told is in the inbox alone, or decided once for each channel."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet

from linli.kit.prepared import Prepared
from linli.notices.models import Decision, Delivery, Follower
from linli.notices.rules import Balance, Decided, Purpose


@transaction.atomic
def balance() -> Balance:
    """All sums, read at one moment."""
    return _counted(_locked_tally(), _decisions(0, _BEYOND), _empty(0))


def _locked_tally() -> Follower:
    """The lock: nobody decides or forgets meanwhile."""
    return _tally.one() or Follower()


@Prepared
def _tally() -> QuerySet[Follower]:
    return Follower.objects.select_for_update().filter(pk=1)


def _counted(tally: Follower, rows: list[tuple[str, int, int]], empty: list[int]) -> Balance:
    states = {state: number for state, number, _wrong in rows}
    return Balance(
        notices=tally.notices,
        in_inbox_alone=tally.in_inbox_alone,
        with_channels=tally.with_channels,
        decided=tally.decided,
        held=states.get(Decided.HELD, 0),
        given=states.get(Decided.GIVEN, 0),
        skipped=states.get(Decided.SKIPPED, 0),
        forgotten=tally.forgotten,
        empty_deliveries=len(empty),
        contradictions=sum(wrong for _state, _number, wrong in rows),
    )


@Prepared
def _decisions(first: int, until: int) -> QuerySet[Any, tuple[str, int, int]]:
    """Of those from one key up to another: by state how many, and how many of them contradict.

    That is, are given to a delivery of another purpose or of another channel.
    """
    right = Q(delivery__purpose=Purpose.NOTICES, delivery__channel=F("channel"))
    wrong = Count("pk", filter=Q(delivery__isnull=False) & ~right)
    rows = Decision.objects.filter(pk__gte=first, pk__lt=until).order_by()
    return rows.values("state").annotate(number=Count("pk"), wrong=wrong).values_list("state", "number", "wrong")


@Prepared
def _empty(after: int) -> QuerySet[Any, int]:
    """Deliveries of notices behind this key that carry none."""
    rows = Delivery.objects.filter(pk__gt=after, purpose=Purpose.NOTICES, decisions__isnull=True)
    return rows.order_by().values_list("pk", flat=True)


class RunningBalance:
    """The same sums for whoever looks often: what was settled at the last look is carried on, the rest is read again.

    A decision once given or skipped never changes but by being forgotten, so a look reads the rows from the oldest one that was
    still held, however many there were before. It sees nothing of rows that were lost behind that; `balance` does.
    """

    def __init__(self) -> None:
        self._settled = _NOTHING
        #: The first decision that is not carried on, and the last delivery that is.
        self._decision = self._delivery = 0
        self._forgotten = -1

    @transaction.atomic
    def look(self) -> Balance:
        """All sums at this moment."""
        tally = _locked_tally()
        if tally.forgotten != self._forgotten:
            # Some of those carried on are gone: count them all once.
            self._settled, self._decision, self._forgotten = _NOTHING, 0, tally.forgotten
        fresh = _counted(tally, _decisions(self._decision, _BEYOND), _empty(self._delivery))
        sums = _with_settled(fresh, self._settled)
        if fresh.held + fresh.given + fresh.skipped > _READ_AGAIN:
            self._carry_on()
        return sums

    def _carry_on(self) -> None:
        """Count what is settled now, up to the oldest that is held, so that the next look begins there."""
        first_held = Decision.objects.filter(due_at__isnull=False).aggregate(first=Min("pk"))["first"]
        last = Decision.objects.aggregate(last=Max("pk"))["last"] or 0
        until = last + 1 if first_held is None else first_held
        done = _counted(Follower(), _decisions(self._decision, until), _empty(self._delivery))
        self._settled = _with_settled(done, self._settled)
        self._decision = max(until, self._decision)
        self._delivery = Delivery.objects.aggregate(last=Max("pk"))["last"] or 0


#: No key is so large.
_BEYOND = 2**63 - 1
#: So many rows are read at each look; with more, those that are settled are counted once more and carried on.
_READ_AGAIN = 500
_NOTHING = Balance(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def _with_settled(sums: Balance, settled: Balance) -> Balance:
    return replace(
        sums,
        given=sums.given + settled.given,
        skipped=sums.skipped + settled.skipped,
        empty_deliveries=sums.empty_deliveries + settled.empty_deliveries,
        contradictions=sums.contradictions + settled.contradictions,
    )
