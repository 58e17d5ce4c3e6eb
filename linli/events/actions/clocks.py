"""The clock of an event: which limit binds, when it runs out, how a pause moves it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from linli.events.models import Event
from linli.events.rules import ACCEPT_WITHIN, NEW, Limit, limit_for
from linli.kit.workdays import WorkCalendar, stored_calendar

#: Where a category names no limit of its own.
_OTHERWISE = Limit(working_days=5)


def start(event: Event, at: datetime, calendar: WorkCalendar | None = None) -> None:
    """Start the clock that belongs to the event's state: to accept while new, to handle after that."""
    event.clock_from = at
    event.paused_at = None
    event.extension_asked_until = None
    reckon(event, calendar)


def reckon(event: Event, calendar: WorkCalendar | None = None) -> None:
    """Set when the present limit runs out, from the moment its clock began. `calendar` if the caller has it already."""
    if event.clock_from is None:
        return
    zone = ZoneInfo(timezone.get_current_timezone_name())
    begun = event.clock_from
    if calendar is None:
        calendar = stored_calendar(since=begun.astimezone(zone).date())
    due_at = min(_end_of(limit, begun, calendar, zone) for limit in _limits(event))
    event.due_at = due_at
    event.due_is_provisional = calendar.is_provisional(due_at, zone)


def pause(event: Event, at: datetime) -> None:
    """Waiting for somebody else: the clock stands still."""
    event.paused_at = at


def resume(event: Event, at: datetime) -> None:
    """The clock runs on; the limit moves by as long as it stood still, and by whole working days where it counts those."""
    if event.paused_at is None or event.clock_from is None:
        return
    stood_still = max(at - event.paused_at, timedelta(0))
    event.paused_at = None
    event.clock_from += stood_still
    if event.extensions and event.due_at is not None:
        event.due_at += stood_still
    else:
        reckon(event)


def _limits(event: Event) -> list[Limit]:
    if event.state in NEW or event.accepted_at is None:
        return [ACCEPT_WITHIN[event.urgency]]
    category = event.category
    if category is None or not (category.limit_hours or category.limit_working_days):
        own = _OTHERWISE
    else:
        own = (
            Limit(category.limit_working_days, None)
            if category.limit_working_days
            else Limit(None, category.limit_hours)
        )
    return limit_for(own, event.severity, event.urgency)


def _end_of(limit: Limit, begun: datetime, calendar: WorkCalendar, zone: ZoneInfo) -> datetime:
    if limit.hours is not None:
        return begun + timedelta(hours=limit.hours)
    return calendar.close_of(begun, limit.working_days or 0, zone)


def reckon_provisional(limit: int = 1000) -> int:
    """Reckon again the limits that lay beyond the published calendar; how many are firm now."""
    calendar = stored_calendar()
    firm = 0
    keys = (
        Event.objects.open()
        .filter(due_is_provisional=True, extensions=0)
        .order_by("due_at")
        .values_list("pk", flat=True)
    )
    for pk in list(keys[:limit]):
        with transaction.atomic():
            event = Event.objects.select_for_update(of=("self",)).select_related("category").get(pk=pk)
            before = (event.due_at, event.due_is_provisional)
            reckon(event, calendar)
            if (event.due_at, event.due_is_provisional) != before:
                event.save(update_fields=["due_at", "due_is_provisional"])
            firm += not event.due_is_provisional
    return firm
