"""The conservation law of notices, counted: whatever must be told is in the inbox alone, or decided once for each channel."""

from django.db import transaction
from django.db.models import Count, F

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
