"""What the clock does to events: limits that became firm, and reminders of matters whose day of review has come."""

from datetime import datetime, time

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from linli.events.actions.clocks import reckon_provisional
from linli.events.actions.course import end_pause
from linli.events.actions.sideways import review_days_come
from linli.events.models import Clock, Event
from linli.journal.actions import record
from linli.journal.models import Entry
from linli.kit.workdays import stored_calendar
from linli.people.actions import on_duty
from linli.people.rules import Role

#: How many reminders one call writes at most.
SLICE = 200
REVIEW_DUE = "event.review_due"


def reckon_firm_limits(at: datetime) -> int:
    """Reckon again the provisional limits that lie in a year published since; how many are firm now."""
    last_year = max(stored_calendar().published_years, default=None)
    if last_year is None:
        return 0
    waiting = Event.objects.open().filter(due_is_provisional=True, extensions=0, due_at__year__lte=last_year)
    return reckon_provisional(at) if waiting.exists() else 0


def remind_of_reviews(at: datetime) -> int:
    """Tell the desk, once, of each deferred matter whose day of review has come; how many. The matter itself stays."""
    come = review_days_come(at)
    reminded = dict(
        Entry.objects.filter(on_key__in=[str(event.pk) for event in come], verb=REVIEW_DUE)
        .values_list("on_key")
        .annotate(last=Max("at"))
    )
    due = [event for event in come if not _was_reminded(event, reminded.get(str(event.pk)))][:SLICE]
    for event in due:
        _remind(event, at)
    return len(due)


def end_pauses(at: datetime) -> int:
    """Let the clocks of matters run on whose pause has lasted as long as it may; how many were looked at."""
    keys = Clock.objects.filter(paused_until__lte=at).order_by("paused_until").values_list("event", flat=True)
    waiting = list(dict.fromkeys(keys[:SLICE]))
    for key in waiting:
        end_pause(key, at)
    return len(waiting)


def _was_reminded(event: Event, last: datetime | None) -> bool:
    assert event.review_on is not None
    return last is not None and last >= timezone.make_aware(datetime.combine(event.review_on, time.min))


@transaction.atomic
def _remind(event: Event, at: datetime) -> None:
    desk = [turn.person for turn in on_duty(event.area_id, at, Role.DESK)]
    record(REVIEW_DUE, on=event, by=None, at=at, tell=desk, review_on=event.review_on)
