"""The reporter's answer to "solved?": waited for until a day, then noted as no answer, which counts as no consent."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.events.models import Event
from linli.events.rules import SOLVED, Rating
from linli.journal.actions import record

#: So many matters in one slice of work.
SLICE = 200


def note_silence(at: datetime, limit: int = SLICE) -> int:
    """Note no answer on matters whose reporter has let the day pass; how many were looked at."""
    waited = Event.objects.filter(answer_by__lte=at, rating="").order_by("answer_by").values_list("pk", flat=True)
    keys = list(waited[:limit])
    for key in keys:
        _note(key, at)
    return len(keys)


@transaction.atomic
def _note(key: UUID, at: datetime) -> None:
    """By a conditional update: an answer that comes at the same moment stays, and a matter is noted once."""
    event = Event.objects.select_for_update(of=("self",)).get(pk=key)
    waits = Event.objects.filter(pk=key, rating="", answer_by__lte=at)
    if event.state not in SOLVED:
        waits.update(answer_by=None)
    elif waits.update(rating=Rating.NO_ANSWER):
        record("event.unanswered", on=event, by=None, at=at, rating=Rating.NO_ANSWER)
