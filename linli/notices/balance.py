"""The conservation law of notices, counted: whatever must be told is in the inbox alone, or decided once for each channel."""

from dataclasses import replace

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet

from linli.notices.models import Decision, Delivery, Follower
from linli.notices.rules import Balance, Decided, Purpose


@transaction.atomic
def balance() -> Balance:
    """All sums, read at one moment."""
    return _counted(_locked_tally(), Decision.objects.all(), Delivery.objects.all())


def _locked_tally() -> Follower:
    """The lock: nobody decides or forgets meanwhile."""
    return Follower.objects.select_for_update().filter(pk=1).first() or Follower()


def _counted(tally: Follower, decisions: QuerySet[Decision], deliveries: QuerySet[Delivery]) -> Balance:
    states = dict(decisions.order_by().values_list("state").annotate(Count("pk")))
    return Balance(
        notices=tally.notices,
        in_inbox_alone=tally.in_inbox_alone,
        with_channels=tally.with_channels,
        decided=tally.decided,
        held=states.get(Decided.HELD, 0),
        given=states.get(Decided.GIVEN, 0),
        skipped=states.get(Decided.SKIPPED, 0),
        forgotten=tally.forgotten,
        empty_deliveries=deliveries.filter(purpose=Purpose.NOTICES, decisions__isnull=True).count(),
        contradictions=_contradictions(decisions.filter(delivery__isnull=False)),
    )


def _contradictions(given: QuerySet[Decision]) -> int:
    """Decisions given to a delivery of another purpose or of another channel."""
    wrong = ~Q(delivery__purpose=Purpose.NOTICES) | ~Q(delivery__channel=F("channel"))
    return given.filter(wrong).count()


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
        decisions = Decision.objects.filter(pk__gte=self._decision)
        fresh = _counted(tally, decisions, Delivery.objects.filter(pk__gt=self._delivery))
        sums = _with_settled(fresh, self._settled)
        if fresh.held + fresh.given + fresh.skipped > _READ_AGAIN:
            self._carry_on(decisions)
        return sums

    def _carry_on(self, decisions: QuerySet[Decision]) -> None:
        """Count what is settled now, up to the oldest that is held, so that the next look begins there."""
        first_held = Decision.objects.filter(due_at__isnull=False).aggregate(first=Min("pk"))["first"]
        last = Decision.objects.aggregate(last=Max("pk"))["last"] or 0
        until = last + 1 if first_held is None else first_held
        seen = Delivery.objects.filter(pk__gt=self._delivery)
        done = _counted(Follower(), decisions.filter(pk__lt=until), seen)
        self._settled = _with_settled(done, self._settled)
        self._decision = max(until, self._decision)
        self._delivery = Delivery.objects.aggregate(last=Max("pk"))["last"] or 0


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
