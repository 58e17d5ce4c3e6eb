"""The worker reminds the committee that is to call parties back: shortly before its time is over, and when it is."""

from datetime import datetime

from django.db import transaction

from linli.journal.actions import record
from linli.mediation.actions.course import lock
from linli.mediation.actions.reminders import next_reminder
from linli.mediation.actions.telling import heads_of_body
from linli.mediation.models import CallBack

#: So many call-backs are looked at in one slice of work.
SLICE = 200


def is_due(at: datetime) -> bool:
    """Whether somebody is to be reminded."""
    return CallBack.objects.to_remind_of(at).exists()


def remind(at: datetime, limit: int = SLICE) -> int:
    """Tell the heads of each calling committee what waits, or is late; how many call-backs were looked at."""
    waiting = list(CallBack.objects.to_remind_of(at).order_by("next_at", "key").select_related("dispute")[:limit])
    for call_back in waiting:
        _tell(call_back, at)
    return len(waiting)


@transaction.atomic
def _tell(call_back: CallBack, at: datetime) -> None:
    dispute, due_at = call_back.dispute, call_back.due_at
    assert due_at is not None
    lock(dispute)
    mine = CallBack.objects.filter(pk=call_back.pk, next_at=call_back.next_at, done_at__isnull=True)
    if not mine.update(next_at=next_reminder(due_at, at)):
        return
    # As with the lot itself: the committee that mediated does not hear of it.
    record(
        "dispute.call_back_overdue" if due_at <= at else "dispute.call_back_due",
        on=dispute,
        by=None,
        at=at,
        tell=heads_of_body(call_back.body_id, at),
        call_back=str(call_back.pk),
        body=call_back.body_id,
    )
