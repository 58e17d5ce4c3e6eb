"""The clocks that run for matters and their parts: every one a row, brought in line with the state after every act.

Which clocks a matter has follows from its state and the states of its parts (`rules.clocks`), so no act starts or stops one
by hand; only the arrival after a whistle is started by its act. The promise to the reporter is reckoned by `promise` and
kept in the event too, which queue and figures read: its row says the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from linli.events.actions import promise
from linli.events.actions.limits import limit_of_step
from linli.events.models import Clock, Event, Part
from linli.events.rules import (
    PROMISES,
    SUPPLEMENT_WITHIN,
    ClockKind,
    Limit,
    PauseReason,
    Unit,
    clocks_of,
    clocks_of_part,
    due_soon_at,
    why_paused,
)
from linli.journal.actions import record
from linli.kit.bulk import insert
from linli.kit.prepared import Prepared, PreparedUpdate
from linli.kit.workdays import WorkCalendar, closing_of, stored_calendar
from linli.people.models import Person

Key = tuple[str, int | None]


def follow(event: Event, at: datetime, by: Person | None = None) -> None:
    """Bring the clocks of an event and its parts in line with their states: stop, start, pause, run on, move.

    Called at the end of every act, in its transaction, with the event as it is stored. Times before the report count as it.
    """
    _Following(event, max(at, event.reported_at), by).do()


def start_clock(event: Event, kind: str, at: datetime, *, part: Part | None = None, until: datetime) -> Clock:
    """Start a clock that no state asks for, up to a fixed moment."""
    clock = Clock(event=event, part=part, kind=kind, started_at=at, from_at=at, due_at=max(until, at), unit=Unit.MOMENT)
    clock.next_at = due_soon_at(at, clock.due_at)
    clock.save(force_insert=True)
    return clock


def stop_clock(event: Event, kind: str, at: datetime, *, part: Part | None = None) -> int:
    """Stop such a clock; how many ran: one or none."""
    return event.clocks.unstopped().filter(kind=kind, part=part).update(**_stopped(at))


def first_clocks(events: Iterable[Event]) -> None:
    """The clocks of matters just stored together and not taken on yet: to accept."""
    insert(Clock, [_first(event) for event in events if event.due_at is not None])


def _first(event: Event) -> dict[str, Any]:
    begun = event.clock_from or event.reported_at
    due_at = max(event.due_at or begun, begun)
    limit = promise.limits_of(event)[0]
    return {
        "event_id": event.pk,
        "kind": ClockKind.ACCEPT if event.accepted_at is None else ClockKind.HANDLE,
        "started_at": begun,
        "from_at": begun,
        "due_at": due_at,
        "is_provisional": event.due_is_provisional,
        "unit": limit.unit,
        "amount": limit.amount,
        "next_at": due_soon_at(begun, due_at),
    }


def start_missing(at: datetime, limit: int = 500) -> int:
    """Start the clocks of open matters that have none: those of a home from before there were clocks. How many matters."""
    unstopped = Clock.objects.unstopped().filter(event=OuterRef("pk"))
    keys = Event.objects.open().filter(~Exists(unstopped)).order_by("pk").values_list("pk", flat=True)[:limit]
    return sum(_start_clocks_of(key, at) for key in list(keys))


@transaction.atomic
def _start_clocks_of(key: UUID, at: datetime) -> bool:
    event = Event.objects.select_for_update(of=("self",)).select_related("category").get(pk=key)
    if event.is_open:
        follow(event, at)
        record("event.clocks_started", on=event, by=None, at=at)
    return Clock.objects.unstopped().filter(event=event).exists()


def reckon_steps(event: Event) -> None:
    """Another class has other limits: those of the steps count anew from where they began."""
    calendar: WorkCalendar | None = None
    for row in Clock.objects.unstopped().filter(event=event, kind__in=_BY_CLASS, amount__isnull=False):
        limit = limit_of_step(row.kind, event.severity, event.urgency, event.area_id)
        if (limit.unit, limit.amount) == (row.unit, row.amount):
            continue
        calendar = calendar or promise.calendar_from(row.from_at)
        due_at, row.unit, row.amount = row.due_at, limit.unit, limit.amount
        _reckon(row, calendar)
        row.rung = 0 if row.due_at > due_at else row.rung
        row.next_at = None if row.paused_at else due_soon_at(row.from_at, row.due_at)
        row.save()


#: The clocks whose limit follows from severity and urgency alone.
_BY_CLASS = frozenset({ClockKind.DISPATCH, ClockKind.SIGN, ClockKind.VERIFY, ClockKind.ANSWER})


def reckon_provisional(at: datetime, limit: int = 1000) -> int:
    """Reckon again the limits that lay beyond the published calendar, and tell the journal of those that moved.

    How many matters are firm now.
    """
    calendar, firm = stored_calendar(), 0
    keys = Event.objects.open().filter(due_is_provisional=True, extensions=0).order_by("due_at")
    for pk in list(keys.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            event = Event.objects.select_for_update(of=("self",)).select_related("category").get(pk=pk)
            before = (event.due_at, event.due_is_provisional)
            promise.reckon(event, calendar)
            if (event.due_at, event.due_is_provisional) != before:
                event.save(update_fields=["due_at", "due_is_provisional"])
            moved = _reckon_rows(event, calendar, before[0])
            if moved or event.due_at != before[0]:
                record("event.limits_moved", on=event, by=None, at=at, clocks=moved)
            firm += not event.due_is_provisional
    return firm


def _reckon_rows(event: Event, calendar: WorkCalendar, promised_until: datetime | None) -> list[str]:
    """The kinds of clocks that moved."""
    moved = set()
    for clock in event.clocks.unstopped().filter(is_provisional=True):
        due_at = clock.due_at
        if clock.part_id is None and clock.kind in PROMISES:
            _mirror(clock, event)
        elif clock.kind == ClockKind.HANDLE:
            _keep_within(clock, event, ended_with_it=clock.due_at == promised_until)
        else:
            _reckon(clock, calendar)
        if clock.next_at is not None:
            clock.next_at = due_soon_at(clock.from_at, clock.due_at)
        clock.save()
        if clock.due_at != due_at:
            moved.add(clock.kind)
    return sorted(moved)


# --- bringing in line -------------------------------------------------------------------------------------------------


@dataclass
class _Following:
    """One event at the end of an act."""

    event: Event
    at: datetime
    by: Person | None
    parts: dict[int, Part] = field(default_factory=dict)

    def do(self) -> None:
        self.parts = {part.pk: part for part in _parts_of(self.event.pk)}
        rows = {(row.kind, row.part_id): row for row in _unstopped_of(self.event.pk)}
        promised = rows.get((ClockKind.HANDLE, None))
        promised_until = promised.due_at if promised else None
        wanted = self._wanted(self.parts.values())
        for key, row in rows.items():
            if key not in wanted and not self._goes_on(row, self.parts):
                _stop(row.pk, self.at)
            else:
                self._line_up(row, promised_until)
        for key in sorted(wanted - rows.keys(), key=lambda key: (key[1] or 0, key[0])):
            self._start(key)

    def _goes_on(self, row: Clock, parts: dict[int, Part]) -> bool:
        """A clock that was started by an act: the arrival at the spot, and a lead's own limit while it handles."""
        if row.kind == ClockKind.ARRIVE:
            return self.event.is_open
        part = parts.get(row.part_id or 0)
        if part is None or not part.leads:
            return False
        return row.kind in clocks_of_part(part.state, False, self.event.state, self.event.state_before)

    def _wanted(self, parts: Iterable[Part]) -> set[Key]:
        event = self.event
        wanted: set[Key] = {(kind, None) for kind in clocks_of(event.state, event.state_before)}
        for part in parts:
            wanted |= {
                (kind, part.pk) for kind in clocks_of_part(part.state, part.leads, event.state, event.state_before)
            }
        return wanted

    def _line_up(self, row: Clock, promised_until: datetime | None) -> None:
        """Pause, run on, or move a clock that goes on; written only where something changed.

        `promised_until`: when the promise ran out before this act.
        """
        before, due_at, was_paused = _as_stored(row), row.due_at, row.paused_at is not None
        reason = self._reason(row.kind, row.part_id)
        if row.paused_at is None and reason is not None:
            self._pause(row, reason)
        elif row.paused_at is not None and reason is None:
            _run_on(row, self.at)
        if row.part_id is None and row.kind in PROMISES:
            _mirror(row, self.event)
        elif row.kind == ClockKind.HANDLE:
            _keep_within(row, self.event, ended_with_it=due_at == promised_until)
        if _as_stored(row) == before:
            return
        if row.due_at > due_at and not (was_paused and row.paused_at is None):
            # Agreed anew, by an extension or another class: it warns anew. One that only stood still goes on where it was.
            row.rung = 0
        if row.paused_at is None:
            row.next_at = due_soon_at(row.from_at, row.due_at)
        row.save()

    def _pause(self, row: Clock, reason: PauseReason) -> None:
        row.paused_at, row.pause_reason, row.paused_by, row.next_at = self.at, reason, self.by, None
        row.paused_until = pause_ends(self.event, reason, self.at)

    def _start(self, key: Key) -> None:
        kind, part = key
        row = Clock(event=self.event, part=self.parts[part] if part else None, kind=kind)
        row.started_at = row.from_at = self.at
        if kind in PROMISES and part is None:
            limit = promise.binding(self.event, promise.calendar_from(self.at))
            row.unit, row.amount = limit.unit, limit.amount
            row.started_at = self.event.clock_from or self.event.reported_at
            _mirror(row, self.event)
        elif kind == ClockKind.HANDLE:
            row.unit, row.due_at = Unit.MOMENT, max(self.event.due_at or self.at, self.at)
            row.is_provisional = self.event.due_is_provisional
        else:
            limit = limit_of_step(kind, self.event.severity, self.event.urgency, self.event.area_id)
            row.unit, row.amount = limit.unit, limit.amount
            _reckon(row, promise.calendar_from(self.at))
        reason = self._reason(kind, part)
        if reason is not None:
            self._pause(row, reason)
        else:
            row.next_at = due_soon_at(row.from_at, row.due_at)
        insert(Clock, [{name: getattr(row, name) for name in _STORED}])

    def _reason(self, kind: str, part: int | None) -> PauseReason | None:
        """Why a clock of this kind stands still now; None if it runs."""
        return why_paused(kind, self.event.state, self.parts[part].state if part is not None else None)


