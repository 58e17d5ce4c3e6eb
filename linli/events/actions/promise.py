"""The promise to the reporter, as the event keeps it: which limit binds, when it runs out, how a pause moves it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from linli.events.actions.limits import limit_to_accept
from linli.events.models import Event
from linli.events.rules import NEW, Limit, Unit, limit_for
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
    zone = home_zone()
    if calendar is None:
        calendar = calendar_from(event.clock_from)
    event.due_at = _reckoned(event, event.clock_from, calendar)
    event.due_is_provisional = calendar.is_provisional(event.due_at, zone)


def _reckoned(event: Event, begun: datetime, calendar: WorkCalendar) -> datetime:
    zone = home_zone()
    return min(end_of(limit, begun, calendar, zone) for limit in limits_of(event))


def binding(event: Event, calendar: WorkCalendar) -> Limit:
    """The limit that runs out first of those that bind now."""
    zone, begun = home_zone(), event.clock_from or event.reported_at
    return min(limits_of(event), key=lambda limit: end_of(limit, begun, calendar, zone))


def pause(event: Event, at: datetime) -> None:
    """Waiting for somebody else: the clock stands still."""
    event.paused_at = at


def resume(event: Event, at: datetime) -> None:
    """The clock runs on; the limit moves by as long as it stood still, and by whole working days where it counts those."""
    if event.paused_at is None or event.clock_from is None:
        return
    stood_still = max(at - event.paused_at, timedelta(0))
    calendar = calendar_from(event.clock_from)
    was_agreed = event.due_at != _reckoned(event, event.clock_from, calendar)
    event.paused_at = None
    event.clock_from += stood_still
    # Agreed as a moment (an extension, the promise of another system), or under limits the county has changed since: what was
    # promised stands, moved on.
    if event.due_at is not None and (event.extensions or was_agreed) and not event.due_is_provisional:
        event.due_at += stood_still
    else:
        reckon(event, calendar)


def limits_of(event: Event) -> list[Limit]:
    """The limits that bind together: to accept while nobody has, then those of the category, severity and urgency."""
    if event.state in NEW or event.accepted_at is None:
        return [limit_to_accept(event.urgency, event.area_id)]
    own = (event.category.limit if event.category else None) or _OTHERWISE
    return limit_for(own, event.severity, event.urgency)


def home_zone() -> ZoneInfo:
    """The zone of the home, whose days and office hours count."""
    return ZoneInfo(timezone.get_current_timezone_name())


def calendar_from(moment: datetime) -> WorkCalendar:
    """The calendar as far as a limit asks for it that begins then."""
    return stored_calendar(since=moment.astimezone(home_zone()).date())


def runs_out(limit: Limit, begun: datetime) -> datetime:
    """When a limit that began then runs out, by the county's calendar."""
    return end_of(limit, begun, calendar_from(begun), home_zone())


def end_of(limit: Limit, begun: datetime, calendar: WorkCalendar, zone: ZoneInfo) -> datetime:
    """When a limit that began then runs out."""
    return _ENDS[limit.unit](calendar, begun, limit.amount, zone)


_ENDS: dict[str, Callable[[WorkCalendar, datetime, int, ZoneInfo], datetime]] = {
    Unit.WORKING_DAYS: lambda calendar, begun, amount, zone: calendar.close_of(begun, amount, zone),
    Unit.NATURAL_DAYS: lambda calendar, begun, amount, zone: calendar.natural_close_of(begun, amount, zone),
    Unit.SHIFT_HOURS: lambda calendar, begun, amount, zone: calendar.shift_hours_after(
        begun, timedelta(hours=amount), zone
    ),
    Unit.HOURS: lambda calendar, begun, amount, zone: begun + timedelta(hours=amount),
}
