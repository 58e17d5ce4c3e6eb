"""The worker reminds whoever has to answer a complaint: shortly before its time is over, and when it is."""

from datetime import datetime

from django.db import transaction

from linli.journal.actions import record
from linli.mediation.actions.complaining import readers_of
from linli.mediation.actions.course import lock
from linli.mediation.actions.reminders import next_reminder
from linli.mediation.models import Complaint

#: So many complaints are looked at in one slice of work.
SLICE = 200


def is_due(at: datetime) -> bool:
    """Whether somebody is to be reminded."""
    return Complaint.objects.to_remind_of(at).exists()


def remind(at: datetime, limit: int = SLICE) -> int:
    """Tell the heads whom each complaint went to what waits, or is late; how many complaints were looked at."""
    waiting = list(Complaint.objects.to_remind_of(at).order_by("next_at", "key").select_related("dispute")[:limit])
    for complaint in waiting:
        _tell(complaint, at)
    return len(waiting)


@transaction.atomic
def _tell(complaint: Complaint, at: datetime) -> None:
    dispute, due_at = complaint.dispute, complaint.due_at
    lock(dispute)
    mine = Complaint.objects.open().filter(pk=complaint.pk, next_at=complaint.next_at)
    if not mine.update(next_at=next_reminder(due_at, at)):
        return
    verb = "dispute.complaint_overdue" if due_at <= at else "dispute.complaint_due"
    # As with the complaint itself: whoever it is about does not hear of it.
    record(verb, on=dispute, by=None, at=at, tell=readers_of(complaint, at), complaint=complaint, to=complaint.body_id)