#: All of a clock but its key.
_STORED = [field.attname for field in Clock._meta.concrete_fields if not field.primary_key]


@Prepared
def _parts_of(event: UUID) -> QuerySet[Part]:
    return Part.objects.filter(event=event)


@Prepared
def _unstopped_of(event: UUID) -> QuerySet[Clock]:
    return Clock.objects.unstopped().filter(event=event)


@PreparedUpdate
def _stop(pk: int, at: datetime) -> tuple[QuerySet[Clock], dict[str, Any]]:
    return Clock.objects.filter(pk=pk), _stopped(at)


def pause_ends(event: Event, reason: str, at: datetime) -> datetime | None:
    """Until when a clock may stand still for this reason; None where another clock bounds it: the answer to an objection."""
    if reason == PauseReason.SUPPLEMENT:
        return promise.runs_out(SUPPLEMENT_WITHIN, at)
    if reason == PauseReason.DEFERRAL and event.review_on is not None:
        return closing_of(event.review_on)
    return None


def _run_on(row: Clock, at: datetime) -> None:
    """It runs on, moved by as long as it stood still; by whole working days where it counts those."""
    assert row.paused_at is not None
    stood_still = max(at - row.paused_at, timedelta(0))
    row.from_at += stood_still
    row.paused_at = row.paused_by = row.paused_until = None
    row.pause_reason = ""
    if row.unit == Unit.MOMENT:
        row.due_at += stood_still
    else:
        _reckon(row, promise.calendar_from(row.from_at))


