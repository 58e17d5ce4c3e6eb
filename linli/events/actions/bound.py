"""Whom a clock binds, and who stands above them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from linli.areas.codes import lineage
from linli.events.models import Clock, Event, Objection, Part
from linli.events.rules import ClockKind
from linli.kit.prepared import Prepared
from linli.people.actions import Posts, officers_of
from linli.people.models import Person
from linli.people.rules import Role


def bound_by(clock: Clock, event: Event, at: datetime) -> list[Person]:
    """The people whom a clock binds."""
    return _BOUND[ClockKind(clock.kind)](clock, event, at)


def _desk(clock: Clock, event: Event, at: datetime) -> list[Person]:
    return _on_duty(event, at, Role.DESK)


def _on_duty(event: Event, at: datetime, *roles: Role) -> list[Person]:
    posts = Posts(event.area_id, at, *roles)
    return [turn.person for role in roles for turn in posts.on_duty(role)]


def _department(clock: Clock, event: Event, at: datetime) -> list[Person]:
    """The officers of the part; of a clock that is no part's, those of the lead, or the desk while nobody leads."""
    if clock.part is not None:
        return officers_of([clock.part.department_id], at)
    leads = _leads(event.pk)
    return officers_of(leads, at) if leads else _on_duty(event, at, Role.DESK)


def _answering(clock: Clock, event: Event, at: datetime) -> list[Person]:
    """Whoever is named to settle it; else the desk, and for a co-handler's part the lead."""
    waiting = Objection.objects.waiting().filter(event=event, of_lead=clock.part is None)
    if clock.part is not None:
        waiting = waiting.filter(department=clock.part.department_id)
    objection = waiting.select_related("coordinator").last()
    if objection is not None and objection.coordinator is not None:
        return [objection.coordinator]
    lead = officers_of(_leads(event.pk), at) if clock.part is not None else []
    return [*lead, *_on_duty(event, at, Role.DESK)]


@Prepared
def _leads(event: UUID) -> QuerySet[Any, str]:
    return Part.objects.filter(event=event, leads=True).values_list("department", flat=True)


_BOUND = {
    ClockKind.ACCEPT: lambda clock, event, at: _on_duty(event, at, Role.GRID_WORKER, Role.DESK),
    ClockKind.DISPATCH: _desk,
    ClockKind.SIGN: _department,
    ClockKind.HANDLE: _department,
    ClockKind.VERIFY: lambda clock, event, at: _on_duty(event, at, Role.VERIFIER, Role.DESK),
    ClockKind.ANSWER: _answering,
    ClockKind.ARRIVE: _department,
}


def level_above(event: Event, at: datetime) -> list[Person]:
    """The desk of the next level above the one that has the matter; above the last, its duty leader."""
    path, posts = lineage(event.area_id), Posts(event.area_id, at, Role.DESK, Role.LEADER)
    own = posts.on_duty(Role.DESK)
    below = len(own[0].appointment.area_id) if own else len(event.area_id)
    for code in reversed([code for code in path if len(code) < below]):
        desk = [turn.person for turn in posts.on_duty(Role.DESK, code)]
        if desk:
            return desk
    return [turn.person for turn in posts.on_duty(Role.LEADER)]
