"""The clock of requests: the office is told once when one ends soon, and once when it is over."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from linli.journal.actions import record
from linli.journal.models import Entry
from linli.privacy.actions import officers_of
from linli.privacy.models import PersonRequest

#: So long before the end the office is told that it comes.
SOON = timedelta(days=3)
DUE_SOON = "request.due_soon"
OVERDUE = "request.overdue"


def remind(at: datetime) -> int:
    """Tell of every request that waits for an answer and whose clock is nearly, or quite, over; how many were told of."""
    waiting = PersonRequest.objects.open().order_by("due_at")
    near = list(waiting.filter(due_at__lte=at + SOON).values_list("pk", "due_at"))
    return sum(_told_of(key, at, is_over=due_at <= at) for key, due_at in near if due_at)


@transaction.atomic
def _told_of(key: UUID, at: datetime, *, is_over: bool) -> bool:
    one = PersonRequest.objects.open().select_for_update().filter(pk=key).first()
    # Answered meanwhile, or told of before: the journal itself knows.
    before = Entry.objects.filter(on_key=str(key), verb=OVERDUE if is_over else DUE_SOON)
    if one is None or before.exists():
        return False
    officers = officers_of(one, at)
    record(OVERDUE if is_over else DUE_SOON, on=one, by=None, at=at, area=one.area_id, tell=officers, kind=one.kind)
    return True