def _reckon(row: Clock, calendar: WorkCalendar) -> None:
    """When it runs out, from the moment it began."""
    if row.amount is None:
        return
    zone = promise.home_zone()
    row.due_at = max(promise.end_of(Limit(**{row.unit: row.amount}), row.from_at, calendar, zone), row.started_at)
    row.is_provisional = calendar.is_provisional(row.due_at, zone)


def _mirror(row: Clock, event: Event) -> None:
    """The row of the promise says what the event says."""
    row.from_at = event.clock_from or event.reported_at
    row.due_at = max(event.due_at or row.from_at, row.started_at)
    row.is_provisional = event.due_is_provisional
    row.extension_asked_until, row.extensions = event.extension_asked_until, event.extensions


def _keep_within(row: Clock, event: Event, *, ended_with_it: bool) -> None:
    """A department's clock that ended with the promise still does, later or sooner; none outlives the promise."""
    if event.due_at is not None and row.paused_at is None and (ended_with_it or row.due_at > event.due_at):
        row.due_at = max(event.due_at, row.started_at)
        row.is_provisional = event.due_is_provisional


def _as_stored(row: Clock) -> tuple[Any, ...]:
    return (row.paused_at, row.due_at, row.from_at, row.is_provisional, row.extension_asked_until)


def _stopped(at: datetime) -> dict[str, Any]:
    return {
        "stopped_at": at,
        "next_at": None,
        "paused_at": None,
        "pause_reason": "",
        "paused_by": None,
        "paused_until": None,
        "extension_asked_until": None,
    }
