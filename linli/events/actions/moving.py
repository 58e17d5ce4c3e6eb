"""Limits that move because the calendar did: which, by how much, and moving them. What has stopped is never touched.

A limit moves only if by the calendar as it was it runs out when it does: what was agreed as a moment, an extension or the
promise of another system, stays as agreed. A clock that stands still moves too, and is reckoned again when it runs on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from linli.events.actions import clocks, promise
from linli.events.models import Clock, Event
from linli.events.rules import PROMISES, ClockKind, Limit, Unit, due_soon_at, limit_for
from linli.journal.actions import Act, record_many
from linli.kit.workdays import WorkCalendar
from linli.people.models import Person

#: What counts by the calendar. Hours by the clock run through every holiday.
_IN_DAYS = (Unit.WORKING_DAYS, Unit.NATURAL_DAYS)
_BY_CALENDAR = (*_IN_DAYS, Unit.SHIFT_HOURS)


@dataclass(frozen=True)
class Move:
    """One limit that moves."""

    clock: Clock
    until: datetime
    is_provisional: bool

    @property
    def by(self) -> timedelta:
        """How much later; below zero: sooner."""
        return self.until - self.clock.due_at


@dataclass(frozen=True)
class Effect:
    """What a change of the calendar does to the limits not yet met."""

    matters: int = 0
    later: int = 0
    sooner: int = 0
    #: Of those, how many would have run out already.
    run_out: int = 0
    furthest: timedelta = timedelta(0)

    @property
    def limits(self) -> int:
        """How many limits move."""
        return self.later + self.sooner


def effect(moves: Iterable[Move], at: datetime) -> Effect:
    """The moves counted. One that only became firm moves nothing."""
    moved = [move for move in moves if move.by]
    return Effect(
        matters=len({move.clock.event_id for move in moved}),
        later=sum(move.by > timedelta(0) for move in moved),
        sooner=sum(move.by < timedelta(0) for move in moved),
        run_out=sum(move.until <= at < move.clock.due_at for move in moved),
        furthest=max((abs(move.by) for move in moved), default=timedelta(0)),
    )


def moves(old: WorkCalendar, new: WorkCalendar) -> Iterator[Move]:
    """The limits not yet met that move from one calendar to the other. One query."""
    zone = promise.home_zone()
    for clock in _touched(old, new, zone).select_related("event").order_by("event_id", "id").iterator(2000):
        if (move := _move(clock, clock.event, old, new, zone)) is not None:
            yield move


def _touched(old: WorkCalendar, new: WorkCalendar, zone: ZoneInfo) -> "QuerySet[Clock]":
    """The clocks that may move: they ran on one of the days that differ, or count hours or end with them where those differ."""
    unstopped = Clock.objects.unstopped().filter(unit__in=_BY_CALENDAR, amount__isnull=False)
    unstopped = unstopped.exclude(part__isnull=True, kind__in=PROMISES, event__extensions__gt=0)
    days = sorted(day for day in {*old.exceptions, *new.exceptions} if old.is_working(day) != new.is_working(day))
    within = Q(pk__in=[])
    for first, last in _runs(days):
        within |= Q(from_at__lt=_midnight(last + timedelta(days=1), zone), due_at__gte=_midnight(first, zone))
    if old.office_hours != new.office_hours:
        within |= Q(unit=Unit.SHIFT_HOURS)
    if old.closes != new.closes:
        within |= Q(unit__in=_IN_DAYS)
    if old.published_years != new.published_years:
        within |= Q(is_provisional=True)
    return unstopped.filter(within)


def _runs(days: list[date]) -> Iterator[tuple[date, date]]:
    """The days as at most a few dozen spans: those of a month together."""
    for _month, among in groupby(days, key=lambda day: (day.year, day.month)):
        span = list(among)
        yield span[0], span[-1]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _move(clock: Clock, event: Event, old: WorkCalendar, new: WorkCalendar, zone: ZoneInfo) -> Move | None:
    if _ends(clock, event, old, zone) != clock.due_at:
        return None
    until = _ends(clock, event, new, zone)
    is_provisional = new.is_provisional(until, zone)
    if (until, is_provisional) == (clock.due_at, clock.is_provisional):
        return None
    return Move(clock, until, is_provisional)


def _ends(clock: Clock, event: Event, calendar: WorkCalendar, zone: ZoneInfo) -> datetime:
    """When it runs out by this calendar, under the limit that was agreed."""
    assert clock.amount is not None
    own = Limit(**{clock.unit: clock.amount})
    limits = limit_for(own, event.severity, event.urgency) if clock.kind == ClockKind.HANDLE else [own]
    return max(min(promise.end_of(limit, clock.from_at, calendar, zone) for limit in limits), clock.started_at)


def move_limits(old: WorkCalendar, new: WorkCalendar, *, by: Person | None, at: datetime, edit: int) -> Effect:
    """Move them, each matter locked in its turn and its journal told. `edit`: the entry of the change."""
    keys = list(dict.fromkeys(move.clock.event_id for move in moves(old, new)))
    done: list[Move] = []
    acts: list[Act] = []
    for key in keys:
        moved = _move_limits_of(key, old, new, at)
        done += moved
        kinds = sorted({move.clock.kind for move in moved if move.by})
        if kinds:
            event = moved[0].clock.event
            facts = {"clocks": kinds, "edit": edit}
            acts.append(Act("event.limits_moved", "event", str(key), event.area_id, by.pk if by else None, at, facts))
    record_many(acts)
    return effect(done, at)


def _move_limits_of(key: UUID, old: WorkCalendar, new: WorkCalendar, at: datetime) -> list[Move]:
    event = Event.objects.select_for_update(of=("self",)).select_related("category").get(pk=key)
    zone = promise.home_zone()
    rows = _touched(old, new, zone).filter(event=event).select_related("part")
    found = [move for row in rows if (move := _move(row, event, old, new, zone)) is not None]
    for move in found:
        move.clock.event = event
        if move.clock.part_id is None and move.clock.kind in PROMISES:
            event.due_at, event.due_is_provisional = move.until, move.is_provisional
            event.save(update_fields=["due_at", "due_is_provisional"])
        else:
            _store(move)
    # The row of the promise, and the parts that end with it.
    clocks.follow(event, at)
    return found


def _store(move: Move) -> None:
    clock = Clock.objects.get(pk=move.clock.pk)
    clock.rung = 0 if move.by > timedelta(0) else clock.rung
    clock.due_at, clock.is_provisional = move.until, move.is_provisional
    clock.next_at = None if clock.paused_at else due_soon_at(clock.from_at, clock.due_at)
    clock.save()
