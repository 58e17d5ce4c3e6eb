"""The conservation law of notices, counted: whatever must be told is in the inbox alone, or decided once for each channel."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, F, Q

from linli.notices.models import Decision, Delivery, Follower
from linli.notices.rules import Balance, Decided, Purpose


@transaction.atomic
def balance() -> Balance:
    """All sums, read at one moment."""
    # The lock: nobody decides or forgets meanwhile.
    tally = Follower.objects.select_for_update().filter(pk=1).first() or Follower()
    states = dict(Decision.objects.order_by().values_list("state").annotate(Count("pk")))
    empty = Delivery.objects.filter(purpose=Purpose.NOTICES, decisions__isnull=True)
    given = Decision.objects.filter(delivery__isnull=False)
    of_others = given.exclude(delivery__purpose=Purpose.NOTICES).count()
    of_another_channel = given.exclude(delivery__channel=F("channel")).count()
    return Balance(
        notices=tally.notices,
        in_inbox_alone=tally.in_inbox_alone,
        with_channels=tally.with_channels,
        decided=tally.decided,
        held=states.get(Decided.HELD, 0),
        given=states.get(Decided.GIVEN, 0),
        skipped=states.get(Decided.SKIPPED, 0),
        forgotten=tally.forgotten,
        empty_deliveries=empty.count(),
        contradictions=of_others + of_another_channel,
    )


@dataclass
class Watch:
    """The law held from one look to the next: a look reads what was decided since the last one, and what is still held.

    For a simulation that asks each virtual minute; `balance` reads every decision there is. One process, one `Watch`.
    """

    _settled: int = 0
    _held: set[int] = field(default_factory=set)
    _decision: int = 0
    _delivery: int = 0

    def __post_init__(self) -> None:
        """Everything decided before is counted once."""
        with transaction.atomic():
            sums = balance()
            self._settled = sums.given + sums.skipped + sums.forgotten
            self._held = _held()
            self._decision, self._delivery = _last(Decision), _last(Delivery)

    @transaction.atomic
    def look(self) -> Balance:
        """The sums now. What left the table of the held is all under `given`: sent, skipped and forgotten together."""
        tally = Follower.objects.select_for_update().filter(pk=1).first() or Follower()
        fresh = set(Decision.objects.filter(pk__gt=self._decision).values_list("pk", flat=True))
        held = _held()
        left = sorted((self._held | fresh) - held)
        slices = [left[start : start + 500] for start in range(0, len(left), 500)]
        self._settled += sum(Decision.objects.filter(pk__in=some).count() for some in slices)
        empty = Delivery.objects.filter(pk__gt=self._delivery, purpose=Purpose.NOTICES, decisions__isnull=True).count()
        contradictions = sum(_contradictions(some) for some in slices)
        self._held, self._decision, self._delivery = held, max(fresh, default=self._decision), _last(Delivery)
        return Balance(
            notices=tally.notices,
            in_inbox_alone=tally.in_inbox_alone,
            with_channels=tally.with_channels,
            decided=tally.decided,
            held=len(held),
            given=self._settled,
            skipped=0,
            forgotten=0,
            empty_deliveries=empty,
            contradictions=contradictions,
        )


def _held() -> set[int]:
    """Served by the partial index of the held."""
    return set(Decision.objects.filter(due_at__isnull=False).values_list("pk", flat=True))


def _last(model: type[Decision] | type[Delivery]) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _contradictions(decisions: list[int]) -> int:
    """Of these, how many were given to a delivery of something else or on another channel."""
    given = Decision.objects.filter(pk__in=decisions, delivery__isnull=False)
    fits = Q(delivery__purpose=Purpose.NOTICES, delivery__channel=F("channel"))
    return given.exclude(fits).count()
