"""What somebody is to many open matters, and the steps open to them on each: a handful of queries, however many there are.

The answers are those of `actions.standing_of`, `questions_of` and `steps_of_parts`, which ask for one matter at a time.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from linli.events.actions import verifying
from linli.events.actions.joint import PARTS_LIVE_IN, steps_of_read_part
from linli.events.models import Call, Clock, Event, EventQuerySet, Hand, Objection, Part, Supervision, Whistle
from linli.events.rules import (
    INDEPENDENT_ROLES,
    INDEPENDENT_STATES,
    Question,
    Standing,
    State,
    Verification,
    steps_open,
)
from linli.people.models import Person
from linli.people.rules import Role, Scope


@dataclass(frozen=True)
class Read:
    """One matter with what is open on it and what one person may do."""

    event: Event
    standing: Standing
    steps: Sequence[str]
    #: The steps on parts, by the part.
    part_steps: Mapping[Part, Sequence[str]] = field(default_factory=dict)
    #: What the county asks of its verification.
    asks: Verification = field(default_factory=Verification)


def with_parts(events: EventQuerySet) -> EventQuerySet:
    """The matters with all that `read` looks at."""
    calls = Prefetch("calls", Call.objects.select_related("whistle"))
    parts = Part.objects.select_related("department", "under").prefetch_related(calls)
    return events.select_related("area", "category__parent", "category__pack").prefetch_related(
        Prefetch("parts", parts)
    )


def read(events: Sequence[Event], by: Person, at: datetime, scope: Scope) -> list[Read]:
    """Of open matters from `with_parts`, in their order.

    Where somebody's unit may not verify, `Standing.unit` is a code and nobody is named instead: whoever is told why asks for
    the one matter.
    """
    open_beside = _Beside(events, by, at, scope)
    return [open_beside.read(event) for event in events]


class _Beside:
    """What is open on these matters beside their states, read at once."""

    def __init__(self, events: Sequence[Event], by: Person, at: datetime, scope: Scope) -> None:
        self.by, self.scope = by, scope
        keys = [event.pk for event in events]
        self.asks = verifying.asked_for_each(events)
        self.hands: defaultdict[Any, list[int]] = defaultdict(list)
        for event, person in Hand.objects.filter(event__in=keys).order_by().values_list("event", "person"):
            self.hands[event].append(person)
        strict = [one for one in events if one.state in INDEPENDENT_STATES and self.asks[one.pk].other_unit]
        self.shared = verifying.shared_units(strict, self.hands, scope, at)
        self.supervised = set(Supervision.objects.filter(event__in=keys, ended_at__isnull=True).values_list("event"))
        self.whistled = set(Whistle.objects.filter(event__in=keys, ended_at__isnull=True).values_list("event"))
        self.coordinators: defaultdict[Any, dict[str, int | None]] = defaultdict(dict)
        self.settled_by: dict[Any, int] = {}
        waiting = Objection.objects.waiting().filter(event__in=keys).order_by("id")
        for event, department, coordinator, of_lead in waiting.values_list(
            "event", "department", "coordinator", "of_lead"
        ):
            if not of_lead:
                self.coordinators[event][department] = coordinator
            elif coordinator is not None:
                self.settled_by[event] = coordinator
        asking = Clock.objects.unstopped().filter(event__in=keys, extension_asked_until__isnull=False)
        self.asked = set(asking.filter(part__isnull=False).order_by().values_list("part", flat=True))

    def read(self, event: Event) -> Read:
        standing = self._standing(event)
        steps = steps_open(event.state, standing, questions=self._questions(event))
        return Read(event, standing, steps, self._part_steps(event, standing), self.asks[event.pk])

    def _standing(self, event: Event) -> Standing:
        roles = set(self.scope.roles_in(event.area_id))
        acting = [part for part in event.parts.all() if part.is_acting]
        parts = [part for part in acting if part.department_id in self.scope.departments]
        roles |= {Role.HANDLER} if parts else set()
        if event.state == State.OBJECTED and self.settled_by.get(event.pk) == self.by.pk:
            roles.add(Role.LEADER)
        handled = self.by.pk in self.hands[event.pk]
        is_asked = not handled and event.state in INDEPENDENT_STATES and roles & INDEPENDENT_ROLES
        shared = self.shared.get(event.pk, frozenset()) if is_asked else frozenset()
        return Standing(
            frozenset(roles),
            handled=handled,
            unit=min(shared)[1] if shared else "",
            leads=any(part.leads for part in parts),
            signed=bool(parts) and all(part.signed_at for part in parts),
        )

    def _questions(self, event: Event) -> set[Question]:
        is_open = {
            Question.EXTENSION: event.extension_asked_until is not None,
            Question.SUPERVISION: (event.pk,) in self.supervised,
            Question.WHISTLE: (event.pk,) in self.whistled,
            Question.BOUNCED: event.state == State.OBJECTED and event.pk in self.settled_by,
        }
        return {question for question, holds in is_open.items() if holds}

    def _part_steps(self, event: Event, standing: Standing) -> dict[Part, list[str]]:
        if event.state not in PARTS_LIVE_IN:
            return {}
        coordinators = self.coordinators[event.pk]
        steps = {
            part: steps_of_read_part(part, self.by, standing, self.scope, coordinators, part.pk in self.asked)
            for part in event.parts.all()
        }
        return {part: names for part, names in steps.items() if names}
