"""How a step is taken: lock the dispute, ask the table, change it by a conditional update. One transaction with the act."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from linli.areas.codes import contains
from linli.kit.prepared import Prepared
from linli.mediation.models import Assignment, Dispute, Mediator, Party
from linli.mediation.rules import (
    SHUT_IN_ARCHIVE,
    AssignmentState,
    State,
    Step,
    To,
    Who,
    archived,
    moved_on,
    not_yours,
    require,
    steps_open,
)
from linli.people.models import Person


def who_of(dispute: Dispute, *, by: Person | None, at: datetime, party: Party | None = None) -> frozenset[Who]:
    """What somebody is to a dispute. `party` for whoever came by that party's own link; neither: the clock."""
    if party is not None:
        return frozenset({Who.PARTY} if party.dispute_id == dispute.pk and party.left_at is None else ())
    if by is None:
        return frozenset({Who.CLOCK})
    return _of_person(dispute, by, at)


def _of_person(dispute: Dispute, by: Person, at: datetime) -> frozenset[Who]:
    serving = _serving(by.pk, timezone.localdate(at))
    found = {Who.KEEPER} if any(heads_it(one, dispute, at) for one in serving) else set()
    assigned = _assigned.one(dispute.pk, [one.pk for one in serving])
    if assigned is not None:
        found.add(Who.MEDIATOR if assigned.state == AssignmentState.ACCEPTED else Who.ASKED)
    return frozenset(found)


# Asked in every act.
@Prepared
def _serving(person: int, day: date) -> QuerySet[Mediator]:
    return Mediator.objects.serving_on(day).filter(person=person).select_related("body")


@Prepared
def _assigned(dispute: UUID, mediators: Sequence[int]) -> QuerySet[Assignment]:
    return Assignment.objects.in_force().filter(dispute=dispute, mediator__in=mediators)[:1]


def heads_it(mediator: Mediator, dispute: Dispute, at: datetime) -> bool:
    """The head of its body; of those around that body once it was closed; while no body has it, of those around its place."""
    if not mediator.is_head:
        return False
    if dispute.body is not None:
        is_left = dispute.body.is_left_to(mediator.body.area_id, timezone.localdate(at))
        return mediator.body_id == dispute.body_id or is_left
    return contains(mediator.body.area_id, dispute.area_id)


def steps_for(dispute: Dispute, *, by: Person | None, at: datetime, party: Party | None = None) -> list[str]:
    """The steps this person, or this party, may take now, in the order of the table."""
    who = who_of(dispute, by=by, at=at, party=party)
    return steps_open(dispute.state, who, is_archived=dispute.archived_at is not None)


def lock(dispute: Dispute) -> None:
    """Read the dispute anew and hold it until the transaction ends: acts on one dispute come one after the other."""
    dispute.refresh_from_db(from_queryset=Dispute.objects.select_for_update(of=("self",)))


def require_step(name: str, dispute: Dispute, *, by: Person | None, at: datetime, party: Party | None = None) -> Step:
    """Lock it, and the row that allows the step. Raises `Refused` (state) or `NotYours`."""
    lock(dispute)
    if party is not None:
        party.refresh_from_db()
    step = require(name, dispute.state, who_of(dispute, by=by, at=at, party=party))
    if dispute.archived_at is not None and name in SHUT_IN_ARCHIVE:
        raise archived()
    return step


def take_step(
    name: str, dispute: Dispute, *, by: Person | None, at: datetime, party: Party | None = None, **changes: Any
) -> None:
    """Take the step and store what changes with it. Raises `Refused` or `NotYours`."""
    go(require_step(name, dispute, by=by, at=at, party=party), dispute, **changes)


def go(step: Step, dispute: Dispute, **changes: Any) -> None:
    """Go where an allowed step leads, and store what changes with it. Raises `Refused` if somebody was quicker."""
    changes["state"] = _target(step, dispute)
    if not Dispute.objects.filter(pk=dispute.pk, state=dispute.state).update(**changes):
        raise moved_on()
    for name, value in changes.items():
        setattr(dispute, name, value)


def _target(step: Step, dispute: Dispute) -> str:
    if step.target == To.SAME:
        return dispute.state
    if step.target != To.REACHED:
        return step.target
    if dispute.assignments.filter(state=AssignmentState.ACCEPTED).exists():
        return State.MEDIATING
    return State.ACCEPTED if dispute.accepted_at else State.REGISTERED


def require_party(dispute: Dispute, party: Party) -> None:
    """Raises `NotYours` unless the party is in this dispute and has not left it."""
    party.refresh_from_db()
    if party.dispute_id != dispute.pk or party.left_at is not None:
        raise not_yours()
