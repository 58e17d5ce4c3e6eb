"""Climbing the ladder: the worker gives each clock its warnings, every one once, whatever is killed when.

A warning is one transaction: the event is locked, the clock is moved by a conditional update, the journal and its notices
are written. The event comes first, as in every act, so that an act and a warning never wait for each other crosswise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Min, QuerySet

from linli.events.actions import promise
from linli.events.actions.bound import bound_by, level_above
from linli.events.actions.supervising import put_under_supervision, supervisor_for
from linli.events.actions.telling_reporters import tell_reporters
from linli.events.models import Clock, Event, Supervision
from linli.events.rules import AT_ANY_HOUR, LADDER, Caution, Rung, due_soon_at, pace_of, reached
from linli.journal.actions import record
from linli.kit.prepared import Prepared, PreparedUpdate

#: So many clocks are looked at in one slice of work.
SLICE = 200


def is_due(at: datetime) -> bool:
    """Whether a clock or a supervision waits to be looked at."""
    return bool(_first_clock_due(at) or _first_supervision_due(at))


@Prepared
def _first_clock_due(at: datetime) -> QuerySet[Any, int]:
    return Clock.objects.to_look_at(at).order_by().values_list("pk", flat=True)[:1]


@Prepared
def _first_supervision_due(at: datetime) -> QuerySet[Any, int]:
    return Supervision.objects.filter(next_at__lte=at).order_by().values_list("pk", flat=True)[:1]


def climb(at: datetime, limit: int = SLICE) -> int:
    """Look at the clocks and supervisions whose next warning may be due; how many were looked at."""
    looked = [_look(clock, event, at) for clock, event in _clocks_due(at)[:limit]]
    late = Supervision.objects.filter(next_at__lte=at).order_by("next_at", "id").values_list("pk", "event_id")
    looked += [_look_at_supervision(pk, event, at) for pk, event in list(late[: max(limit - len(looked), 0)])]
    return len(looked)


@Prepared
def _clocks_due(at: datetime) -> QuerySet[Any, tuple[int, UUID]]:
    return Clock.objects.to_look_at(at).order_by("next_at", "id").values_list("pk", "event_id")[:SLICE]


def longest_wait(at: datetime) -> float:
    """For how many seconds the oldest clock has waited to be looked at; none: 0. Where it grows, no worker is there."""
    oldest = Clock.objects.to_look_at(at).aggregate(oldest=Min("next_at"))["oldest"]
    return (at - oldest).total_seconds() if oldest else 0.0


@transaction.atomic
def _look(pk: int, event_pk: UUID, at: datetime) -> None:
    (event,), (clock,) = _locked(event_pk), _clock(pk)
    if clock.next_at is None or clock.next_at > at or not event.is_open:
        return
    moments = list(_moments(clock, event))
    due = reached(iter(moments), clock.rung, at)
    given = due[-1].rung if due else clock.rung
    next_at = next((moment for warning, moment in moments if warning.rung > given), None)
    if _move(pk, clock.rung, clock.next_at, given, next_at) and due:
        _Warned(event, clock, due[-1], [one.rung for one in due[:-1]], at).write()


@Prepared
def _locked(pk: UUID) -> QuerySet[Event]:
    return Event.objects.select_for_update(of=("self",)).select_related("category", "area").filter(pk=pk)


@Prepared
def _clock(pk: int) -> QuerySet[Clock]:
    return Clock.objects.select_related("part").filter(pk=pk)


@PreparedUpdate
def _move(
    pk: int, rung: int, next_at: datetime, given: int, then_at: datetime | None
) -> tuple[QuerySet[Clock], dict[str, Any]]:
    return Clock.objects.filter(pk=pk, rung=rung, next_at=next_at), {"rung": given, "next_at": then_at}


def _moments(clock: Clock, event: Event) -> Iterator[tuple[Caution, datetime]]:
    """When each warning of a clock comes, in their order; a later one never before an earlier one."""
    zone, pace = promise.home_zone(), pace_of(event.severity, event.urgency)
    calendar, last = promise.calendar_from(clock.from_at), clock.from_at
    for warning in LADDER:
        moment = due_soon_at(clock.from_at, clock.due_at)
        if warning.after is not None:
            moment = promise.end_of(warning.after[pace], clock.due_at, calendar, zone)
        if pace not in AT_ANY_HOUR:
            moment = calendar.opens_next(moment, zone)
        last = max(last, moment)
        yield warning, last


@dataclass
class _Warned:
    """One warning of one clock."""

    event: Event
    clock: Clock
    warning: Caution
    passed_over: list[Rung]
    at: datetime

    def write(self) -> None:
        warned, verb = bound_by(self.clock, self.event, self.at), self.warning.verb
        if self.warning.rung == Rung.SUPERVISE:
            supervisor = supervisor_for(self.event, self.at)
            if supervisor is None:
                # Nobody is there to supervise: the next level hears of it at once.
                verb, warned = "event.raised", warned + level_above(self.event, self.at)
            else:
                put_under_supervision(self.event, supervisor, by=None, at=self.at)
                warned.append(supervisor)
        elif self.warning.rung == Rung.NEXT_LEVEL:
            warned += level_above(self.event, self.at)
        part = self.clock.part
        entry = record(
            verb,
            on=self.event,
            by=None,
            at=self.at,
            tell=warned,
            clock=self.clock.pk,
            kind=self.clock.kind,
            rung=int(self.warning.rung),
            passed_over=[int(rung) for rung in self.passed_over] or None,
            department=part.department_id if part else None,
        )
        tell_reporters(self.event, entry)


@transaction.atomic
def _look_at_supervision(pk: int, event_pk: UUID, at: datetime) -> None:
    (event,) = _locked(event_pk)
    if Supervision.objects.filter(pk=pk, next_at__lte=at, ended_at__isnull=True).update(next_at=None) and event.is_open:
        supervision = Supervision.objects.select_related("supervisor").get(pk=pk)
        told = [supervision.supervisor, *level_above(event, at)]
        record("event.supervision_overdue", on=event, by=None, at=at, tell=told, supervision=pk)
